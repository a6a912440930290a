"""A fine on the spot with its footage, made by real acts. Not a test."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from liuhen.actions.explanations import explain_gap
from liuhen.actions.recordings import explain_recording_gap
from liuhen.actions.taking_in import take_in_file
from liuhen.cases.models import Activity
from liuhen.compliance.models import Explanation, Finding
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.law.vocabulary import GapCause
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from liuhen.recordings.models import Gap, Recording
from liuhen.recordings.uploads import Intent

SECONDS = 20
RULE = "simple_case_recorded_throughout"
MORNING = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="liuhen-street-"))


def footage(
    world: World,
    activity: Activity,
    *,
    returned_at: dt.datetime | None = None,
    has_sound: bool = True,
    seconds: int = SECONDS,
) -> Recording:
    """A real video taken in now, stated to show the activity's whole course."""
    name = f"street-{seconds}-{has_sound}.mp4"
    path = _folder() / name
    if not path.exists():
        make_video(path, Scene(MORNING), duration_ms=seconds * 1000, has_sound=has_sound)
    intent = Intent(
        name=name,
        activity_id=activity.id,
        started_at=activity.started_at,
        ended_at=activity.ended_at,
        returned_at=returned_at or clock.now(),
    )
    return take_in_file(path, actor=world["officer"], intent=intent)


def until_served(world: World, stopped: FrozenClock) -> SimpleCase:
    """From the certificate to the paper in the party's hand and the end, twenty seconds later."""
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide()
    stopped.move(seconds=SECONDS / 2)
    simple.sign()
    simple.issue_and_serve()
    simple.collect()
    stopped.move(seconds=SECONDS / 2)
    simple.end()
    return simple


def done_but_for_closing(
    world: World, stopped: FrozenClock, *, is_filmed: bool = True
) -> SimpleCase:
    """Served, filmed, money handed in and banked, filed."""
    simple = until_served(world, stopped)
    stopped.move(hours=1)
    if is_filmed:
        footage(world, simple.activity)
    simple.hand_in()
    simple.file()
    return simple


def outcomes(simple: SimpleCase) -> dict[str, str]:
    """Stored outcomes by rule; a rule with several subjects gives its worst by name."""
    found: dict[str, str] = {}
    for rule, outcome in Finding.objects.filter(case=simple.case).values_list("rule", "outcome"):
        found[rule] = min(outcome, found.get(rule, outcome))
    return found


def never_filmed(world: World, stopped: FrozenClock) -> SimpleCase:
    """Served and paid; the camera failed, and the officer says that no footage will come."""
    simple = until_served(world, stopped)
    for gap in Gap.objects.filter(activity=simple.activity):
        explain_recording_gap(
            actor=world["officer"], gap_id=gap.id, cause=GapCause.FAULT, explanation="记录仪故障"
        )
    simple.hand_in()
    return simple


def explain(
    world: World, simple: SimpleCase, *, by: str = "officer", **changes: str
) -> Explanation:
    subject = str(simple.activity.id)
    told = {"rule": RULE, "subject_id": subject, "text": "记录仪出发前故障，未能更换。"} | changes
    return explain_gap(actor=world[by], case_id=simple.case.id, **told)
