"""Hands mail to the office's own mail server, for alarms and for notices to people alike.

Not for what a mail says (`telling`, `jobs.noticing`).
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import urlsplit

from liuhen.host.home import Home
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused

SECONDS = 10.0
# What fails on the way and may go well the next time.
TROUBLES = (OSError, smtplib.SMTPException)
_PORTS = {"smtp": 25, "smtps": 465, "starttls": 587}
_LONGEST_ADDRESS = 254
_PERMANENT = 500


@dataclass(frozen=True)
class MailServer:
    """A server that takes our mail, and the address it comes from."""

    scheme: str
    host: str
    port: int
    user: str
    sender: str


def mail_server(told: str, sender: str) -> MailServer:
    """The server of `smtp://`, `smtps://` or `starttls://`, with a sender.

    Raises:
        Refused: `alarm.setting`: no such address, a password in it.
    """
    try:
        parts = urlsplit(told)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise Refused("alarm.setting", name="LIUHEN_SMTP", value=told) from None
    if not parts.hostname or parts.password:
        raise Refused("alarm.setting", name="LIUHEN_SMTP", value=told)
    return MailServer(parts.scheme, parts.hostname, port, parts.username or "", sender)


def notices_server(environment: Mapping[str, str]) -> MailServer | None:
    """The server and sender of notices to people; None when no sender is set.

    Raises:
        Refused: `alarm.setting`.
    """
    sender = environment.get("LIUHEN_NOTICE_FROM", "").strip()
    if not sender:
        return None
    if not is_address(sender):
        raise Refused("alarm.setting", name="LIUHEN_NOTICE_FROM", value=sender)
    return mail_server(environment.get("LIUHEN_SMTP", "").strip(), sender)


def is_address(told: str) -> bool:
    """Whether a text may be handed to a mail server as one address."""
    name, mark, domain = told.rpartition("@")
    is_plain = told.isascii() and told.isprintable() and not any(c in told for c in ' <>,;:"()\\')
    return bool(name and mark and domain and "@" not in name and is_plain) and (
        len(told) <= _LONGEST_ADDRESS
    )


def written(home: Home, server: MailServer, subject: str, lines: list[str]) -> EmailMessage:
    """A mail of plain text, without receivers."""
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())  # an end of line would begin another header
    message["From"] = server.sender
    message["Date"] = clock.now()
    message["Message-ID"] = f"<{new_id()}@{home.facts.origin.partition('/')[0]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's absence answers it
    message.set_content("\n".join(lines or [""]))
    return message


@dataclass(frozen=True)
class RefusedAddress:
    """An address the server would not take, in its words; for good, or for now (RFC 5321)."""

    address: str
    words: str
    is_for_good: bool


def send(home: Home, server: MailServer, message: EmailMessage) -> list[RefusedAddress]:
    """Hand one mail over; returns the addresses refused. The others were accepted.

    Raises:
        OSError, SMTPException: nothing was accepted (`TROUBLES`).
    """
    context = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        if server.scheme == "smtps"
        else smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    ) as way:
        if server.scheme == "starttls":
            way.starttls(context=context)
        if server.user:
            secret = home.secrets.read("smtp.password") or b""
            way.login(server.user, secret.decode().strip())
        try:
            refused = way.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            refused = error.recipients
    return [
        RefusedAddress(address, f"{code} {text.decode(errors='replace')[:200]}", code >= _PERMANENT)
        for address, (code, text) in refused.items()
    ]
