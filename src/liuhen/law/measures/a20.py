"""Article 20: the authority's own case-handling rooms.

Restated: cameras show the whole of each room and run day and night without a break; what they
record is collected in time. Judged for each room and for each local day of its cameras.
"""

from datetime import datetime

from liuhen.law.duties import Due, Duty
from liuhen.law.subjects import ROOM_DAYS, ROOMS
from liuhen.law.unit_facts import Room, RoomDay
from liuhen.law.verdicts import Verdict, answer, failed, met, still_open, unknown, unmet
from liuhen.law.view import View, instant

_DAY_HOURS = 24


def _covered(view: View, room: Room) -> Verdict:
    view.use(room, "is_covered")
    return answer(room.is_covered)


def _without_break(view: View, day: RoomDay) -> Verdict:
    view.use(day, "ended_at", "missing_seconds")
    if day.missing_seconds is None:
        return unknown()
    hours = view.figure("measures.room_camera_hours", day.ended_at)
    allowed = (_DAY_HOURS - hours) * 3600
    allowed += view.figure("product.coverage_tolerance", day.ended_at)
    if day.missing_seconds > allowed:
        return failed("broken", seconds=day.missing_seconds)
    ended = view.when(day.ended_at)
    if isinstance(ended, datetime):
        return met()
    return unknown() if ended is None else still_open("day_running")


def _collected(view: View, day: RoomDay) -> Verdict:
    view.use(day, "gathered_at", "ended_at")
    collected = view.has(day.gathered_at)
    if collected is None:
        return unknown()
    if collected:
        return met(instant(day.gathered_at))
    return still_open() if not isinstance(view.when(day.ended_at), datetime) else unmet()


def _collection_due(view: View, day: RoomDay) -> Due | None:
    return view.due("product.footage_expected", day.ended_at)


DUTIES = (
    Duty("room_covered", "20.1", ROOMS, _covered, act="mount_camera"),
    Duty(
        "room_recorded_day_and_night",
        "20.1",
        ROOM_DAYS,
        _without_break,
        act="explain_gap",
    ),
    Duty(
        "room_footage_collected",
        "20.1",
        ROOM_DAYS,
        _collected,
        clock=_collection_due,
        act="hand_in_recording",
    ),
)
