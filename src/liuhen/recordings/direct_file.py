"""Writing a large file past the page cache (O_DIRECT), where the file system can do that.

A stream of gigabytes that nobody reads soon would fill the cache, push everything else out of
it and cost several times the processor time; written directly it costs almost none. What is not
aligned goes through the cache as usual. Not for durability: that is `fsync`, as ever.
"""

from __future__ import annotations

import errno
import mmap
import os
from contextlib import suppress
from pathlib import Path

# Page and block size of every file system met in practice; a multiple of the device's blocks.
BLOCK = 4096
BUFFER = 1 << 20


class DirectFile:
    """A file open for writing at any place. `descriptor` also reads, syncs and truncates."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._direct: int | None = None
        self._buffer: mmap.mmap | None = None
        # A file system that keeps everything in its cache refuses.
        with suppress(OSError):
            self._direct = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_DIRECT)

    def put(self, data: memoryview, at: int) -> int:
        """Write some of `data` at byte `at`; returns how much, at least one byte.

        Raises `OSError` as writing does.
        """
        if self._direct is None:
            return os.pwrite(self.descriptor, data, at)
        unaligned = -at % BLOCK
        if unaligned:
            return os.pwrite(self.descriptor, data[:unaligned], at)
        whole = min(len(data), BUFFER) // BLOCK * BLOCK
        if not whole:
            return os.pwrite(self.descriptor, data, at)
        try:
            return os.pwrite(self._direct, self._aligned(data[:whole]), at)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            # It opened, but wants another alignment or can't after all.
            self._close_direct()
            return os.pwrite(self.descriptor, data, at)

    def _aligned(self, data: memoryview) -> memoryview:
        """The same bytes in memory that begins at a page."""
        if self._buffer is None:
            self._buffer = mmap.mmap(-1, BUFFER)
        self._buffer[: len(data)] = data
        return memoryview(self._buffer)[: len(data)]

    def close(self) -> None:
        """Close; what was written stays written, and is durable only after a sync."""
        self._close_direct()
        os.close(self.descriptor)

    def _close_direct(self) -> None:
        if self._direct is not None:
            os.close(self._direct)
            self._direct = None
