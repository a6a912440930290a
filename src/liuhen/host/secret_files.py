"""Secrets as files that only their owner can read; made once, never in the database.

Not for secrets of persons (passwords of accounts, TOTP): those are hashed in the database.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from liuhen.kernel.refusals import Refused

OTHERS = 0o077


def refuse_if_open(path: Path) -> None:
    """Refuse a secret file or folder that belongs to someone else or that others may touch.

    Raises:
        Refused: `home.other_owner`, `home.secrets_open`.
    """
    status = path.lstat()
    if status.st_uid != os.geteuid():
        raise Refused("home.other_owner", path=str(path), uid=status.st_uid)
    if stat.S_ISLNK(status.st_mode) or status.st_mode & OTHERS:
        raise Refused("home.secrets_open", path=str(path), mode=f"{status.st_mode & 0o777:04o}")


def make_folder(path: Path) -> None:
    """Make a folder with mode 0700, its parents as the umask has them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, content: bytes, *, mode: int = 0o600, replace: bool = True) -> bool:
    """Write a whole file that is there completely or not at all, even after a power cut.

    With `replace=False` a file that exists stays as it is, also when two start at once.
    Returns whether `content` is what was put there now.
    """
    building = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(building, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if replace:
            building.replace(path)
        else:
            path.hardlink_to(building)
    except FileExistsError:
        return False
    finally:
        building.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


class SecretFiles:
    """The folder of secrets: 0700, each file 0600."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create_folder(self) -> None:
        """Make the folder when it is missing and check what is there."""
        make_folder(self.folder)
        self.check()

    def check(self) -> None:
        """Refuse when the folder or any file in it is open to others."""
        for path in (self.folder, *sorted(self.folder.iterdir())):
            refuse_if_open(path)

    def read(self, name: str) -> bytes | None:
        """The content of a secret, or None when it was never made."""
        path = self.folder / name
        try:
            refuse_if_open(path)
            return path.read_bytes()
        except FileNotFoundError:
            return None

    def read_or_make(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The secret `name`; made by `make` the first time, by one process only."""
        found = self.read(name)
        if found is None:
            write_durably(self.folder / name, make(), replace=False)
            found = self.read(name)
        if not found:
            raise Refused("home.secret_empty", path=str(self.folder / name))
        return found

    def password(self, name: str) -> str:
        """A random password kept in `<name>.password`, made the first time."""
        made = self.read_or_make(f"{name}.password", lambda: secrets.token_urlsafe(32).encode())
        return made.decode("ascii").strip()
