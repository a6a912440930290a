"""A file that grows at its end: whole blocks go past the system's cache, the rest through it.

Footage is written once and read late: in the cache it would push out what the database reads,
cost a third copy of each byte and leave all of the disk's work to the end. Blocks are written
beside the line by another thread. Not for whose turn it is to write (`recordings.intake`).
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from mmap import mmap
from pathlib import Path
from threading import Lock

# Large enough for the disk to be fast, small enough that eight lines leave a process below 200 MB.
BLOCK = 1 << 19
_writing = ThreadPoolExecutor(max_workers=8, thread_name_prefix="blocks")

# Writes all of some bytes at a place of an open file.
Put = Callable[[int, memoryview, int], None]


class GrowingFile:
    """One existing file, open for adding; `size` counts also what still waits for its block.

    `put` does each write, in order, one at a time, from whichever thread; what it raises is
    raised by the next call here, and `size` is then what came before. A block that `flush` left
    unfinished ends through the cache, so that no byte is written twice.
    """

    def __init__(self, path: Path, put: Put) -> None:
        self._put = put
        self.descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._direct = _opened_directly(path)
        # One block is filled while the other is written.
        self._filling: memoryview | None = None
        self._spare: memoryview | None = None
        self._filled = 0
        self._under_way: Future[None] | None = None
        # Bytes are added by the line's thread and flushed by that which makes them durable.
        self._alone = Lock()
        self.size = 0

    def write(self, some: memoryview) -> None:
        """Add bytes."""
        with self._alone:
            while some:
                piece = some[: BLOCK - self.size % BLOCK]
                if self._direct is None or (self.size % BLOCK and not self._filled):
                    self._settle()
                    self._put(self.descriptor, piece, self.size)
                    self.size += len(piece)
                else:
                    self._fill(piece)
                some = some[len(piece) :]

    def flush(self) -> int:
        """Give the system whatever waits; returns how many bytes it has then."""
        with self._alone:
            self._settle()
            if self._filled:
                assert self._filling is not None
                begin, waiting = self.size - self._filled, self._filling[: self._filled]
                self.size, self._filled = begin, 0
                self._put(self.descriptor, waiting, begin)
                self.size = begin + len(waiting)
            return self.size

    def sync(self) -> int:
        """Make everything added so far durable; returns how many bytes that are."""
        reached = self.flush()
        os.fdatasync(self.descriptor)
        os.posix_fadvise(self.descriptor, 0, reached, os.POSIX_FADV_DONTNEED)
        return reached

    def read(self, start: int, length: int) -> bytes:
        """Bytes added before."""
        with self._alone:
            self._settle()
            is_waiting = start + length > self.size - self._filled
        if is_waiting:
            self.flush()
        return os.pread(self.descriptor, length, start)

    def cut(self, size: int) -> None:
        """Let go of what was added behind `size`, and go on from there."""
        with self._alone:
            self._settle()
            self._filled = 0
            if os.fstat(self.descriptor).st_size > size:
                os.ftruncate(self.descriptor, size)
            self.size = size

    def close(self) -> None:
        """Add no more; what still waited for its block is gone."""
        with self._alone:
            if self._under_way is not None:
                self._under_way.exception()
            # Whoever made `put` holds us as we hold it: memory shall not wait for a collection.
            self._filling = self._spare = self._under_way = None
            os.close(self.descriptor)
            if self._direct is not None:
                os.close(self._direct)

    def _fill(self, piece: memoryview) -> None:
        # Memory of a mapping begins where the disk wants it to.
        self._filling = self._filling or memoryview(mmap(-1, BLOCK))
        self._filling[self._filled : self._filled + len(piece)] = piece
        self._filled += len(piece)
        self.size += len(piece)
        if self._filled == BLOCK:
            self._settle()
            begin, full = self.size - BLOCK, self._filling
            self._filling, self._spare, self._filled = self._spare, full, 0
            self._under_way = _writing.submit(self._write_block, full, begin)

    def _write_block(self, full: memoryview, begin: int) -> None:
        try:
            self._put(self._direct or self.descriptor, full, begin)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            # The disk wants other places or lengths than ours: the cache takes them all.
            self._put(self.descriptor, full, begin)

    def _settle(self) -> None:
        """Wait for the block under way. Raises what its `put` raised."""
        under_way, self._under_way = self._under_way, None
        if under_way is None:
            return
        try:
            under_way.result()
        except BaseException:
            self.size -= self._filled + BLOCK
            self._filled = 0
            raise


def _opened_directly(path: Path) -> int | None:
    """A descriptor past the cache; None where the file system has no such thing."""
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_DIRECT)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return None
