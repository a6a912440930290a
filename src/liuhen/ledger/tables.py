"""Makes the tables of an empty database at once, from the models as they are now.

Going through every migration ever written, Django renders all models anew for each step, and a new
home would wait for that. Both ways end with the same tables (`tests/ledger/test_tables.py`). Not
for a database that holds anything: that is migrated step by step.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from liuhen.kernel.refusals import Refused
from liuhen.ledger.guards import LIBRARY_APPS, own_models


def is_empty() -> bool:
    """Whether no migration has ever run in the connected database."""
    return not MigrationRecorder(connection).applied_migrations()


def refuse_newer() -> None:
    """Refuse a database that a newer version of ours has been at: we don't know what it holds.

    Raises:
        Refused: `tables.newer` with the first migration that is not ours.
    """
    known = set(MigrationLoader(connection).disk_migrations)
    applied = MigrationRecorder(connection).applied_migrations()
    unknown = sorted(step for step in applied if step not in known and step[0] not in LIBRARY_APPS)
    if unknown:
        raise Refused("tables.newer", step=".".join(unknown[0]))


def refuse_older() -> None:
    """Refuse a database that has yet to be brought to this version.

    Raises:
        Refused: `tables.older` with the first migration that is missing.
    """
    known = set(MigrationLoader(connection).disk_migrations)
    missing = sorted(known - set(MigrationRecorder(connection).applied_migrations()))
    if missing:
        raise Refused("tables.older", step=".".join(missing[0]))


def make() -> None:
    """Make our tables of this version in the connected, empty database: all of them or none.

    Our migrations are recorded as done: what they do to rows has none to do it to. Those of
    libraries make functions and rows too and are left to be run.
    """
    with transaction.atomic():
        with connection.schema_editor() as editor:
            for model in own_models():
                editor.create_model(model)
                if layout := getattr(model, "layout", ""):
                    editor.execute(f"ALTER TABLE {model._meta.db_table} {layout}")
        recorder = MigrationRecorder(connection)
        for app, name in MigrationLoader(connection).disk_migrations:
            if app not in LIBRARY_APPS:
                recorder.record_applied(app, name)
