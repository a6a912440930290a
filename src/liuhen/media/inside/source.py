"""The input as decoders see it: an already open descriptor, read by position, never written."""

from __future__ import annotations

import io
import os

from liuhen.media.worker import INPUT_FD


class Source(io.RawIOBase):
    """A read-only, seekable view of the input descriptor with a position of its own."""

    def __init__(self, fd: int = INPUT_FD) -> None:
        super().__init__()
        self._fd = fd
        self._at = 0
        self.size = os.fstat(fd).st_size

    def __repr__(self) -> str:
        return "<input>"

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        chunk = os.pread(self._fd, self.size if size < 0 else size, self._at)
        self._at += len(chunk)
        return chunk

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        chunk = self.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise OSError(22, "negative position")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def at(self, offset: int, size: int) -> bytes:
        """Bytes at a place, fewer at the end of the file; the position stays."""
        return os.pread(self._fd, size, offset) if 0 <= offset < self.size else b""
