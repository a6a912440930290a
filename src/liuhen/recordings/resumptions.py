"""What is marked at the start of resumed footage as the reason why recording broke off (Art. 21).

Somebody who films marks it, or who looks at it later. It is offered where a gap is explained; a
person states it. Not for gaps (`recordings.gaps`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from liuhen.recordings.models import Bookmark, Gap
from liuhen.recordings.queries import ActivityCoverage, bookmarks_of

# Said at the start: within a minute of the first picture after the break.
AT_THE_START = dt.timedelta(minutes=1)


class Resumption(NamedTuple):
    """A mark that stands at the start of what was recorded after a gap, and when that was."""

    mark: Bookmark
    at: dt.datetime


def resumptions(covered: Iterable[ActivityCoverage]) -> dict[UUID, Resumption]:
    """By open gap, the first mark at the start of the footage that goes on after it."""
    held = list(covered)
    shown = [bar.recording for one in held for bar in one.bars if bar.recording.started_at]
    marks = [mark for mark in bookmarks_of(*shown) if mark.kind == Bookmark.Kind.INTERRUPTION]
    placed = [one for mark in marks if (one := _placed(mark)) is not None]
    placed.sort(key=lambda one: one.at)
    gaps = [gap for one in held for gap in one.gaps if gap.filled_at is None]
    found = ((gap, _first(gap, placed)) for gap in gaps)
    return {gap.id: one for gap, one in found if one is not None}


def _placed(mark: Bookmark) -> Resumption | None:
    began = mark.recording.started_at
    return (
        None if began is None else Resumption(mark, began + dt.timedelta(milliseconds=mark.at_ms))
    )


def _first(gap: Gap, placed: Iterable[Resumption]) -> Resumption | None:
    own = (one for one in placed if one.mark.recording.activity_id == gap.activity_id)
    return next((one for one in own if gap.ended_at <= one.at <= gap.ended_at + AT_THE_START), None)
