"""`liuhen migrate`: tables, guards, rights. Runs as the owner of the tables.

Not for data, but for what an earlier version left in plain and is sealed now.
"""

from __future__ import annotations

import os

import click
import django
from django.core.management import call_command
from django.db import connection

from liuhen.commands import home_option


def migrate() -> None:
    """Bring the connected database to this version; safe to repeat."""
    from liuhen.actions.identity_numbers import (  # noqa: PLC0415 - models need a set-up Django
        seal_standing_numbers,
    )
    from liuhen.ledger import guards, tables  # noqa: PLC0415 - beside its kin
    from liuhen.vault import placing  # noqa: PLC0415

    tables.refuse_newer()
    if tables.is_empty():
        tables.make()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    guards.install(connection)
    seal_standing_numbers()
    placing.refuse_other_store()


def check() -> None:
    """Refuse a database that is not of this version, or whose originals lie elsewhere.

    Raises:
        Refused: `tables.newer`, `tables.older`, `storage.elsewhere`, `storage.not_moved`.
    """
    from liuhen.ledger import tables  # noqa: PLC0415 - models need a set-up Django
    from liuhen.vault import placing  # noqa: PLC0415

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
