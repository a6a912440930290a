"""Five cases built to fail: their pages show exactly the breaches they were built with."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import reverse

from liuhen.actions.initiation import start_in_emergency
from liuhen.actions.lead_outcomes import propose_refusal
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World
from liuhen.jobs.judging import judge_all_cases
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.law.explanations import duty_text
from tests.actions.ordinary import filmed
from tests.web.conftest import Browser, words
from tests.world import MORNING

RED = re.compile(r'class="lh-duty is-red">.*?class="lh-duty-text">(.*?)</p>', re.DOTALL)


@pytest.fixture
def stopped(world: World) -> Iterator[FrozenClock]:
    with clock.frozen(MORNING) as frozen:
        yield frozen


def red_on_the_page(browser: Browser, ordinary: OrdinaryCase) -> set[str]:
    """The texts of the breached duties as the supervisor reads them."""
    judge_all_cases()
    page = words(browser("supervisor").get(reverse("case", args=[ordinary.case.id])))
    return {re.sub(r"\s*<.*", "", text, flags=re.DOTALL).strip() for text in RED.findall(page)}


def texts(*rules: str) -> set[str]:
    return {duty_text(rule) for rule in rules}


def test_a_refusal_to_sign_that_nobody_filmed(
    world: World, stopped: FrozenClock, browser: Browser
) -> None:
    ordinary = OrdinaryCase(world, stopped)
    ordinary.until_initiated()
    ordinary.inspect(refusal="当事人拒绝签字。")
    stopped.move(hours=24, seconds=1)
    wanted = ("refusal_recorded", "investigation_synchronous", "penalty_activity_recorded")
    assert red_on_the_page(browser, ordinary) == texts(*wanted)


def test_an_emergency_whose_approval_was_never_made_up(
    world: World, stopped: FrozenClock, browser: Browser
) -> None:
    ordinary = OrdinaryCase(world, stopped)
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    start_in_emergency(
        actor=world["handler"], case_id=ordinary.case.id, reason="扬尘扩散，须立即制止。"
    )
    stopped.move(hours=24)
    assert red_on_the_page(browser, ordinary) == set()
    stopped.move(microseconds=1)
    assert red_on_the_page(browser, ordinary) == texts("start_approved")


def test_a_named_complainant_who_was_never_told(
    world: World, stopped: FrozenClock, browser: Browser
) -> None:
    ordinary = OrdinaryCase(world, stopped)
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    propose_refusal(actor=world["handler"], lead_id=ordinary.lead.id, reason="行为不违法。")
    ordinary.answer("unit_head")
    stopped.move(days=40)
    assert red_on_the_page(browser, ordinary) == texts("lead_outcome_recorded")


def test_a_decision_left_without_a_witness_eight_working_days_late(
    world: World, stopped: FrozenClock, browser: Browser
) -> None:
    ordinary = filmed(world, stopped)
    ordinary.until_initiated()
    ordinary.until_notified(circumstances={"review_grounds": (), "is_complex": False})
    ordinary.hear()
    ordinary.review_defence()
    ordinary.until_decided()
    assert red_on_the_page(browser, ordinary) == set()
    stopped.move(days=12)
    ordinary.leave("penalty_decision", has_witness=False)
    wanted = ("left_service_signed", "decision_served_in_time")
    assert red_on_the_page(browser, ordinary) == texts(*wanted)


def test_an_inquiry_whose_camera_failed(
    world: World, stopped: FrozenClock, browser: Browser
) -> None:
    ordinary = filmed(world, stopped)
    ordinary.until_initiated()
    ordinary.camera = None
    ordinary.inspect()
    stopped.move(hours=24, seconds=1)
    wanted = ("investigation_synchronous", "penalty_activity_recorded")
    assert red_on_the_page(browser, ordinary) == texts(*wanted)
