"""Small real media for the fictional cases, taken in by the same acts as any other footage."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

from liuhen.actions.recordings import label_recording
from liuhen.actions.taking_in import take_in_file
from liuhen.assembly.fonts import find_fonts
from liuhen.cases.models import Activity
from liuhen.cases.queries import visible_cases
from liuhen.demo.people import World
from liuhen.demo.places import position_of
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_photo, make_video
from liuhen.recordings.models import Recording
from liuhen.recordings.uploads import Intent

PICTURES_PER_SECOND = 2
# Cameras begin a little before the officers speak and stop a little after.
LEAD = dt.timedelta(seconds=4)


def _font() -> Path | None:
    for folder in find_fonts().folders:
        for file in sorted(Path(folder).glob("*.?tf")):
            return file
    return None


def film(
    world: World,
    activity: Activity,
    *,
    officer: str = "officer",
    pauses: Sequence[tuple[int, int]] = (),
    has_sound: bool = True,
    returned_at: dt.datetime | None = None,
) -> Recording:
    """Film a whole activity that has ended, hand the file in now, and label it.

    `pauses` are spans in ms after the beginning of the activity in which nothing was recorded.
    """
    assert activity.ended_at is not None
    begin, end = activity.started_at - LEAD, activity.ended_at + LEAD
    lead_ms = round(LEAD.total_seconds() * 1000)
    held = {one.holder_id: one for one in world.devices.values()}
    device = held.get(world[officer].id) or held[world["officer"].id]
    scene = Scene(
        started_at=begin.astimezone(clock.CHINA),
        device=device.serial,
        caption=catalogue().activities[activity.kind].name,
        font=_font(),
        seed=activity.started_at.day,
    )
    name = f"{device.serial}_{clock.local(begin):%Y%m%d_%H%M%S}.mp4"
    with tempfile.TemporaryDirectory(prefix="liuhen-demo-") as folder:
        path = Path(folder) / name
        make_video(
            path,
            scene,
            duration_ms=round((end - begin).total_seconds() * 1000),
            pictures_per_second=PICTURES_PER_SECOND,
            has_sound=has_sound,
            pauses=[(a + lead_ms, b + lead_ms) for a, b in pauses],
            place=position_of(activity.place),
        )
        return _hand_in(world, activity, path, begin, end, officer, device.serial, returned_at)


def photograph(
    world: World,
    activity: Activity,
    *,
    officer: str = "officer",
    returned_at: dt.datetime | None = None,
) -> Recording:
    """Take one picture in the middle of an activity and hand it in."""
    assert activity.ended_at is not None
    middle = activity.started_at + (activity.ended_at - activity.started_at) / 2
    scene = Scene(
        started_at=middle.astimezone(clock.CHINA), font=_font(), seed=activity.started_at.day
    )
    name = f"IMG_{clock.local(middle):%Y%m%d_%H%M%S}.jpg"
    with tempfile.TemporaryDirectory(prefix="liuhen-demo-") as folder:
        path = Path(folder) / name
        make_photo(path, scene, place=position_of(activity.place))
        return _hand_in(world, activity, path, middle, middle, officer, None, returned_at)


def loose(world: World, *, officer: str, begin: dt.datetime) -> Recording:
    """A short film of no activity, handed in and not labelled yet."""
    device = next(d for d in world.devices.values() if d.holder_id == world[officer].id)
    end = begin + dt.timedelta(seconds=8)
    scene = Scene(started_at=begin, device=device.serial, font=_font(), seed=begin.day)
    name = f"{device.serial}_{clock.local(begin):%Y%m%d_%H%M%S}.mp4"
    with tempfile.TemporaryDirectory(prefix="liuhen-demo-") as folder:
        path = Path(folder) / name
        make_video(path, scene, duration_ms=8_000, pictures_per_second=PICTURES_PER_SECOND)
        intent = Intent(name=name, device_serial=device.serial, started_at=begin, ended_at=end)
        return take_in_file(path, actor=world[officer], intent=intent, made_by=world[officer])


def _hand_in(
    world: World,
    activity: Activity,
    path: Path,
    begin: dt.datetime,
    end: dt.datetime,
    officer: str,
    serial: str | None,
    returned_at: dt.datetime | None,
) -> Recording:
    intent = Intent(
        name=path.name,
        activity_id=activity.id,
        device_serial=serial,
        started_at=begin,
        ended_at=end,
        returned_at=returned_at,
    )
    recording = take_in_file(path, actor=world[officer], intent=intent, made_by=world[officer])
    case = activity.case
    if not visible_cases(world[officer]).filter(id=case.id).exists():
        return recording  # who drew inspections sees no case: the tie filled the label
    party = case.parties.first()
    return label_recording(
        actor=world[officer],
        recording_id=recording.id,
        handler=case.handler,
        case_id=case.id,
        party_id=party.id if party else None,
        place=activity.place,
        event_kind=case.cause or "执法活动",
    )
