"""Whether the recordings tied to an activity show it as its code demands: arithmetic of spans.

For: the recording duties. Not for: which code an activity needs (`catalogue`) or gaps as stored
facts (the recordings layer keeps those; here they only tell whether footage may still come).
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from liuhen.law.catalogue import Code
from liuhen.law.duties import Due
from liuhen.law.facts import Activity, Recording, Span
from liuhen.law.verdicts import Verdict, failed, met, still_open, unknown, unmet
from liuhen.law.view import View
from liuhen.law.vocabulary import NOT_YET, RecordingKind, Track

Stretch = tuple[datetime, datetime]
_BOTH = frozenset({Track.VIDEO, Track.AUDIO})
_MOVING = frozenset({RecordingKind.CAMERA, RecordingKind.VIDEO})


def footage(view: View, activity: Activity, code: Code) -> Verdict:
    """Whether the recordings tied to `activity` satisfy `code`.

    Met; pending while it goes on or footage may still be on its way; a final breach once a person
    has stated that no more will come; unknown when a span, a track or a tie is not known.
    """
    view.use(activity, "kind", "started_at", "ended_at", "footage_settled_at")
    recordings = view.recordings_of(activity)
    if recordings is None:
        return unknown()
    for recording in recordings:
        view.use(recording, "kind", "tracks", "started_at", "ended_at")
        if recording.held is None:
            view.use(recording, "held")
        if code is Code.SYNCHRONOUS:
            view.use(recording, "pictured", "heard")
    if code is Code.WORKPLACE:
        return _pictured(view, activity, recordings)
    if code is Code.SHOWN:
        return _shown(view, activity, recordings)
    return _spanned(view, activity, recordings, code)


def footage_due(view: View, activity: Activity) -> Due | None:
    """Until when footage of an activity may still be on its way to the vault."""
    return view.due("product.footage_expected", activity.ended_at)


def _shown(view: View, activity: Activity, recordings: list[Recording]) -> Verdict:
    if recordings:
        return met(count=len(recordings))
    return _absent(view, activity, "absent")


def _pictured(view: View, activity: Activity, recordings: list[Recording]) -> Verdict:
    """Moving pictures: what a camera of the workplace gives, and no photo or sound does."""
    if any(each.kind in _MOVING for each in recordings):
        return met(count=len(recordings))
    if any(each.kind is None for each in recordings):
        return unknown()
    return _absent(view, activity, "not_filmed" if recordings else "absent")


def _spanned(view: View, activity: Activity, recordings: list[Recording], code: Code) -> Verdict:
    started, ended = view.when(activity.started_at), view.when(activity.ended_at)
    if not isinstance(started, datetime) or ended is None:
        return unknown()
    if ended is NOT_YET:
        return still_open("in_progress")
    assert isinstance(ended, datetime)
    if not recordings:
        return _absent(view, activity, "absent")
    tolerance = timedelta(seconds=view.figure("product.coverage_tolerance", activity.started_at))
    wanted = _wanted(view, activity, (started, ended), code)
    if wanted is None:
        return unknown()
    sure = [span for each in recordings if _fits(each, code) for span in _span(each, code)]
    gaps = uncovered(wanted, sure, tolerance)
    if not gaps:
        return met(count=len(recordings))
    if any(_fits(each, code) is None or _is_vague(each) for each in recordings):
        hopeful = [
            s for each in recordings if _fits(each, code) is not False for s in _span(each, code)
        ]
        vague = any(_is_vague(each) for each in recordings)
        if vague or not uncovered(wanted, hopeful, tolerance):
            return unknown()
    recorded = [span for each in recordings for span in _span(each)]
    is_one_sided = code is Code.SYNCHRONOUS and not uncovered(gaps, recorded, tolerance)
    return _absent(view, activity, "one_sided" if is_one_sided else "gaps", gaps)


def _wanted(view: View, activity: Activity, span: Stretch, code: Code) -> list[Stretch] | None:
    if code is Code.CONTINUOUS:
        view.use(activity, "brought_party", "reached_room_at")
        return _until_room(view, activity, span)
    if code is not Code.WHOLE:
        return [span]
    view.use(activity, "adjournments")
    if activity.adjournments is None:
        return None
    breaks = [
        (each.started_at, each.ended_at if isinstance(each.ended_at, datetime) else span[1])
        for each in activity.adjournments
    ]
    return uncovered([span], breaks, timedelta())


def _until_room(view: View, activity: Activity, span: Stretch) -> list[Stretch] | None:
    """To the end, or until the party taken along is in the room; None where that isn't known."""
    if activity.brought_party is None:
        return None
    if not activity.brought_party:
        return [span]
    reached = view.when(activity.reached_room_at)
    return [(span[0], max(span[1], reached))] if isinstance(reached, datetime) else None


def _fits(recording: Recording, code: Code) -> bool | None:
    if recording.kind is None:
        return None
    if recording.kind is RecordingKind.PHOTO:
        return False
    if code is not Code.SYNCHRONOUS:
        return True
    if recording.kind is RecordingKind.AUDIO:
        return False
    if recording.tracks is None:
        return None
    if not recording.tracks >= _BOTH:
        return False
    return None if None in (recording.pictured, recording.heard) else True


def _is_vague(recording: Recording) -> bool:
    return None in (recording.started_at, recording.ended_at, recording.held)


def _span(recording: Recording, code: Code | None = None) -> list[Stretch]:
    """What it holds; where picture and sound are asked for at once, what it holds of both."""
    first, last = recording.started_at, recording.ended_at
    if not isinstance(first, datetime) or not isinstance(last, datetime) or recording.held is None:
        return []
    held = _stretches(recording.held) or [(first, last)]
    if code is not Code.SYNCHRONOUS:
        return held
    pictured, heard = (
        _stretches(each or ()) or held for each in (recording.pictured, recording.heard)
    )
    silent = uncovered(pictured, heard, timedelta())
    return uncovered(pictured, silent, timedelta())


def _stretches(spans: Iterable[Span]) -> list[Stretch]:
    return [(s.started_at, s.ended_at) for s in spans if isinstance(s.ended_at, datetime)]


def uncovered(
    wanted: Iterable[Stretch], held: Iterable[Stretch], tolerance: timedelta
) -> list[Stretch]:
    """What of `wanted` no stretch of `held` covers, leaving out pieces up to `tolerance` long."""
    pieces = []
    ordered = sorted(held)
    for first, last in wanted:
        reached = first
        for start, end in (*ordered, (last, last)):
            pieces.append((reached, min(start, last)))
            reached = max(reached, end)
    return [(a, b) for a, b in pieces if b - a > tolerance]


def _absent(
    view: View, activity: Activity, code: str, gaps: list[Stretch] | None = None
) -> Verdict:
    if any(each.covers is None for each in view.all("recordings") or ()):
        return unknown(f"activity:{activity.key}.recordings")
    seconds = round(sum((b - a).total_seconds() for a, b in gaps or ()))
    data = {"gaps": len(gaps), "seconds": seconds, "first": gaps[0][0]} if gaps else {}
    if view.has(activity.footage_settled_at) or _given_up(view, activity, gaps):
        return failed(code, **data)
    if view.when(activity.ended_at) is None:
        return unknown()
    if view.when(activity.ended_at) is NOT_YET:
        return still_open("in_progress")
    return unmet(code, **data)


def _given_up(view: View, activity: Activity, gaps: list[Stretch] | None) -> bool:
    """True when stored gaps that can't be made good explain every uncovered stretch."""
    if not gaps:
        return False
    final = [
        (each.started_at, each.ended_at)
        for each in view.all("gaps") or ()
        if each.activity == activity.key and each.is_curable is False
    ]
    tolerance = timedelta(seconds=view.figure("product.coverage_tolerance", activity.started_at))
    return not uncovered(gaps, final, tolerance)
