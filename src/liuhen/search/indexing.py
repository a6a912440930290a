"""Makes the rows of the index, following the ledger: what an entry is about is indexed anew.

The index holds nothing of its own: dropped, it is built again from the records (`rebuild`). Not
for asking (`search.queries`), nor for what a paper says in words (`search.wording`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max, Model, QuerySet

from liuhen.cases.models import Case, CaseOfficer
from liuhen.law.catalogue import catalogue
from liuhen.ledger.models import Entry, RowImage, Sequenced
from liuhen.recordings.models import Recording
from liuhen.recordings.positions import Position, first_position, position_of
from liuhen.recordings.queries import bookmarks_of
from liuhen.recordings.texts import texts_of
from liuhen.search.grams import LOOSE, facet, letters, normal, of_field, of_place, pairs
from liuhen.search.models import Follower, Indexed
from liuhen.search.stretches import time_facets
from liuhen.search.wording import words_of_facts, words_of_paper

# Arbitrary constants of ours: the advisory locks that make one follower, one that builds anew, the
# only one.
_LOCK, _REBUILDING = 0x4C48_5352, 0x4C48_5353
BATCH = 500
# Cases indexed in one transaction when everything is, and those asked for and written at once.
_PORTION, _TOGETHER = 100, 20
_RECORDING = "recordings.recording"


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
    """Follow until nothing is new; an index that never followed is first made from the records.

    Returns:
        The number of entries read.
    """
    if not Follower.objects.exists() and not _rebuilt():
        return 0
    total = 0
    while done := follow():
        total += done
    return total


def _rebuilt() -> bool:
    """Make every row anew, unless another job is at it: two would wait for one another by turns."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_REBUILDING])
        if not cursor.fetchone()[0]:
            return False
        try:
            rebuild()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_REBUILDING])
    return True


def rebuild() -> int:
    """Make every row anew from the records; meanwhile what was found before is found.

    Returns:
        The number of cases and loose recordings that were indexed.
    """
    newest = Sequenced.objects.aggregate(index=Max("index"))["index"]
    cases = Case.objects.all()
    loose = Recording.objects.filter(case=None, disposed_at=None)
    done = _each(cases, index_cases) + _each(loose, index_recordings)
    with transaction.atomic(durable=True):
        _lock()
        follower, _ = Follower.objects.get_or_create(id=1)
        follower.next_index = max(follower.next_index, 0 if newest is None else newest + 1)
        follower.save(update_fields=["next_index"])
    return done


def _each(rows: QuerySet[Any], index: Callable[[list[UUID]], None]) -> int:
    """Index rows in portions, each a transaction of its own, so that nobody waits for long."""
    done, last = 0, None
    while True:
        rest = rows.filter(id__gt=last) if last else rows
        ids = list(rest.order_by("id").values_list("id", flat=True)[:_PORTION])
        if not ids:
            return done
        with transaction.atomic(durable=True):
            _lock()
            index(ids)
        done, last = done + len(ids), ids[-1]


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _index_subjects(entry_ids: Iterable[UUID]) -> None:
    ids = list(entry_ids)
    rows = Entry.objects.filter(id__in=ids).values_list("case_id", "subject_kind", "subject_id")
    cases, loose = set(), set()
    for case_id, kind, subject_id in rows:
        if case_id is not None:
            cases.add(case_id)
        if kind == _RECORDING:
            loose.add(UUID(subject_id))
    cases |= set(map(UUID, _changed(ids, Case)))
    # an act that is about no case may change who carries many (Art. 40)
    joined = CaseOfficer.objects.filter(id__in=_changed(ids, CaseOfficer))
    index_cases(cases.union(joined.values_list("case_id", flat=True)))
    index_recordings(loose.union(map(UUID, _changed(ids, Recording))))


def _changed(entry_ids: list[UUID], model: type[Model]) -> set[str]:
    """Keys of a table's rows that these entries changed."""
    images = RowImage.objects.filter(entry_id__in=entry_ids, table=model._meta.db_table)
    return set(images.values_list("row_id", flat=True))


def index_cases(case_ids: Iterable[UUID]) -> None:
    """Index cases anew, with everything that belongs to them."""
    ids = list(case_ids)
    for first in range(0, len(ids), _TOGETHER):
        _index_some(ids[first : first + _TOGETHER])


def _index_some(case_ids: list[UUID]) -> None:
    cases = (
        Case.objects.filter(id__in=case_ids)
        .select_related("unit", "handler")
        .prefetch_related("parties", "leads", "activities", "papers", "recordings__device")
        .prefetch_related("officers")
    )
    made = [row for case in cases for row in _rows_of(case)]
    kept = {(row.kind, row.record_id) for row in made}
    before = Indexed.objects.filter(case__in=case_ids).values_list("id", "kind", "record_id")
    gone = [key for key, *named in before if tuple(named) not in kept]
    Indexed.objects.filter(id__in=gone).delete()
    _write(made)


def index_recordings(ids: Iterable[UUID]) -> None:
    """Index recordings that belong to no case yet."""
    loose = Recording.objects.filter(id__in=list(ids), case=None, disposed_at=None)
    found = list(loose.select_related("device", "party", "handler", "made_by"))
    made = list(_recordings(found, None, []))
    told = [row.record_id for row in made if row.kind == Indexed.Kind.TEXT]
    silent = [one.id for one in found if one.id not in told]
    Indexed.objects.filter(kind=Indexed.Kind.TEXT, record_id__in=silent).delete()
    _write(made)


def index_texts(sha256: str) -> None:
    """Index the texts of an original's recordings: a draft is derived, no entry tells of it."""
    kept = Recording.objects.filter(original=sha256, disposed_at=None)
    found = kept.select_related("case__unit", "case__handler")
    with transaction.atomic():
        _lock()
        recordings = list(found.prefetch_related("case__parties", "case__officers"))
        said = _said(recordings)
        _write([row for one in recordings for row in _texts(one, one.case, said[one.id])])


def forget_recordings(ids: Iterable[UUID]) -> None:
    """Take recordings out of the index whose originals are ordered destroyed.

    Whoever is indexing ends first, and reads the order from then on: nothing is put back.
    """
    kinds, wanted = (Indexed.Kind.RECORDING, Indexed.Kind.TEXT), list(ids)
    with transaction.atomic():
        _lock()
        Indexed.objects.filter(kind__in=kinds, record_id__in=wanted).delete()
        # where an activity was may be known from what was recorded of it
        cases = Recording.objects.filter(id__in=wanted, case__isnull=False)
        index_cases(set(cases.values_list("case", flat=True)))


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
            "event",
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
                *(("carrier", one) for one in _carriers(self.case)),
            ]
        text = normal(" ".join(filter(None, said)))
        grams = pairs(text) | of_place(place)
        grams |= of_field("party", pairs(party) | letters(party))
        grams |= {facet(name, value) for name, value in [("kind", kind), *self.facets] if value}
        grams |= time_facets(columns["at"]) | (set() if self.case else {LOOSE})
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
    yield _Words(
        case, parties, [case.unit.name, case.handler.name, *words_of_facts(case.facts)]
    ).row(
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
        kind = paper.document_type
        yield _Words(case, parties, [*words_of_paper(kind, paper.data)]).row(
            Indexed.Kind.PAPER,
            paper.id,
            at=paper.issued_at or paper.drawn_up_at,
            title=kind.title,
            number=paper.number or "",
        )
    yield from _recordings(held, case, parties)


def _carriers(case: Case) -> set[UUID]:
    """Who carries a case now (`cases.secrecy.carried_by`)."""
    return {case.handler_id, *(one.person_id for one in case.officers.all() if not one.until)}


def _activities(case: Case, parties: list[str], held: list[Recording]) -> Iterator[Indexed]:
    """What is said of activities; where each was is told by what was recorded of it."""
    filmed: dict[UUID | None, list[Recording]] = {}
    for one in held:
        filmed.setdefault(one.activity_id, []).append(one)
    for activity in case.activities.all():
        row = catalogue().activities.get(activity.kind)
        said = [*words_of_facts(activity.facts)]
        yield _Words(case, parties, said, facets=[("event", activity.kind)]).row(
            Indexed.Kind.ACTIVITY,
            activity.id,
            at=activity.started_at,
            title=row.name if row else activity.kind,
            event=activity.kind,
            place=activity.place,
            **_degrees(first_position(filmed.get(activity.id, []))),
        )


def _recordings(
    recordings: list[Recording], case: Case | None, parties: list[str]
) -> Iterator[Indexed]:
    """What is said of recordings, and what they show or say."""
    said = _said(recordings)
    for recording in recordings:
        yield _recording(recording, case, parties)
        yield from _texts(recording, case, said[recording.id])


def _said(recordings: list[Recording]) -> dict[UUID, list[str]]:
    """What was read or heard in recordings, confirmed where it was, and what people marked."""
    said = {
        key: [one.text for one in texts if one.text] for key, texts in texts_of(recordings).items()
    }
    for mark in bookmarks_of(*recordings):
        said[mark.recording_id].append(f"{mark.get_kind_display()} {mark.note}".strip())
    return said


def _recording(recording: Recording, case: Case | None, parties: list[str]) -> Indexed:
    device = recording.device.serial if recording.device else ""
    kind = recording.event_kind
    row = catalogue().activities.get(kind)
    said = [recording.name, recording.lead_number, device, row.name if row else kind]
    facets: list[tuple[str, object]] = [
        ("event", kind),
        ("device", device),
        ("handler", recording.handler_id),
    ]
    return _Words(case, parties, said, facets).row(
        Indexed.Kind.RECORDING,
        recording.id,
        at=recording.started_at or recording.stored_at,
        title=recording.name,
        place=recording.place,
        event=kind,
        **_degrees(position_of(recording)),
    )


def _degrees(position: Position | None) -> dict[str, float | None]:
    if position is None:
        return {"latitude": None, "longitude": None}
    return {"latitude": position.latitude, "longitude": position.longitude}


def _texts(recording: Recording, case: Case | None, said: list[str]) -> Iterator[Indexed]:
    """What stands in a recording's pictures and sound, and what people marked in it."""
    if said:
        yield _Words(case, [], said).row(
            Indexed.Kind.TEXT,
            recording.id,
            at=recording.started_at or recording.stored_at,
            title=recording.name,
            place=recording.place,
        )
