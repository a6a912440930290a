"""A version is brought in over tables of ten million rows while people write. `make soak`.

What the newest migrations did is taken back, their large tables are filled, and they are brought in
anew, with somebody who reads a table for long. `SOAK_ROWS` says how many rows.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from liuhen.host.home import Home
from liuhen.host.postgres_roles import SUPERUSER
from tests.kill.tree import made_home, run_liuhen, until
from tests.soak.measured import commit, record

ROWS = int(os.environ.get("SOAK_ROWS") or 10_000_000)
PORTION = 500_000
# Tables that grow with the work of years; persons, replicas and repositories don't.
LARGE = ("vault_original", "cases_performance", "documents_paper")
# A version ago, by what its migrations did; in Django's own way back it takes an hour of rendering.
BACK = """
    DELETE FROM django_migrations WHERE app = 'vault' AND name >= '0009'
        OR app = 'cases' AND name >= '0016' OR app = 'access' AND name >= '0007'
        OR app = 'archive' AND name >= '0009';
    DROP INDEX original_received_by;
    ALTER TABLE vault_backupplace DROP COLUMN path;
    ALTER TABLE cases_performance DROP COLUMN is_on_water, DROP COLUMN landed_at;
    DROP TABLE access_printing, archive_casecopyrequest;
"""
DONE = """
    SELECT indisvalid, (SELECT count(is_on_water) FROM cases_performance)
    FROM pg_index WHERE indexrelid = 'original_received_by'::regclass
"""
_VALUES = {
    "uuid": "lpad(to_hex(i), 32, '0')::uuid",
    "timestamp with time zone": "now()",
    "date": "current_date",
    "boolean": "false",
    "jsonb": "'{}'",
    "ARRAY": "'{}'",
    "bytea": "sha256(i::text::bytea)",
}
_TEXT = "right(lpad(i::text, 64, '0'), {})"


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="liuhen-migration-", dir="/tmp"))
    made = made_home(folder / "home")
    with made.cluster().running():
        yield made
    shutil.rmtree(folder, ignore_errors=True)


def superuser(home: Home) -> psycopg.Connection:
    """Whoever may fill tables without acts: no trigger and no foreign key looks."""
    found = psycopg.connect(home.cluster().dsn(role=SUPERUSER), autocommit=True)
    found.execute("SET session_replication_role = replica")
    found.execute("SET synchronous_commit = off")
    return found


def insertion(owner: psycopg.Connection, table: str) -> str:
    """The statement that writes rows of a table, numbered from one number to another."""
    found = owner.execute(
        "SELECT column_name, data_type, character_maximum_length FROM information_schema.columns"
        " WHERE table_name = %s AND is_nullable = 'NO' AND is_identity = 'NO'",
        [table],
    ).fetchall()
    said = [
        _TEXT.format(length or 64) if "char" in kind or kind == "text" else _VALUES.get(kind, "1")
        for _, kind, length in found
    ]
    names = ", ".join(f'"{name}"' for name, _, _ in found)
    return (
        f"INSERT INTO {table} ({names}) SELECT {', '.join(said)}"
        " FROM generate_series(%s::bigint, %s::bigint) AS i"
    )


@contextmanager
def written(home: Home, table: str) -> Iterator[list[float]]:
    """Somebody writes one row after the other; yields how long each took, seconds."""
    took, ends = list[float](), threading.Event()

    def write() -> None:
        with superuser(home) as owner:
            statement = insertion(owner, table)
            for number in itertools.count(ROWS + 1):
                if ends.is_set():
                    return
                began = time.perf_counter()
                owner.execute(statement, (number, number))
                took.append(time.perf_counter() - began)
                time.sleep(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield took
    finally:
        ends.set()
        writer.join()


def test_people_write_while_a_version_is_brought_in_over_millions_of_rows(home: Home) -> None:
    with superuser(home) as owner:
        owner.execute(BACK)
        for table, first in itertools.product(LARGE, range(0, ROWS, PORTION)):
            owner.execute(insertion(owner, table), (first + 1, min(first + PORTION, ROWS)))
        size = owner.execute("SELECT pg_database_size(current_database())").fetchone()
        owner.execute("BEGIN")
        owner.execute("SELECT 1 FROM cases_performance LIMIT 1")
        writers = [written(home, table) for table in LARGE]
        took = [writer.__enter__() for writer in writers]
        began = time.perf_counter()
        reports = threading.Thread(target=_reads_on, args=(home, owner))
        reports.start()
        done = run_liuhen("migrate", "--home", home.path)
        seconds = time.perf_counter() - began
        for writer in writers:
            writer.__exit__(None, None, None)
        reports.join()
        # the command's own end is a refusal: no copy of these originals was ever kept
        assert "LIUHEN_STORE" in done.stderr, done.stderr
        assert owner.execute(DONE).fetchone() == (True, 0), done.stderr
    assert "a table is held, trying again" in done.stderr + done.stdout
    assert size is not None
    longest = max(max(one) for one in took)
    assert longest < 10
    figures = {
        f"{ROWS:,} rows in each of {', '.join(LARGE)}": f"{size[0] / 1e9:.1f} GB",
        "columns, tables and an index brought in, a long report beside it": (f"{seconds:.0f} s"),
        "rows written meanwhile": f"{sum(map(len, took)):,}",
        "longest that one of them waited": f"{longest * 1000:.0f} ms",
    }
    record("Migration of large tables (`make soak`)", figures, commit())


def _reads_on(home: Home, reader: psycopg.Connection) -> None:
    """A report that goes on for twice as long as a change waits, once one waits for it."""
    wanted = re.escape("ALTER TABLE")
    with superuser(home) as other:
        asked = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ %s"
        until(lambda: other.execute(asked, [wanted]).fetchone(), "a change waits", 3600)
        time.sleep(4)
    reader.execute("COMMIT")
