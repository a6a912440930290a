"""Errors of the file system as refusals with a clear word. Not for locks or formats."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from liuhen.kernel.refusals import Refused

_FULL = {errno.ENOSPC, errno.EDQUOT}
_NOT_WRITABLE = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn a full or unwritable disk into a refusal that names the file, or else `path`.

    Raises:
        Refused: `host.disk_full`, `host.not_writable`, `host.not_a_folder`.
    """
    try:
        yield
    except OSError as error:
        named = str(error.filename or path)
        if error.errno in _FULL:
            raise Refused("host.disk_full", path=named) from error
        if error.errno in _NOT_WRITABLE:
            raise Refused("host.not_writable", path=named) from error
        if isinstance(error, NotADirectoryError | FileExistsError):
            raise Refused("host.not_a_folder", path=named) from error
        raise
