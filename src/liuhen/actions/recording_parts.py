"""Joins the files into which a camera split one recording. Not an act by itself.

Files stay as they are; a later one `follows` the one before it and begins where that one ends:
names tell whole seconds only, and some cameras give every part the time of the first. Names that
only count (DCIM) number every recording, so there the times have to show that one goes on where the
other ends: those in the files, or when both were written; where neither tells, nothing is joined.
A part whose time a person stated is left alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.db.models import Q

from liuhen.cases.models import Activity
from liuhen.media.patterns import NameFacts
from liuhen.recordings.file_names import name_facts
from liuhen.recordings.models import Recording
from liuhen.recordings.timing import TimeSource

# Names are cut to the second, and closing one file to open the next takes a moment.
SEAM = dt.timedelta(seconds=3)
# Of names that only count: tags tell whole seconds, FAT every second one. Who stops a camera and
# starts it again takes longer.
COUNTED_SEAM = dt.timedelta(seconds=2)
_NEAR = dt.timedelta(hours=12)
_LASTING = (Recording.Kind.VIDEO, Recording.Kind.AUDIO)


@dataclass(frozen=True)
class _Part:
    """A recording whose name says that it is number `number` of several."""

    recording: Recording
    facts: NameFacts
    number: int


def join_parts(recording: Recording) -> list[Activity]:
    """Join a recording that has just been read with its neighbours; rows of it are saved.

    Returns the activities whose coverage may have changed.
    """
    part = _part_of(recording)
    if part is None:
        return []
    before, joined = _neighbour(part, -1), []
    if before is not None:
        _join(before.recording, recording)
        joined.append(recording)
    while after := _neighbour(part, +1):
        if not _join(part.recording, after.recording):
            break
        joined.append(after.recording)
        # Whatever comes behind is held against where this one ends now.
        part = after
    return list({one.activity for one in joined if one.activity is not None})


def _part_of(recording: Recording) -> _Part | None:
    facts = name_facts(recording.path or recording.name)
    if facts is None or facts.part is None:
        return None
    if not facts.taken and recording.kind not in _LASTING:  # photos are counted, and not split
        return None
    return _Part(recording, facts, facts.part)


def _neighbour(part: _Part, step: int) -> _Part | None:
    """The part before (-1) or behind (+1), of the same device and case, that has been read and
    goes on with this one.
    """
    one, name = part.recording, PurePosixPath(part.recording.name)
    digits = len(name.stem) - len(name.stem.rstrip("0123456789"))
    near = _near(part)
    if part.number + step < 0 or not digits or not near:
        return None
    ending = f"{part.number + step:0{digits}d}{name.suffix}"
    if not part.facts.taken:
        ending = name.stem[:-digits] + ending
    listed = (
        Recording.objects.select_for_update(of=("self",))
        .filter(near, device=one.device, made_by=one.made_by, name__endswith=ending)
        .filter(Q(case=None) | Q(case=one.case_id), media__state="read")
        .exclude(id=one.id)
        .select_related("activity")
        .order_by("started_at", "written_at")
    )
    kin = [other for row in listed if (other := _part_of(row)) and _is_kin(part, other, step)]
    pairs = [(other, part) if step < 0 else (part, other) for other in kin]
    found = [other for other, pair in zip(kin, pairs, strict=True) if _continues(*pair)]
    return found[-1 if step < 0 else 0] if found else None


def _near(part: _Part) -> Q:
    """Recordings that may be its neighbours by their times; an empty question when none tell."""
    one, near = part.recording, Q()
    if one.started_at is not None:
        near |= Q(started_at__range=(one.started_at - _NEAR, one.started_at + _NEAR))
    if not part.facts.taken and one.written_at is not None:
        near |= Q(written_at__range=(one.written_at - _NEAR, one.written_at + _NEAR))
    return near


def _is_kin(one: _Part, other: _Part, step: int) -> bool:
    told, its = one.facts, other.facts
    same = (its.pattern, its.device, its.officer) == (told.pattern, told.device, told.officer)
    in_order = its.taken <= told.taken if step < 0 else its.taken >= told.taken
    return same and in_order and other.number == one.number + step


def _continues(first: _Part, second: _Part) -> bool:
    """Whether the second goes on where the first ends, by their names and times."""
    one = second.recording
    if one.time_source == TimeSource.STATED:
        return False
    if not first.facts.taken:
        return _counts_on(first.recording, one)
    end, begin = first.recording.ended_at, one.started_at
    if end is None or begin is None or one.ended_at is None:
        return False
    return first.facts.taken == second.facts.taken or abs(begin - end) <= SEAM


def _counts_on(first: Recording, second: Recording) -> bool:
    """Of two files with successive numbers: whether the times in them say that one goes on where
    the other ends, or, where one has none, when both were written.
    """
    if first.ended_at is not None and second.started_at is not None:
        return abs(second.started_at - first.ended_at) <= COUNTED_SEAM
    length = second.media.get("duration_ms")
    if first.written_at is None or second.written_at is None or not length:
        return False
    begin = second.written_at - dt.timedelta(milliseconds=length)
    is_later = second.written_at > first.written_at
    return is_later and abs(begin - first.written_at) <= COUNTED_SEAM


def _join(first: Recording, second: Recording) -> bool:
    """Let the second begin where the first ends, as long as it is; false when it did already.

    Where no clock told when one of them was, that stays unknown.
    """
    is_timed = first.ended_at is not None and second.started_at is not None
    if second.follows_id == first.id and (not is_timed or second.started_at == first.ended_at):
        return False
    second.follows = first
    if first.ended_at and second.started_at and second.ended_at:
        length = second.ended_at - second.started_at
        second.started_at, second.ended_at = first.ended_at, first.ended_at + length
    second.save(update_fields=["follows", "started_at", "ended_at"])
    return True
