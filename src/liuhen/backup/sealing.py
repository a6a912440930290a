"""Sealed files: encrypted and authenticated piece by piece (docs/formats/backup.md).

A file that was cut, changed, put together anew or moved under another name doesn't open. Not for
where files lie (`repository`).
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from liuhen.host.secret_files import refuse_if_open, write_durably
from liuhen.kernel.digests import ByteSink, sha256_hex
from liuhen.kernel.refusals import Refused

MAGIC = b"liuhen-backup-1\n"
KEY_MARK = "liuhen-backup-key-1"
PIECE = 1 << 20
_SALT, _TAG, _KEY = 32, 16, 32


class Reads(Protocol):
    """Anything that gives bytes."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Key:
    """The key of a repository; it stands in a file of its own, outside the home."""

    raw: bytes

    @property
    def fingerprint(self) -> str:
        """Sixteen figures by which a wrong key is told from a damaged file."""
        return sha256_hex(b"liuhen backup key" + self.raw)[:16]

    @classmethod
    def make(cls, path: Path) -> Key:
        """Make a key in a fresh file (0600).

        Raises:
            Refused: `backup.key_exists`.
        """
        key = cls(secrets.token_bytes(_KEY))
        text = f"{KEY_MARK} {base64.b64encode(key.raw).decode()}\n"
        if not write_durably(path, text.encode(), replace=False):
            raise Refused("backup.key_exists", path=str(path))
        return key

    @classmethod
    def read(cls, path: Path) -> Key:
        """Read a key's file.

        Raises:
            Refused: `backup.key_unreadable`, and as `refuse_if_open`.
        """
        try:
            refuse_if_open(path)
            mark, text = path.read_text("ascii").split()
            raw = base64.b64decode(text, validate=True)
        except (OSError, ValueError) as error:
            raise Refused("backup.key_unreadable", path=str(path)) from error
        if mark != KEY_MARK or len(raw) != _KEY:
            raise Refused("backup.key_unreadable", path=str(path))
        return cls(raw)


@dataclass(frozen=True)
class Content:
    """What a sealed file holds: SHA-256 and size in bytes of the plain bytes."""

    sha256: str
    size: int


def _cipher(key: Key, salt: bytes) -> AESGCM:
    derived = HKDF(hashes.SHA256(), _KEY, salt, b"liuhen backup file").derive(key.raw)
    return AESGCM(derived)


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def seal(source: Reads, sink: ByteSink, key: Key, name: str) -> Content:
    """Encrypt `source` to `sink` under the name it will have in the repository."""
    salt, digest, size, number = os.urandom(_SALT), hashlib.sha256(), 0, 0
    cipher = _cipher(key, salt)
    sink.write(MAGIC + salt)
    piece = _exactly(source, PIECE)
    while True:
        following = _exactly(source, PIECE) if len(piece) == PIECE else b""
        digest.update(piece)
        size += len(piece)
        nonce = _nonce(number, is_last=not following)
        sink.write(cipher.encrypt(nonce, piece, name.encode()))
        if not following:
            return Content(digest.hexdigest(), size)
        piece, number = following, number + 1


def opened(source: BinaryIO, key: Key, name: str) -> Iterator[bytes]:
    """The plain bytes of a sealed file, piece by piece, each as soon as it proved true.

    Raises:
        Refused: `backup.damaged`: cut, changed, another file's, or sealed with another key.
    """
    head = source.read(len(MAGIC) + _SALT)
    if len(head) != len(MAGIC) + _SALT or not head.startswith(MAGIC):
        raise Refused("backup.damaged", name=name)
    cipher, number = _cipher(key, head[len(MAGIC) :]), 0
    piece = _exactly(source, PIECE + _TAG)
    while True:
        following = _exactly(source, PIECE + _TAG)
        try:
            yield cipher.decrypt(_nonce(number, is_last=not following), piece, name.encode())
        except InvalidTag:
            raise Refused("backup.damaged", name=name) from None
        if not following:
            return
        piece, number = following, number + 1


def _exactly(source: Reads, size: int) -> bytes:
    """As many bytes as asked for, fewer only at the end: a pipe gives less at a time."""
    parts, left = [], size
    while left and (part := source.read(left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)
