"""Takes the embedded database out of a running home: a base copy, then its WAL, segment by segment.

A replication slot for each repository holds the WAL that it still needs, up to a limit
(`max_slot_wal_keep_size`); past that the slot is lost and the next set is a full one. Not for
putting a database back (`replay`).
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import DEVNULL, PIPE, Popen
from urllib.parse import unquote

import psycopg

from liuhen.backup.deflating import Deflated
from liuhen.backup.repository import Repository
from liuhen.backup.sealing import Content
from liuhen.backup.sets import SEGMENT, segment_name, segment_of, wal_name
from liuhen.host.home import Home
from liuhen.host.postgres_binaries import ENVIRONMENT, find_binaries
from liuhen.host.postgres_roles import SUPERUSER
from liuhen.kernel.refusals import Refused


@dataclass(frozen=True)
class End:
    """Where a run's WAL ends: everything committed by `at` lies in segments up to `last`."""

    at: dt.datetime
    timeline: int
    last: int


class Source:
    """A running embedded database, as its superuser."""

    def __init__(self, home: Home, connection: psycopg.Connection, slot: str) -> None:
        self._home, self._connection, self._slot = home, connection, slot

    def _row(self, statement: str, *parameters: object) -> tuple[object, ...]:
        row = self._connection.execute(statement.encode(), parameters).fetchone()
        return row if row is not None else ()

    @property
    def system(self) -> str:
        """The identifier of the cluster; another one is another history."""
        return str(self._row("SELECT system_identifier FROM pg_control_system()")[0])

    def now(self) -> dt.datetime:
        """The database's time: a demonstration's own clock says nothing of its WAL."""
        at = self._row("SELECT clock_timestamp()")[0]
        assert isinstance(at, dt.datetime)
        return at.astimezone(dt.UTC)

    def held_from(self) -> int | None:
        """The oldest segment the slot still holds; None without a slot that is good."""
        told = self._row(
            "SELECT restart_lsn, wal_status FROM pg_replication_slots WHERE slot_name = %s",
            self._slot,
        )
        if not told or told[0] is None or told[1] in ("lost", "unreserved"):
            return None
        return segment_of(str(told[0]))

    def hold(self) -> int:
        """Begin to hold WAL anew from now on; the first segment held."""
        self._row(
            "SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots"
            " WHERE slot_name = %s",
            self._slot,
        )
        self._row("SELECT pg_create_physical_replication_slot(%s, true)", self._slot)
        held = self.held_from()
        assert held is not None  # made a moment ago
        return held

    def release(self, through: int) -> None:
        """Let go of every segment up to `through`, which a repository holds durably."""
        number = (through + 1) * SEGMENT
        lsn = f"{number >> 32:X}/{number & 0xFFFFFFFF:X}"
        self._row("SELECT pg_replication_slot_advance(%s, %s::pg_lsn)", self._slot, lsn)

    def finish(self) -> End:
        """End the present segment, so that it can be taken; the moment it reaches."""
        at = self.now()
        # a commit after that moment: where recovery to the moment itself knows to stop
        self._row("SELECT pg_current_xact_id()")
        lsn = str(self._row("SELECT pg_switch_wal()")[0])
        timeline = self._row("SELECT timeline_id FROM pg_control_checkpoint()")[0]
        assert isinstance(timeline, int)
        number, (high, low) = segment_of(lsn), (int(part, 16) for part in lsn.split("/"))
        is_at_start = ((high << 32) + low) % SEGMENT == 0
        return End(at, timeline, number - 1 if is_at_start else number)

    def base(self, repository: Repository, name: str) -> Content:
        """Stream a base copy into a sealed file.

        Raises:
            Refused: `backup.base_failed` with what the program said.
        """
        binaries = find_binaries()
        folder = unquote(self._home.cluster().dsn(role=SUPERUSER).partition("host=")[2])
        command = binaries.command(
            "pg_basebackup", "-h", folder, "-U", SUPERUSER, "-w", "-D", "-", "-F", "tar",
            "-X", "none", "-c", "fast",
        )  # fmt: skip
        with tempfile.TemporaryFile() as said:
            process = Popen(
                command, cwd="/", env=ENVIRONMENT, stdin=DEVNULL, stdout=PIPE, stderr=said
            )
            assert process.stdout is not None
            try:
                with process.stdout as stream:
                    content = repository.put(name, Deflated(stream))
            finally:
                if process.poll() is None:
                    process.terminate()
                process.wait()
            if process.returncode:
                repository.place(name).unlink(missing_ok=True)
                said.seek(0)
                raise Refused(
                    "backup.base_failed", said=said.read().decode("utf-8", "replace")[-500:]
                )
        return content

    def wal(self, repository: Repository, system: str, first: int, end: End) -> int:
        """Seal the segments from `first` to the end; returns how many were new.

        Raises:
            Refused: `backup.wal_gone`: the server no longer has one of them.
        """
        count = 0
        for number in range(first, end.last + 1):
            segment = segment_name(end.timeline, number)
            name = wal_name(system, segment)
            if repository.has(name):
                continue
            try:
                with (self._home.postgres_dir / "pg_wal" / segment).open("rb") as stream:
                    repository.put(name, Deflated(stream))
            except FileNotFoundError:
                raise Refused("backup.wal_gone", segment=segment) from None
            count += 1
        return count


@contextmanager
def source_of(home: Home, repository: str) -> Iterator[Source]:
    """The home's running database, to be taken into the repository of that name."""
    cluster = home.cluster()
    with psycopg.connect(cluster.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        yield Source(home, connection, f"liuhen_{repository}")
