"""A file that grows at its end: whole blocks go past the system's cache, the rest through it.

Footage is written once and read late: in the cache it would push out what the database reads,
cost a third copy of each byte and leave all of the disk's work to the end. Blocks are written
beside the line by another thread. Not for whose turn it is to write (`recordings.intake`).
"""

from __future__ import annotations

import errno
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from mmap import mmap
from pathlib import Path
from threading import Condition, RLock

# Large enough for the disk to be fast, small enough that eight lines leave a process below 200 MB.
BLOCK = 1 << 19
# So many full blocks may wait for the disk: a line goes on while one of them takes longer.
AHEAD = 2
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
        # What is filled by the line, what is full, and memory for more.
        self._filling: memoryview | None = None
        self._filled = 0
        self._full: deque[tuple[memoryview, int]] = deque()
        self._spare: list[memoryview] = []
        # Bytes are added by the line's thread and flushed by that which makes them durable.
        self._alone = RLock()
        self._moved = Condition()
        self._is_moving = False
        self._failure: BaseException | None = None
        self.size = self._given = 0

    def write(self, some: memoryview) -> None:
        """Add bytes."""
        with self._alone:
            while some:
                piece = some[: BLOCK - self.size % BLOCK]
                if self._direct is None or (self.size % BLOCK and not self._filled):
                    self._settle()
                    self._give(self.descriptor, piece, self.size)
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
                self._give(self.descriptor, waiting, begin)
                self.size = begin + len(waiting)
            return self.size

    def sync(self, *, whole: bool = True) -> int:
        """Make what was added so far durable; returns how many bytes that are.

        Without `whole` it is what the system has been given by now, and no line has to wait.
        """
        reached = self.flush() if whole else self._given
        os.fdatasync(self.descriptor)
        os.posix_fadvise(self.descriptor, 0, reached, os.POSIX_FADV_DONTNEED)
        return reached

    def read(self, start: int, length: int) -> bytes:
        """Bytes added before."""
        if start + length > self._given:
            self.flush()
        return os.pread(self.descriptor, length, start)

    def cut(self, size: int) -> None:
        """Let go of what was added behind `size`, and go on from there."""
        with self._alone:
            self._settle()
            self._filled = 0
            if os.fstat(self.descriptor).st_size > size:
                os.ftruncate(self.descriptor, size)
            self.size = self._given = size

    def close(self) -> None:
        """Add no more; what still waited for the rest of its block is gone."""
        with self._alone:
            with self._moved:
                self._moved.wait_for(lambda: not self._is_moving)
            # Whoever made `put` holds us as we hold it: memory shall not wait for a collection.
            self._filling, self._spare = None, []
            os.close(self.descriptor)
            if self._direct is not None:
                os.close(self._direct)

    def _fill(self, piece: memoryview) -> None:
        if self._filling is None:
            # Memory of a mapping begins where the disk wants it to.
            self._filling = self._spare.pop() if self._spare else memoryview(mmap(-1, BLOCK))
        self._filling[self._filled : self._filled + len(piece)] = piece
        self._filled += len(piece)
        self.size += len(piece)
        if self._filled == BLOCK:
            with self._moved:
                self._settle(AHEAD - 1)
                self._full.append((self._filling, self.size - BLOCK))
                self._filling, self._filled = None, 0
                if not self._is_moving:
                    self._is_moving = True
                    _writing.submit(self._move)

    def _move(self) -> None:
        """Write full blocks, one after the other, until none is left or one fails."""
        while True:
            with self._moved:
                if not self._full:
                    self._is_moving = False
                    self._moved.notify_all()
                    return
                block, begin = self._full[0]
            try:
                self._write_block(block, begin)
            except BaseException as failure:  # noqa: BLE001 - raised by the line's next call
                with self._moved:
                    self._full.clear()
                    self._failure, self._is_moving = failure, False
                    self._moved.notify_all()
                return
            with self._moved:
                self._full.popleft()
                self._spare.append(block)
                self._moved.notify_all()

    def _write_block(self, full: memoryview, begin: int) -> None:
        try:
            self._give(self._direct or self.descriptor, full, begin)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            # The disk wants other places or lengths than ours: the cache takes them all.
            self._give(self.descriptor, full, begin)

    def _give(self, descriptor: int, some: memoryview, at: int) -> None:
        self._put(descriptor, some, at)
        self._given = at + len(some)

    def _settle(self, most: int = 0) -> None:
        """Wait until no more than `most` full blocks wait. Raises what a `put` raised."""
        with self._moved:
            self._moved.wait_for(lambda: len(self._full) <= most)
            failure, self._failure = self._failure, None
        if failure is not None:
            self.size, self._filled = self._given, 0
            raise failure


def _opened_directly(path: Path) -> int | None:
    """A descriptor past the cache; None where the file system has no such thing."""
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_DIRECT)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return None
