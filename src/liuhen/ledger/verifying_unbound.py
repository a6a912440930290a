"""Columns that row images leave out, held against what their own rows prove of them.

Only a row that was sealed for its own place can prove anything: one that opens there and gives
its digest is the one that was written. Not for columns in images (`verifying`). Reads only.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger.kinds import Guarded
from liuhen.ledger.models import RowImage
from liuhen.ledger.verifying import (
    CHUNK,
    Difference,
    Portion,
    Position,
    bound_models,
    touch_of,
)

CHECK = "unbound"


def unbound(after: Position = None) -> Iterator[Portion]:
    """Every row that can prove the columns its images leave out, does."""
    for model in proving_models():
        table = model._meta.db_table
        if after and after[0] > table:
            continue
        try:
            if model.proves_unbound():
                yield from _table(model, after[1] if after and after[0] == table else None)
        except Refused as refused:
            what = f"这项核验没有进行：{explain(refused).message}"
            # beyond this table and before the next
            yield Portion([f"{table}!", None], 0, (Difference("check.unfinished", CHECK, what),))


def proving_models() -> list[type[Guarded]]:
    """Models that keep columns out of their images and can still prove them."""
    return [
        model
        for model in bound_models()
        if issubclass(model, Guarded) and model.unbound_fault is not Guarded.unbound_fault
    ]


def count() -> int:
    """How many rows there are to look at."""
    return sum(model._default_manager.count() for model in proving_models())


def _table(model: type[Guarded], after: str | None) -> Iterator[Portion]:
    table, rows = model._meta.db_table, model._default_manager.order_by("pk")
    rows = rows.only("pk", *model.image_excludes)
    while True:
        batch = list((rows.filter(pk__gt=after) if after else rows)[:CHUNK])
        if not batch:
            return
        after = str(batch[-1].pk)
        yield Portion([table, after], len(batch), tuple(_bad_among(table, batch)))


def _bad_among(table: str, batch: Sequence[Any]) -> Iterator[Difference]:
    for row in batch:
        fault = row.unbound_fault()
        if fault is not None:
            code, what = fault
            images = RowImage.objects.filter(table=table, row_id=str(row.pk)).order_by("-id")
            latest = images.select_related("entry").first()
            touched = touch_of(latest.entry) if latest is not None else None
            yield Difference(code, f"{table}/{row.pk}", what, None, touched)
