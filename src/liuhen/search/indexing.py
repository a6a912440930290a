"""Makes the rows of the index, following the ledger: what an entry is about is indexed anew.

The index holds nothing of its own: dropped, it is built again from the first entry. Not for
asking (`search.queries`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from liuhen.cases.models import Case
from liuhen.cases.sealed import NUMBER
from liuhen.law.catalogue import catalogue
from liuhen.ledger.models import Entry, Sequenced
from liuhen.recordings.models import Recording
from liuhen.recordings.positions import Position, first_position, position_of
from liuhen.recordings.texts import StandingText, texts_of
from liuhen.search.grams import TEXT_LIMIT, facet, normal, of_field, stored_grams
from liuhen.search.models import Follower, Indexed

# An arbitrary constant of ours: the advisory lock that makes one follower the only one.
_LOCK = 0x4C48_5352
BATCH = 500
_RECORDING = "recordings.recording"
# Ids, digests, instants: nobody looks for them, and they would be most of the grams.
_MACHINE = re.compile(r"[0-9a-f-]{32,}|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-][\d:]+)|data:.*", re.DOTALL)


def follow(limit: int = BATCH) -> int:
    """Read up to `limit` further entries of the ledger and index what they are about.

    Returns:
        How many entries were read; 0 when there is nothing new or another process is at it.
    """
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                return 0
        follower, _ = Follower.objects.get_or_create(id=1)
        read = list(
            Sequenced.objects.filter(index__gte=follower.next_index)
            .order_by("index")
            .values_list("index", "entry_id")[:limit]
        )
        if not read:
            return 0
        _index_subjects([entry_id for _, entry_id in read])
        follower.next_index = read[-1][0] + 1
        follower.save(update_fields=["next_index"])
    return len(read)


def follow_all() -> int:
    """Follow until nothing is new; returns the number of entries read."""
    total = 0
    while done := follow():
        total += done
    return total


def _index_subjects(entry_ids: Iterable[UUID]) -> None:
    rows = Entry.objects.filter(id__in=list(entry_ids)).values_list(
        "case_id", "subject_kind", "subject_id"
    )
    cases, loose = set(), set()
    for case_id, kind, subject_id in rows:
        if case_id is not None:
            cases.add(case_id)
        if kind == _RECORDING:
            loose.add(UUID(subject_id))
    index_cases(cases)
    index_recordings(loose)


def index_cases(case_ids: Iterable[UUID]) -> None:
    """Index cases anew, with everything that belongs to them."""
    cases = (
        Case.objects.filter(id__in=list(case_ids))
        .select_related("unit", "handler")
        .prefetch_related("parties", "leads", "activities", "papers", "recordings__device")
    )
    for case in cases:
        made = list(_rows_of(case))
        kept = [row.record_id for row in made]
        Indexed.objects.filter(case=case).exclude(record_id__in=kept).delete()
        _write(made)


def index_recordings(ids: Iterable[UUID]) -> None:
    """Index recordings that belong to no case yet."""
    loose = Recording.objects.filter(id__in=list(ids), case=None, disposed_at=None)
    found = loose.select_related("device", "party", "handler", "made_by")
    _write(list(_recordings(list(found), None, [])))


def index_texts(sha256: str) -> None:
    """Index the texts of an original's recordings: a draft is derived, no entry tells of it."""
    kept = Recording.objects.filter(original=sha256, disposed_at=None)
    found = kept.select_related("case__unit", "case__handler")
    recordings = list(found.prefetch_related("case__parties"))
    texts = texts_of(recordings)
    _write([row for one in recordings for row in _texts(one, one.case, texts[one.id])])


def forget_recordings(ids: Iterable[UUID]) -> None:
    """Take recordings out of the index whose originals are destroyed."""
    kinds = (Indexed.Kind.RECORDING, Indexed.Kind.TEXT)
    Indexed.objects.filter(kind__in=kinds, record_id__in=list(ids)).delete()


def _write(rows: list[Indexed]) -> None:
    Indexed.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["kind", "record_id"],
        update_fields=[
            "case",
            "at",
            "title",
            "number",
            "party",
            "place",
            "latitude",
            "longitude",
            "text",
            "grams",
        ],
    )


@dataclass
class _Words:
    """What is said of one record, on its way to a row."""

    case: Case | None
    parties: list[str]
    texts: list[str] = field(default_factory=list)
    facets: list[tuple[str, object]] = field(default_factory=list)

    def row(self, kind: str, record_id: UUID, **columns: Any) -> Indexed:
        party, place = "、".join(self.parties), str(columns.get("place", ""))
        said = [columns["title"], columns.get("number", ""), party, place, *self.texts]
        if self.case is not None:
            said += [self.case.number, self.case.cause]
            self.facets += [
                ("unit", self.case.unit_id),
                ("handler", self.case.handler_id),
                ("case_kind", self.case.kind),
                ("stage", self.case.stage),
            ]
        text = normal(" ".join(filter(None, said)))
        grams = stored_grams(text)
        grams |= of_field("party", stored_grams(party)) | of_field("place", stored_grams(place))
        grams |= {facet(name, value) for name, value in [("kind", kind), *self.facets] if value}
        columns["title"] = columns["title"][:300]
        return Indexed(
            kind=kind,
            record_id=record_id,
            case=self.case,
            party=party[:600],
            text=text,
            grams=sorted(grams),
            **columns,
        )


def _rows_of(case: Case) -> Iterator[Indexed]:
    parties = [party.name for party in case.parties.all()]
    yield _Words(case, parties, [case.unit.name, case.handler.name, *_strings(case.facts)]).row(
        Indexed.Kind.CASE,
        case.id,
        at=case.started_at,
        title=case.cause or case.number,
        number=case.number,
        place=case.place,
    )
    for lead in case.leads.all():
        yield _Words(case, [lead.subject], [lead.content, lead.check_note]).row(
            Indexed.Kind.LEAD,
            lead.id,
            at=lead.received_at,
            title=f"{lead.get_source_display()}：{lead.subject}",
            number=lead.number,
            place=lead.place,
        )
    held = [one for one in case.recordings.all() if one.disposed_at is None]
    yield from _activities(case, parties, held)
    for paper in case.papers.all():
        yield _Words(case, parties, [*_strings(paper.data)]).row(
            Indexed.Kind.PAPER,
            paper.id,
            at=paper.issued_at or paper.drawn_up_at,
            title=paper.document_type.title,
            number=paper.number or "",
        )
    yield from _recordings(held, case, parties)


def _activities(case: Case, parties: list[str], held: list[Recording]) -> Iterator[Indexed]:
    """What is said of activities; where each was is told by what was recorded of it."""
    filmed: dict[UUID | None, list[Recording]] = {}
    for one in held:
        filmed.setdefault(one.activity_id, []).append(one)
    for activity in case.activities.all():
        row = catalogue().activities.get(activity.kind)
        said = [*_strings(activity.facts)]
        yield _Words(case, parties, said, facets=[("event", activity.kind)]).row(
            Indexed.Kind.ACTIVITY,
            activity.id,
            at=activity.started_at,
            title=row.name if row else activity.kind,
            place=activity.place,
            **_degrees(first_position(filmed.get(activity.id, []))),
        )


def _recordings(
    recordings: list[Recording], case: Case | None, parties: list[str]
) -> Iterator[Indexed]:
    """What is said of recordings, and what they show or say."""
    texts = texts_of(recordings)
    for recording in recordings:
        yield _recording(recording, case, parties)
        yield from _texts(recording, case, texts[recording.id])


def _recording(recording: Recording, case: Case | None, parties: list[str]) -> Indexed:
    device = recording.device.serial if recording.device else ""
    kind = recording.event_kind
    row = catalogue().activities.get(kind)
    said = [recording.name, recording.lead_number, device, row.name if row else kind]
    facets: list[tuple[str, object]] = [("event", kind), ("device", device)]
    return _Words(case, parties, said, facets).row(
        Indexed.Kind.RECORDING,
        recording.id,
        at=recording.started_at or recording.stored_at,
        title=recording.name,
        place=recording.place,
        **_degrees(position_of(recording)),
    )


def _degrees(position: Position | None) -> dict[str, float | None]:
    if position is None:
        return {"latitude": None, "longitude": None}
    return {"latitude": position.latitude, "longitude": position.longitude}


def _texts(recording: Recording, case: Case | None, texts: list[StandingText]) -> Iterator[Indexed]:
    """What stands in a recording's pictures and sound: confirmed where it was, else the draft."""
    said = [one.text for one in texts if one.text]
    if said:
        yield _Words(case, [], said).row(
            Indexed.Kind.TEXT,
            recording.id,
            at=recording.started_at or recording.stored_at,
            title=recording.name,
            place=recording.place,
        )


def _strings(value: Any) -> Iterator[str]:
    """Every text in a structure of papers or facts, but for ids and instants, up to the limit.

    Identity numbers are left out: the index is plain, and they have a search of their own.
    """
    left = TEXT_LIMIT
    waiting = [value]
    while waiting and left > 0:
        one = waiting.pop()
        if isinstance(one, str):
            if not _MACHINE.fullmatch(one):
                left -= len(one)
                yield one
        elif isinstance(one, dict):
            waiting.extend(reversed([part for key, part in one.items() if key != NUMBER]))
        elif isinstance(one, list):
            waiting.extend(reversed(one))
