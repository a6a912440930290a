"""The short private folder of a cluster's socket. Not for the cluster's files.

The path of a unix socket has at most 107 bytes, so it can't stand in a home of any length. The name
follows from the home's path; in a shared folder someone else may hold the name, hence the owner is
checked and a few more names are tried.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from liuhen.host.postgres_binaries import Account
from liuhen.kernel.refusals import Refused

PLACES = (Path("/run"), Path("/tmp"))  # noqa: S108 - owner and mode are checked


def socket_names(data_dir: Path) -> Iterator[Path]:
    """The folders to try for the socket of the cluster in `data_dir`, best first."""
    key = sha256(os.fsencode(data_dir.resolve())).hexdigest()[:12]
    for place in PLACES:
        if os.access(place, os.W_OK | os.X_OK):
            yield from (place / f"liuhen-{os.geteuid()}-{key}{end}" for end in ("", "-1", "-2"))


def make_socket_dir(data_dir: Path, account: Account) -> Path:
    """A folder that belongs to `account` alone, empty. The cluster must not be running.

    Raises:
        Refused: `host.not_writable`: neither /run nor /tmp takes it.
    """
    for path in socket_names(data_dir):
        try:
            path.mkdir(mode=0o700, exist_ok=True)
            status = path.lstat()
        except OSError:
            continue
        ours = {account.uid, os.geteuid()}
        if stat.S_ISDIR(status.st_mode) and status.st_uid in ours:
            account.own(path)
            for left in path.iterdir():
                # a lock file left by kill -9 holds a process id that may be somebody else's by now
                left.unlink()
            return path
    raise Refused("host.not_writable", path=" ".join(map(str, PLACES)))
