"""Five cases built to fail show exactly the breaches they were built with, on the page too."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.urls import reverse

from liuhen.actions import lead_outcomes
from liuhen.actions.explanations import acknowledge_explanation, explain_gap
from liuhen.actions.initiation import start_in_emergency
from liuhen.actions.recordings import explain_recording_gap
from liuhen.cases.models import Activity
from liuhen.compliance.models import Finding
from liuhen.compliance.shown import TO_CONFIRM
from liuhen.demo.footage import film
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World
from liuhen.jobs.judging import judge_all_cases
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.law.explanations import duty_text
from liuhen.recordings.models import Gap
from tests.actions.ordinary import filmed, refusal
from tests.web.conftest import Browser, words
from tests.world import MORNING

RED = re.compile(r'class="lh-duty is-red">.*?class="lh-duty-text">(.*?)</p>', re.DOTALL)
# tags, and the mark of a figure that nobody has confirmed
BEHIND = re.compile(rf"(\s*<|（{TO_CONFIRM}）).*", re.DOTALL)
Breaches = Callable[[OrdinaryCase], set[str]]


@pytest.fixture
def stopped(world: World) -> Iterator[FrozenClock]:
    with clock.frozen(MORNING) as frozen:
        yield frozen


@pytest.fixture
def breaches(browser: Browser) -> Breaches:
    """Breaches of the text as of now; the supervisor reads exactly their duties on the page."""

    def found(ordinary: OrdinaryCase) -> set[str]:
        judge_all_cases()
        rows = Finding.objects.filter(case=ordinary.case, column="text", outcome="breached")
        page = words(browser("supervisor").get(reverse("case", args=[ordinary.case.id])))
        shown = {BEHIND.sub("", red).strip() for red in RED.findall(page)}
        assert shown == {duty_text(row.rule) for row in rows}
        return {f"{row.clause} {row.rule}" for row in rows}

    return found


def test_a_refusal_to_sign_that_nobody_filmed(
    world: World, stopped: FrozenClock, breaches: Breaches
) -> None:
    ordinary = OrdinaryCase(world, stopped)
    ordinary.until_initiated()
    activity = ordinary.inspect(refusal="当事人拒绝签字。")
    stopped.move(hours=24, seconds=1)
    wanted = {
        "16.2 refusal_recorded",
        "17.1(1) investigation_synchronous",
        "8.1(2) penalty_activity_recorded",
    }
    assert breaches(ordinary) == wanted
    # The footage turns up: everything it shows is made good.
    film(world, Activity.objects.get(id=activity.id), officer="handler", returned_at=stopped())
    assert breaches(ordinary) == set()


def test_an_emergency_whose_approval_was_never_made_up(
    world: World, stopped: FrozenClock, breaches: Breaches
) -> None:
    ordinary = OrdinaryCase(world, stopped)
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    start_in_emergency(
        actor=world["handler"], case_id=ordinary.case.id, reason="扬尘扩散，须立即制止。"
    )
    stopped.move(hours=24)
    assert breaches(ordinary) == set()
    stopped.move(microseconds=1)
    assert breaches(ordinary) == {"10.1 start_approved"}


def test_a_named_complainant_who_was_never_told(
    world: World, stopped: FrozenClock, breaches: Breaches
) -> None:
    ordinary = OrdinaryCase(world, stopped)
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    lead_outcomes.propose_refusal(
        actor=world["handler"], lead_id=ordinary.lead.id, reason="反映的行为不违法。"
    )
    ordinary.answer("unit_head")
    ordinary.answer("head")
    stopped.move(days=40)
    assert breaches(ordinary) == {"11.1 lead_outcome_recorded"}
    wanting = Finding.objects.filter(case=ordinary.case, outcome="pending")
    assert [row.rule for row in wanting] == ["complainant_informed"]


def test_a_decision_left_without_a_witness_eight_working_days_late(
    world: World, stopped: FrozenClock, breaches: Breaches
) -> None:
    ordinary = filmed(world, stopped)
    ordinary.until_initiated()
    ordinary.until_notified(circumstances={"review_grounds": (), "is_complex": False})
    ordinary.hear()
    ordinary.review_defence()
    ordinary.until_decided()
    assert breaches(ordinary) == set()
    # Decided on a Tuesday: seven working days end on the Thursday of the week after.
    stopped.move(days=12)
    ordinary.leave("penalty_decision", has_witness=False)
    assert breaches(ordinary) == {
        "30.1 left_service_signed",
        "penalty_law:61.1 decision_served_in_time",
    }
    ordinary.pay()
    told = refusal(ordinary.ask_closing)
    assert told.code == "law.forbids"
    assert "第三十条" in told.data["article"]


def test_an_inquiry_whose_camera_failed_is_explained_and_then_closed(
    world: World, stopped: FrozenClock, breaches: Breaches
) -> None:
    ordinary = filmed(world, stopped)
    ordinary.until_initiated()
    camera, ordinary.camera = ordinary.camera, None
    activity = ordinary.inspect()
    stopped.move(hours=24, seconds=1)
    wanted = {"17.1(1) investigation_synchronous", "8.1(2) penalty_activity_recorded"}
    assert breaches(ordinary) == wanted
    ordinary.camera = camera
    gap = Gap.objects.get(activity=activity)
    given: dict[str, Any] = {"cause": "fault", "explanation": "执法记录仪故障，未能录制。"}
    explain_recording_gap(actor=world["handler"], gap_id=gap.id, **given)
    assert breaches(ordinary) == wanted
    for row in Finding.objects.filter(case=ordinary.case, column="text", outcome="breached"):
        assert not row.is_curable
        explained = explain_gap(
            actor=world["handler"],
            case_id=ordinary.case.id,
            rule=row.rule,
            subject_id=row.subject_id,
            text="执法记录仪故障，未能录制，当时已有文字记录。",
        )
        acknowledge_explanation(actor=world["deputy"], explanation_id=explained.id)
    assert breaches(ordinary) == wanted
