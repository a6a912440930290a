"""Changes tables while people work on them: waits for a table briefly, gives way, tries again.

Whoever waits for a table makes all wait who come after; so a change that meets a long report or a
backup would stop the office for as long. Not for what a change does to rows: that is looked at
before (`tests/architecture/test_migrations.py`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql
from psycopg.errors import LockNotAvailable

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

# So long others wait behind us at most, so long they have for themselves, so long we try.
WAIT, PAUSE_S, LONGEST_S = "2s", 5.0, 900.0
log = logging.getLogger(__name__)


def giving_way(change: Callable[[], object]) -> None:
    """Do what may be done again, until nobody holds a table it needs.

    Raises:
        Refused: `tables.held`: somebody held one all the while.
    """
    until = clock.monotonic() + LONGEST_S
    with connection.execute_wrapper(_patient_where_nobody_waits):
        while True:
            _wait_at_most(WAIT)
            try:
                change()
                return
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                if clock.monotonic() > until:
                    raise Refused("tables.held", said=str(error).partition("\n")[0]) from error
                log.warning("a table is held, trying again: %s", error)
            finally:
                _wait_at_most("0")
            time.sleep(PAUSE_S)


def _wait_at_most(told: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{told}'")


def _patient_where_nobody_waits(
    execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    """An index built beside its writers waits for them and makes none of them wait."""
    if " CONCURRENTLY " not in str(statement):
        return execute(statement, params, many, context)
    _wait_at_most("0")
    try:
        return execute(statement, params, many, context)
    finally:
        _wait_at_most(WAIT)


def clear_half_built() -> None:
    """Take away indexes that a migration cut off in the middle has left: it builds them anew."""
    executor = MigrationExecutor(connection)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes()):
        for operation in migration.operations:
            if isinstance(operation, AddIndexConcurrently):
                name = sql.Identifier(operation.index.name)
                with connection.cursor() as cursor:
                    cursor.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(name))
