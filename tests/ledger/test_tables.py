"""A new database has the tables that one has which went through every version."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from tests.database import clone, point_at

from liuhen.host.postgres import Cluster
from liuhen.host.postgres_roles import OWNER
from liuhen.ledger import tables

SHAPE = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            a.attidentity, a.attstorage, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'S')
            AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            -- NOT NULL keeps the name of a column that was renamed; "columns" has it
            AND contype <> 'n'""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "layouts": "SELECT relname, reloptions::text FROM pg_class WHERE reloptions IS NOT NULL",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
        FROM pg_trigger WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, md5(prosrc) FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "migrations": "SELECT app, name FROM django_migrations",
}


def shape() -> dict[str, set[tuple[object, ...]]]:
    """What the connected database is made of."""
    found = {}
    with connection.cursor() as cursor:
        for what, query in SHAPE.items():
            cursor.execute(query)
            found[what] = set(cursor.fetchall())
    return found


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Cluster]:
    clone(cluster, "template0", "liuhen_tables")
    point_at(cluster.dsn("liuhen_tables", OWNER), as_owner=True)
    yield cluster
    connection.close()


def test_tables_made_at_once_are_those_of_all_migrations_in_turn(empty: Cluster) -> None:
    tables.make()
    call_command("migrate", verbosity=0, interactive=False)
    at_once = shape()
    clone(empty, "template0", "liuhen_tables")
    call_command("migrate", verbosity=0, interactive=False)
    in_turn = shape()
    for what, each in in_turn.items():
        assert at_once[what] == each, what


def test_what_breaks_off_leaves_nothing(empty: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_: object) -> None:
        raise RuntimeError("cut off")

    assert tables.is_empty()
    with monkeypatch.context() as patched, pytest.raises(RuntimeError, match="cut off"):
        patched.setattr(tables, "MigrationLoader", breaks)
        tables.make()
    assert tables.is_empty() and not connection.introspection.table_names()
    tables.make()
    assert not tables.is_empty()
