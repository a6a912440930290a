"""Pages of long lists by their sort key, so that page 1,000 costs what page 1 costs.

Not for counting: a list says whether more follows, never how many millions there are.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)
ROWS = 25


@dataclass(frozen=True)
class Page(Generic[M]):
    """The rows shown, and the addresses around them (`parts/pager.html`)."""

    rows: Sequence[M]
    pager: dict[str, Any]


def page_of(request: HttpRequest, rows: QuerySet[M], *, size: int = ROWS) -> Page[M]:
    """The page the request asks for (`?after=`), by the query's own order.

    A cursor that makes no sense shows the first page. The order must end in a unique column.
    """
    order = [str(name) for name in rows.query.order_by]
    start, after = _cursor(request.GET.get("after", ""), len(order))
    if after:
        rows = rows.filter(_beyond(order, after))
    found = list(rows[: size + 1])
    shown = found[:size]
    pager: dict[str, Any] = {"first": start + 1, "last": start + len(shown) if shown else 0}
    if len(found) > size:
        cursor = _encoded(start + size, shown[-1], order)
        pager["next_href"] = "?" + urlencode({**request.GET.dict(), "after": cursor})
    if after:
        kept = {key: value for key, value in request.GET.dict().items() if key != "after"}
        pager["newest_href"] = "?" + urlencode(kept)
    return Page(shown, pager)


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come after `values` in the order: (a > x) or (a = x and b > y) …"""
    beyond, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field, comparison = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        beyond |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    return beyond


def _encoded(start: int, row: Model, order: Sequence[str]) -> str:
    values = [str(getattr(row, name.lstrip("-"))) for name in order]
    return base64.urlsafe_b64encode(json.dumps([start, values]).encode()).decode()


def _cursor(text: str, width: int) -> tuple[int, list[str]]:
    try:
        start, values = json.loads(base64.urlsafe_b64decode(text))
    except ValueError:
        return 0, []
    if not isinstance(start, int) or not isinstance(values, list) or len(values) != width:
        return 0, []
    return start, [str(value) for value in values]
