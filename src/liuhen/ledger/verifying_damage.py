"""What the database itself can't read any more: each such record by name, the rest compared.

Comes after a portion that ended with an error of the database: a byte changed in its files, a body
that is no JSON. Which records there ought to be is taken from elsewhere: rows and images from the
ledger, entries from the sequence. Slow, for it asks in ever smaller parts. Reads only; not for
repair, nor for a database that is away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import DatabaseError, connection, models, transaction
from django.db.models import Max

from liuhen.ledger import verifying
from liuhen.ledger.models import Entry, RowImage, Sequenced
from liuhen.ledger.verifying import CHUNK, Difference, Image, Position

T = TypeVar("T")
_GONE = "数据库文件已损坏，读不出来"


def rows(after: Position) -> Iterator[Difference]:
    """Every row the ledger knows of, from the table a portion ended in."""
    _by_index_only()
    for model in verifying.bound_models():
        table = model._meta.db_table
        if after is None or table >= after[0]:
            yield from _rows_of(model)


def _rows_of(model: type[models.Model]) -> Iterator[Difference]:
    table = model._meta.db_table
    known = RowImage.objects.filter(table=table).order_by("row_id")
    row_ids = list(known.values_list("row_id", flat=True).distinct())

    def compare(part: Sequence[str]) -> list[Difference]:
        return verifying.bad_rows(model, verifying.keys_of(model, part))

    def unreadable(row_id: str) -> Difference:
        latest = RowImage.objects.filter(table=table, row_id=row_id).aggregate(id=Max("id"))["id"]
        return verifying.bad_row(
            table, row_id, latest, code="row.unreadable", what="这一行" + _GONE
        )

    yield from _salvaged(row_ids, compare, unreadable)


def entries(after: Position) -> Iterator[Difference]:
    """Every entry the sequence knows of."""
    _by_index_only()
    placed = Sequenced.objects.order_by("entry_id").values_list("entry_id", flat=True)
    ids = list(placed.filter(entry_id__gt=after) if after else placed)

    def compare(part: Sequence[Any]) -> list[Difference]:
        found = Entry.objects.filter(id__in=part).order_by("id")
        return list(verifying.bad_entries(list(found)))

    def unreadable(entry_id: Any) -> Difference | None:
        if _is_read(lambda: Entry.objects.get(id=entry_id)):
            return None  # its images are what can't be read, and they have a check of their own
        place = Sequenced.objects.filter(entry_id=entry_id).values_list("index", flat=True)
        good = {"index": place.first(), "images": verifying.images_of([entry_id]).get(entry_id, [])}
        record = f"ledger_entry/{entry_id}"
        return Difference("entry.unreadable", record, "这一条目" + _GONE, good)

    yield from _salvaged(ids, compare, unreadable)


def images(after: Position) -> Iterator[Difference]:
    """Every image between the first and the last number, and every row one speaks of."""
    _by_index_only()
    numbers = range((after or 0) + 1, _last_image() + 1)

    def among(part: Sequence[int]) -> list[Image]:
        return verifying.images_after(part[0] - 1, len(part), part[-1])

    def compare(part: Sequence[int]) -> list[Difference]:
        return list(verifying.bad_images(among(part)))

    def unreadable(image_id: int) -> Difference:
        return Difference("image.unreadable", f"ledger_rowimage/{image_id}", "这一映像" + _GONE)

    yield from _salvaged(numbers, compare, unreadable)
    yield from _salvaged(numbers, compare, unreadable)
    # a row that is there but can't be read is named with its table
    yield from _salvaged(
        numbers, lambda part: list(verifying.vanished(among(part))), lambda _: None
    )


def _last_image() -> int:
    # not from the table: its last page may be the damaged one
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_sequence_last_value(pg_get_serial_sequence('ledger_rowimage', 'id'))"
        )
        return int(cursor.fetchone()[0] or 0)


def _is_read(read: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            read()
    except DatabaseError:
        return False
    return True


def _by_index_only() -> None:
    """From here on a page is read for the records asked for, not because it is on the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")


def _salvaged(
    ids: Sequence[T],
    compare: Callable[[Sequence[T]], Sequence[Difference]],
    unreadable: Callable[[T], Difference | None],
) -> Iterator[Difference]:
    """What `compare` finds; a part in which it fails is halved down to the single record."""
    parts = [ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK)]
    while parts:
        part = parts.pop()
        try:
            with transaction.atomic():
                yield from list(compare(part))
        except DatabaseError:
            if len(part) == 1:
                named = unreadable(part[0])
                yield from [named] if named else []
            else:
                parts += [part[len(part) // 2 :], part[: len(part) // 2]]
