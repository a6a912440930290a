"""Copies a database of ours into an empty one, several tables at once, and holds both together.

Form by `pg_dump`, rows by binary COPY, indexes and constraints when the rows are there; both
servers say a digest of each table. A note in the other database says whose copy is under way, so
one that was broken off is cleared and begun anew. Not for what rows mean: `ledger.verifying`.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from liuhen.host.postgres_binaries import ENVIRONMENT, find_binaries
from liuhen.kernel.refusals import Refused

_Line = psycopg.Connection[Any]
Found = TypeVar("Found")
LINES = 4
SAID = 800
_NOTE = "liuhen_moving"

# Texts of values are the same on both sides only under the same settings; a long statement of
# ours is no runaway.
_SETTINGS = """
    SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601';
    SET bytea_output = 'hex'; SET extra_float_digits = 1; SET statement_timeout = 0;
    SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0
"""
_TABLES = """
    SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
     ORDER BY pg_table_size(oid) DESC
"""
# All there is but what extensions brought; one may take another along.
_DROPS = """
    WITH space AS (SELECT 'public'::regnamespace::oid AS id),
         kept AS (SELECT objid FROM pg_depend WHERE deptype = 'e')
    SELECT format('DROP TABLE IF EXISTS %I CASCADE', relname) FROM pg_class, space
     WHERE relkind IN ('r', 'p') AND relnamespace = space.id AND oid NOT IN (TABLE kept)
    UNION ALL
    SELECT format('DROP ROUTINE IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc, space
     WHERE pronamespace = space.id AND oid NOT IN (TABLE kept)
    UNION ALL
    SELECT format('DROP TYPE IF EXISTS %I CASCADE', typname)
      FROM space, pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid
     WHERE (t.typtype IN ('e', 'd') OR c.relkind = 'c')
       AND typnamespace = space.id AND t.oid NOT IN (TABLE kept)
    UNION ALL
    SELECT format('DROP SEQUENCE IF EXISTS %I CASCADE', relname) FROM pg_class, space
     WHERE relkind = 'S' AND relnamespace = space.id AND oid NOT IN (TABLE kept)
"""
_SEQUENCES = """
    SELECT sequencename, last_value FROM pg_sequences
     WHERE schemaname = 'public' AND last_value IS NOT NULL
"""


class Content(NamedTuple):
    """How many rows a table has, and a digest of all of them in whatever order."""

    rows: int
    digest: int


def content_of(line: psycopg.Connection, table: str) -> Content:
    """What a table holds, as its server reads it; the line is one of `open_line`."""
    query = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {} t"
    row = line.execute(sql.SQL(query).format(sql.Identifier(table))).fetchone()
    assert row is not None
    return Content(int(row[0]), int(row[1]))


def is_free(target: psycopg.Connection, origin: str) -> bool:
    """Whether nothing of anybody is there but a broken-off copy of this home, named by its log."""
    if target.execute("SELECT to_regclass(%s)", (f"public.{_NOTE}",)).fetchone() != (None,):
        found = target.execute(sql.SQL("SELECT origin FROM {}").format(sql.Identifier(_NOTE)))
        return found.fetchone() == (origin,)
    return not target.execute(_DROPS).fetchall()


def begin(url: str, origin: str) -> None:
    """Clear what a copy left behind that was broken off, and note whose copy is to come."""
    clear(url)
    note = sql.Identifier(_NOTE)
    with open_line(url) as line, line.transaction():
        line.execute(sql.SQL("CREATE TABLE {} (origin text)").format(note))
        line.execute(sql.SQL("INSERT INTO {} VALUES (%s)").format(note), (origin,))


def end(url: str) -> None:
    """The copy is whole: nothing clears it any more."""
    with open_line(url) as line:
        line.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(_NOTE)))


def clear(url: str) -> None:
    """Remove everything: only ever what `is_free` calls free, or a copy that has failed."""
    with open_line(url) as line, line.transaction():
        for (statement,) in line.execute(_DROPS).fetchall():
            line.execute(statement)


def copy(source: str, target: str, told: Callable[[str], None]) -> dict[str, int]:
    """Copy everything but rights, which the migration that follows grants. Rows by table.

    Raises:
        Refused: `move.failed`, `move.counts` with `tables`.
        psycopg.Error: a server went away, or refused what it must not.
    """
    told("复制数据库")
    _bring_form(source, target, "pre-data")
    with open_line(source) as line:
        tables = [str(row[0]) for row in line.execute(_TABLES)]
    found = _with_each(source, target, tables, _copy_table)
    if wrong := sorted(table for table, (here, there) in found.items() if here != there):
        raise Refused("move.counts", tables="、".join(wrong[:5]))
    _copy_sequences(source, target)
    told("建立索引和约束")
    _bring_form(source, target, "post-data")
    # without it the first hours would be served by plans for tables that seem empty
    _with_each(source, target, tables, _analyze)
    return {table: here.rows for table, (here, _) in found.items()}


def _with_each(
    source: str, target: str, tables: list[str], do: Callable[[_Line, _Line, str], Found]
) -> dict[str, Found]:
    """Do something with every table, several at once, each over a pair of lines kept for it."""
    waiting, found = deque(tables), dict[str, Found]()

    def work() -> None:
        with open_line(source) as here, open_line(target) as there:
            while (table := _next(waiting)) is not None:
                found[table] = do(here, there, table)

    with ThreadPoolExecutor(LINES) as pool:
        under_way = [pool.submit(work) for _ in range(LINES)]
        try:
            for one in as_completed(under_way):
                one.result()
        finally:
            waiting.clear()
    return found


def _next(waiting: deque[str]) -> str | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None


def _copy_table(here: _Line, there: _Line, table: str) -> tuple[Content, Content]:
    name = sql.Identifier(table)
    out = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(name)
    into = sql.SQL("COPY {} FROM STDIN (FORMAT binary, FREEZE)").format(name)
    with there.transaction():
        there.execute(sql.SQL("TRUNCATE {}").format(name))  # rows may be frozen only then
        with here.cursor().copy(out) as rows, there.cursor().copy(into) as taken:
            for piece in rows:
                taken.write(piece)
    return content_of(here, table), content_of(there, table)


def _copy_sequences(source: str, target: str) -> None:
    with open_line(source) as here, open_line(target) as there:
        for name, value in here.execute(_SEQUENCES):
            there.execute("SELECT setval(format('%%I', %s::text)::regclass, %s)", (name, value))


def _analyze(_here: _Line, there: _Line, table: str) -> None:
    there.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def open_line(url: str) -> _Line:
    """A line to a server that reads values as any other does, and is not hurried."""
    line = psycopg.connect(url, connect_timeout=5, autocommit=True)
    line.execute(_SETTINGS)
    return line


def _bring_form(source: str, target: str, section: str) -> None:
    """What the tables are (`pre-data`), or what is made when rows are in them (`post-data`)."""
    folder = find_binaries().folder
    plain = ("--no-owner", "--no-privileges", "--no-comments", f"--section={section}")
    with tempfile.TemporaryDirectory() as made:
        file = Path(made) / "form"
        _run(folder / "pg_dump", source, *plain, "--format=custom", f"--file={file}")
        _run(folder / "pg_restore", target, *plain, "--exit-on-error", f"--jobs={LINES}", file)


def _run(program: Path, url: str, *arguments: str | Path) -> None:
    place, password = _apart(url)
    done = subprocess.run(
        [str(program), f"--dbname={place}", *map(str, arguments)],
        env={**ENVIRONMENT, "PGPASSWORD": password},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise Refused("move.failed", said=done.stderr.decode("utf-8", "replace").strip()[-SAID:])


def _apart(url: str) -> tuple[str, str]:
    """A connection without its password, which no list of processes may show, and that."""
    told = {name: str(value) for name, value in conninfo_to_dict(url).items()}
    password = told.pop("password", "")
    return make_conninfo("", **told), password
