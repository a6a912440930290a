"""Bytes made smaller on their way into a sealed file: the database's, never an original's."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from liuhen.backup.sealing import PIECE, Reads
from liuhen.kernel.refusals import Refused


class Deflated:
    """A stream that gives another one's bytes as zlib has them (RFC 1950)."""

    def __init__(self, source: Reads) -> None:
        self._source, self._held = source, b""
        self._deflater: zlib._Compress | None = zlib.compressobj(1)

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; empty at the end."""
        while self._deflater is not None and len(self._held) < size:
            piece = self._source.read(PIECE)
            self._held += self._deflater.compress(piece) if piece else self._deflater.flush()
            if not piece:
                self._deflater = None
        told, self._held = self._held[:size], self._held[size:]
        return told


def inflated(pieces: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The bytes as they were.

    Raises:
        Refused: `backup.damaged`: they end before their end.
    """
    inflater = zlib.decompressobj()
    for piece in pieces:
        yield inflater.decompress(piece)
    yield inflater.flush()
    if not inflater.eof:
        raise Refused("backup.damaged", name=name)
