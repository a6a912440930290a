"""Where the law leaves it to a person, the person of the office named decides, with a reason."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.actions.judgements import decide_judgement
from liuhen.compliance.explaining import explained
from liuhen.compliance.gating import way_through
from liuhen.compliance.models import Finding, Judgement
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel.clock import FrozenClock
from tests.actions.ordinary import refusal

RULE = "punished_within_limitation"


def asked(world: World, stopped: FrozenClock) -> tuple[SimpleCase, dict[str, Any]]:
    """A case about an act of three years ago, told to the party: who knows of the harm decides."""
    simple = SimpleCase(world)
    simple.start()
    simple.violation(violated_at=stopped() - dt.timedelta(days=3 * 366))
    simple.notice()
    on = {"case_id": simple.case.id, "rule": RULE, "subject_id": str(simple.case.id)}
    return simple, on


def outcome(simple: SimpleCase) -> str:
    """How the duty stands."""
    return Finding.objects.get(case=simple.case, rule=RULE).outcome


@pytest.mark.parametrize(
    ("applicable", "fulfilled", "becomes", "is_open"),
    [
        (True, True, "met", True),
        (True, False, "breached", False),
        (False, None, "not_applicable", True),
    ],
)
def test_the_office_named_decides_and_the_case_is_judged_with_it(
    world: World,
    stopped: FrozenClock,
    applicable: bool,
    fulfilled: bool | None,
    becomes: str,
    is_open: bool,
) -> None:
    simple, on = asked(world, stopped)
    simple.waive()
    simple.decide()
    assert outcome(simple) == "judgement"
    held = [one.rule for one in way_through("issue_decision", simple.case.id).curable]
    assert held == [RULE]
    decided = decide_judgement(
        actor=world["head"],
        **on,
        is_applicable=applicable,
        is_fulfilled=fulfilled,
        reason="涉及公民生命健康安全且有危害后果。",
    )
    assert outcome(simple) == becomes
    assert way_through("issue_decision", simple.case.id).is_open is is_open
    told = explained(simple.case, RULE, str(simple.case.id))
    assert told.judgements == (decided,)


def test_nobody_else_decides_nor_twice_nor_without_a_reason(
    world: World, stopped: FrozenClock
) -> None:
    _, on = asked(world, stopped)
    given: dict[str, Any] = {**on, "is_applicable": True, "is_fulfilled": True, "reason": "x"}
    head = world["head"]
    for change, code in (
        ({"actor": world["officer"]}, "permission.missing"),
        ({"actor": world["deputy"]}, "judgement.office"),
        ({"actor": head, "reason": " "}, "reason.missing"),
        ({"actor": head, "is_fulfilled": None}, "judgement.incomplete"),
        ({"actor": head, "rule": "simple_steps_recorded"}, "judgement.not_asked"),
        ({"actor": head, "rule": "no_such_rule"}, "record.not_found"),
    ):
        assert refusal(decide_judgement, **{**given, **change}).code == code, change
    assert not Judgement.objects.exists()
