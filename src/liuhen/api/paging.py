"""Lists a page at a time, by a cursor that stays right while rows are added. Not for pages."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused

MOST, USUAL = 200, 50


def page_of(
    rows: QuerySet[Any], instant: str, cursor: str | None, limit: int
) -> tuple[list[Any], str | None]:
    """At most `limit` rows, newest first by the column `instant`, and the cursor of the next page.

    Raises:
        Refused: `request.cursor`.
    """
    if cursor:
        at, row_id = _read(cursor)
        older = Q(**{f"{instant}__lt": at}) | Q(**{instant: at, "id__gt": row_id})
        rows = rows.filter(older, **{f"{instant}__lte": at})
    found = list(rows.order_by(f"-{instant}", "id")[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], _written(found[limit - 1], instant)


def _written(row: Any, instant: str) -> str:
    text = f"{clock.iso(getattr(row, instant))}|{row.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[dt.datetime, UUID]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, _, row_id = base64.urlsafe_b64decode(padded.encode("ascii")).decode().partition("|")
        return clock.parse_iso(at), UUID(row_id)
    except (ValueError, binascii.Error):
        raise Refused("request.cursor") from None
