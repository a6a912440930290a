"""Reads of recordings for programs. What the caller may not see is 404. Not for their bytes."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query

from liuhen.api.callers import DOCKING, READING, either
from liuhen.api.paging import MOST, USUAL, page_of
from liuhen.people.queries import require
from liuhen.recordings.queries import (
    receipt_of,
    unlabelled_recordings,
    visible_recording,
    visible_recordings,
)

if TYPE_CHECKING:
    from liuhen.people.models import Person
    from liuhen.recordings.models import Recording

router = Router(tags=["recordings"], auth=either(READING, DOCKING))


class RecordingFacts(Schema):
    """A recording as its row tells it; instants are UTC, an unknown one is null."""

    id: UUID
    name: str
    kind: str
    sha256: str
    size: int
    case: UUID | None
    activity: UUID | None
    device: str | None
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    time_source: str
    returned_at: dt.datetime | None
    stored_at: dt.datetime
    labelled_at: dt.datetime | None
    media: dict[str, Any]


class RecordingWithReceipt(RecordingFacts):
    """A recording with the newest signed receipt for its bytes."""

    receipt: str | None


class RecordingPage(Schema):
    """A page of recordings, the last stored first; `next` is the cursor of the following one."""

    items: list[RecordingFacts]
    next: str | None


def facts_of(recording: Recording) -> dict[str, Any]:
    """The fields of `RecordingFacts`; the row's original and device are loaded."""
    return {
        "id": recording.id,
        "name": recording.name,
        "kind": recording.kind,
        "sha256": recording.original_id,
        "size": recording.original.size,
        "case": recording.case_id,
        "activity": recording.activity_id,
        "device": recording.device.serial if recording.device else None,
        "started_at": recording.started_at,
        "ended_at": recording.ended_at,
        "time_source": recording.time_source,
        "returned_at": recording.returned_at,
        "stored_at": recording.stored_at,
        "labelled_at": recording.labelled_at,
        "media": recording.media,
    }


@router.get("/", response=RecordingPage, summary="音像记录")
def recording_list(
    request: HttpRequest,
    cursor: str | None = None,
    limit: int = Query(USUAL, ge=1, le=MOST),
    case: UUID | None = None,
    sha256: str | None = Query(None, pattern="^[0-9a-f]{64}$"),
) -> dict[str, Any]:
    """The recordings the caller may see; of one case, or with one digest."""
    person = cast("Person", request.user)
    require(person, "recording.list")
    rows = visible_recordings(person).select_related("original", "device")
    if case is not None:
        rows = rows.filter(case=case)
    if sha256 is not None:
        rows = rows.filter(original=sha256)
    found, following = page_of(rows, "stored_at", cursor, limit)
    return {"items": [facts_of(one) for one in found], "next": following}


@router.get("/unlabelled", response=list[RecordingFacts], summary="本人待标注的音像记录")
def unlabelled(request: HttpRequest) -> list[dict[str, Any]]:
    """Own recordings whose label is not complete: the latest 200."""
    return [facts_of(one) for one in unlabelled_recordings(cast("Person", request.user))[:MOST]]


@router.get("/{recording_id}", response=RecordingWithReceipt, summary="一条音像记录")
def one_recording(request: HttpRequest, recording_id: UUID) -> dict[str, Any]:
    """One recording with its receipt."""
    recording = visible_recording(cast("Person", request.user), recording_id)
    receipt = receipt_of(recording)
    return {**facts_of(recording), "receipt": receipt.note if receipt else None}
