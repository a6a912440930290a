"""Puts a database back: base copy, then WAL up to a moment. Not for the rest of a home."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

from liuhen.backup.deflating import inflated
from liuhen.backup.repository import Plain, Repository
from liuhen.backup.sealing import PIECE
from liuhen.backup.sets import Way, base_name, wal_name
from liuhen.host.home import Home
from liuhen.host.postgres_binaries import Account, unprivileged_account
from liuhen.host.secret_files import make_folder

_WAL = "restored_wal"
_SIGNAL = "recovery.signal"
_AUTO = "postgresql.auto.conf"


def put_back(repository: Repository, way: Way, home: Home, at: dt.datetime | None) -> None:
    """Write the cluster's files into an empty home, ready to recover to the moment at its start.

    Raises:
        Refused: `backup.damaged`, `backup.missing`; as `host.disk.refusing` does.
    """
    account, folder = unprivileged_account(), home.postgres_dir
    make_folder(folder)
    base = base_name(way.base.id)
    unpack(inflated(repository.read(base), base), folder)
    wal = folder / _WAL
    wal.mkdir(mode=0o700)
    for one in way.through:
        for segment in one.segments():
            with (wal / segment).open("wb") as sink:
                name = wal_name(one.system, segment)
                for piece in inflated(repository.read(name), name):
                    sink.write(piece)
    with (folder / _AUTO).open("a", encoding="ascii") as settings:
        settings.write(_recovery(at))
    (folder / _SIGNAL).touch()
    _own(folder, account)


def recovered(home: Home) -> None:
    """Take away what only the recovery needed. The cluster has started since."""
    folder = home.postgres_dir
    shutil.rmtree(folder / _WAL)
    path = folder / _AUTO
    kept = path.read_text("utf-8").partition(_MARK)[0]
    path.write_text(kept, "utf-8")


def unpack(pieces: Iterator[bytes], folder: Path) -> None:
    """Unpack a tar archive that comes in pieces. Raises what they raise."""
    plain = Plain(pieces)
    with tarfile.open(fileobj=plain, mode="r|") as archive:  # type: ignore[call-overload]
        archive.extractall(folder, filter="data")
    while plain.read(PIECE):
        pass  # to the end: only there a file that was cut shows


_MARK = "# recovery, once\n"


def _recovery(at: dt.datetime | None) -> str:
    lines = [
        _MARK.rstrip(),
        f"restore_command = 'cp {_WAL}/%f %p'",
        "recovery_target_timeline = 'current'",
        # nobody is let in before the moment is reached: `ready` then means just that
        "hot_standby = off",
    ]
    if at is not None:
        moment = at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S.%f+00")
        lines += [f"recovery_target_time = '{moment}'", "recovery_target_action = 'promote'"]
    return "\n".join([*lines, ""])


def _own(folder: Path, account: Account) -> None:
    """Everything below belongs to whom the database runs as."""
    account.own(folder)
    for place, folders, files in os.walk(folder):
        for name in folders:
            account.own(Path(place) / name)
        for name in files:
            account.own(Path(place) / name, 0o600)
