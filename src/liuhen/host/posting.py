"""Posts a signed message to an address outside, as the public Standard Webhooks have it.

A name is resolved once, each of its numbers must lie in a network the caller allows, and the line
goes to that number: a name that is answered differently later leads nowhere else. Not for what
is told (`telling`, `jobs.webhooks`).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import socket
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import urllib3

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

SECONDS = 10.0
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def require_address(address: str) -> None:
    """Raises `Refused("webhook.address")` for what is no http or https address of a host."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise Refused("webhook.address") from None
    is_plain = address.isascii() and address.isprintable() and " " not in address
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username is not None
        or parts.fragment
        or port == 0
        or not is_plain
    ):
        raise Refused("webhook.address")


def post(
    address: str,
    key: bytes,
    body: bytes,
    *,
    message_id: str,
    networks: Sequence[Network] | None = None,
) -> None:
    """Post once, signed; redirects are not followed. `networks` None: anywhere.

    Raises:
        Refused: `webhook.address`, `webhook.network`.
        OSError, urllib3.exceptions.HTTPError: it did not arrive, or was not answered with 2xx.
    """
    require_address(address)
    parts = urlsplit(address)
    at = str(int(clock.now().timestamp()))
    signed = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "Host": parts.netloc,
        "webhook-id": message_id,
        "webhook-timestamp": at,
        "webhook-signature": f"v1,{base64.b64encode(signed.digest()).decode()}",
    }
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _line(parts.scheme, str(parts.hostname), parts.port, networks) as pool:
        answer = pool.request("POST", target, body=body, headers=headers, redirect=False)
    if not 200 <= answer.status < 300:
        raise OSError(f"HTTP {answer.status}")


def _line(
    scheme: str, host: str, port: int | None, networks: Sequence[Network] | None
) -> urllib3.HTTPConnectionPool:
    """A line to the number behind a name, its certificate still held against the name."""
    number = _number(host, port or 0, networks)
    options: dict[str, Any] = {"timeout": urllib3.Timeout(SECONDS), "retries": False}
    if scheme == "https":
        return urllib3.HTTPSConnectionPool(
            number, port, server_hostname=host, assert_hostname=host, **options
        )
    return urllib3.HTTPConnectionPool(number, port, **options)


def _number(host: str, port: int, networks: Sequence[Network] | None) -> str:
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for number in found if networks is not None else []:
        if not any(ipaddress.ip_address(number) in network for network in networks or ()):
            raise Refused("webhook.network", host=number)
    return found[0]
