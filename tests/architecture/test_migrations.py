"""A migration holds no table for long, however many rows it has: the office waits for it.

Held against the SQL of each migration from the first kept version on (`SETTLED` came before). What
needs more goes in steps: a column that may be empty, then a job that fills it, then a constraint
that is not validated at once; an index is built concurrently.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from liuhen.ledger.guards import LIBRARY_APPS

# Each app's last migration before this was asked.
SETTLED = {
    "access": 5,
    "approvals": 3,
    "archive": 8,
    "cameras": 1,
    "cases": 15,
    "compliance": 4,
    "documents": 13,
    "ledger": 3,
    "oversight": 7,
    "people": 11,
    "recordings": 13,
    "rulebook": 2,
    "search": 5,
    "vault": 7,
}
_TABLE = re.compile(r'(?:TABLE|ON|INTO|UPDATE) (?:ONLY )?"?(\w+)"?')
# Each reads or writes every row while nobody else may.
_LONG = (
    (
        "builds an index while nobody may write",
        re.compile(r"CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)"),
    ),
    ("writes every row anew", re.compile(r"ALTER COLUMN \S+ TYPE (?!varchar)|^\s*UPDATE ", re.M)),
    ("reads every row", re.compile(r"SET NOT NULL|ADD CONSTRAINT (?!.*NOT VALID)")),
    ("asks a function for every row", re.compile(r"ADD COLUMN .* DEFAULT \S+\(")),
)


def long_ones(statements: list[str]) -> Iterator[str]:
    """What of a migration takes the longer the more rows there are; new tables have none."""
    made = {name for one in statements for name in re.findall(r'CREATE TABLE "?(\w+)"?', one)}
    for statement in statements:
        table = _TABLE.search(statement)
        if table is not None and table[1] in made:
            continue
        for what, pattern in _LONG:
            if pattern.search(statement):
                yield f"{what}: {statement}"


def test_no_migration_takes_the_longer_the_more_rows_there_are(db: str) -> None:
    loader, found = MigrationLoader(connection), list[str]()
    for app, name in sorted(loader.disk_migrations):
        if app in LIBRARY_APPS or int(name[:4]) <= SETTLED.get(app, 0):
            continue
        plan = [(loader.disk_migrations[app, name], False)]
        found += [f"{app}.{name} {one}" for one in long_ones(loader.collect_sql(plan))]
    assert found == []


def test_what_a_migration_does_outside_a_transaction_can_be_begun_anew(db: str) -> None:
    """Cut off in the middle it is half done: `giving_way.clear_half_built` knows indexes only."""
    migrations = MigrationLoader(connection).disk_migrations.items()
    assert not [
        f"{app}.{name}"
        for (app, name), migration in migrations
        if app not in LIBRARY_APPS
        and not migration.atomic
        and not all(isinstance(one, AddIndexConcurrently) for one in migration.operations)
    ]


@pytest.mark.parametrize(
    ("statement", "is_long"),
    [
        ('ALTER TABLE "a" ADD COLUMN "b" timestamp with time zone NULL;', False),
        ('ALTER TABLE "a" ADD COLUMN "b" varchar(9) DEFAULT \'\' NOT NULL;', False),
        ('ALTER TABLE "a" ADD COLUMN "b" uuid DEFAULT gen_random_uuid() NOT NULL;', True),
        ('ALTER TABLE "a" ALTER COLUMN "b" TYPE varchar(99);', False),
        ('ALTER TABLE "a" ALTER COLUMN "b" TYPE bigint USING "b"::bigint;', True),
        ('ALTER TABLE "a" ALTER COLUMN "b" SET NOT NULL;', True),
        ('ALTER TABLE "a" ADD CONSTRAINT "c" CHECK ("b" > 0);', True),
        ('ALTER TABLE "a" ADD CONSTRAINT "c" CHECK ("b" > 0) NOT VALID;', False),
        ('CREATE INDEX "i" ON "a" ("b");', True),
        ('CREATE INDEX CONCURRENTLY "i" ON "a" ("b");', False),
        ('UPDATE "a" SET "b" = 1;', True),
    ],
)
def test_what_takes_long_is_told_from_what_does_not(statement: str, is_long: bool) -> None:
    assert bool(list(long_ones([statement]))) == is_long
    assert not list(long_ones(['CREATE TABLE "a" ("id" uuid NOT NULL);', statement]))
