"""The files of a cluster: making them, and writing our settings into them. Not for processes.

PostgreSQL gets its folder as an open directory (`/proc/self/fd/N`), so that `nobody` needs no way
through folders above it that are root's alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from liuhen.host import postgres_settings
from liuhen.host.postgres_binaries import Account, Binaries
from liuhen.host.postgres_refusals import refusal_from_log
from liuhen.host.secret_files import make_folder, write_durably
from liuhen.kernel.refusals import Refused


def is_initialised(data_dir: Path, major: int) -> bool:
    """Whether `data_dir` holds a cluster of version `major`; False when there is nothing.

    Raises:
        Refused: `postgres.other_version`, `postgres.damaged` (something, but no cluster).
    """
    try:
        found = (data_dir / "PG_VERSION").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        if data_dir.is_dir() and any(data_dir.iterdir()):
            raise Refused("postgres.damaged", folder=str(data_dir), said="PG_VERSION") from None
        return False
    if found != str(major):
        raise Refused("postgres.other_version", found=found, wanted=str(major))
    return True


def initialise(data_dir: Path, binaries: Binaries, *, throwaway: bool, inherited: int) -> None:
    """Make a cluster: completely or not at all. `inherited` is an open file the programs keep.

    Raises:
        Refused: `host.disk_full`, `host.not_writable`, `postgres.not_started`.
    """
    # built beside and renamed, so that a start cut off half way leaves nothing to trip over
    building = data_dir.with_name(f".{data_dir.name}.new")
    if building.exists():
        shutil.rmtree(building)
    make_folder(building)
    binaries.account.own(building)
    with opened_folder(building) as (descriptor, name):
        arguments = postgres_settings.initdb_arguments(binaries.major, name, throwaway=throwaway)
        done = binaries.run("initdb", *arguments, pass_fds=(descriptor, inherited))
    if done.returncode != 0:
        shutil.rmtree(building, ignore_errors=True)
        raise refusal_from_log(done.stdout, data_dir)
    building.rename(data_dir)


def write_settings(data_dir: Path, account: Account, socket_dir: Path, *, throwaway: bool) -> None:
    """Write the three configuration files, for this machine and this socket."""
    texts = {
        "postgresql.conf": postgres_settings.configuration(
            socket_dir,
            memory_bytes=postgres_settings.machine_memory_bytes(),
            throwaway=throwaway,
        ),
        "pg_hba.conf": postgres_settings.host_access(),
        "pg_ident.conf": postgres_settings.account_map(
            [account.name, *(["root"] if os.geteuid() == 0 else [])]
        ),
    }
    for name, text in texts.items():
        path = data_dir / name
        write_durably(path, text.encode())
        account.own(path, 0o600)


@contextmanager
def opened_folder(folder: Path) -> Iterator[tuple[int, str]]:
    """An open directory to hand to a child, and the name under which the child finds it."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor, f"/proc/self/fd/{descriptor}"
    finally:
        os.close(descriptor)
