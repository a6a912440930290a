"""A PostgreSQL with a synchronous standby that streams from it, as processes. Not a test."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from liuhen.host.postgres import Cluster, PostmasterFile
from liuhen.host.postgres_binaries import ENVIRONMENT, Binaries, find_binaries
from liuhen.host.postgres_roles import OWNER, SERVER, SUPERUSER
from tests.kill.tree import below, until


@dataclass
class Pair:
    """The first server, and the one that takes over."""

    first: Cluster
    folder: Path
    sockets: Path
    binaries: Binaries
    process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        """Both in one address: the driver looks for the one that writes."""
        return {
            "LIUHEN_DATABASE_URL": self._url(SERVER),
            "LIUHEN_DATABASE_OWNER_URL": self._url(OWNER),
        }

    def _url(self, role: str) -> str:
        head, _, host = self.first.dsn(role=role).partition("?host=")
        hosts = f"{host},{quote(str(self.sockets), safe='')}"
        return f"{head}?host={hosts}&target_session_attrs=read-write"

    def superuser(self, *, second: bool = False) -> str:
        """An address for the operator."""
        if not second:
            return self.first.dsn("postgres", SUPERUSER)
        return f"postgresql://{SUPERUSER}@/postgres?host={quote(str(self.sockets), safe='')}"

    def begin(self) -> None:
        """Copy the first, let the second follow, and let no commit end before both have it."""
        source = (
            f"host={self.first.dsn().rpartition('host=')[2].replace('%2F', '/')} user={SUPERUSER}"
        )
        done = self.binaries.run(
            "pg_basebackup",
            "-D",
            str(self.folder / "data"),
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "-d",
            source,
        )
        assert done.returncode == 0, done.stdout
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.binaries.command(
                    "postgres",
                    "-D",
                    str(self.folder / "data"),
                    "-c",
                    f"unix_socket_directories={self.sockets}",
                ),
                cwd="/",
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(self._follows, "the standby follows")
        with psycopg.connect(self.superuser(), autocommit=True) as server:
            server.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            server.execute("SELECT pg_reload_conf()")
        until(lambda: self._told("sync_state") == "sync", "the standby is synchronous")

    def _follows(self) -> bool:
        return self._told("state") == "streaming"

    def _told(self, what: str) -> str:
        with psycopg.connect(self.superuser()) as server:
            row = server.execute("SELECT state, sync_state FROM pg_stat_replication").fetchone()
        return "" if row is None else str(row[0 if what == "state" else 1])

    def processes(self, *, second: bool = False) -> set[int]:
        """Every process of a server."""
        if second:
            assert self.process is not None
            return below(self.process.pid)
        written = PostmasterFile.read(self.first.data_dir)
        return below(written.pid) if written else set()

    def signal(self, how: signal.Signals, *, second: bool = False) -> None:
        """Stop, wake or kill a whole server."""
        for pid in self.processes(second=second):
            with suppress(ProcessLookupError):
                os.kill(pid, how)

    def take_over(self) -> None:
        """What the operator, or their tool, does when the first is dead."""
        with psycopg.connect(self.superuser(second=True), autocommit=True) as server:
            server.execute("SELECT pg_promote(true)")


@contextmanager
def standing_by(first: Cluster) -> Iterator[Pair]:
    """A pair for the block; `first` runs."""
    binaries = find_binaries()
    folder = Path(tempfile.mkdtemp(prefix="liuhen-standby-", dir="/tmp"))
    sockets = folder / "sockets"
    for one in (folder, sockets):
        one.mkdir(exist_ok=True)
        binaries.account.own(one)
    pair = Pair(first, folder, sockets, binaries)
    try:
        pair.begin()
        yield pair
    finally:
        if pair.process is not None:
            pair.signal(signal.SIGCONT, second=True)
            pair.process.send_signal(signal.SIGINT)
            pair.process.wait(60)
        shutil.rmtree(folder, ignore_errors=True)
