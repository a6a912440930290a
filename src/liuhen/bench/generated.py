"""Writes many cases by COPY, as acts would have written them: rows, images, entries.

The triggers are off meanwhile, so everything they would have made is made here; `liuhen verify`
passes afterwards, and a test holds it to that. Needs the owner's connection. Not for real homes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import psycopg
from django.db import models

from liuhen.cases.models import Activity, Case, CaseOfficer, Party
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.ids import new_id
from liuhen.ledger.recording import EntryDraft, Who, body_of
from liuhen.people.models import Person, Unit

BATCH = 2000
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
_TABLES = (Case, Party, Activity, CaseOfficer)
_LEDGER = ("ledger_entry", "ledger_rowimage", "ledger_pending")


def write_cases(
    owner: psycopg.Connection,
    numbers: range,
    *,
    unit: Unit,
    officers: Sequence[Person],
) -> None:
    """Write simple cases, numbered, of one party, one activity and two officers each."""
    tables = [model._meta.db_table for model in _TABLES] + list(_LEDGER[:1])
    for table in tables:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    start = clock.now() - dt.timedelta(days=700)
    for first in range(numbers.start, numbers.stop, BATCH):
        batch = range(first, min(first + BATCH, numbers.stop))
        _write_batch(owner, batch, start, unit, officers)
    for table in tables:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        owner.execute(f"ANALYZE {table}")


def _write_batch(
    owner: psycopg.Connection,
    batch: range,
    start: dt.datetime,
    unit: Unit,
    officers: Sequence[Person],
) -> None:
    rows: dict[str, list[models.Model]] = {m._meta.db_table: [] for m in _TABLES}
    entries, images = [], []
    for number in batch:
        made = list(_case(number, start + dt.timedelta(minutes=7 * number), unit, officers))
        for row in made:
            rows[row._meta.db_table].append(row)
        entry, its_images = _entry(made, officers[0])
        entries.append(entry)
        images.extend(its_images)
    for table, listed in rows.items():
        copy_rows(owner, table, listed)
    _copy(owner, "ledger_entry", _ENTRY_COLUMNS, entries)
    _copy(owner, "ledger_rowimage", _IMAGE_COLUMNS, images)
    _copy(owner, "ledger_pending", ("entry_id",), [(entry[0],) for entry in entries])


def _case(
    number: int, at: dt.datetime, unit: Unit, officers: Sequence[Person]
) -> Iterator[models.Model]:
    case = Case(
        number=f"虚规模案〔{at.year}〕{number:07d}号",
        kind=Case.Kind.PENALTY,
        procedure=Case.Procedure.SIMPLE,
        stage="facts",
        cause="占用道路堆放物料",
        place=f"虚构市示例区样板路{number % 900}号",
        unit=unit,
        handler=officers[number % len(officers)],
        started_at=at,
    )
    yield case
    name = SURNAMES[number % 16] + SURNAMES[number // 16 % 16]
    yield Party(case=case, kind=Party.Kind.PERSON, name=name)
    yield Activity(
        case=case,
        kind="simple_procedure",
        place=case.place,
        is_on_site=True,
        started_at=at,
        ended_at=at + dt.timedelta(minutes=9),
        certificate_shown_at=at,
    )
    for officer in officers[:2]:
        yield CaseOfficer(case=case, person=officer, since=at)


_ENTRY_COLUMNS = (
    "id", "event", "actor_id", "case_id", "subject_kind", "subject_id", "recorded_at", "body",
    "leaf_hash",
)  # fmt: skip
_IMAGE_COLUMNS = ("entry_id", '"table"', "row_id", "body", "sha256")


def _entry(
    made: Sequence[models.Model], actor: Person
) -> tuple[tuple[Any, ...], list[tuple[Any, ...]]]:
    case = made[0]
    assert isinstance(case, Case)
    entry_id, images = new_id(), []
    for row in made:
        body = json.dumps(
            {"salt": secrets.token_hex(16), "row": _row(row)}, ensure_ascii=False
        ).encode()
        images.append((entry_id, row._meta.db_table, str(row.pk), body))
    listed = [
        {"table": table, "row": key, "sha256": sha256_hex(body), "previous": None}
        for _, table, key, body in images
    ]
    draft = EntryDraft(
        entry_id, "simple_case.started", Who(actor.id, actor.name), case.started_at, case.id,
        "cases.case", str(case.id),
    )  # fmt: skip
    body = body_of(draft, listed)
    leaf = hashlib.sha256(b"\x00" + body).digest()
    entry = (
        entry_id, draft.event, actor.id, case.id, draft.subject_kind, draft.subject_id, draft.at,
        body, leaf,
    )  # fmt: skip
    return entry, [(*image, hashlib.sha256(image[3]).digest()) for image in images]


def _row(row: models.Model) -> dict[str, Any]:
    """The row as `to_jsonb` shows it, without what images leave out."""
    excluded = getattr(row, "image_excludes", ())
    return {
        column: _json(getattr(row, field.attname))
        for field in row._meta.concrete_fields
        if (column := str(field.column)) not in excluded
    }


def _json(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        text = value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
        return f"{text}+00:00"
    return str(value) if isinstance(value, UUID) else value


def copy_rows(owner: psycopg.Connection, table: str, rows: Sequence[models.Model]) -> None:
    """Write unsaved rows of one table by COPY; their keys are made already."""
    fields = rows[0]._meta.concrete_fields
    values = [
        tuple(_column(field, getattr(row, field.attname)) for field in fields) for row in rows
    ]
    _copy(owner, table, tuple(str(field.column) for field in fields), values)


def _column(field: models.Field[Any, Any], value: Any) -> Any:
    return json.dumps(value) if isinstance(field, models.JSONField) else value


def _copy(
    owner: psycopg.Connection,
    table: str,
    columns: Sequence[str],
    rows: Sequence[tuple[Any, ...]],
) -> None:
    named = ", ".join(columns)
    with owner.cursor() as cursor, cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
