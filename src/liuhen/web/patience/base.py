"""Django's PostgreSQL with lines that are given up when no answer comes in time (`patience`)."""

from __future__ import annotations

from typing import Any, cast

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from liuhen.web.patience import limit_of


class Line(psycopg.Connection[Any]):
    """A connection; `limit` is how long one answer is waited for, seconds."""

    limit: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As the driver's own. Raises `OperationalError` when the limit is over."""
        try:
            return super().wait(gen, interval, timeout or self.limit)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                # what it did is unknown, and its answer would be taken for a later one's
                self.pgconn.finish()
            raise


class DatabaseWrapper(base.DatabaseWrapper):
    """What Django asks."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Line:
        """A line that knows its limit."""
        connection: Any = super().get_new_connection(conn_params)
        connection.__class__ = Line
        connection.limit = limit_of(conn_params.get("options", ""))
        return cast("Line", connection)
