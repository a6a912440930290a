"""What the law forbids now is refused with article, what is missing and what to do."""

from __future__ import annotations

import pytest

from liuhen.actions.recordings import explain_recording_gap
from liuhen.compliance.gating import refuse_at_gate, way_through
from liuhen.compliance.paper_facts import decisions
from liuhen.compliance.present import present_rows
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused, explain
from liuhen.law.facts import Sanction
from liuhen.law.vocabulary import GapCause, PenaltyKind
from liuhen.recordings.models import Gap
from tests.compliance.street import done_but_for_closing, footage, until_served


def rules(simple: SimpleCase, gate: str) -> tuple[set[str], set[str]]:
    way = way_through(gate, simple.case.id)
    return {each.rule for each in way.curable}, {each.rule for each in way.incurable}


def test_a_case_with_everything_done_may_be_closed(world: World, stopped: FrozenClock) -> None:
    simple = done_but_for_closing(world, stopped)
    assert way_through("close", simple.case.id).is_open
    simple.close()
    assert simple.case.closed_at == clock.now()


def test_missing_footage_and_filing_block_the_closing_and_are_named(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    with pytest.raises(Refused) as refused:
        simple.propose_closing()
    assert refused.value.code == "law.forbids"
    data = refused.value.data
    blocked = {each["rule"] for each in data["obstacles"]}
    assert {"simple_case_recorded_throughout", "simple_case_filed", "fine_handed_in"} <= blocked
    assert all(each["is_curable"] for each in data["obstacles"])
    assert "第二十七条第三款" in data["article"]
    text = explain(refused.value)
    assert "报机关备案" in text.remedy
    assert "音像" in text.message


def test_the_footage_clears_its_own_obstacles_and_no_other(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    before, _ = rules(simple, "close")
    footage(world, simple.activity)
    after, _ = rules(simple, "close")
    assert before - after == {
        "simple_case_recorded_throughout",
        "penalty_activity_recorded",
        "service_recorded",
    }


def test_what_can_not_be_made_good_blocks_only_until_a_leader_knows(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    (gap,) = Gap.objects.filter(activity=simple.activity)
    explain_recording_gap(
        actor=world["officer"], gap_id=gap.id, cause=GapCause.NOT_MADE, explanation="未带记录仪"
    )
    way = way_through("close", simple.case.id)
    assert "simple_case_recorded_throughout" in {each.rule for each in way.incurable}
    assert {each.act for each in way.incurable} == {"acknowledge_breach"}
    assert not way.is_open_by_leader  # filing and money can still be made good


def test_the_decision_waits_for_notice_and_statement(world: World, stopped: FrozenClock) -> None:
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    curable, incurable = rules(simple, "issue_decision")
    assert "party_told_before_decision" in curable | incurable
    simple.notice()
    simple.waive()
    simple.decide()
    assert way_through("issue_decision", simple.case.id).is_open


def test_a_proposed_decision_counts_as_made_and_a_draft_alone_does_not(
    world: World, stopped: FrozenClock
) -> None:
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide(penalty=["fine"], fine_fen=20_000, collection="bank")
    rows = present_rows([simple.case.id])[simple.case.id]
    assert decisions(rows) == ()
    (proposed,) = decisions(rows, proposed_at=clock.now())
    assert proposed.decided_at == clock.now()
    assert proposed.sanctions == (Sanction(PenaltyKind.FINE, 20_000),)


def test_our_own_advice_stops_nothing(world: World, stopped: FrozenClock) -> None:
    simple = until_served(world, stopped)
    curable, incurable = rules(simple, "close")
    assert not {"scene_contents_captured", "product_synchronous"} & (curable | incurable)


def test_an_open_way_refuses_nothing_and_a_strange_case_is_not_found(
    world: World, stopped: FrozenClock
) -> None:
    simple = done_but_for_closing(world, stopped)
    refuse_at_gate("close", simple.case, clock.now())
    with pytest.raises(Refused, match=r"record\.not_found"):
        way_through("close", new_id())
