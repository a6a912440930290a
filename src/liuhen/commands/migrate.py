"""`liuhen migrate`: tables, guards, rights. Runs as the owner of the tables.

Not for data, but for what an earlier version left in plain and is sealed now.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
import django
from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper

from liuhen.commands import home_option
from liuhen.host.postgres_roles import refuse_encoding


def migrate() -> None:
    """Bring the connected database to this version; safe to repeat.

    Raises:
        Refused: `postgres.encoding`, `tables.newer`, `tables.held`, `storage.elsewhere`,
            `storage.not_moved`.
    """
    from liuhen.actions.identity_numbers import (  # noqa: PLC0415 - models need a set-up Django
        seal_standing_numbers,
    )
    from liuhen.ledger import guards, tables  # noqa: PLC0415 - beside its kin
    from liuhen.ledger.giving_way import clear_half_built, giving_way  # noqa: PLC0415
    from liuhen.vault import placing  # noqa: PLC0415

    with _alone():
        refuse_encoding(connection.connection)
        tables.refuse_newer()
        if tables.is_empty():
            tables.make()
        clear_half_built()
        giving_way(lambda: call_command("migrate", verbosity=0, interactive=False))
        call_command("createcachetable", verbosity=0)
        giving_way(lambda: guards.install(connection))
        seal_standing_numbers()
        placing.refuse_other_store()


@contextmanager
def _alone() -> Iterator[None]:
    """Machines that start at the same moment would change the same tables at once: one waits."""
    with connection.cursor() as cursor:
        # asked again and again: who waits within a statement holds back an index built meanwhile
        while not _has_turn(cursor):
            time.sleep(0.2)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('migrate', 0))")


def _has_turn(cursor: CursorWrapper) -> bool:
    cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('migrate', 0))")
    return bool(cursor.fetchone()[0])


def check() -> None:
    """Refuse a database that is not of this version, or whose originals lie elsewhere.

    Raises:
        Refused: `postgres.encoding`, `tables.newer`, `tables.older`, `storage.elsewhere`,
            `storage.not_moved`.
    """
    from liuhen.ledger import tables  # noqa: PLC0415 - models need a set-up Django
    from liuhen.vault import placing  # noqa: PLC0415

    connection.ensure_connection()
    refuse_encoding(connection.connection)
    tables.refuse_newer()
    tables.refuse_older()
    placing.refuse_other_store()


@click.command(name="migrate")
@home_option
@click.option("--check", "is_check", is_flag=True, help="Only look; needs no rights of the owner.")
def command(home: object, is_check: bool) -> None:
    """Bring the database to this version and install its guards."""
    if is_check:
        django.setup()
        check()
        return
    # Only the owner of the tables may change them; the settings read this.
    os.environ["LIUHEN_AS_OWNER"] = "1"
    django.setup()
    migrate()
    click.echo("数据库已就绪。")
