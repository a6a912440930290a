"""Reading numbers, base64 and lines where one value has exactly one spelling.

A second spelling of the same value would let a signed or hashed text be altered unseen, so
every reader refuses what its writer would not have written. Not for the formats themselves.
"""

from __future__ import annotations

import base64
import binascii
import re

from liuhen.kernel.refusals import Refused
from liuhen.tlog.hashing import HASH_SIZE, MAX_SIZE

_DECIMAL = re.compile(r"(?:0|[1-9][0-9]{0,18})\Z")
_SHOWN = 80


def refused(code: str, what: str, found: object = None) -> Refused:
    """A refusal that names what is wrong and shows a short piece of what was found."""
    if found is None:
        return Refused(code, what=what)
    shown = repr(found)
    return Refused(code, what=what, found=shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…")


def decimal(text: str, what: str, code: str) -> int:
    """An ASCII decimal without sign or leading zeroes, at most 2**63 - 1."""
    if not _DECIMAL.match(text) or int(text) > MAX_SIZE:
        raise refused(code, what, text)
    return int(text)


def base64_bytes(text: str, what: str, code: str, size: int | None = None) -> bytes:
    """Standard base64 (RFC 4648 section 4) in its one canonical spelling, `size` bytes if given."""
    try:
        value = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise refused(code, what, text) from None
    if base64_text(value) != text or (size is not None and len(value) != size):
        raise refused(code, what, text)
    return value


def base64_text(value: bytes) -> str:
    """The spelling that `base64_bytes` accepts."""
    return base64.b64encode(value).decode("ascii")


def hash_line(text: str, what: str, code: str) -> bytes:
    """One base64 line holding one 32-byte hash."""
    return base64_bytes(text, what, code, HASH_SIZE)


def utf8_text(raw: bytes | str, code: str, limit: int) -> str:
    """Text of at most `limit` bytes of valid UTF-8."""
    try:
        data = raw.encode("utf-8") if isinstance(raw, str) else raw
        if len(data) > limit:
            raise refused(code, "length", len(data))
        return data.decode("utf-8")
    except UnicodeError:
        raise refused(code, "UTF-8") from None


def has_control(text: str) -> bool:
    """Whether any ASCII control character (below U+0020), newline included, occurs."""
    return any(character < " " for character in text)
