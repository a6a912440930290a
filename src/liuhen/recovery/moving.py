"""Moves a home's embedded database to the authority's own PostgreSQL, whole, counted, verified.

Entries and images are copied as stored, so log, receipts and proofs go on. The embedded database
stays where it is, untouched, and is never started again by itself. Not for originals: they stay in
the vault, and the bucket is filled by its job (`actions.bucket_copies`).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import django
import psycopg
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from liuhen.host.home import Home
from liuhen.host.locks import FileLock
from liuhen.host.postgres_roles import OWNER, refuse_encoding
from liuhen.host.secret_files import write_durably
from liuhen.host.server import migration
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.recovery import moving_rows
from liuhen.recovery.moving_rows import SAID

Told = Callable[[str], None]
# What shows that the copy, the same to the byte by both servers' digests, goes on as this home's:
# the rest reads every row and is for `liuhen verify` and the scrub, while people work.
_CHECKS = frozenset({"guards", "log", "unsigned"})


@dataclass(frozen=True)
class Moved:
    """What was moved, where to, in how many seconds the home could not be used."""

    to: str
    tables: int
    rows: int
    seconds: int


def move(home: Home, told: Told) -> Moved:
    """Move to `LIUHEN_DATABASE_URL`, as `LIUHEN_DATABASE_OWNER_URL`; all of it or nothing.

    The home must be stopped and the other database empty, or hold what a move of this home left
    there when it was broken off. Django of this process is set up there.

    Raises:
        Refused: `move.no_target`, `move.running`, `home.moved`, `move.unreachable`, `move.older`,
            `postgres.encoding`, `move.not_empty`, `move.nothing`, `move.failed`, `move.counts`,
            `move.differences`; then the home goes on as it was.
    """
    began, target = clock.monotonic(), _target()
    cluster = home.cluster()
    lock = FileLock(home.run_dir / "serve.lock")
    if not lock.take():
        raise Refused("move.running", path=str(home.path))
    try:
        with cluster.running():
            source = cluster.dsn(role=OWNER)
            _refuse_unfit(source, target, home.facts.origin)
            counts = _bring(home, source, target, told)
        place = _place(target)
        words = f"{clock.iso(clock.now())} {place}\n"
        write_durably(home.moved_path, words.encode())
    finally:
        lock.close()
    rows = sum(counts.values())
    return Moved(place, len(counts), rows, round(clock.monotonic() - began))


def _bring(home: Home, source: str, target: str, told: Told) -> dict[str, int]:
    """Copy, verify and enter; what fails leaves nothing there. Rows by table."""
    try:
        moving_rows.begin(target, home.facts.origin)
        counts = moving_rows.copy(source, target, told)
        told("核验")
        _migrate(home)
        _verify_and_enter(_place(target), counts)
        moving_rows.end(target)
    except (Refused, psycopg.Error) as error:
        with suppress(psycopg.Error):  # away: the next move clears it
            moving_rows.clear(target)
        if isinstance(error, Refused):
            raise
        raise Refused("move.failed", said=str(error).strip()[-SAID:]) from error
    return counts


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


def _refuse_unfit(source: str, target: str, origin: str) -> None:
    try:
        with psycopg.connect(target, connect_timeout=5) as there, psycopg.connect(source) as here:
            if here.execute("SELECT to_regclass('public.ledger_entry')").fetchone() == (None,):
                raise Refused("move.nothing")
            if here.execute("SELECT 1 FROM ledger_entry LIMIT 1").fetchone() is None:
                raise Refused("move.nothing")
            if there.info.server_version // 10000 < here.info.server_version // 10000:
                versions = [c.info.server_version // 10000 for c in (there, here)]
                raise Refused("move.older", theirs=versions[0], ours=versions[1])
            refuse_encoding(there)
            if not moving_rows.is_free(there, origin):
                raise Refused("move.not_empty")
    except psycopg.Error as error:
        raise Refused("move.unreachable", said=str(error).strip()[:SAID]) from error


def _migrate(home: Home) -> None:
    step = migration(home)
    environment = {**os.environ, **step.environment}
    done = subprocess.run(step.command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Refused("move.failed", said=done.stderr.strip()[-SAID:])


def _verify_and_enter(place: str, counts: dict[str, int]) -> None:
    """The checks of the log's head and the guards; then the entry of it."""
    django.setup()
    from liuhen.actions.moving import record_move  # noqa: PLC0415 - models need Django
    from liuhen.ledger.sequencing import sequence_all  # noqa: PLC0415
    from liuhen.people.queries import system_person  # noqa: PLC0415
    from liuhen.vault.checks import CHECKS, portions  # noqa: PLC0415

    for check in CHECKS:
        if check.name in _CHECKS:
            found = [one for portion in portions(check) for one in portion.differences]
            if found:
                raise Refused("move.differences", check=check.title, what=found[0].what[:SAID])
    record_move(actor=system_person(), to=place, tables=len(counts), rows=sum(counts.values()))
    sequence_all()
    connection.close()
