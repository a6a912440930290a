"""Holds rows, images, entries and guards against each other, in portions. Reads only.

Each check yields portions: where it stands, how much it read, what does not agree. A check goes on
from any position it gave, so a whole verification can be interrupted and a scrub can take a little
at a time; each portion is read on one snapshot (`checks.walk`). Differences name the record, its
last good state and who touched it last according to the log. Not for the log's tree
(`verifying_log`), the bytes of originals (`vault.verifying`), or repair.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from psycopg import sql

from liuhen.ledger.guards import expected_functions, expected_triggers, own_models
from liuhen.ledger.kinds import TableKind, key_column
from liuhen.ledger.models import Entry, Pending, RowImage, Sequenced

CHUNK = 1000
IMAGES = 4000

Touch = dict[str, Any]
Position = Any
"""Where a check stands: plain JSON, None at its beginning."""


@dataclass(frozen=True)
class Difference:
    """One thing that does not agree. `code` is `noun.what`, `record` names it in full."""

    code: str
    record: str
    what: str
    last_good: dict[str, Any] | None = None
    last_touched: Touch | None = None


@dataclass(frozen=True)
class Portion:
    """A piece of a check: the position after it, how many records it held, what it found."""

    position: Position
    count: int
    differences: tuple[Difference, ...] = ()


def touch_of(entry: Entry | None) -> Touch | None:
    """Who did it, what and when, as the log says; None when its entry says nothing readable."""
    told = told_by(entry.body) if entry is not None else None
    if entry is None or told is None:
        return None
    return {
        "entry": str(entry.id),
        "event": entry.event,
        "actor": told["actor"]["name"],
        "at": told["at"],
    }


def told_by(body: bytes | memoryview) -> dict[str, Any] | None:
    """An entry's content; None when the bytes are none, whatever they hash to."""
    try:
        told = json.loads(bytes(body))
        told["actor"]["id"], told["actor"]["name"], told["at"], told["images"]
        told["id"], told["event"], told["case"]
    except (ValueError, KeyError, TypeError):
        return None
    content: dict[str, Any] = told
    return content


def guards(after: Position = None) -> Iterator[Portion]:
    """Every trigger that guards a table is there and switched on, and does what we wrote."""
    if after is None:
        found = (*_triggers(), *_functions())
        yield Portion(True, len(expected_triggers()), found)


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


def entries(after: Position = None) -> Iterator[Portion]:
    """Entry bytes give their hash; columns and images are those they name; none is withheld."""
    while True:
        rows = Entry.objects.order_by("id")
        batch = list((rows.filter(id__gt=after) if after else rows)[:CHUNK])
        if not batch:
            return
        after = str(batch[-1].id)
        yield Portion(after, len(batch), tuple(bad_entries(batch)))


def bad_entries(batch: Sequence[Entry]) -> Iterator[Difference]:
    """What does not hold of these entries, their images and their places."""
    images, placed = images_of([entry.id for entry in batch]), _placed(batch)
    for entry in batch:
        yield from _entry(entry, images.get(entry.id, []))
        if entry.id not in placed:
            yield _withheld(entry)


def _placed(batch: Sequence[Entry]) -> set[Any]:
    """Those that have their index or wait for it."""
    ids = [entry.id for entry in batch]
    sequenced = Sequenced.objects.filter(entry_id__in=ids).values_list("entry_id", flat=True)
    waiting = Pending.objects.filter(entry_id__in=ids).values_list("entry_id", flat=True)
    return {*sequenced, *waiting}


def _withheld(entry: Entry) -> Difference:
    what = "这一条目既没有排入账本，也不在等待排入"
    return Difference("entry.withheld", f"ledger_entry/{entry.id}", what, None, touch_of(entry))


def images_of(entry_ids: Sequence[Any]) -> dict[Any, list[dict[str, Any]]]:
    """The images that lie under each entry, as entries list them."""
    rows = (
        RowImage.objects.filter(entry_id__in=entry_ids)
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
    told = told_by(body)
    if told is None:
        what = "条目正文不是条目的内容，其叶散列也随之改动"
        yield Difference("entry.altered", record, what, kept)
        return
    case = str(entry.case_id) if entry.case_id else None
    columns = (str(entry.id), entry.event, str(entry.actor_id), case)
    if columns != (told["id"], told["event"], told["actor"]["id"], told["case"]):
        yield Difference("entry.columns", record, "条目的索引列与正文不符", told, touch_of(entry))
    if images != told["images"]:
        yield Difference(
            "entry.images", record, "条目所列行映像与实际行映像不符", told, touch_of(entry)
        )


def images(after: Position = None) -> Iterator[Portion]:
    """Every row image still gives its digest, and the row it is the first image of exists."""
    while batch := images_after(after or 0, IMAGES):
        after = batch[-1].id
        yield Portion(after, len(batch), (*bad_images(batch), *vanished(batch)))


class Image(NamedTuple):
    """What is asked of a row image."""

    id: int
    table: str
    row_id: str
    is_first: bool
    is_altered: bool


def images_after(after: int, most: int, last: int | None = None) -> list[Image]:
    """The images that follow a number, up to a last one."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT id, "table", row_id, previous_id IS NULL,'
            " body IS NOT NULL AND sha256(body) <> sha256"
            " FROM ledger_rowimage WHERE id > %s AND (%s::bigint IS NULL OR id <= %s)"
            " ORDER BY id LIMIT %s",
            [after, last, last, most],
        )
        return [Image(*one) for one in cursor.fetchall()]


def bad_images(batch: Sequence[Image]) -> Iterator[Difference]:
    """Images that don't give their digest."""
    for one in batch:
        if one.is_altered:
            yield _bad_image(one.id, one.table, one.row_id)


def vanished(batch: Sequence[Image]) -> Iterator[Difference]:
    """Rows that a first image speaks of and that are not there any more."""
    known = {model._meta.db_table: model for model in bound_models()}
    wanted: dict[str, list[str]] = {}
    for one in batch:
        if one.is_first:
            wanted.setdefault(one.table, []).append(one.row_id)
    for table, row_ids in wanted.items():
        present = _present(known[table], row_ids) if table in known else set()
        for row_id in row_ids:
            if row_id not in present:
                latest = RowImage.objects.filter(table=table, row_id=row_id).order_by("-id")
                image = latest.select_related("entry")[0]
                what = "账本中有记录的这一行已经不存在"
                yield Difference(
                    "row.missing", f"{table}/{row_id}", what, _row_of(image), touch_of(image.entry)
                )


def _present(model: type[models.Model], row_ids: Sequence[str]) -> set[str]:
    found = model._default_manager.filter(pk__in=keys_of(model, row_ids))
    return {str(key) for key in found.values_list("pk", flat=True)}


def keys_of(model: type[models.Model], row_ids: Sequence[str]) -> list[Any]:
    """Row ids as images write them, as keys of the table; what can't be one is left out."""
    keys = []
    for row_id in row_ids:
        try:
            keys.append(model._meta.pk.to_python(row_id))
        except ValidationError:
            continue  # no key of this table: such a row can't be there
    return keys


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
    try:
        row: dict[str, Any] = json.loads(bytes(image.body))["row"]
    except (ValueError, KeyError, TypeError):
        return None
    return row


def rows(after: Position = None) -> Iterator[Portion]:
    """Every guarded row is what its last image says; no row is without image."""
    tables = [model._meta.db_table for model in bound_models()]
    start = tables.index(after[0]) if after and after[0] in tables else 0
    for model in bound_models()[start:]:
        table = model._meta.db_table
        yield from _table(model, after[1] if after and after[0] == table else None)


def bound_models() -> list[type[models.Model]]:
    """Models whose rows leave images, by the names of their tables."""
    found = [
        model
        for model in own_models()
        if getattr(model, "table_kind", TableKind.DERIVED) is not TableKind.DERIVED
        and model._meta.app_label != "ledger"
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


_COMPARE = """
SELECT t.{key}::text, latest.id,
       latest.id IS NOT NULL AND latest.said IS NOT NULL AND latest.said IS DISTINCT FROM (
           SELECT jsonb_object_agg(k, to_jsonb(t) -> k) FROM jsonb_object_keys(latest.said) AS k)
  FROM (SELECT * FROM {table} WHERE {which} ORDER BY {key} LIMIT {limit}) t
  LEFT JOIN LATERAL (
      SELECT i.id, CASE WHEN sha256(i.body) = i.sha256
                        THEN convert_from(i.body, 'UTF8')::jsonb -> 'row' END AS said
        FROM ledger_rowimage i
       WHERE i."table" = {name} AND i.row_id = t.{key}::text ORDER BY i.id DESC LIMIT 1
  ) latest ON true
 ORDER BY t.{key}
"""


def _table(model: type[models.Model], after: str | None) -> Iterator[Portion]:
    table, key = model._meta.db_table, sql.Identifier(key_column(model))
    while True:
        beyond = sql.SQL("{} > {}").format(key, sql.Literal(after)) if after else sql.SQL("true")
        batch = _compared(model, beyond)
        if not batch:
            return
        after = batch[-1][0]
        yield Portion([table, after], len(batch), tuple(_bad_among(table, batch)))


def bad_rows(model: type[models.Model], keys: Sequence[Any]) -> list[Difference]:
    """What does not hold of the rows with these keys; at most `CHUNK` of them."""
    chosen = sql.SQL("{} = ANY({})").format(
        sql.Identifier(key_column(model)), sql.Literal(list(keys))
    )
    return _bad_among(model._meta.db_table, _compared(model, chosen))


def _compared(
    model: type[models.Model], which: sql.Composable
) -> list[tuple[str, int | None, bool]]:
    """Rows by key: the id, the number of the last image, whether it says something else."""
    table = model._meta.db_table
    query = sql.SQL(_COMPARE).format(
        table=sql.Identifier(table),
        name=sql.Literal(table),
        key=sql.Identifier(key_column(model)),
        which=which,
        limit=sql.Literal(CHUNK),
    )
    with connection.cursor() as cursor:
        # The images were written under these settings; texts of instants depend on them.
        cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = 'hex'")
        cursor.execute(query)
        found: list[tuple[str, int | None, bool]] = cursor.fetchall()
    return found


def _bad_among(table: str, batch: Sequence[tuple[str, int | None, bool]]) -> list[Difference]:
    return [
        bad_row(table, row_id, image_id)
        for row_id, image_id, is_other in batch
        if image_id is None or is_other
    ]


def bad_row(
    table: str,
    row_id: str,
    image_id: int | None,
    *,
    code: str = "row.altered",
    what: str = "这一行与账本中最后一次记录的内容不符",
) -> Difference:
    """A row that is not what its last image says, or that has none."""
    record = f"{table}/{row_id}"
    if image_id is None:
        return Difference("row.unrecorded", record, "这一行没有任何账本条目，是绕过系统写入的")
    try:
        with transaction.atomic():
            image = RowImage.objects.select_related("entry").get(id=image_id)
    except DatabaseError:
        return Difference(code, record, what)
    return Difference(code, record, what, _row_of(image), touch_of(image.entry))
