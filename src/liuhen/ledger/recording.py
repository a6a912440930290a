"""Writes entries: the one door through which an act reaches the ledger.

Not for deciding or sequencing. The caller holds the transaction that the act runs in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from liuhen.kernel import canonical
from liuhen.ledger.models import Entry, RowImage
from liuhen.tlog.entry import check_entry_length

FORMAT = 1


@dataclass(frozen=True)
class Who:
    """The acting person, as the entry shows them for ever."""

    id: UUID
    name: str


@dataclass
class EntryDraft:
    """What an entry will say. `at` is the instant of the act (UTC)."""

    id: UUID
    event: str
    actor: Who
    at: dt.datetime
    case_id: UUID | None = None
    subject_kind: str = ""
    subject_id: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    via: Mapping[str, str] = field(default_factory=dict)


def begin(entry_id: UUID) -> None:
    """Tell the triggers which act the changes of this transaction belong to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('liuhen.entry', %s, true)", [str(entry_id)])


def images_of(entry_id: UUID) -> list[dict[str, Any]]:
    """The row images an act has left, as its entry lists them: in the order they arose."""
    rows = RowImage.objects.filter(entry_id=entry_id).order_by("id")
    return [
        {
            "table": image.table,
            "row": image.row_id,
            "sha256": bytes(image.sha256).hex(),
            "previous": bytes(image.previous.sha256).hex() if image.previous else None,
        }
        for image in rows.select_related("previous")
    ]


def body_of(draft: EntryDraft, images: list[dict[str, Any]]) -> bytes:
    """The canonical bytes of an entry (docs/formats/entry.md)."""
    value: dict[str, Any] = {
        "v": FORMAT,
        "id": draft.id,
        "event": draft.event,
        "actor": {"id": draft.actor.id, "name": draft.actor.name},
        "at": draft.at,
        "case": draft.case_id,
        "subject": {"kind": draft.subject_kind, "id": draft.subject_id},
        "data": draft.data,
        "images": images,
    }
    if draft.via:
        value["via"] = dict(draft.via)
    return canonical.dumps(value)


def write_entry(draft: EntryDraft) -> Entry:
    """Insert the entry of the act under way; afterwards its rows can't be changed again.

    Raises:
        TypeError: the data has no canonical form.
        Refused: the entry would be longer than a log entry may be (65,535 bytes).
    """
    body = body_of(draft, images_of(draft.id))
    check_entry_length(body)
    return Entry.objects.create(
        id=draft.id,
        event=draft.event,
        actor_id=draft.actor.id,
        case_id=draft.case_id,
        subject_kind=draft.subject_kind,
        subject_id=draft.subject_id,
        recorded_at=draft.at,
        body=body,
        leaf_hash=hashlib.sha256(b"\x00" + body).digest(),
    )
