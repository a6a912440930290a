"""A backup repository: a folder of sealed files, each there whole and read back, or not at all.

Not for what the files mean (`sets`), nor for the bytes inside one (`sealing`).
"""

from __future__ import annotations

import hashlib
import io
import os
import secrets
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from liuhen.backup.sealing import Content, Key, Reads, opened, seal
from liuhen.host.disk import refusing
from liuhen.host.locks import FileLock
from liuhen.host.secret_files import make_folder, write_durably
from liuhen.kernel.digests import is_sha256
from liuhen.kernel.refusals import Refused

FORMAT = 1
END = ".sealed"
_BUILDING = ".building"
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@dataclass(frozen=True)
class Facts:
    """What `backup.toml` says, in the clear: no content, no key."""

    name: str
    origin: str
    fingerprint: str

    def to_toml(self) -> str:
        """The file's text."""
        return (
            "# fixed when this repository was made; everything else in it is sealed\n"
            f'format = {FORMAT}\nname = "{self.name}"\norigin = "{self.origin}"\n'
            f'key = "{self.fingerprint}"\n'
        )


class Repository:
    """A folder of sealed files, opened with its key."""

    def __init__(self, path: Path, key: Key) -> None:
        self.path, self.key = path.absolute(), key

    @classmethod
    def make(cls, path: Path, key: Key, origin: str) -> Repository:
        """Make a repository in a folder that is empty or absent.

        Raises:
            Refused: `backup.not_empty`, and as `host.disk.refusing`.
        """
        with refusing(path):
            make_folder(path)
            if any(path.iterdir()):
                raise Refused("backup.not_empty", path=str(path))
            facts = Facts(f"b{secrets.token_hex(4)}", origin, key.fingerprint)
            write_durably(path / "backup.toml", facts.to_toml().encode())
        return cls(path, key)

    @classmethod
    def open(cls, path: Path, key: Key) -> Repository:
        """Open one that is there.

        Raises:
            Refused: `backup.none`, `backup.other_key`.
        """
        found = cls(path, key)
        if found.facts.fingerprint != key.fingerprint:
            raise Refused("backup.other_key", path=str(path))
        return found

    @property
    def facts(self) -> Facts:
        """What `backup.toml` says. Raises `Refused` `backup.none`."""
        try:
            raw = tomllib.loads((self.path / "backup.toml").read_text("utf-8"))
            if raw["format"] != FORMAT:
                raise ValueError
            return Facts(str(raw["name"]), str(raw["origin"]), str(raw["key"]))
        except (OSError, ValueError, KeyError):
            raise Refused("backup.none", path=str(self.path)) from None

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let nobody else write meanwhile; what a killed run left half written is removed.

        Raises:
            Refused: `backup.busy`.
        """
        with refusing(self.path):
            lock = FileLock(self.path / ".lock")
            if not lock.take():
                raise Refused("backup.busy", path=str(self.path))
        try:
            for left in self.path.glob(f"**/{_BUILDING}*"):
                left.unlink()
            yield
        finally:
            lock.close()

    def place(self, name: str) -> Path:
        """Where a sealed file lies."""
        return self.path / f"{name}{END}"

    def has(self, name: str) -> bool:
        """Whether it is there; its content is `check`'s business."""
        return self.place(name).is_file()

    def names(self, below: str) -> list[str]:
        """The names in one folder, sorted."""
        found = (self.path / below).glob(f"*{END}")
        return sorted(f"{below}/{path.name.removesuffix(END)}" for path in found)

    def put(self, name: str, source: Reads) -> Content:
        """Seal a file durably, read it back from the disk, only then give it its name.

        Raises:
            Refused: `host.disk_full`, `host.not_writable`; `backup.not_read_back`.
        """
        target = self.place(name)
        with refusing(self.path):
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            building = target.with_name(f"{_BUILDING}-{secrets.token_hex(6)}")
            try:
                with os.fdopen(os.open(building, _FRESH, 0o600), "wb") as sink:
                    written = seal(source, sink, self.key, name)
                    sink.flush()
                    os.fsync(sink.fileno())
                if self._read_back(building, name) != written:
                    raise Refused("backup.not_read_back", name=name)
                building.rename(target)
            finally:
                building.unlink(missing_ok=True)
            _sync(target.parent)
        return written

    def put_bytes(self, name: str, content: bytes) -> Content:
        """Seal a few bytes."""
        return self.put(name, io.BytesIO(content))

    def read(self, name: str) -> Iterator[bytes]:
        """The plain bytes, piece by piece.

        Raises:
            Refused: `backup.damaged`; `backup.missing`.
        """
        try:
            with self.place(name).open("rb") as stream:
                yield from opened(stream, self.key, name)
        except FileNotFoundError:
            raise Refused("backup.missing", name=name) from None
        except OSError as error:
            raise Refused("backup.damaged", name=name) from error

    def content(self, name: str) -> Content:
        """Read one file whole and say what it holds. Raises as `read`."""
        digest, size = hashlib.sha256(), 0
        for piece in self.read(name):
            digest.update(piece)
            size += len(piece)
        return Content(digest.hexdigest(), size)

    def check(self) -> Iterator[tuple[str, Refused | None]]:
        """Read every sealed file; each name with what is wrong with it, or None."""
        for path in sorted(self.path.glob(f"**/*{END}")):
            name = path.relative_to(self.path).as_posix().removesuffix(END)
            try:
                found = self.content(name)
            except Refused as refused:
                yield name, refused
                continue
            digest = name.rpartition("/")[2]
            is_other = is_sha256(digest) and found.sha256 != digest
            yield name, Refused("backup.damaged", name=name) if is_other else None

    def free_bytes(self) -> int:
        """What its disk still takes."""
        return shutil.disk_usage(self.path).free

    def _read_back(self, path: Path, name: str) -> Content:
        digest, size = hashlib.sha256(), 0
        with path.open("rb") as stream:
            # out of memory and from the disk: what was just written lies in the cache
            os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            for piece in opened(stream, self.key, name):
                digest.update(piece)
                size += len(piece)
        return Content(digest.hexdigest(), size)


class Plain:
    """A sealed file as a stream, for programs that read one."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, b""

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, all of them when negative; empty at the end."""
        while size < 0 or len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
        end = len(self._held) if size < 0 else size
        told, self._held = self._held[:end], self._held[end:]
        return told


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
