"""Moves a home's embedded database to the authority's own PostgreSQL, whole, counted, verified.

Entries and images are copied as stored, so log, receipts and proofs go on. The embedded database
stays where it is, untouched, and is never started again by itself. Not for originals: they stay in
the vault, and the bucket is filled by its job (`actions.bucket_copies`).
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import django
import psycopg
from django.db import connection
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from liuhen.host.home import Home
from liuhen.host.locks import FileLock
from liuhen.host.postgres_binaries import ENVIRONMENT, find_binaries
from liuhen.host.postgres_roles import OWNER
from liuhen.host.secret_files import write_durably
from liuhen.host.server import migration
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

Told = Callable[[str], None]
_SAID = 800


@dataclass(frozen=True)
class Moved:
    """What was moved, where to, in how many seconds the home could not be used."""

    to: str
    tables: int
    rows: int
    seconds: int


def move(home: Home, told: Told) -> Moved:
    """Move to `LIUHEN_DATABASE_URL`, as `LIUHEN_DATABASE_OWNER_URL`; all of it or nothing.

    The home must be stopped and the other database empty. Django of this process is set up there.

    Raises:
        Refused: `move.no_target`, `move.running`, `home.moved`, `move.unreachable`, `move.older`,
            `move.not_empty`, `move.nothing`, `move.failed`, `move.counts`, `move.differences`;
            then the home goes on as it was.
    """
    began, target = clock.monotonic(), _target()
    cluster = home.cluster()
    lock = FileLock(home.run_dir / "serve.lock")
    if not lock.take():
        raise Refused("move.running", path=str(home.path))
    try:
        with cluster.running():
            source = cluster.dsn(role=OWNER)
            counts = _refuse_unfit(source, target)
            told("复制数据库")
            _copy(source, target)
            told("清点")
            if (found := _counts(target)) != counts:
                wrong = sorted(table for table in counts if counts[table] != found.get(table))
                raise Refused("move.counts", tables="、".join(wrong[:5]))
        told("核验")
        _migrate(home)
        place = _place(target)
        _verify_and_enter(place, counts)
        words = f"{clock.iso(clock.now())} {place}\n"
        write_durably(home.moved_path, words.encode())
    finally:
        lock.close()
    rows = sum(counts.values())
    return Moved(place, len(counts), rows, round(clock.monotonic() - began))


def _target() -> str:
    server = os.environ.get("LIUHEN_DATABASE_URL")
    if not server:
        raise Refused("move.no_target")
    return os.environ.get("LIUHEN_DATABASE_OWNER_URL") or server


def _place(target: str) -> str:
    """The database's address without account and password."""
    told = conninfo_to_dict(target)
    named = [f"{told[key]}" for key in ("host", "port", "dbname") if told.get(key)]
    return "/".join(named)


def _refuse_unfit(source: str, target: str) -> dict[str, int]:
    """Rows by table of the source, once the target can take them."""
    counts = _counts(source)
    if not counts.get("ledger_entry"):
        raise Refused("move.nothing")
    try:
        with psycopg.connect(target, connect_timeout=5) as there, psycopg.connect(source) as here:
            if there.info.server_version // 10000 < here.info.server_version // 10000:
                versions = [c.info.server_version // 10000 for c in (there, here)]
                raise Refused("move.older", theirs=versions[0], ours=versions[1])
            if _tables(there):
                raise Refused("move.not_empty")
    except psycopg.Error as error:
        raise Refused("move.unreachable", said=str(error).strip()[:_SAID]) from error
    return counts


def _tables(connected: psycopg.Connection) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    return [str(row[0]) for row in connected.execute(query)]


def _counts(url: str) -> dict[str, int]:
    """Rows by table, as the owner sees them."""
    found = {}
    with psycopg.connect(url) as connected:
        for table in _tables(connected):
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            row = connected.execute(query).fetchone()
            found[table] = int(row[0]) if row else 0
    return found


def _copy(source: str, target: str) -> None:
    """Copy everything in one transaction; rights are granted by the migration that follows."""
    folder = find_binaries().folder
    into, password = _apart(target)
    out_of, own = _apart(source)
    dump = [str(folder / "pg_dump"), "--format=custom", "--compress=0", "--no-owner"]
    dump += ["--no-privileges", "--no-comments", f"--dbname={out_of}"]
    load = [str(folder / "pg_restore"), "--single-transaction", "--exit-on-error", "--no-owner"]
    load += ["--no-privileges", f"--dbname={into}"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(
            dump, env={**ENVIRONMENT, "PGPASSWORD": own}, stdout=subprocess.PIPE, stderr=said
        ) as dumping:
            loading = subprocess.run(
                load,
                env={**ENVIRONMENT, "PGPASSWORD": password},
                stdin=dumping.stdout,
                stdout=said,
                stderr=said,
                check=False,
            )
            if dumping.stdout is not None:
                dumping.stdout.close()  # a dump nobody reads any more ends
        if dumping.returncode or loading.returncode:
            said.seek(0)
            words = said.read().decode("utf-8", "replace").strip()
            raise Refused("move.failed", said=words[-_SAID:])


def _apart(url: str) -> tuple[str, str]:
    """A connection without its password, which no list of processes may show, and that."""
    told = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    password = told.pop("password", "")
    return make_conninfo("", **told), password


def _migrate(home: Home) -> None:
    step = migration(home)
    environment = {**os.environ, **step.environment}
    done = subprocess.run(step.command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Refused("move.failed", said=done.stderr.strip()[-_SAID:])


def _verify_and_enter(place: str, counts: dict[str, int]) -> None:
    """Every check but that of the files, which did not move; then the entry of it."""
    django.setup()
    from liuhen.actions.moving import record_move  # noqa: PLC0415 - models need Django
    from liuhen.ledger.sequencing import sequence_all  # noqa: PLC0415
    from liuhen.people.queries import system_person  # noqa: PLC0415
    from liuhen.vault.checks import CHECKS, portions  # noqa: PLC0415

    for check in CHECKS:
        if check.name != "originals":
            found = [one for portion in portions(check) for one in portion.differences]
            if found:
                raise Refused("move.differences", check=check.title, what=found[0].what[:_SAID])
    record_move(actor=system_person(), to=place, tables=len(counts), rows=sum(counts.values()))
    sequence_all()
    connection.close()
