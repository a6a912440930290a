"""Writes a BagIt 1.0 folder (RFC 8493): streamed, hashed as copied, on disk before it has its name.

The package appears under its name whole or not at all: it grows in a hidden folder beside the
target, every file and folder is synchronised, then it is renamed. A killed process leaves that
folder (`.liuhen-*.partial`) behind. Not for what a package holds, and not for archives or discs.
"""

from __future__ import annotations

import datetime as dt
import errno
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from liuhen.kernel.digests import copy_hashing, is_sha256, sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.package.paths import check_path, check_together, encoded_path

PAYLOAD = "data/"
PARTIAL = ".liuhen-"
_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}\Z")
_OURS = frozenset({"payload-oxum", "bagging-date"})
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True)
class BagFile:
    """One file to be packed.

    Args:
        path: its path in the package, NFC, `/` between names. Below `data/` it is payload,
            anywhere else a tag file.
        source: where its bytes are: a file, or the bytes themselves.
        sha256: the digest the bytes must have, 64 lower-case hexadecimal digits.
    """

    path: str
    source: Path | bytes
    sha256: str

    @classmethod
    def of_bytes(cls, path: str, content: bytes) -> BagFile:
        """A file made here, whose digest is that of its bytes."""
        return cls(path, content, sha256_hex(content))


@dataclass(frozen=True)
class WrittenBag:
    """A finished package: its folder, its payload's bytes and files, and its tag manifest's digest.

    Through the manifests, that one digest fixes every byte of the package.
    """

    folder: Path
    payload_bytes: int
    payload_files: int
    tag_manifest_sha256: str


def completed(
    files: Sequence[BagFile], info: Sequence[tuple[str, str]], bagged_on: dt.date
) -> list[BagFile]:
    """The files of a package with those that make it one: declaration, info, manifests.

    For media that are not written as a folder. Digests are believed here; whoever copies the
    bytes compares them.

    Raises:
        Refused: as `write_bag` for paths, info and sources.
    """
    planned = sorted(files, key=lambda file: file.path.encode(errors="surrogatepass"))
    _check_files(planned)
    _check_info(info)
    sizes = {file.path: size_of(file) for file in planned}
    own = _own_files(planned, sizes, info, bagged_on)
    return [*planned, *own]


def size_of(file: BagFile) -> int:
    """The number of bytes of a file to be packed. Raises `Refused("package.source_missing")`."""
    if isinstance(file.source, bytes):
        return len(file.source)
    with _opened(file) as source:
        return os.fstat(source.fileno()).st_size


def write_bag(
    folder: Path,
    files: Iterable[BagFile],
    info: Sequence[tuple[str, str]],
    *,
    bagged_on: dt.date,
) -> WrittenBag:
    """Write a package to `folder`, which must not exist yet; only its owner can open it.

    Args:
        folder: where it shall stand; the folder above must exist.
        files: what it holds; `bagit.txt`, `bag-info.txt` and the manifests are made here.
        info: labels and values of `bag-info.txt`, in order, a label as often as needed.
        bagged_on: the day of packing.

    Raises:
        Refused: `package.path_dangerous`, `package.path_twice`, `package.info_malformed`,
            `package.exists`, `package.no_folder`, `package.source_missing`,
            `package.source_altered` (bytes differ from `sha256`), `package.no_space`.
            Nothing is left behind then.
        OSError: any other failure of the file system; nothing is left behind either.
    """
    planned = sorted(files, key=lambda file: file.path.encode(errors="surrogatepass"))
    _check_files(planned)
    _check_info(info)
    if folder.exists() or folder.is_symlink():
        raise Refused("package.exists", folder=str(folder))
    if not folder.parent.is_dir():
        raise Refused("package.no_folder", folder=str(folder.parent))
    with _room_required(folder):
        partial = Path(tempfile.mkdtemp(prefix=PARTIAL, suffix=".partial", dir=folder.parent))
        try:
            written = _fill(partial, planned, info, bagged_on)
            _sync_folders(partial)
            _name(partial, folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return WrittenBag(folder, *written)


def _fill(
    root: Path, files: Sequence[BagFile], info: Sequence[tuple[str, str]], bagged_on: dt.date
) -> tuple[int, int, str]:
    (root / "data").mkdir()
    sizes = {file.path: _copy(root, file) for file in files}
    own = _own_files(files, sizes, info, bagged_on)
    for file in own:
        _copy(root, file)
    payload = [size for path, size in sizes.items() if path.startswith(PAYLOAD)]
    return sum(payload), len(payload), own[-1].sha256


def _own_files(
    files: Sequence[BagFile],
    sizes: Mapping[str, int],
    info: Sequence[tuple[str, str]],
    bagged_on: dt.date,
) -> list[BagFile]:
    """Declaration, info and manifests, the tag manifest last."""
    payload = [file for file in files if file.path.startswith(PAYLOAD)]
    tags = [file for file in files if not file.path.startswith(PAYLOAD)]
    oxum = f"{sum(sizes[file.path] for file in payload)}.{len(payload)}"
    own = [
        BagFile.of_bytes("bagit.txt", _DECLARATION),
        BagFile.of_bytes("bag-info.txt", _info_text(info, bagged_on, oxum)),
        BagFile.of_bytes("manifest-sha256.txt", _manifest(payload)),
    ]
    return [*own, BagFile.of_bytes("tagmanifest-sha256.txt", _manifest([*own, *tags]))]


def _copy(root: Path, file: BagFile) -> int:
    target = root.joinpath(*file.path.split("/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    with _opened(file) as source, target.open("xb") as sink:
        digest, size = copy_hashing(source, sink)
        sink.flush()
        os.fsync(sink.fileno())
    if digest != file.sha256:
        raise Refused("package.source_altered", path=file.path, expected=file.sha256, found=digest)
    return size


def opened(file: BagFile) -> BinaryIO:
    """The bytes of a file to be packed. Raises `Refused("package.source_missing")`."""
    return _opened(file)


def _opened(file: BagFile) -> BinaryIO:
    if isinstance(file.source, bytes):
        return io.BytesIO(file.source)
    try:
        if file.source.is_file():
            return file.source.open("rb")
    except FileNotFoundError:
        pass
    raise Refused("package.source_missing", path=file.path)


def _manifest(files: Iterable[BagFile]) -> bytes:
    ordered = sorted(files, key=lambda file: file.path.encode())
    return "".join(f"{f.sha256}  {encoded_path(f.path)}\n" for f in ordered).encode()


def _info_text(info: Sequence[tuple[str, str]], bagged_on: dt.date, oxum: str) -> bytes:
    lines = [*info, ("Bagging-Date", bagged_on.isoformat()), ("Payload-Oxum", oxum)]
    return "".join(f"{label}: {value}\n" for label, value in lines).encode()


def _check_files(files: Sequence[BagFile]) -> None:
    for file in files:
        check_path(file.path)
        if not is_sha256(file.sha256):
            raise Refused(
                "package.source_altered", path=file.path, expected=file.sha256, found=None
            )
    check_together(file.path for file in files)


def _check_info(info: Sequence[tuple[str, str]]) -> None:
    for label, value in info:
        is_line = len(value.splitlines()) == 1 and value.isprintable() and value == value.strip()
        if not _LABEL.match(label) or label.lower() in _OURS or not is_line:
            raise Refused("package.info_malformed", label=label, value=value)


@contextmanager
def _room_required(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise Refused("package.no_space", folder=str(folder)) from error
        raise


def _name(partial: Path, folder: Path) -> None:
    """Give the finished package its name, in one step that is itself on disk afterwards."""
    try:
        partial.rename(folder)
    except OSError as error:
        # Someone else made the folder meanwhile.
        if error.errno in (errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR):
            raise Refused("package.exists", folder=str(folder)) from error
        raise
    _sync(folder.parent)


def _sync_folders(root: Path) -> None:
    for folder, _, _ in os.walk(root, topdown=False):
        _sync(Path(folder))


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
