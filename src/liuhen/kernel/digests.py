"""SHA-256 of bytes, streams and files. Not for signatures or trees (`tlog`)."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 1 << 20


class ByteSink(Protocol):
    """Anything that takes bytes."""

    def write(self, data: bytes, /) -> object: ...


def sha256_hex(data: bytes) -> str:
    """The digest as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """The digest of a file, read in pieces. Raises `OSError` as reading does."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def copy_hashing(source: BinaryIO, sink: ByteSink) -> tuple[str, int]:
    """Copy `source` to `sink`, hashing as received; returns (sha256 hex, number of bytes)."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        sink.write(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def is_sha256(text: str) -> bool:
    """Whether `text` is 64 lower-case hexadecimal digits."""
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text)
