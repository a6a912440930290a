"""Holds rows, images, entries and the log against each other. Reads only; streams.

Each check yields differences that name the record, its last good state and who touched it last
according to the log. Not for the bytes of originals (`vault.verifying`) and not for repair.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from psycopg import sql

from liuhen.ledger.guards import expected_functions, expected_triggers, own_models
from liuhen.ledger.kinds import TableKind, key_column
from liuhen.ledger.models import Entry, Pending, RowImage

CHUNK = 1000

Touch = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One thing that does not agree. `code` is `noun.what`, `record` names it in full."""

    code: str
    record: str
    what: str
    last_good: dict[str, Any] | None = None
    last_touched: Touch | None = None


def touch_of(entry: Entry | None) -> Touch | None:
    """Who did it, what and when, as the log says."""
    if entry is None:
        return None
    told = json.loads(bytes(entry.body))
    return {
        "entry": str(entry.id),
        "event": entry.event,
        "actor": told["actor"]["name"],
        "at": told["at"],
    }


def guards() -> Iterator[Difference]:
    """Every trigger that guards a table is there and switched on, and does what we wrote."""
    yield from _triggers()
    yield from _functions()


def _functions() -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE proname LIKE 'liuhen\\_%'")
        present = dict(cursor.fetchall())
    for name, source in expected_functions().items():
        if present.get(name) != source:
            yield Difference("guard.altered", name, "保护函数不存在或者内容被改动")


def _triggers() -> Iterator[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgenabled IN ('O', 'A')"
        )
        present = set(cursor.fetchall())
    for table, trigger in sorted(expected_triggers() - present):
        yield Difference(
            "guard.missing", f"{table}/{trigger}", "数据表的保护触发器不存在或者被停用"
        )


def entries() -> Iterator[Difference]:
    """Entry bytes give their leaf hash; columns and images are those the bytes name."""
    for batch in _batched(Entry.objects.order_by("id").iterator(CHUNK)):
        images = _images_by_entry(batch)
        for entry in batch:
            yield from _entry(entry, images.get(entry.id, []))


def _batched(found: Iterable[Entry]) -> Iterator[tuple[Entry, ...]]:
    source = iter(found)
    while batch := tuple(itertools.islice(source, CHUNK)):
        yield batch


def _images_by_entry(batch: tuple[Entry, ...]) -> dict[Any, list[dict[str, Any]]]:
    rows = (
        RowImage.objects.filter(entry_id__in=[entry.id for entry in batch])
        .order_by("id")
        .values_list("entry_id", "table", "row_id", "sha256", "previous__sha256")
    )
    found: dict[Any, list[dict[str, Any]]] = {}
    for entry_id, table, row_id, sha256, previous in rows:
        found.setdefault(entry_id, []).append(
            {
                "table": table,
                "row": row_id,
                "sha256": bytes(sha256).hex(),
                "previous": bytes(previous).hex() if previous is not None else None,
            }
        )
    return found


def _entry(entry: Entry, images: list[dict[str, Any]]) -> Iterator[Difference]:
    body = bytes(entry.body)
    record = f"ledger_entry/{entry.id}"
    kept = {"event": entry.event, "leaf_hash": bytes(entry.leaf_hash).hex(), "images": images}
    if hashlib.sha256(b"\x00" + body).digest() != bytes(entry.leaf_hash):
        yield Difference("entry.altered", record, "条目正文与其叶散列不符", kept)
        return
    told = json.loads(body)
    case = str(entry.case_id) if entry.case_id else None
    columns = (str(entry.id), entry.event, str(entry.actor_id), case)
    if columns != (told["id"], told["event"], told["actor"]["id"], told["case"]):
        yield Difference("entry.columns", record, "条目的索引列与正文不符", told, touch_of(entry))
    if images != told["images"]:
        yield Difference(
            "entry.images", record, "条目所列行映像与实际行映像不符", told, touch_of(entry)
        )


def withheld() -> Iterator[Difference]:
    """Every entry has its index or waits for it: none was taken out of the queue."""
    left_out = (
        Entry.objects.filter(sequenced=None)
        .exclude(id__in=Pending.objects.values("entry_id"))
        .order_by("id")
    )
    for entry in left_out.iterator(CHUNK):
        what = "这一条目既没有排入账本，也不在等待排入"
        yield Difference("entry.withheld", f"ledger_entry/{entry.id}", what, None, touch_of(entry))


def images() -> Iterator[Difference]:
    """Every row image still gives its digest."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT id, "table", row_id FROM ledger_rowimage'
            " WHERE body IS NOT NULL AND sha256(body) <> sha256 ORDER BY id"
        )
        altered = cursor.fetchall()
    for image_id, table, row_id in altered:
        yield _bad_image(image_id, table, row_id)


def _bad_image(image_id: int, table: str, row_id: str) -> Difference:
    image = RowImage.objects.select_related("entry", "previous").get(id=image_id)
    before = image.previous
    good = _row_of(before) if before is not None else None
    what = f"{table} 的行 {row_id} 的映像内容与其散列不符"
    return Difference(
        "image.altered", f"ledger_rowimage/{image_id}", what, good, touch_of(image.entry)
    )


def _row_of(image: RowImage) -> dict[str, Any] | None:
    if image.body is None:
        return None
    row: dict[str, Any] = json.loads(bytes(image.body))["row"]
    return row


def rows() -> Iterator[Difference]:
    """Every guarded row is what its last image says; no row without image, none has vanished."""
    for model in own_models():
        kind = getattr(model, "table_kind", TableKind.DERIVED)
        if kind is not TableKind.DERIVED and model._meta.app_label != "ledger":
            yield from _table(model)


_COMPARE = """
WITH latest AS MATERIALIZED (
    SELECT DISTINCT ON (row_id) row_id, id, body,
           CASE WHEN sha256(body) = sha256
                THEN convert_from(body, 'UTF8')::jsonb -> 'row' END AS said
      FROM ledger_rowimage WHERE "table" = %s ORDER BY row_id, id DESC
)
SELECT coalesce(latest.row_id, t.{key}::text), latest.id, t.{key} IS NULL, latest.row_id IS NULL
  FROM {table} t FULL JOIN latest ON latest.row_id = t.{key}::text
 WHERE t.{key} IS NULL OR latest.row_id IS NULL
    OR (latest.said IS NOT NULL AND latest.said IS DISTINCT FROM (
        SELECT jsonb_object_agg(k, to_jsonb(t) -> k) FROM jsonb_object_keys(latest.said) AS k))
"""


def _table(model: type[models.Model]) -> Iterator[Difference]:
    table, key = model._meta.db_table, key_column(model)
    query = sql.SQL(_COMPARE).format(table=sql.Identifier(table), key=sql.Identifier(key))
    with connection.cursor() as cursor:
        # The images were written under these settings; texts of instants depend on them.
        cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'")
        cursor.execute(query, [table])
        found = cursor.fetchall()
    for row_id, image_id, is_gone, is_new in found:
        yield _bad_row(table, row_id, image_id, is_gone=is_gone, is_new=is_new)


def _bad_row(
    table: str, row_id: str, image_id: int | None, *, is_gone: bool, is_new: bool
) -> Difference:
    record = f"{table}/{row_id}"
    if is_new or image_id is None:
        return Difference("row.unrecorded", record, "这一行没有任何账本条目，是绕过系统写入的")
    image = RowImage.objects.select_related("entry").get(id=image_id)
    code, what = "row.altered", "这一行与账本中最后一次记录的内容不符"
    if is_gone:
        code, what = "row.missing", "账本中有记录的这一行已经不存在"
    return Difference(code, record, what, _row_of(image), touch_of(image.entry))
