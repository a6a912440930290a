"""What can't be made good: explained by the handler, acknowledged by the leader, then closed."""

from __future__ import annotations

import pytest

from liuhen.actions.explanations import acknowledge_explanation
from liuhen.actions.people import appoint
from liuhen.compliance.gating import way_through
from liuhen.compliance.models import Finding
from liuhen.compliance.queries import explanations_of_case
from liuhen.demo.people import World
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.oversight.elements import ITEMS
from liuhen.oversight.queries import (
    suspected_item,
    suspicions_of_case,
    visible_suspicions,
)
from liuhen.people.models import Office
from tests.compliance.street import RULE, explain, footage, never_filmed, outcomes, until_served


def refusal(call: object, *args: object, **kwargs: object) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, **kwargs)  # type: ignore[operator]
    return refused.value.code


def test_footage_that_will_not_come_is_a_breach_at_once_that_can_not_be_made_good(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    assert outcomes(simple)[RULE] == "pending"
    assert refusal(explain, world, simple) == "explanation.no_breach"
    simple = never_filmed(world, stopped)
    finding = Finding.objects.get(case=simple.case, rule=RULE)
    assert (finding.outcome, finding.is_curable) == ("breached", False)


def test_an_explanation_and_its_acknowledgement_open_the_way_and_raise_one_suspicion(
    world: World, stopped: FrozenClock
) -> None:
    simple = never_filmed(world, stopped)
    way = way_through("close", simple.case.id)
    lacking = {(each.rule, each.subject.key) for each in way.incurable}
    assert (RULE, str(simple.activity.id)) in lacking
    for rule, subject in sorted(lacking):
        written = explain(world, simple, rule=rule, subject_id=subject)
        stopped.move(minutes=1)
        acknowledge_explanation(actor=world["unit_head"], explanation_id=written.id)
    assert way_through("close", simple.case.id).incurable == ()
    raised = list(suspicions_of_case(simple.case.id))
    assert {(each.rule, each.subject_id) for each in raised} == lacking
    assert {each.item for each in raised} == {1}
    assert all("记录仪出发前故障" in each.ground for each in raised)
    assert Entry.objects.filter(event="explanation.acknowledged").count() == len(lacking)


def test_the_breach_stays_a_breach_after_it_was_acknowledged(
    world: World, stopped: FrozenClock
) -> None:
    simple = never_filmed(world, stopped)
    written = explain(world, simple)
    acknowledge_explanation(actor=world["deputy"], explanation_id=written.id)
    assert outcomes(simple)[RULE] == "breached"


def test_what_can_still_be_made_good_is_not_explained_away(
    world: World, stopped: FrozenClock
) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=25)
    assert refusal(explain, world, simple) == "explanation.curable"
    footage(world, simple.activity)
    assert refusal(explain, world, simple) == "explanation.no_breach"


def test_a_clock_that_ran_out_since_the_last_act_counts(world: World, stopped: FrozenClock) -> None:
    simple = until_served(world, stopped)
    stopped.move(hours=25)
    assert outcomes(simple)[RULE] == "pending"  # stored before time ran out
    assert refusal(explain, world, simple) == "explanation.curable"


@pytest.mark.parametrize(
    ("by", "code"),
    [
        ("officer2", "explanation.not_handler"),
        ("unit_head", "permission.missing"),
        ("archivist", "permission.missing"),
    ],
)
def test_only_the_handler_explains(world: World, stopped: FrozenClock, by: str, code: str) -> None:
    assert refusal(explain, world, never_filmed(world, stopped), by=by) == code


def test_an_explanation_needs_words_and_a_breach(world: World, stopped: FrozenClock) -> None:
    simple = never_filmed(world, stopped)
    assert refusal(explain, world, simple, text="  ") == "explanation.empty"
    assert refusal(explain, world, simple, rule="two_officers") == "explanation.no_breach"
    assert refusal(explain, world, simple, subject_id="") == "explanation.no_breach"


def test_an_explanation_may_be_rewritten_until_it_was_acknowledged(
    world: World, stopped: FrozenClock
) -> None:
    simple = never_filmed(world, stopped)
    first = explain(world, simple)
    second = explain(world, simple, text="记录仪电池故障，备用机在维修。")
    assert second.id == first.id
    assert [each.text for each in explanations_of_case(simple.case)] == [second.text]
    acknowledge_explanation(actor=world["unit_head"], explanation_id=first.id)
    assert refusal(explain, world, simple) == "explanation.acknowledged"


def test_who_acknowledges_leads_and_did_not_write_it(world: World, stopped: FrozenClock) -> None:
    simple = never_filmed(world, stopped)
    written = explain(world, simple)

    def code(by: str) -> str:
        return refusal(acknowledge_explanation, actor=world[by], explanation_id=written.id)

    assert code("officer") == "permission.missing"
    assert code("supervisor") == "permission.missing"
    acknowledge_explanation(actor=world["head"], explanation_id=written.id)
    assert code("deputy") == "explanation.acknowledged"
    assert suspicions_of_case(simple.case.id).count() == 1


def test_a_leader_who_wrote_the_explanation_does_not_acknowledge_it(
    world: World, stopped: FrozenClock
) -> None:
    simple = never_filmed(world, stopped)
    written = explain(world, simple)
    appoint(actor=world.system, person=world["officer"], kind=Office.Kind.UNIT_HEAD)
    code = refusal(acknowledge_explanation, actor=world["officer"], explanation_id=written.id)
    assert code == "explanation.own"


def test_an_explanation_nobody_may_see_does_not_exist(world: World, stopped: FrozenClock) -> None:
    assert (
        refusal(acknowledge_explanation, actor=world["head"], explanation_id=new_id())
        == "record.not_found"
    )


@pytest.mark.parametrize(
    ("clause", "item"),
    [
        ("8.1(2)", 1),
        ("27.3", 1),
        ("36.1", 1),
        ("37.1", 6),
        ("39.2", 4),
        ("40.1", 5),
        ("40.2", 3),
        ("42.1", 2),
        ("45.1", 2),
        ("41.1", 6),
        ("penalty_law:52.1", 6),
    ],
)
def test_a_breach_points_to_the_situation_of_article_47_it_may_be(clause: str, item: int) -> None:
    assert suspected_item(clause) == item
    assert item in ITEMS


def test_suspicions_are_seen_by_those_who_see_the_case(world: World, stopped: FrozenClock) -> None:
    simple = never_filmed(world, stopped)
    written = explain(world, simple)
    acknowledge_explanation(actor=world["unit_head"], explanation_id=written.id)
    for who in ("supervisor", "head", "unit_head", "officer"):
        assert visible_suspicions(world[who]).count() == 1
    for who in ("legal", "archivist", "operator"):
        assert visible_suspicions(world[who]).count() == 0
