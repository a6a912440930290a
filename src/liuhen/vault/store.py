"""The local folder of originals: write-once files named by their SHA-256.

Not for rows (`vault.models`) or receipts. Order of intake: bytes into a temporary file, fsync,
rename to the digest's place, fsync of the folder; only then may a row speak of them.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from liuhen.kernel.digests import CHUNK, copy_hashing, is_sha256, sha256_file
from liuhen.kernel.refusals import Fault, Refused

STORE = "local"
# A folder on other disks (`LIUHEN_SECOND_STORE`).
SECOND = "second"
# Not a place: how far the job is that takes SM3 digests.
SM3 = "sm3"
# Nor this: how far the job is that decodes whole recordings.
LOOKED_THROUGH = "looked_through"
# Nor this: how far the job is that reads again what earlier versions kept too little of.
REREADING = "rereading"
# A bucket with Object Lock (`LIUHEN_S3_ENDPOINT`).
S3 = "s3"
# How names in the bucket begin that are no original's: what was made from originals, and pieces of
# uploads on their way in.
MADE, STAGED = "derived", "staged"
# How the name of a backup repository as a store begins (`liuhen backup`).
BACKUP = "backup:"


def relative_path(sha256: str) -> str:
    """Where an original lies below the vault folder.

    Raises:
        ValueError: not 64 hexadecimal digits.
    """
    if not is_sha256(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Refused("storage.full") from error
        raise


class LocalStore:
    """Originals below one folder. The intake folder must lie on the same file system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where an original lies in this folder, whether or not it does."""
        return self.folder / relative_path(sha256)

    def place(self, sha256: str) -> Path:
        """The file to read an original from; a store elsewhere brings it here first."""
        return self.path(sha256)

    def has(self, sha256: str) -> bool:
        """Whether a file of that name exists (its content is the scrub's business)."""
        return self.path(sha256).is_file()

    def secure(self, source: Path, sha256: str) -> None:
        """Make a file durable where a store elsewhere needs it before its act; here `adopt` does.

        `source` holds bytes of this digest.
        """

    def keep_bytes(self, data: bytes, sha256: str, temporary: Path) -> Path:
        """Write small bytes durably. `temporary` is a fresh file name in the intake folder.

        Nothing is left there when they don't fit. Raises `Refused("storage.full")`.
        """
        try:
            with _disk_errors(), temporary.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            return self.adopt(temporary, sha256)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def adopt(self, temporary: Path, sha256: str) -> Path:
        """Move an already fsynced file to its place; afterwards it is read-only and durable.

        The same bytes coming twice leave one file. Raises `Refused("storage.full")`.
        """
        target = self.path(sha256)
        with _disk_errors():
            made = self._make_folders(target.parent)
            if target.exists():
                temporary.unlink()
            else:
                temporary.chmod(0o440)
                temporary.rename(target)
            # after all of it: what the first made durable costs the others nothing
            for folder in (target.parent, *made):
                fsync_folder(folder)
        return target

    def copy_from(self, source: Path, sha256: str, temporary: Path) -> None:
        """Copy an original from another place into this one, durably, proving its digest.

        `temporary` is a fresh file name on this store's file system.

        Raises:
            Refused: `storage.full`. `Fault`: the source is gone or gives other bytes.
        """
        try:
            with _disk_errors(), source.open("rb") as read, temporary.open("xb") as sink:
                copied, _ = copy_hashing(read, sink)
                sink.flush()
                os.fsync(sink.fileno())
            if copied != sha256:
                raise Fault(f"original {sha256} gives {copied}")
            self.adopt(temporary, sha256)
        except FileNotFoundError as error:
            raise Fault(f"original missing from the vault: {sha256}") from error
        finally:
            temporary.unlink(missing_ok=True)

    def remove(self, sha256: str) -> None:
        """Remove an original for good; durable on return. Only for what is ordered destroyed."""
        place = self.path(sha256)
        if place.parent.is_dir():
            place.unlink(missing_ok=True)
            fsync_folder(place.parent)

    def _make_folders(self, folder: Path) -> list[Path]:
        """Make a folder and those above it; returns the folders whose names of others are new."""
        missing = [p for p in (folder, *folder.parents) if not p.exists()]
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        return [made.parent for made in missing]

    def open(self, sha256: str) -> BinaryIO:
        """Open an original for reading.

        Raises:
            Fault: the file is missing; the ledger says it should be there.
        """
        try:
            return self.place(sha256).open("rb")
        except FileNotFoundError as error:
            raise Fault(f"original missing from the vault: {sha256}") from error

    def digest(self, sha256: str) -> str | None:
        """The digest of what really lies at the original's place; None when nothing does."""
        place = self.path(sha256)
        return sha256_file(place) if place.is_file() else None

    def chunks(self, sha256: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end) in pieces of at most 1 MiB."""
        with self.open(sha256) as stream:
            stream.seek(start)
            left = end - start
            while left > 0 and (chunk := stream.read(min(CHUNK, left))):
                left -= len(chunk)
                yield chunk


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
