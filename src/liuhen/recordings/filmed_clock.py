"""What a recording that shows our clock page tells of its camera's clock. Pure arithmetic.

The page shows a code for each second. A code proves nothing: it measures, and every reading names
the recording it comes from. Not for finding codes (`media.clock_codes`) nor for keeping the
reading (`actions.devices`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from liuhen.kernel import clock
from liuhen.media.clock_codes import PREFIX, ClockCode
from liuhen.people.models import Device
from liuhen.recordings.media_facts import READ
from liuhen.recordings.models import Recording
from liuhen.recordings.timing import EARLIEST, Told

# A film of our clock lasts seconds; whatever is longer is footage, and isn't looked at.
LONGEST_MS = 60_000
# A clock drifts: what it was so long ago says little of it now, and an old code may be a copy.
OLDEST = dt.timedelta(days=3)
# Machines of one installation may be apart by so much.
AHEAD = dt.timedelta(seconds=5)
# Half of the code's second, half of that of the camera's own time, and what the page may be off.
WITHIN_MS = 500 + 500 + 100
_STEP_MS = 1000
# A picture may show the code of the second before for so long: screens and shutters take time.
_LAG_MS = 250
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


class Unused(StrEnum):
    """Why a code that was found measures nothing."""

    FUTURE = "future"
    OLD = "old"
    STILL = "still"  # its time does not run as the film's does
    UNTIMED = "untimed"  # the recording tells no time of the camera's, or that of an unset clock


@dataclass(frozen=True)
class FilmedClock:
    """A reading by picture: when by our clock, how exactly, and in which recording."""

    at: dt.datetime
    within_ms: int
    recording_id: UUID


@dataclass(frozen=True)
class Shown:
    """What the codes of a recording say: the first one's instant, and the offset or why none."""

    at: dt.datetime
    offset_ms: int | None
    unused: Unused | None = None


def code_text(instant: dt.datetime) -> str:
    """The text of the code of a second, on the authority's wall clock."""
    return PREFIX + instant.astimezone(clock.CHINA).isoformat(timespec="seconds")


def may_show_clock(recording: Recording) -> bool:
    """Whether a recording is looked at for our clock: a body camera's photo or short film."""
    device, media = recording.device, recording.media
    if device is None or device.kind != Device.Kind.BODY_CAMERA or media.get("state") != READ:
        return False
    if recording.kind == Recording.Kind.PHOTO:
        return True
    return bool(recording.has_video) and (media.get("duration_ms") or 0) <= LONGEST_MS


def shown_by(codes: Sequence[ClockCode], told: Told, received_at: dt.datetime) -> Shown | None:
    """What the codes say of the clock that `told` when the recording began; None without any."""
    read = [(one.at_ms, at) for one in codes if (at := _instant(one.text)) is not None]
    if not read:
        return None
    first = read[0][1]
    if any(at > received_at + AHEAD for _, at in read):
        return Shown(first, None, Unused.FUTURE)
    if any(at < received_at - OLDEST for _, at in read):
        return Shown(first, None, Unused.OLD)
    # The file's first moment, by each code: between the beginning and the end of its second.
    begun = [at - dt.timedelta(milliseconds=shown) for shown, at in read]
    earliest, latest = max(begun), min(begun) + dt.timedelta(milliseconds=_STEP_MS)
    if earliest - latest > dt.timedelta(milliseconds=_LAG_MS):
        return Shown(first, None, Unused.STILL)
    true = earliest + (latest - earliest) / 2
    own = _own_start(told, true)
    if own is None or own < EARLIEST:
        return Shown(first, None, Unused.UNTIMED)
    # The camera's own time is cut to the second: on average it was half of one later.
    ahead = own + dt.timedelta(milliseconds=_STEP_MS // 2) - true
    return Shown(first, round(ahead / dt.timedelta(milliseconds=1)))


def _instant(text: str) -> dt.datetime | None:
    told = text.removeprefix(PREFIX)
    if not _TIME.fullmatch(told):
        return None
    try:
        return dt.datetime.fromisoformat(told).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _own_start(told: Told, true: dt.datetime) -> dt.datetime | None:
    """When the recording began by the camera's clock alone, as `timing` will read its next ones.

    Many cameras write local time as if it were UTC; the name tells which, or the code.
    """
    if told.tag is None:
        return told.named
    try:
        at_its_word = told.tag.instant(clock.CHINA)
        as_local = at_its_word.replace(tzinfo=clock.CHINA).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return told.named
    if not told.tag.zone_known:
        return at_its_word
    near = told.named or true
    return min((at_its_word, as_local), key=lambda instant: abs(instant - near))
