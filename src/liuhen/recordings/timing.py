"""When a recording began and ended, on the corrected clock, and which clock told it.

Pure arithmetic on what the file, its name, its device and its person say. A time that can't be
true (before such cameras existed, in the future, an end before the beginning) is kept beside
the recording and marked, never believed. Not for coverage (`recordings.gaps`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from liuhen.kernel import clock
from liuhen.media.facts import CreationTag

# Nothing this system takes in was filmed before; clocks that were never set say 1970 or 2000.
EARLIEST = dt.datetime(2005, 1, 1, tzinfo=dt.UTC)
# Two honest clocks may differ by this much.
TOLERANCE = dt.timedelta(minutes=5)

Doubt = Literal["clock_unset", "in_future", "ends_before_it_begins"]


class TimeSource(StrEnum):
    """Which clock told the span."""

    RECORDER = "recorder"  # our own recorder of fixed cameras
    STATED = "stated"  # a person, or the phone that filmed under our own page
    TAG = "creation_tag"
    TAG_CORRECTED = "tag_corrected"
    NAME = "file_name"
    NAME_CORRECTED = "name_corrected"
    UNKNOWN = ""


@dataclass(frozen=True)
class Told:
    """Everything that says when. A device's offset is its clock minus true time, in ms.

    `expected` is the span of the activity the recording is tied to: it never makes a time, it
    only decides between two readings of one tag.
    """

    stated_start: dt.datetime | None = None
    stated_end: dt.datetime | None = None
    tag: CreationTag | None = None
    named: dt.datetime | None = None
    duration_ms: int | None = None
    device_offset_ms: int | None = None
    expected: tuple[dt.datetime, dt.datetime] | None = None


@dataclass(frozen=True)
class Timing:
    """The span that is believed, or none, with the reason why."""

    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    source: TimeSource
    doubts: tuple[Doubt, ...] = ()


UNTOLD = Timing(None, None, TimeSource.UNKNOWN)


def timing(told: Told, received_at: dt.datetime) -> Timing:
    """The corrected span: stated by a person, else by the file's tag, else by its name.

    The first that tells anything credible wins; doubts about all that were passed over are kept.
    """
    doubts: list[Doubt] = []
    for source, start, end in _candidates(told, received_at):
        found = _doubts(start, end, received_at)
        if not found:
            return Timing(start, end, source, tuple(dict.fromkeys(doubts)))
        doubts += found
    return Timing(None, None, TimeSource.UNKNOWN, tuple(dict.fromkeys(doubts)))


def _candidates(
    told: Told, received_at: dt.datetime
) -> list[tuple[TimeSource, dt.datetime, dt.datetime]]:
    length = dt.timedelta(milliseconds=told.duration_ms or 0)
    offset = dt.timedelta(milliseconds=told.device_offset_ms or 0)
    is_measured = told.device_offset_ms is not None
    found = []
    if told.stated_start is not None:
        end = told.stated_end or told.stated_start + length
        found.append((TimeSource.STATED, told.stated_start, end))
    by_tag = _tag_instant(told, offset, length, received_at)
    if by_tag is not None:
        source = TimeSource.TAG_CORRECTED if is_measured else TimeSource.TAG
        found.append((source, by_tag, by_tag + length))
    if told.named is not None:
        source = TimeSource.NAME_CORRECTED if is_measured else TimeSource.NAME
        found.append((source, told.named - offset, told.named - offset + length))
    return found


def _tag_instant(
    told: Told, offset: dt.timedelta, length: dt.timedelta, received_at: dt.datetime
) -> dt.datetime | None:
    """The tag's instant, corrected.

    MP4 has no zone but UTC, and many cameras write local time there. It is read as local time
    when the name says so, when only that reading meets the activity, or when the tag taken at
    its word lies in the future.
    """
    if told.tag is None:
        return None
    try:
        at_its_word = told.tag.instant(clock.CHINA) - offset
        as_local = at_its_word.replace(tzinfo=clock.CHINA).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None
    if not told.tag.zone_known:
        return at_its_word
    if told.named is not None:
        named = told.named - offset
        return min((at_its_word, as_local), key=lambda instant: abs(instant - named))
    meets = [_meets(start, start + length, told.expected) for start in (at_its_word, as_local)]
    if meets == [False, True]:
        return as_local
    is_future = at_its_word > received_at + TOLERANCE
    return as_local if is_future and as_local <= received_at + TOLERANCE else at_its_word


def _meets(
    start: dt.datetime, end: dt.datetime, expected: tuple[dt.datetime, dt.datetime] | None
) -> bool:
    return expected is not None and start <= expected[1] and expected[0] <= end


def _doubts(start: dt.datetime, end: dt.datetime, received_at: dt.datetime) -> list[Doubt]:
    found: list[Doubt] = []
    if start < EARLIEST:
        found.append("clock_unset")
    if max(start, end) > received_at + TOLERANCE:
        found.append("in_future")
    if end < start:
        found.append("ends_before_it_begins")
    return found
