"""Writes files into a disc image: UDF and ISO 9660 (Rock Ridge), names in Chinese. Pure.

What was written is read back and compared, because a disc can't be mended afterwards. Not for
what a disc holds (`archive.disc`), nor for burning it.
"""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

from pycdlib.pycdlib import PyCdlib
from pycdlib.pycdlibexception import PyCdlibException

from liuhen.kernel.digests import CHUNK
from liuhen.kernel.refusals import Fault, Refused
from liuhen.package.writer import BagFile, opened, size_of

# Sectors of 2 KiB; what the file systems themselves need beside the files, generously.
SECTOR = 2048
OVERHEAD = 2 << 20
_PER_FILE = 3 * SECTOR


def image_size(files: Sequence[BagFile]) -> int:
    """About how large the image of these files becomes, never too small."""
    return OVERHEAD + sum(-(-size_of(one) // SECTOR) * SECTOR + _PER_FILE for one in files)


def write_image(
    target: Path,
    files: Sequence[BagFile],
    volume: str,
    on_bytes: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Write the image to `target`, which must not exist; it appears whole or not at all.

    Args:
        volume: the disc's name, at most 32 of A-Z, 0-9 and _.
        on_bytes: told how many bytes of how many are written.

    Raises:
        Refused: `package.exists`, `package.no_folder`, `package.source_missing`.
        Fault: what was read back is not what was written.
    """
    if target.exists():
        raise Refused("package.exists", folder=str(target))
    if not target.parent.is_dir():
        raise Refused("package.no_folder", folder=str(target.parent))
    descriptor, name = tempfile.mkstemp(prefix=".liuhen-", suffix=".iso", dir=target.parent)
    os.close(descriptor)
    partial = Path(name)
    try:
        _master(partial, files, volume, on_bytes)
        _compare(partial, files)
        with partial.open("rb") as stream:
            os.fsync(stream.fileno())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def _master(
    target: Path,
    files: Sequence[BagFile],
    volume: str,
    on_bytes: Callable[[int, int], None],
) -> None:
    image = PyCdlib()
    image.new(interchange_level=3, rock_ridge="1.09", udf="2.60", vol_ident=volume)
    folders: dict[PurePosixPath, str] = {PurePosixPath("/"): ""}
    with ExitStack() as stack:
        for number, file in enumerate(files):
            path = PurePosixPath("/") / file.path
            parent = _folder(image, folders, path.parent)
            stream = stack.enter_context(opened(file))
            image.add_fp(
                stream,
                size_of(file),
                iso_path=f"{parent}/F{number:07d}.;1",
                rr_name=path.name,
                udf_path=str(path),
            )
        image.write(str(target), progress_cb=lambda done, total, _: on_bytes(done, total))
        image.close()


def _folder(image: PyCdlib, made: dict[PurePosixPath, str], path: PurePosixPath) -> str:
    """The ISO 9660 path of a folder, made when it is missing: eight plain characters a name."""
    if path not in made:
        parent = _folder(image, made, path.parent)
        made[path] = f"{parent}/D{len(made):07d}"
        image.add_directory(made[path], rr_name=path.name, udf_path=str(path))
    return made[path]


class _Digest(io.BytesIO):
    """Takes bytes and keeps their digest alone."""

    def __init__(self) -> None:
        super().__init__()
        self._sha256 = hashlib.sha256()

    def write(self, data: Any, /) -> int:
        self._sha256.update(data)
        return len(data)

    @property
    def hex(self) -> str:
        return self._sha256.hexdigest()


def _compare(image: Path, files: Sequence[BagFile]) -> None:
    found = dict(read_image(image))
    wanted = {file.path: file.sha256 for file in files}
    if found != wanted:
        wrong = sorted(path for path in found | wanted if found.get(path) != wanted.get(path))
        raise Fault(f"the image does not hold what was written: {wrong[:3]}")


def read_image(image: Path) -> Iterator[tuple[str, str]]:
    """Path and digest of every file in an image, by its UDF names.

    Raises:
        Refused: `disc.unreadable`.
    """
    disc = PyCdlib()
    try:
        disc.open(str(image))
        for folder, _, names in disc.walk(udf_path="/"):
            for name in names:
                digest = _Digest()
                path = str(PurePosixPath(folder) / name)
                disc.get_file_from_iso_fp(digest, udf_path=path, blocksize=CHUNK)
                yield path.lstrip("/"), digest.hex
        disc.close()
    except PyCdlibException as error:
        raise Refused("disc.unreadable", said=str(error)[:200]) from error
