"""Writing a large file past the page cache (O_DIRECT), where the file system can do that.

A stream of gigabytes that nobody reads soon would fill the cache, push everything else out of
it and cost several times the processor time; written directly it costs almost none. What is not
aligned goes through the cache as usual. Not for durability: that is `fsync`, as ever.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

# Page and block size of every file system met in practice; a multiple of the device's blocks.
BLOCK = 4096


class DirectFile:
    """A file open for writing at any place. `descriptor` also reads, syncs and truncates."""

    def __init__(self, path: Path) -> None:
        self.descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        self._direct: int | None = None
        # A file system that keeps everything in its cache refuses.
        with suppress(OSError):
            self._direct = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_DIRECT)

    def put(self, data: memoryview, at: int) -> int:
        """Write some of `data` at byte `at`; returns how much, at least one byte.

        Whole blocks go past the cache if they begin at a block in memory as in the file.
        Raises `OSError` as writing does.
        """
        unaligned = min(-at % BLOCK, len(data))
        whole = 0 if unaligned else len(data) // BLOCK * BLOCK
        if self._direct is None or not whole:
            return os.pwrite(self.descriptor, data[:unaligned] if unaligned else data, at)
        try:
            return os.pwrite(self._direct, data[:whole], at)
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            # It opened, but wants another alignment or can't after all.
            self._close_direct()
            return os.pwrite(self.descriptor, data, at)

    def close(self) -> None:
        """Close; what was written stays written, and is durable only after a sync."""
        self._close_direct()
        os.close(self.descriptor)

    def _close_direct(self) -> None:
        if self._direct is not None:
            os.close(self._direct)
            self._direct = None
