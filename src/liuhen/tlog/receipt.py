"""Receipts: the signed statement that bytes arrived (docs/formats/receipt.md).

A receipt is a signed note of seven lines. Line three holds 64 hexadecimal digits, which no
checkpoint has there, so neither can pass for the other even under one key. Not for storing
the bytes, and not for saying that a camera may be erased (`vault`).
"""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.kernel import clock
from liuhen.kernel.digests import is_sha256
from liuhen.tlog.checkpoints import check_line
from liuhen.tlog.hashing import MAX_SIZE
from liuhen.tlog.notes import NoteKey, NoteSigner, VerifiedSignature, open_note, sign_note
from liuhen.tlog.strict import decimal, refused

FIRST_LINE = "liuhen receipt v1"
NO_DEVICE = "-"
_CODE = "receipt.malformed"
_LINES = 7


@dataclass(frozen=True)
class Receipt:
    """What arrived, where and when.

    Args:
        origin: name of the installation that received, its log's origin.
        sha256: 64 lower-case hexadecimal digits of the bytes as received.
        size: number of bytes.
        received_at: aware instant, UTC, to the microsecond.
        original_name: the file's name where it came from; kept in NFC.
        device_serial: the camera's serial number, or None.

    Raises:
        Refused: `receipt.malformed`, with `what`.
    """

    origin: str
    sha256: str
    size: int
    received_at: dt.datetime
    original_name: str
    device_serial: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "original_name", unicodedata.normalize("NFC", self.original_name))
        check_line(self.origin, "origin", _CODE)
        check_line(_escaped(self.original_name), "original name", _CODE)
        if not is_sha256(self.sha256):
            raise refused(_CODE, "sha256", self.sha256)
        if not 0 <= self.size <= MAX_SIZE:
            raise refused(_CODE, "size", self.size)
        if self.received_at.tzinfo is None:
            raise refused(_CODE, "received at", self.received_at)
        if self.device_serial is not None:
            check_line(self.device_serial, "device serial", _CODE)
            if self.device_serial == NO_DEVICE:
                raise refused(_CODE, "device serial", self.device_serial)

    @property
    def text(self) -> str:
        """The note text, as it is signed."""
        lines = (
            FIRST_LINE,
            self.origin,
            self.sha256,
            str(self.size),
            clock.iso(self.received_at),
            _escaped(self.original_name),
            self.device_serial or NO_DEVICE,
        )
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class OpenedReceipt:
    """A receipt whose signature was verified."""

    receipt: Receipt
    signatures: tuple[VerifiedSignature, ...]


def parse_receipt(text: str) -> Receipt:
    """Read a note text as a receipt; only the one canonical spelling is accepted.

    Raises:
        Refused: `receipt.malformed`, with `what`.
    """
    lines = text.split("\n")
    if len(lines) != _LINES + 1 or lines[-1]:
        raise refused(_CODE, "number of lines", len(lines) - 1)
    if lines[0] != FIRST_LINE:
        raise refused(_CODE, "first line", lines[0])
    _, origin, sha256, size, received_at, name, device = lines[:_LINES]
    return Receipt(
        origin=origin,
        sha256=sha256,
        size=decimal(size, "size", _CODE),
        received_at=_instant(received_at),
        original_name=_unescaped(name),
        device_serial=None if device == NO_DEVICE else device,
    )


def sign_receipt(receipt: Receipt, *signers: NoteSigner) -> str:
    """The signed note that the person or the docking station keeps."""
    return sign_note(receipt.text, *signers)


def open_receipt(raw: bytes | str, keys: Sequence[NoteKey]) -> OpenedReceipt:
    """Read a receipt signed by one of `keys`.

    Raises:
        Refused: `note.malformed`, `note.signature_wrong`, `note.unsigned`, `receipt.malformed`.
    """
    opened = open_note(raw, keys)
    return OpenedReceipt(parse_receipt(opened.text), opened.verified)


def _escaped(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _unescaped(line: str) -> str:
    try:
        name = json.loads(line)
    except (ValueError, RecursionError):
        name = None
    if (
        not isinstance(name, str)
        or _escaped(name) != line
        or not unicodedata.is_normalized("NFC", name)
    ):
        raise refused(_CODE, "original name", line)
    return name


def _instant(text: str) -> dt.datetime:
    try:
        instant = clock.parse_iso(text)
        if clock.iso(instant) == text:
            return instant
    except (ValueError, OverflowError):
        pass
    raise refused(_CODE, "received at", text)
