"""Arithmetic of half-open spans of whole milliseconds, from which gaps are told.

No media, no clock, no law: what a gap means (breach, advice, excuse) is the law's business.

Instants become milliseconds by rounding down, always in the same way, so two equal instants
never make a gap between them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MS = dt.timedelta(milliseconds=1)


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
