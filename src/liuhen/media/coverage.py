"""How much of an activity its recordings cover, and every gap, to the millisecond.

Pure arithmetic on half-open spans of whole milliseconds; no media, no clock, no law. What a gap
means (breach, advice, excuse) is the law's business; that it is there is this module's.

Instants become milliseconds by rounding down, always in the same way, so two equal instants
never make a gap between them. Sources: Art. 17 (sound and picture at the same time), 19 and 27
(whole course, adjournments excluded), 20 and 21 (without interruption) of the measures.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MS = dt.timedelta(milliseconds=1)

Missing = Literal["both", "video", "audio"]


class Span(NamedTuple):
    """Half-open stretch of time [start, end) in milliseconds, of an epoch or of a file."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Milliseconds; 0 for an empty span."""
        return max(0, self.end - self.start)

    @property
    def started_at(self) -> dt.datetime:
        """The start as an aware UTC instant, for spans counted from 1970."""
        return instant_of(self.start)

    @property
    def ended_at(self) -> dt.datetime:
        """The end as an aware UTC instant, for spans counted from 1970."""
        return instant_of(self.end)

    def shifted(self, by_ms: int) -> Span:
        """The span moved: a file's span onto the wall clock, or a device's clock corrected."""
        return Span(self.start + by_ms, self.end + by_ms)


Spans = tuple[Span, ...]


def milliseconds(instant: dt.datetime) -> int:
    """An aware instant as whole milliseconds since 1970, rounded down.

    Raises:
        ValueError: the instant carries no offset from UTC.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset from UTC")
    return (instant - _EPOCH) // _MS


def instant_of(ms: int) -> dt.datetime:
    """The aware UTC instant of milliseconds since 1970."""
    return _EPOCH + ms * _MS


def span_between(started_at: dt.datetime, ended_at: dt.datetime) -> Span:
    """The span of two aware instants.

    Raises:
        ValueError: an instant without offset, or an end before the start.
    """
    if ended_at < started_at:
        raise ValueError("a span ends before it starts")
    return Span(milliseconds(started_at), milliseconds(ended_at))


def union(spans: Iterable[tuple[int, int]]) -> Spans:
    """All time in any span: ordered, disjoint, touching spans joined, empty ones dropped."""
    joined: list[Span] = []
    for start, end in sorted((start, end) for start, end in spans if end > start):
        if joined and start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, end))
        else:
            joined.append(Span(start, end))
    return tuple(joined)


def intersection(first: Iterable[tuple[int, int]], second: Iterable[tuple[int, int]]) -> Spans:
    """All time that is in a span of both."""
    ours, theirs, both = union(first), union(second), []
    at, other = 0, 0
    while at < len(ours) and other < len(theirs):
        start = max(ours[at].start, theirs[other].start)
        end = min(ours[at].end, theirs[other].end)
        if start < end:
            both.append(Span(start, end))
        if ours[at].end < theirs[other].end:
            at += 1
        else:
            other += 1
    return tuple(both)


def difference(within: Iterable[tuple[int, int]], taken: Iterable[tuple[int, int]]) -> Spans:
    """All time in `within` and not in `taken`: the gaps."""
    left: list[Span] = []
    held, at = union(taken), 0
    for whole in union(within):
        start = whole.start
        while at < len(held) and held[at].start < whole.end:
            if held[at].start > start:
                left.append(Span(start, held[at].start))
            start = max(start, held[at].end)
            if held[at].end > whole.end:
                break  # it may reach into the next stretch too
            at += 1
        if start < whole.end:
            left.append(Span(start, whole.end))
    return tuple(left)


def total(spans: Iterable[tuple[int, int]]) -> int:
    """Milliseconds in the union of the spans."""
    return sum(span.length for span in union(spans))


def longer_than(spans: Iterable[Span], tolerance_ms: int) -> Spans:
    """The spans that are longer than the tolerance; one of exactly the tolerance is not."""
    return tuple(span for span in spans if span.length > tolerance_ms)


@dataclass(frozen=True)
class Take:
    """What one recording holds, on the corrected wall clock (ms since 1970).

    `source` is the caller's own mark of the recording, given back where it matters.
    """

    source: str
    video: Spans = ()
    audio: Spans = ()

    @property
    def span(self) -> Span | None:
        """From its first to its last millisecond of either track."""
        held = union((*self.video, *self.audio))
        return Span(held[0].start, held[-1].end) if held else None


@dataclass(frozen=True)
class Gap:
    """A stretch in which something required is missing: picture, sound or both."""

    span: Span
    missing: Missing


@dataclass(frozen=True)
class Coverage:
    """An activity against its recordings. All spans are ordered, disjoint and in `required`.

    Attributes:
        required: the activity's span without its recorded adjournments.
        video, audio: where some recording has a picture, a sound track.
        synchronous: where there is picture and sound at once, from whichever recordings.
        synchronous_in_one: where one and the same recording has both.
        recorded: where there is either.
    """

    required: Spans
    video: Spans
    audio: Spans
    synchronous: Spans
    synchronous_in_one: Spans
    recorded: Spans

    @property
    def gaps(self) -> Spans:
        """Where nothing at all was recorded."""
        return difference(self.required, self.recorded)

    @property
    def synchronous_gaps(self) -> tuple[Gap, ...]:
        """Where picture, sound or both are missing, each stretch with what is missing."""
        found = [Gap(span, "both") for span in self.gaps]
        found += [Gap(span, "video") for span in difference(self.audio, self.video)]
        found += [Gap(span, "audio") for span in difference(self.video, self.audio)]
        return tuple(sorted(found, key=lambda gap: gap.span))

    def breaks(self, tolerance_ms: int = 0) -> Spans:
        """Unrecorded stretches longer than the tolerance."""
        return longer_than(self.gaps, tolerance_ms)

    def synchronous_breaks(self, tolerance_ms: int = 0) -> Spans:
        """Stretches longer than the tolerance without picture and sound at once."""
        return longer_than(difference(self.required, self.synchronous), tolerance_ms)

    def is_continuous(self, tolerance_ms: int = 0) -> bool:
        """Whether something was recorded all along, but for gaps up to the tolerance each."""
        return not self.breaks(tolerance_ms)

    def is_synchronous(self, tolerance_ms: int = 0) -> bool:
        """Whether picture and sound were there at once all along, within the tolerance."""
        return not self.synchronous_breaks(tolerance_ms)

    def share(self, held: Iterable[tuple[int, int]]) -> int | None:
        """Hundredths of a per cent of `required` in `held`, rounded down: 10000 only when whole.

        None when nothing is required.
        """
        whole = total(self.required)
        if whole == 0:
            return None
        return total(intersection(self.required, held)) * 10_000 // whole


def cover(
    activity: Span, takes: Iterable[Take], adjournments: Sequence[tuple[int, int]] = ()
) -> Coverage:
    """Hold an activity against its recordings; recordings may overlap and come in any order.

    Raises:
        ValueError: the activity ends before it starts.
    """
    if activity.end < activity.start:
        raise ValueError("the activity ends before it starts")
    required = difference([activity], adjournments)
    takes = tuple(takes)
    video = intersection(required, (span for take in takes for span in take.video))
    audio = intersection(required, (span for take in takes for span in take.audio))
    in_one = (span for take in takes for span in intersection(take.video, take.audio))
    return Coverage(
        required=required,
        video=video,
        audio=audio,
        synchronous=intersection(video, audio),
        synchronous_in_one=intersection(required, in_one),
        recorded=union((*video, *audio)),
    )


def overlaps(takes: Sequence[Take]) -> tuple[tuple[str, str, Span], ...]:
    """Pairs of recordings that hold the same time, with that time: two cameras, or a duplicate."""
    found = []
    for number, first in enumerate(takes):
        for second in takes[number + 1 :]:
            one, other = (*first.video, *first.audio), (*second.video, *second.audio)
            for span in intersection(one, other):
                found.append((first.source, second.source, span))
    return tuple(found)


def seams(takes: Sequence[Take], tolerance_ms: int) -> tuple[tuple[str, str, int], ...]:
    """Recordings that follow one another within the tolerance, as a camera splits its files.

    Gives (earlier, later, milliseconds between; negative when they overlap). For each recording
    only its next in time is looked at.
    """
    spanned = [(take.span, take.source) for take in takes]
    ordered = sorted((span, source) for span, source in spanned if span is not None)
    return tuple(
        (source, following, later.start - earlier.end)
        for (earlier, source), (later, following) in pairwise(ordered)
        if abs(later.start - earlier.end) <= tolerance_ms
    )


def take_of(
    source: str,
    begun_at: dt.datetime,
    video: Iterable[tuple[int, int]],
    audio: Iterable[tuple[int, int]],
    clock_offset_ms: int = 0,
) -> Take:
    """A recording's tracks (spans on the file's timeline) laid on the wall clock.

    Args:
        begun_at: what the device's clock said at the file's zero.
        clock_offset_ms: how far the device's clock was ahead of the true time.
    """
    zero = milliseconds(begun_at) - clock_offset_ms
    return Take(
        source,
        tuple(span.shifted(zero) for span in union(video)),
        tuple(span.shifted(zero) for span in union(audio)),
    )
