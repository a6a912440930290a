"""Locks between processes, held by an open file. Not for locks inside the database.

A lock belongs to the open file, so the kernel drops it when its last holder dies: nothing is left
behind by `kill -9`. A child that inherits the file holds the lock too (`FileLock.fileno`).
"""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep

from liuhen.kernel import clock


class FileLock:
    """An advisory lock on `path`, which is created (0600) and never removed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def fileno(self) -> int:
        """The descriptor that carries the lock, to hand to a child. The lock must be held."""
        if self._descriptor is None:
            raise ValueError(f"lock is not held: {self.path}")
        return self._descriptor

    def take(
        self,
        *,
        shared: bool = False,
        wait_seconds: float = 0.0,
        pause: Callable[[float], None] = sleep,
    ) -> bool:
        """Take the lock, alone or shared with others; False when it stays taken by others.

        `pause` waits between two tries; what it raises ends the waiting.
        """
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        mode = (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB
        deadline = clock.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(self._descriptor, mode)
            except OSError as error:
                if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                    raise
            else:
                return True
            if clock.monotonic() >= deadline:
                self.close()
                return False
            pause(0.05)

    def note(self, text: str) -> None:
        """Write who holds the lock into the file, for the words of a refusal."""
        os.ftruncate(self.fileno(), 0)
        os.pwrite(self.fileno(), text.encode(), 0)

    def read_note(self) -> str:
        """What the last holder wrote; empty when nobody did."""
        try:
            return self.path.read_text(encoding="utf-8", errors="replace").strip()
        except FileNotFoundError:
            return ""

    def close(self) -> None:
        """Let go of our hold; children that inherited the file keep theirs."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_held(path: Path) -> bool:
    """Whether a process holds this lock; never makes the file."""
    if not path.exists():
        return False
    lock = FileLock(path)
    taken = lock.take()
    lock.close()
    return not taken


@contextmanager
def is_free(path: Path) -> Iterator[bool]:
    """Whether nobody holds `path`; while the block runs with True, we do."""
    lock = FileLock(path)
    try:
        yield lock.take()
    finally:
        lock.close()
