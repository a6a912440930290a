"""Installs the database's guards: one set of triggers and rights per kind of table.

Not for migrations of columns. Run after every migration by `liuhen migrate`; idempotent.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from liuhen.ledger.kinds import TableKind, key_column

# Tables of libraries hold nothing a record depends on: sessions, jobs, sign-in throttles.
LIBRARY_APPS = frozenset(
    {
        *("account", "auth", "contenttypes", "mfa", "procrastinate", "sessions", "sites"),
        *("socialaccount", "usersessions"),
    }
)

# Triggers that one table has beside those of its kind: table, name, when, function.
_OF_ONE_TABLE = (
    ("ledger_entry", "await_sequence", "AFTER INSERT", "liuhen_await_sequence"),
    ("vault_destruction", "permit", "BEFORE INSERT", "liuhen_permit_destruction"),
    ("archive_retention", "keep", "BEFORE UPDATE", "liuhen_keep_retention"),
)


def own_models() -> list[type[models.Model]]:
    """Every concrete model of ours, with a `table_kind`."""
    return [m for m in apps.get_models() if m._meta.app_label not in LIBRARY_APPS]


def install(connection: BaseDatabaseWrapper) -> None:
    """Create functions, triggers and the rights of the server's role, as the owner of the tables.

    Where one account is both, it keeps an owner's rights and the triggers alone hold.
    """
    with connection.cursor() as cursor:
        cursor.execute(_source())
        _grant(cursor)
        cursor.execute("SELECT current_user = %s", [settings.SERVER_ROLE])
        is_one_role = cursor.fetchone()[0]
        for model in own_models():
            # A table's at once: each statement alone would wait for the disk.
            if statements := _guard(model, is_one_role=is_one_role):
                cursor.execute(sql.SQL("; ").join(statements))
        for table, name, when, function in _OF_ONE_TABLE:
            cursor.execute(_trigger(table, name, when, function))


def expected_triggers() -> set[tuple[str, str]]:
    """Every (table, trigger) that must be there, for `liuhen verify`."""
    found = {(table, f"liuhen_{name}") for table, name, _, _ in _OF_ONE_TABLE}
    for model in own_models():
        kind = model.table_kind  # type: ignore[attr-defined]
        if kind is TableKind.DERIVED:
            continue
        names = ["no_delete", "no_truncate"]
        names += ["no_update"] if kind is TableKind.RECORDED else []
        names += ["keep_image"] if model._meta.app_label != "ledger" else []
        found |= {(model._meta.db_table, f"liuhen_{name}") for name in names}
    return found


def expected_functions() -> dict[str, str]:
    """The source of every function of `guards.sql`, by name, for `liuhen verify`."""
    found = re.findall(r"FUNCTION (\w+)\(\).*?AS \$\$(.*?)\$\$;", _source(), re.DOTALL)
    return dict(found)


def _source() -> str:
    return resources.files("liuhen.ledger").joinpath("guards.sql").read_text("utf-8")


def _grant(cursor: Any) -> None:
    cursor.execute(
        sql.SQL(
            "GRANT USAGE ON SCHEMA public TO {0};"
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {0};"
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {0};"
            "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {0}"
        ).format(_server_role())
    )


def _revoke(rights: str, table: str) -> sql.Composed:
    return sql.SQL("REVOKE {} ON {} FROM {}").format(
        sql.SQL(rights), sql.Identifier(table), _server_role()
    )


def _server_role() -> sql.Identifier:
    return sql.Identifier(str(settings.SERVER_ROLE))


def _guard(model: type[models.Model], *, is_one_role: bool) -> list[sql.Composed]:
    """What guards a table. Where the server's role owns it, the role keeps its rights.

    For checks of foreign keys run with the owner's rights and would fail without them.
    """
    table = model._meta.db_table
    kind: TableKind = model.table_kind  # type: ignore[attr-defined]
    if kind is TableKind.DERIVED:
        return []
    refuse = "liuhen_refuse_change"
    found = [
        _trigger(table, "no_delete", "BEFORE DELETE", refuse, each="STATEMENT"),
        _trigger(table, "no_truncate", "BEFORE TRUNCATE", refuse, each="STATEMENT"),
    ]
    recorded = kind is TableKind.RECORDED
    revoked = "UPDATE, DELETE, TRUNCATE" if recorded else "DELETE, TRUNCATE"
    if recorded:
        found.append(_trigger(table, "no_update", "BEFORE UPDATE", refuse))
    if model._meta.app_label == "ledger":
        revoked = "INSERT, " + revoked if table == "ledger_rowimage" else revoked
    else:
        found.append(_keep_images(model))
    return found if is_one_role else [*found, _revoke(revoked, table)]


def _keep_images(model: type[models.Model]) -> sql.Composed:
    excluded: tuple[str, ...] = getattr(model, "image_excludes", ())
    return _trigger(
        model._meta.db_table,
        "keep_image",
        "AFTER INSERT OR UPDATE",
        "liuhen_keep_image",
        arguments=(key_column(model), *excluded),
    )


def _trigger(
    table: str,
    name: str,
    when: str,
    function: str,
    *,
    each: str = "ROW",
    arguments: tuple[str, ...] = (),
) -> sql.Composed:
    return sql.SQL(
        "CREATE OR REPLACE TRIGGER {name} {when} ON {table} FOR EACH {each}"
        " EXECUTE FUNCTION {function}({arguments})"
    ).format(
        name=sql.Identifier(f"liuhen_{name}"),
        when=sql.SQL(when),
        table=sql.Identifier(table),
        each=sql.SQL(each),
        function=sql.Identifier(function),
        arguments=sql.SQL(", ").join(sql.Literal(a) for a in arguments),
    )
