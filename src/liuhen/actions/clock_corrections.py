"""Times of recordings set anew by a later reading of their camera's clock.

What a reading corrects by itself is read after it (`devices`). Not for times that a person states
(`recordings.state_time`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from liuhen.actions import recording_rows as rows
from liuhen.actions.act import Draft, act
from liuhen.actions.recordings import settle_gaps
from liuhen.kernel.refusals import Refused
from liuhen.people.models import ClockReading, Person
from liuhen.people.queries import visible_clock_reading
from liuhen.recordings.models import Recording
from liuhen.recordings.own_clock import AT_ONCE, correctable, timed_anew
from liuhen.recordings.queries import visible_recordings


@act(permission="recording.state_time", event="recording.clock_corrected")
def correct_by_clock(
    draft: Draft,
    *,
    actor: Person,
    reading_id: int,
    recording_ids: Sequence[UUID],
    reason: str,
) -> list[Recording]:
    """Set the times of a camera's recordings by a reading of its clock that came later.

    Files that follow one of them, as parts of one recording, move with it. What stood before is
    in the entry, with the reading it comes from.

    Raises:
        Refused: `reason.missing`, `record.not_found`, `recording.clock_no_part` (times that are
            not its clock's, or that the reading leaves as they are), `recording.clock_many`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    reading = visible_clock_reading(actor, reading_id)
    chosen = _chosen(actor, reading, set(recording_ids))
    moved = {one.id for head in chosen for one in _chain(head)}
    if not moved or len(moved) > AT_ONCE:
        raise Refused("recording.clock_many", most=AT_ONCE)
    for case_id in sorted({c for c in _cases(moved) if c is not None}):
        draft.lock_case(case_id)
    locked = {one: rows.locked_recording(draft, one) for one in sorted(moved)}
    before = [[one.id, one.started_at, one.ended_at, one.time_source] for one in locked.values()]
    for head in chosen:
        _correct(locked[head.id], reading.offset_ms)
    for activity in {one.activity for one in locked.values()} - {None}:
        assert activity is not None
        settle_gaps(draft, activity)
    draft.about(reading.device)
    draft.note(
        reading=reading.id,
        measured_at=reading.measured_at,
        offset_ms=reading.offset_ms,
        reason=reason.strip(),
        before=before,
    )
    return list(locked.values())


def _chosen(actor: Person, reading: ClockReading, ids: set[UUID]) -> list[Recording]:
    """The recordings told, each of them seen by the actor and to be set anew by the reading."""
    seen = visible_recordings(actor)
    chosen = list(seen.filter(id__in=ids, device=reading.device_id))
    if len(chosen) < len(ids):
        raise Refused("record.not_found")
    fitting = {one.id for one, _ in correctable(seen, reading)} if chosen else set()
    for one in chosen:
        if one.id not in fitting:
            raise Refused("recording.clock_no_part", name=one.name)
    return chosen


def _correct(head: Recording, offset_ms: int) -> None:
    found = timed_anew(head, offset_ms)
    if found is None:
        raise Refused("recording.clock_no_part", name=head.name)
    rows.put_times(head, found)
    head.media = {**head.media, "time_doubts": list(found.doubts)}
    head.save(update_fields=["started_at", "ended_at", "time_source", "media"])
    end = head.ended_at
    for part in _chain(head):
        if part.id == head.id or end is None or not part.started_at or not part.ended_at:
            continue
        part.started_at, part.ended_at = end, end + (part.ended_at - part.started_at)
        part.time_source, end = head.time_source, part.ended_at
        part.save(update_fields=["started_at", "ended_at", "time_source"])


def _chain(head: Recording) -> Iterator[Recording]:
    """A recording and the parts that follow it, one after the other."""
    one: Recording | None = head
    while one is not None:
        yield one
        one = one.followers.select_related("activity").order_by("started_at", "id").first()


def _cases(recordings: set[UUID]) -> Iterator[UUID | None]:
    return iter(
        Recording.objects.filter(id__in=recordings).values_list("case_id", flat=True).distinct()
    )
