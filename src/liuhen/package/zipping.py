"""Writes a package as one ZIP file: streamed, stored as it is, hashed as copied. Pure.

Not for what a package holds, nor for folders (`writer`) and discs (`iso`).
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from liuhen.kernel.digests import copy_hashing
from liuhen.kernel.refusals import Refused
from liuhen.package.writer import BagFile, opened

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def write_zip(target: Path, folder: str, files: Sequence[BagFile]) -> None:
    """Write files below one folder into `target`, which must not exist; gone again if it fails.

    Film doesn't get smaller, so nothing is compressed. Every entry bears the day ZIP begins at:
    when a file was made is told by the package itself.

    Raises:
        Refused: `package.source_missing`, `package.source_altered`, `package.no_space`.
    """
    try:
        with ZipFile(target, "x", ZIP_STORED) as archive:
            for file in files:
                _add(archive, f"{folder}/{file.path}", file)
    except OSError as error:
        target.unlink(missing_ok=True)
        if error.errno in _FULL:
            raise Refused("package.no_space", folder=str(target.parent)) from error
        raise
    except Refused:
        target.unlink(missing_ok=True)
        raise


def _add(archive: ZipFile, name: str, file: BagFile) -> None:
    told = ZipInfo(name)
    told.external_attr = 0o440 << 16
    with opened(file) as source, archive.open(told, "w", force_zip64=True) as sink:
        digest, _ = copy_hashing(source, sink)
    if digest != file.sha256:
        raise Refused("package.source_altered", path=file.path, expected=file.sha256, found=digest)
