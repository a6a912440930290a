"""Writing back what the kernel holds, by calls that Python doesn't have. Not for single files
(`os.fsync`).
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_OFFSET, _BEGIN = ctypes.c_int64, 2  # SYNC_FILE_RANGE_WRITE


def begin_writing_back(descriptor: int) -> None:
    """Let the disk begin with what was written, and wait for nothing: little is left to `fsync`.

    A hint (sync_file_range): what goes wrong is told by whatever makes the bytes durable.
    """
    _libc.sync_file_range(descriptor, _OFFSET(0), _OFFSET(0), _BEGIN)


def flush_file_system(folder: Path) -> None:
    """Make everything written to the folder's file system durable (syncfs).

    Raises:
        OSError: writing back failed.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _libc.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    finally:
        os.close(descriptor)
