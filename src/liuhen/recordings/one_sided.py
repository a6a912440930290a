"""Where recordings of an activity show a picture without sound, or sound without a picture.

Arithmetic of spans in milliseconds since the epoch, for pages; what the law makes of it is
`law.coverage`'s. A recording whose file nobody has read tells nothing, and hides what it may show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple

from liuhen.kernel import clock
from liuhen.law.parameters import Parameters
from liuhen.media.coverage import difference, intersection, milliseconds, union
from liuhen.recordings.gaps import Span
from liuhen.recordings.media_facts import held_spans
from liuhen.recordings.models import Recording


def clock_tolerance(figures: Parameters, moment: dt.datetime) -> dt.timedelta:
    """By how much clocks of recordings may differ, as the law has it in force at a moment."""
    seconds = figures.on("product.coverage_tolerance", clock.local_date(moment)).value
    return dt.timedelta(seconds=seconds if isinstance(seconds, int) else 0)


class OneSided(NamedTuple):
    """A stretch in which one of the two is missing: "video" or "audio"."""

    start: int
    end: int
    lacks: str


def one_sided(
    required: Iterable[Span], recordings: Iterable[Recording], tolerance: dt.timedelta
) -> tuple[OneSided, ...]:
    """The stretches of what is required that were recorded with one of the two only.

    Those up to `tolerance` long are a track that begins a moment after the other.
    """
    seen: list[Span] = []
    heard: list[Span] = []
    unknown: list[Span] = []
    for one in recordings:
        held, video, audio = held_spans(one), _laid(one, "video"), _laid(one, "audio")
        if video is None or audio is None:
            unknown += held
        else:
            seen += video
            heard += audio
    told = difference(required, unknown)
    sides = (("audio", difference(union(seen), heard)), ("video", difference(union(heard), seen)))
    found = (
        OneSided(start, end, lacks)
        for lacks, spans in sides
        for start, end in intersection(told, spans)
    )
    shortest = tolerance // dt.timedelta(milliseconds=1)
    return tuple(sorted(one for one in found if one.end - one.start > shortest))


def _laid(one: Recording, track: str) -> list[Span] | None:
    """Where a track runs on the clock; None while nobody has read the file."""
    media: dict[str, Any] = one.media
    if not held_spans(one):
        return []
    spans = media.get(f"{track}_spans")
    if spans is None or one.started_at is None:
        return None
    begin = milliseconds(one.started_at)
    return [(begin + start, begin + end) for start, end in spans]
