"""What of the time a camera was to record it did not: by span, by day of a room.

The gaps stored for a camera account for all its time but the last minutes: what came since then
may not be stored yet, and after `LAG` without a word it counts as missing. Reads only; all
instants as whole milliseconds since 1970, days local (Art. 20).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.db.models.functions import TruncDate

from liuhen.cameras.models import Camera, CameraGap, Operation, Room, Segment
from liuhen.kernel import clock
from liuhen.media.coverage import (
    Span,
    Spans,
    difference,
    intersection,
    milliseconds,
    total,
    union,
)

DAY = dt.timedelta(days=1)


def lag() -> dt.timedelta:
    """So old at most is footage that is still on its way into the vault."""
    return dt.timedelta(seconds=2 * settings.CAMERA_SEGMENT_S + 60)


def day_span(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """A local day as instants, half-open."""
    start = dt.datetime.combine(day, dt.time(), tzinfo=clock.CHINA)
    return start.astimezone(dt.UTC), (start + DAY).astimezone(dt.UTC)


@dataclass(frozen=True)
class Accounts:
    """Of one camera within a span: when it was to record, when it did not, the gaps in order.

    `unaccounted` is missing time no gap tells of: nobody was there to notice.
    """

    camera: Camera
    expected: Spans
    missing: Spans
    unaccounted: Spans
    gaps: tuple[CameraGap, ...]

    @property
    def held(self) -> Spans:
        """When it recorded, as far as is known."""
        return difference(self.expected, self.missing)


def accounts(
    cameras: Sequence[Camera], started_at: dt.datetime, ended_at: dt.datetime
) -> list[Accounts]:
    """The account of each camera up to now; three queries."""
    end = min(ended_at, clock.now())
    if not cameras or end <= started_at:
        return [Accounts(camera, (), (), (), ()) for camera in cameras]
    span = Span(milliseconds(started_at), milliseconds(end))
    ids = [camera.id for camera in cameras]
    operations: dict[UUID, list[Operation]] = {one: [] for one in ids}
    for operation in Operation.objects.filter(camera__in=ids).order_by("since"):
        operations[operation.camera_id].append(operation)
    gaps: dict[UUID, list[CameraGap]] = {one: [] for one in ids}
    met = Q(ended_at=None) | Q(ended_at__gt=started_at)
    listed = CameraGap.objects.filter(met, camera__in=ids, started_at__lt=end)
    for gap in listed.select_related("explained_by").order_by("started_at"):
        gaps[gap.camera_id].append(gap)
    ends = _ends(ids)
    return [
        _account(camera, span, operations[camera.id], gaps[camera.id], ends.get(camera.id))
        for camera in cameras
    ]


def _ends(ids: Iterable[UUID]) -> dict[UUID, dt.datetime]:
    """Up to when each camera's footage is stored."""
    last = Segment.objects.filter(camera=OuterRef("id")).order_by("-started_at")
    found = Camera.objects.filter(id__in=list(ids)).annotate(
        stored_until=Subquery(last.values("ended_at")[:1])
    )
    return {camera.id: camera.stored_until for camera in found if camera.stored_until}


def _account(
    camera: Camera,
    span: Span,
    operations: Sequence[Operation],
    gaps: Sequence[CameraGap],
    stored_until: dt.datetime | None,
) -> Accounts:
    now = milliseconds(clock.now())
    lasting = [_span(one.since, one.until, now) for one in operations]
    expected = intersection([span], lasting)
    told = intersection(expected, [_span(gap.started_at, gap.ended_at, now) for gap in gaps])
    silent = intersection(expected, _silence(operations, gaps, stored_until, now))
    unaccounted = difference(silent, told)
    return Accounts(camera, expected, union([*told, *unaccounted]), unaccounted, tuple(gaps))


def _span(start: dt.datetime, end: dt.datetime | None, now: int) -> Span:
    begin = milliseconds(start)
    return Span(begin, max(begin, now if end is None else milliseconds(end)))


def _silence(
    operations: Sequence[Operation],
    gaps: Sequence[CameraGap],
    stored_until: dt.datetime | None,
    now: int,
) -> list[Span]:
    """From the last thing that is known of a camera still in service, when that is too long ago."""
    if not operations or operations[-1].until is not None:
        return []
    if gaps and gaps[-1].ended_at is None:
        return []
    known = [operations[-1].since, *([stored_until] if stored_until else [])]
    known += [gap.ended_at for gap in gaps if gap.ended_at is not None]
    start = milliseconds(max(known))
    return [Span(start, now)] if now - start > lag() / dt.timedelta(milliseconds=1) else []


# -- rooms and days ------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoomDay:
    """One local day of a room: what was to be recorded and what no camera or not each recorded.

    Each camera shows its part of the room, so the room is missing whatever one of them is.
    `gathered_at`: when the last footage of the day came into the vault; None: not yet, or none.
    Of the `segments` that begin on the day so many are `destroyed`: recorded, and lawfully gone.
    """

    day: dt.date
    ended_at: dt.datetime
    is_over: bool
    expected_ms: int
    missing_ms: int
    gathered_at: dt.datetime | None
    segments: int = 0
    destroyed: int = 0


@dataclass(frozen=True)
class _Stored:
    """What was stored of one day: when the last, how many segments, how many are destroyed."""

    last: dt.datetime
    segments: int
    destroyed: int


def room_days(room: Room, first: dt.date, last: dt.date) -> list[RoomDay]:
    """The days of a room from `first` to `last`, both included; five queries."""
    cameras = list(room.cameras.order_by("view", "id"))
    begin, end = day_span(first)[0], day_span(last)[1]
    found = accounts(cameras, begin, end)
    stored = _stored(cameras, begin, end)
    days = [first + DAY * number for number in range((last - first).days + 1)]
    return [_room_day(day, found, stored.get(day)) for day in days]


def _room_day(day: dt.date, found: Sequence[Accounts], stored: _Stored | None) -> RoomDay:
    start, end = day_span(day)
    span = [Span(milliseconds(start), milliseconds(end))]
    expected = union(part for one in found for part in intersection(span, one.expected))
    missing = union(part for one in found for part in intersection(span, one.missing))
    is_over = clock.now() >= end + lag()
    return RoomDay(
        day=day,
        ended_at=end,
        is_over=is_over,
        expected_ms=total(expected),
        missing_ms=total(missing),
        gathered_at=stored.last if stored and is_over else None,
        segments=stored.segments if stored else 0,
        destroyed=stored.destroyed if stored else 0,
    )


def _stored(
    cameras: Sequence[Camera], begin: dt.datetime, end: dt.datetime
) -> dict[dt.date, _Stored]:
    """By local day, what was stored of the segments that begin in it; one query."""
    stored = Segment.objects.filter(camera__in=cameras, started_at__gte=begin, started_at__lt=end)
    by_day = stored.annotate(day=TruncDate("started_at", tzinfo=clock.CHINA)).values("day")
    rows = by_day.annotate(
        last=Max("stored_at"), segments=Count("id"), destroyed=Count("original__destruction")
    )
    return {row["day"]: _Stored(row["last"], row["segments"], row["destroyed"]) for row in rows}


@dataclass(frozen=True)
class DestroyedSpan:
    """What a camera recorded without a break and one disposal ordered destroyed."""

    started_at: dt.datetime
    ended_at: dt.datetime
    number: str
    ordered_at: dt.datetime


def destroyed_spans(
    cameras: Sequence[Camera], begin: dt.datetime, end: dt.datetime
) -> dict[UUID, list[DestroyedSpan]]:
    """By camera, the destroyed footage that meets a span, in order; one query."""
    rows = Segment.objects.filter(
        camera__in=cameras,
        started_at__gt=begin - DAY,  # no segment is longer: the index begins here
        started_at__lt=end,
        ended_at__gt=begin,
        original__destruction__isnull=False,
    ).select_related("original__destruction")
    found: dict[UUID, list[DestroyedSpan]] = {camera.id: [] for camera in cameras}
    for row in rows.order_by("camera_id", "started_at"):
        order, spans = row.original.destruction, found[row.camera_id]
        start = row.started_at
        if spans and spans[-1].ended_at == start and spans[-1].number == order.number:
            start = spans.pop().started_at
        spans.append(DestroyedSpan(start, row.ended_at, order.number, order.ordered_at))
    return found
