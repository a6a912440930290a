"""Whose request it is, when it comes through a reverse proxy of ours (`LIUHEN_PROXIES`).

Limits of sign-in and the list of sessions go by address; a proxy would make everybody one. What a
stranger writes into the header counts for nothing: only the part our own proxies added is read.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class ClientAddress:
    """Puts the address the outermost proxy of ours was called from in the place of the proxy's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        while hops and _is_ours(request.META.get("REMOTE_ADDR", "")):
            hop = hops.pop().strip()
            if not _address(hop):
                break
            request.META["REMOTE_ADDR"] = hop
        return self.get_response(request)


def _is_ours(told: str) -> bool:
    address = _address(told)
    return address is not None and any(address in network for network in settings.PROXIES)


def _address(told: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(told)
    except ValueError:
        return None
