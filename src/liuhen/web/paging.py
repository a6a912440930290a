"""Pages of long lists by their sort key, so that page 1,000 costs what page 1 costs.

Not for counting: a list says whether more follows, never how many millions there are.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest

from liuhen.kernel import clock
from liuhen.search.models import Indexed
from liuhen.search.queries import COUNTED, by_keys, windows

M = TypeVar("M", bound=Model)
ROWS = 25


@dataclass(frozen=True)
class Page(Generic[M]):
    """The rows shown, and the addresses around them (`parts/pager.html`)."""

    rows: Sequence[M]
    pager: dict[str, Any]


@dataclass(frozen=True)
class Cursor:
    """A row to go on from: its place in the list (from 0) and the values it is sorted by."""

    place: int
    values: tuple[Any, ...]


def page_of(request: HttpRequest, rows: QuerySet[M], *, size: int = ROWS) -> Page[M]:
    """The page the request asks for (`?after=` or `?before=`), by the query's own order.

    A cursor that makes no sense shows the first page. The order must end in a unique column, and
    none of its columns may be null.
    """
    order = [str(name) for name in rows.query.order_by]
    after = _cursor(request.GET.get("after", ""), rows, order)
    before = None if after else _cursor(request.GET.get("before", ""), rows, order)
    if before:
        found = list(rows.filter(_beyond(_reversed(order), before.values)).reverse()[: size + 1])
        shown, has_earlier, has_later = found[:size][::-1], len(found) > size, True
        start = max(before.place - len(shown), 0)
    else:
        rest = rows.filter(_beyond(order, after.values)) if after else rows
        found = list(rest[: size + 1])
        shown, has_earlier, has_later = found[:size], after is not None, len(found) > size
        start = after.place if after else 0
    pager = _pager(request, order, shown, start, has_earlier=has_earlier, has_later=has_later)
    return Page(shown, pager)


def page_of_answers(
    request: HttpRequest,
    rows: QuerySet[Indexed],
    number: int,
    keys: Sequence[int],
    until: dt.datetime | None = None,
) -> Page[Indexed]:
    """The page of a question to the index, by `search.answers` or `search.queries.numbered`.

    Of many, where the newest are not known by their keys, it is taken from the narrowest stretch of
    time that fills it. `until` is where the question itself ends.
    """
    if keys and request.GET.keys().isdisjoint(("after", "before")):
        return page_of(request, by_keys(keys[: ROWS + 1]))
    if number <= COUNTED:
        return page_of(request, rows)
    page = Page[Indexed]([], {})
    for window in windows(rows, clock.now(), until):
        page = page_of(request, window)
        if "next_href" in page.pager:
            break
    return page


def _pager(
    request: HttpRequest,
    order: Sequence[str],
    shown: Sequence[M],
    start: int,
    *,
    has_earlier: bool,
    has_later: bool,
) -> dict[str, Any]:
    pager: dict[str, Any] = {"first": start + 1, "last": start + len(shown) if shown else 0}
    kept = {k: v for k, v in request.GET.dict().items() if k not in ("after", "before")}

    def address(**cursor: str) -> str:
        return "?" + urlencode({**kept, **cursor})

    if has_later and shown:
        pager["next_href"] = address(after=_encoded(start + len(shown), shown[-1], order))
    if has_earlier and shown:
        pager["previous_href"] = address(before=_encoded(start, shown[0], order))
    if has_earlier:
        pager["newest_href"] = address()
    return pager


def _reversed(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def _beyond(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows that come after `values` in the order: (a > x) or (a = x and b > y) …"""
    first, start = order[0], values[0]
    # Said apart, so that an index of the order begins where the page does.
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": start})
    beyond, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field, comparison = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        beyond |= equal & Q(**{f"{field}__{comparison}": value})
        equal &= Q(**{field: value})
    return bound & beyond


def _encoded(place: int, row: Model, order: Sequence[str]) -> str:
    values = [str(getattr(row, name.lstrip("-"))) for name in order]
    return base64.urlsafe_b64encode(json.dumps([place, values]).encode()).decode()


def _field(rows: QuerySet[M], name: str) -> Field[Any, Any]:
    found = rows.model._meta.get_field(name.lstrip("-"))
    assert isinstance(found, Field)  # lists are sorted by columns of their own table
    return found


def _cursor(text: str, rows: QuerySet[M], order: Sequence[str]) -> Cursor | None:
    try:
        place, told = json.loads(base64.urlsafe_b64decode(text))
        fields = [_field(rows, name) for name in order]
        values = [field.to_python(one) for field, one in zip(fields, told, strict=True)]
    except (ValueError, TypeError, ValidationError):
        return None
    if not isinstance(place, int) or place < 0 or None in values:
        return None
    return Cursor(place, tuple(values))
