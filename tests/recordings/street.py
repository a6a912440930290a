"""A fine on the spot with its activity, and recordings tied to it, by real acts. Not a test."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from uuid import UUID

from liuhen.actions.activities import end_activity
from liuhen.actions.simple_procedure import start_simple_case
from liuhen.actions.taking_in import take_in_file
from liuhen.cases.models import Activity, Case
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.recordings.models import Gap, Recording
from liuhen.recordings.uploads import Intent
from tests.recordings import samples


def begin(world: World, officer: str = "officer", second: str = "officer2") -> Activity:
    """An activity that begins now."""
    return start_simple_case(
        actor=world[officer],
        second_officer=world[second],
        place="示例路1号",
        is_certificate_shown=True,
    )


def end(world: World, activity: Activity, seconds: int, officer: str = "officer") -> Activity:
    """The activity ended `seconds` after its start; the clock stands there."""
    ended_at = activity.started_at + dt.timedelta(seconds=seconds)
    with clock.frozen(ended_at):
        return end_activity(actor=world[officer], activity_id=activity.id)


def film(
    world: World,
    activity: Activity | None,
    from_s: float,
    to_s: float,
    *,
    officer: str = "officer",
    path: Path | None = None,
    started_at: dt.datetime | None = None,
    **told: object,
) -> Recording:
    """A video that shows `from_s` to `to_s` of the activity by what its person states."""
    begin_at = started_at or (activity.started_at if activity else clock.now())
    intent = Intent(
        name="街面.mp4",
        activity_id=activity.id if activity else None,
        started_at=begin_at + dt.timedelta(seconds=from_s),
        ended_at=begin_at + dt.timedelta(seconds=to_s),
        **told,  # type: ignore[arg-type]
    )
    clip = path or samples.video(seconds=int(to_s - from_s), seed=int(from_s) + 1)
    return take_in_file(clip, actor=world[officer], intent=intent)


def gaps(activity: Activity, *, is_open: bool = True) -> list[tuple[float, float]]:
    """The stored gaps in seconds from the activity's start."""
    rows = Gap.objects.filter(activity=activity, filled_at__isnull=is_open).order_by("started_at")
    return [
        (
            (gap.started_at - activity.started_at).total_seconds(),
            (gap.ended_at - activity.started_at).total_seconds(),
        )
        for gap in rows
    ]


def case_of(case_id: UUID) -> Case:
    return Case.objects.get(id=case_id)
