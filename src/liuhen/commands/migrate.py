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

    tables.refuse_newer()
    if tables.is_empty():
        tables.make()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    guards.install(connection)
    seal_standing_numbers()


@click.command(name="migrate")
@home_option
def command(home: object) -> None:
    """Bring the database to this version and install its guards."""
    # Only the owner of the tables may change them; the settings read this.
    os.environ["LIUHEN_AS_OWNER"] = "1"
    django.setup()
    migrate()
    click.echo("数据库已就绪。")
