"""Sealing and seizure: power, approval, emergency, the scene, the clock, lifting and return."""

from __future__ import annotations

from typing import Any

import pytest

from liuhen.actions.coercion import record_cost
from liuhen.actions.people import change_unit
from liuhen.actions.scene_statements import state_scene
from liuhen.compliance.facts import facts_of_case
from liuhen.compliance.models import Finding
from liuhen.demo.coercion_case import MeasureCase
from liuhen.demo.people import PROFILE, World
from liuhen.jobs.judging import judge_due_cases
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import explain
from liuhen.ledger.models import Entry
from tests.actions.coercion import camera_of, outcome, wanting
from tests.actions.ordinary import refusal


@pytest.fixture
def measure(world: World, stopped: FrozenClock) -> MeasureCase:
    """A measure nobody films."""
    return MeasureCase(world, stopped)


def give_powers(world: World, *powers: str) -> None:
    """The unit's list of powers as the operator changes it."""
    unit = world["handler"].unit
    assert unit is not None
    change_unit(
        actor=world["security"],
        unit_id=unit.id,
        name=unit.name,
        number_prefix=unit.number_prefix,
        profile=PROFILE,
        powers=powers,
    )
    unit.refresh_from_db()


def opened(measure: MeasureCase, **changes: object) -> MeasureCase:
    measure.open()
    measure.state(**changes)
    return measure


def taken(measure: MeasureCase) -> MeasureCase:
    """Approved and seized."""
    opened(measure).ask()
    measure.approve()
    measure.clock.move(hours=1)
    measure.take()
    return measure


def test_a_party_not_told_at_the_scene_stays_so_and_one_that_was_not_there_needs_a_witness(
    measure: MeasureCase,
) -> None:
    opened(measure).ask()
    measure.approve()
    measure.clock.move(hours=1)
    scene = measure.take(is_party_told=False)
    assert outcome(measure, "party_called_to_scene") == "met"
    assert outcome(measure, "party_heard_at_scene") == "met"
    told = Finding.objects.get(case=measure.case, rule="party_told_at_scene")
    assert (told.outcome, told.is_curable) == ("breached", False)
    said: dict[str, Any] = {
        "actor": measure.world["handler"],
        "activity_id": scene.id,
        "reason": "核对录像得知。",
    }
    assert refusal(state_scene, **said, facts={"is_odd": True}).code == "activity.fact_unknown"
    state_scene(**said, facts={"is_party_present": False})
    now = {one.split()[0] for one in wanting(measure)}
    assert "absent_party_witnessed" in now and "party_told_at_scene" not in now


def test_things_are_seized_kept_and_given_back_up_to_the_archive(
    world: World, measure: MeasureCase, stopped: FrozenClock
) -> None:
    measure.camera = camera_of(world, stopped)
    taken(measure)
    assert wanting(measure) == {"measure_ended_in_time pending", "decision_published pending"}
    measure.publish()
    assert measure.case.stage == "decision_and_list"
    stopped.move(days=5)
    record_cost(**measure.by, amount_fen=12_000, payee="虚构市示例仓储有限公司", note="五日保管费")
    measure.lift()
    measure.give_back()
    assert wanting(measure) == set()
    measure.close(summary="违法行为已经改正，解除扣押并返还。", reason="other")
    report = measure.case.papers.get(type="general_closing_report")
    assert "保管费用120元，由本机关承担" in report.data["performance"]
    assert "扣押渣土运输用手推车" in report.data["result"]
    measure.bind()
    measure.archive("虚档〔2026〕9001")
    assert measure.case.stage == "hand_over"


def test_a_unit_without_the_power_is_refused_with_the_article(
    world: World, measure: MeasureCase
) -> None:
    give_powers(world, "enforcement")
    refused = refusal(measure.open)
    assert refused.code == "coercion.no_power"
    assert "行政强制法第17条" in explain(refused).message
    give_powers(world, "measure")
    opened(measure).ask()
    measure.approve()
    # The power went away in mid-case: nothing more is done by force.
    give_powers(world)
    assert refusal(measure.take).code == "coercion.no_power"
    assert not measure.case.activities.exists()


def test_nothing_is_taken_before_the_head_has_approved(measure: MeasureCase) -> None:
    measure.open()
    assert refusal(measure.ask).code == "paper.too_early"
    assert refusal(measure.take).code == "coercion.unstated"
    measure.state()
    measure.ask()
    measure.answer("unit_head")
    refused = refusal(measure.take)
    assert refused.code == "law.forbids"
    assert "第十八条" in refused.data["article"]
    assert not measure.case.activities.exists()
    measure.answer("head")
    assert measure.take().kind == "sealing_or_seizure"
    assert refusal(measure.state).code == "coercion.taken"


@pytest.mark.parametrize(("seconds", "expected"), [(0, "met"), (1, "breached")])
def test_an_urgent_measure_is_approved_within_twenty_four_hours(
    measure: MeasureCase, stopped: FrozenClock, seconds: int, expected: str
) -> None:
    opened(measure, urgency="当事人正在装车转移，不立即扣押证据即灭失。")
    began = measure.take().started_at
    assert outcome(measure, "measure_approved") == "pending"
    assert measure.papers["seizure_decision"].number
    measure.ask()
    measure.answer("unit_head")
    stopped.set(began)
    stopped.move(hours=24, seconds=seconds)
    judge_due_cases()
    assert outcome(measure, LIFTED) == ("breached" if seconds > 0 else "not_applicable")
    measure.answer("head")
    assert outcome(measure, "measure_approved") == expected
    assert not Finding.objects.filter(case=measure.case, rule=LIFTED).exists()


LIFTED = "unapproved_measure_lifted"


def test_what_the_head_refuses_after_it_was_taken_is_lifted_at_once(
    measure: MeasureCase, stopped: FrozenClock
) -> None:
    opened(measure, urgency="当事人正在装车转移，不立即扣押证据即灭失。")
    measure.take()
    measure.ask()
    measure.answer("unit_head")
    measure.answer("head", "不应当采取。", outcome="returned")
    assert outcome(measure, LIFTED) == "breached"
    measure.lift()
    assert outcome(measure, LIFTED) == "met"


def test_what_is_stated_keeps_to_the_law(measure: MeasureCase) -> None:
    measure.open()
    for changes, code in (
        ({"days": 31}, "coercion.days"),
        ({"days": 0}, "coercion.days"),
        ({"is_spared": False}, "coercion.protected"),
        ({"measure": "preservation"}, "coercion.incomplete"),
        ({"keeping": " "}, "coercion.incomplete"),
        ({"nature": ("is_odd",)}, "circumstances.unknown"),
    ):
        assert refusal(measure.state, **changes).code == code
    assert measure.state(days=30).facts["coercion"]["days"] == 30
    assert measure.state(days=1, nature=("is_major",)).circumstances["is_major"] is True


def test_the_list_has_its_five_particulars_and_its_two_copies(measure: MeasureCase) -> None:
    taken(measure)
    (fact,) = facts_of_case(measure.case.id).measures or ()
    assert fact.list_copies == 2
    assert [item.fields for item in fact.items or ()] == [
        dict.fromkeys(("number", "name", "kind", "specification", "quantity"), True)
    ] * 2
    assert outcome(measure, "measure_papers_handed_over") == "met"


def test_the_period_is_prolonged_once_by_thirty_days_at_most(
    measure: MeasureCase, stopped: FrozenClock
) -> None:
    taken(measure)
    assert refusal(measure.prolong, days=31).code == "coercion.too_long"
    for left in measure.case.papers.filter(type="seizure_prolongation"):
        measure.void_draft(left)
    # 10 March and thirty days: 9 April is the last day.
    stopped.set(measure.case.activities.get().started_at)
    stopped.move(days=30, hours=2)
    measure.prolong(days=30)
    paper = measure.papers["seizure_prolongation"]
    paper.refresh_from_db()
    assert (paper.state, paper.data["until"]) == ("issued", "2026-05-09")
    measure.serve_on(paper)
    assert outcome(measure, "measure_prolongation_allowed") == "met"
    assert refusal(measure.prolong, days=1).code == "paper.too_early"
    stopped.move(days=29)
    judge_due_cases()
    assert outcome(measure, "measure_ended_in_time") == "pending"
    stopped.move(days=2)
    judge_due_cases()
    assert outcome(measure, "measure_ended_in_time") == "breached"


def test_a_period_that_is_over_is_not_prolonged(measure: MeasureCase, stopped: FrozenClock) -> None:
    taken(measure)
    stopped.set(measure.case.activities.get().started_at)
    stopped.move(days=31)
    refused = refusal(measure.prolong)
    assert (refused.code, refused.data["until"]) == ("coercion.over", "2026-04-09")


def test_keeping_costs_are_recorded_with_sum_and_payee_once_things_are_kept(
    measure: MeasureCase,
) -> None:
    opened(measure)
    cost = {**measure.by, "amount_fen": 100, "payee": "虚构市示例仓储有限公司", "note": "保管"}
    assert refusal(record_cost, **cost).code == "coercion.not_taken"
    measure.ask()
    measure.approve()
    measure.take()
    assert refusal(record_cost, **{**cost, "amount_fen": 0}).code == "coercion.cost"
    record_cost(**cost)
    assert [row["amount_fen"] for row in measure.case.facts["coercion"]["costs"]] == [100]


def test_who_does_not_enforce_opens_nothing_and_the_entry_tells_the_number(
    measure: MeasureCase,
) -> None:
    measure.handler = "supervisor"
    assert refusal(measure.open).code == "permission.missing"
    measure.handler = "handler"
    case = measure.open()
    entry = Entry.objects.get(event="coercion.measure_opened")
    assert case.number.encode() in bytes(entry.body)
    measure.handler = "officer2"
    assert refusal(measure.state).code == "record.not_found"
