"""When recordings were made by their camera's own clock, or by that clock and another offset.

From what the rows keep, without reading files again. Not for the times that are believed when a
file comes in (`recordings.timing`), nor for changing any (`actions.clock_corrections`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from liuhen.cases.models import Activity
from liuhen.kernel import clock
from liuhen.media.facts import CreationTag
from liuhen.people.models import ClockReading, Device
from liuhen.recordings.file_names import name_facts
from liuhen.recordings.models import Recording
from liuhen.recordings.timing import TimeSource, Timing, Told, timing

# So many recordings of each of two cameras are held against one another.
MOST = 500
# So many recordings change in one act: their images fit into one entry.
AT_ONCE = 64
_CORRECTED = frozenset({TimeSource.TAG_CORRECTED, TimeSource.NAME_CORRECTED})
_NEAR = dt.timedelta(days=1)


def timed_by(recording: Recording, offset_ms: int | None) -> Timing:
    """The span that the file's tag or name tells, by a clock that is so far ahead (None: right)."""
    created, named = recording.media.get("created"), name_facts(recording.path or recording.name)
    told = Told(
        tag=CreationTag(**created) if created else None,
        named=named.taken_at(clock.CHINA) if named else None,
        duration_ms=recording.media.get("duration_ms"),
        device_offset_ms=offset_ms,
        expected=expected_span(recording.activity),
    )
    return timing(told, recording.stored_at)


def expected_span(activity: Activity | None) -> tuple[dt.datetime, dt.datetime] | None:
    """The activity's span when it has ended."""
    if activity is None or activity.ended_at is None:
        return None
    return activity.started_at, activity.ended_at


def timed_anew(recording: Recording, offset_ms: int) -> Timing | None:
    """The span by an offset that was measured later; None where it tells nothing new.

    A time that a person stated or our own recorder knows stays, and so does that of a part, which
    begins where the one before it ends.
    """
    by_clock = {TimeSource.TAG, TimeSource.NAME, TimeSource.UNKNOWN, *_CORRECTED}
    if recording.follows_id is not None or recording.time_source not in by_clock:
        return None
    found = timed_by(recording, offset_ms)
    told = (recording.started_at, recording.ended_at)
    if found.source not in _CORRECTED or (found.started_at, found.ended_at) == told:
        return None
    return found


def correctable(
    recordings: QuerySet[Recording], reading: ClockReading
) -> list[tuple[Recording, Timing]]:
    """Of these the camera's whose times a reading of its clock would set anew, in their order.

    Those between the reading before it and the one after it: a clock runs, and is set.
    """
    others = ClockReading.objects.filter(device=reading.device_id)
    before = others.filter(measured_at__lt=reading.measured_at).order_by("-measured_at").first()
    after = others.filter(measured_at__gt=reading.measured_at).order_by("measured_at").first()
    rows = recordings.filter(device=reading.device_id, follows=None, disposed_at=None)
    rows = rows.filter(media__state="read").select_related("activity").order_by("-stored_at", "id")
    newest = [
        (one, found)
        for one in rows[:MOST]
        if (found := timed_anew(one, reading.offset_ms)) is not None
        and found.started_at is not None
        and (before is None or before.measured_at < found.started_at)
        and (after is None or found.started_at < after.measured_at)
    ]
    return sorted(newest[:AT_ONCE], key=lambda pair: (str(pair[1].started_at), pair[0].id))


@dataclass(frozen=True)
class Together:
    """How many recordings of two cameras could be compared, and how many pairs ran at once."""

    device: Device
    ours: int
    theirs: int
    at_once: int


def together(device: Device, other: Device) -> Together:
    """Whether two cameras, by their own clocks, recorded at the same time."""
    ours = _spans(_newest(device))
    theirs: list[tuple[dt.datetime, dt.datetime]] = []
    if ours:
        near = (min(ours)[0] - _NEAR, max(end for _, end in ours) + _NEAR)
        theirs = _spans(_newest(other, near))
    at_once = sum(
        start < its_end and its_start < end for start, end in ours for its_start, its_end in theirs
    )
    return Together(other, len(ours), len(theirs), at_once)


def _newest(
    device: Device, near: tuple[dt.datetime, dt.datetime] | None = None
) -> QuerySet[Recording]:
    # a part that follows another tells the time of the first
    rows = Recording.objects.filter(device=device, follows=None, media__state="read")
    if near is not None:
        rows = rows.filter(started_at__range=near)
    return rows.select_related("activity").order_by("-stored_at", "id")[:MOST]


def _spans(recordings: Iterable[Recording]) -> list[tuple[dt.datetime, dt.datetime]]:
    found = [timed_by(one, None) for one in recordings]
    return [
        (one.started_at, one.ended_at)
        for one in found
        if one.started_at is not None and one.ended_at is not None
    ]
