"""A recording with a hole in it does not show the whole course, however long it is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.actions.recordings import explain_recording_gap, report_gap
from liuhen.compliance.models import Finding
from liuhen.demo.footage import film
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import GapCause
from liuhen.recordings.models import Gap

RULE = "simple_case_recorded_throughout"


def filmed(world: World, *pauses: tuple[int, int]) -> SimpleCase:
    simple = SimpleCase(world)
    begin = clock.now()
    with clock.frozen(begin) as stopped:
        simple.start()
        stopped.move(seconds=30)
        simple.end()
        stopped.move(hours=1)
        film(world, simple.activity, pauses=list(pauses), returned_at=clock.now())
    return simple


def outcome(simple: SimpleCase) -> tuple[str, bool | None]:
    finding = Finding.objects.get(case=simple.case, rule=RULE)
    return finding.outcome, finding.is_curable


@pytest.mark.parametrize(
    ("pause", "is_whole"), [((10_000, 12_000), True), ((10_000, 20_000), False)]
)
def test_a_pause_longer_than_the_tolerance_leaves_the_course_incomplete(
    world: World, pause: tuple[int, int], is_whole: bool
) -> None:
    simple = filmed(world, pause)
    assert (outcome(simple)[0] == "met") is is_whole


def test_once_its_cause_is_given_the_hole_is_a_breach_that_cannot_be_made_good(
    world: World,
) -> None:
    simple = filmed(world, (10_000, 20_000))
    (gap,) = Gap.objects.filter(activity=simple.activity, filled_at=None)
    assert (gap.ended_at - gap.started_at) >= dt.timedelta(seconds=9)
    with clock.frozen(clock.now() + dt.timedelta(hours=2)):
        explain_recording_gap(
            actor=world["officer"], gap_id=gap.id, cause=GapCause.FAULT, explanation="电池故障。"
        )
    assert outcome(simple) == ("breached", False)


def test_a_break_to_the_end_is_reported_to_the_head_of_ones_own_department(world: World) -> None:
    simple = filmed(world, (20_000, 34_000))
    (gap,) = Gap.objects.filter(activity=simple.activity, filled_at=None)
    told: dict[str, Any] = {
        "actor": world["officer"],
        "gap_id": gap.id,
        "reported_at": gap.ended_at,
    }
    with clock.frozen(clock.now() + dt.timedelta(hours=2)):
        with pytest.raises(Refused, match=r"gap\.report_office"):
            report_gap(**told, reported_to=world["records"])
        with pytest.raises(Refused, match=r"gap\.report_time"):
            too_early = gap.started_at - dt.timedelta(seconds=1)
            report_gap(**{**told, "reported_at": too_early}, reported_to=world["unit_head"])
        report_gap(**told, reported_to=world["unit_head"])
    assert Finding.objects.get(case=simple.case, rule="break_reported").outcome == "met"
