"""Routes as they stand on a day: the product's, and over them what the authority set.

Reads only. Not for setting them (`actions.approval_routes`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from liuhen.approvals.models import RouteVersion
from liuhen.approvals.routes import Route, RouteTable, packaged_routes


def routes_on(day: dt.date) -> RouteTable:
    """All routes that hold on a day."""
    table = packaged_routes()
    for key, version in versions_on(day).items():
        table = table.with_rows(key, routes_of(version))
    return table


def versions_on(day: dt.date) -> Mapping[str, RouteVersion]:
    """The authority's version of each key that holds on a day."""
    rows = RouteVersion.objects.filter(valid_from__lte=day).order_by("key", "valid_from", "number")
    last = {row.key: row for row in rows}
    return {key: row for key, row in last.items() if not row.is_withdrawn}


def routes_of(version: RouteVersion) -> tuple[Route, ...]:
    """What a version holds, as routes."""
    return routes_from(version.key, version.rows, version.valid_from)


def routes_from(key: str, rows: Sequence[Mapping[str, Any]], since: dt.date) -> tuple[Route, ...]:
    """Rows of an authority as routes; clause and sort of case are those of the product's key."""
    model = packaged_routes().rows(key)[0]
    return tuple(
        replace(
            model,
            offices=tuple(row["offices"]),
            when=frozenset(row["when"]),
            least_fen=row["least_fen"],
            since=since,
            until=None,
        )
        for row in rows
    )


def history_of_route(key: str) -> QuerySet[RouteVersion]:
    """Every version of a key, the newest first."""
    return RouteVersion.objects.filter(key=key).select_related("set_by").order_by("-number")
