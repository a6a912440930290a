"""A mail server of its own on this machine that keeps what it gets. Not a test."""

from __future__ import annotations

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.header import decode_header, make_header
from email.message import Message
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Mailbox:
    """What arrived, and what is refused: addresses with the server's answer."""

    address: str = ""
    mails: list[Message] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 - the library calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(email.message_from_bytes(envelope.content))
        return "250 OK"

    def clear(self) -> None:
        self.mails.clear()
        self.refuses.clear()


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A running server; `address` is how the settings name it."""
    kept = Mailbox()
    with socket.socket() as free:  # the controller has to know its port beforehand
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept.address = f"smtp://127.0.0.1:{port}"
    server = Controller(kept, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield kept
    finally:
        server.stop()


def subject(mail: Message) -> str:
    """A mail's subject as it is read."""
    return str(make_header(decode_header(mail["Subject"])))


def body(mail: Message) -> str:
    """A mail's text."""
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()
