"""A fine already imposed for the same act is found by party and act, and the second is refused."""

from __future__ import annotations

import datetime as dt
import threading
from functools import partial

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuhen.actions.judgements import decide_judgement
from liuhen.actions.papers import issue_paper
from liuhen.cases.models import Party
from liuhen.compliance.facts import facts_of_case
from liuhen.compliance.models import Finding
from liuhen.compliance.past_findings import findings_at
from liuhen.demo.people import World
from liuhen.demo.simple_case import PARTY, SimpleCase
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.law.findings import Outcome
from tests.actions.test_ordinary_papers import at_once
from tests.world import owner  # noqa: F401 - a fixture

RULE = "act_fined_once"
Fine = dict[str, str]


def begun(
    world: World, *, place: str = "", party: Fine | None = None, **more: object
) -> SimpleCase:
    """A case up to the waiver of defence."""
    simple = SimpleCase(world, place=place) if place else SimpleCase(world)
    simple.start()
    simple.violation(party, **more)
    simple.notice()
    simple.waive()
    return simple


def fined(simple: SimpleCase) -> None:
    simple.decide()
    simple.sign()
    simple.issue_and_serve()


def two_officers_at_one_stall(
    world: World, stopped: FrozenClock, **second: object
) -> tuple[SimpleCase, SimpleCase]:
    """Both cases begin before either decides; the first has fined."""
    first, other = begun(world), begun(world, **second)  # type: ignore[arg-type]
    stopped.move(minutes=5)
    fined(first)
    stopped.move(minutes=5)
    return first, other


def issued(simple: SimpleCase) -> Paper:
    return issue_paper(actor=simple.world["officer"], paper_id=simple.decision.id)


def outcome(simple: SimpleCase) -> str | None:
    found = Finding.objects.filter(case=simple.case, rule=RULE).first()
    return found.outcome if found else None


def test_a_second_fine_for_the_same_act_is_refused_with_its_article(
    world: World, stopped: FrozenClock
) -> None:
    first, second = two_officers_at_one_stall(world, stopped)
    with pytest.raises(Refused) as refused:
        second.decide()
    assert refused.value.code == "law.forbids"
    assert "第二十九条" in refused.value.data["article"]
    assert first.case.number in refused.value.data["missing"]
    second.decide(penalty=["warning"])
    second.sign()
    second.issue_and_serve()
    assert outcome(second) == "met"


def test_the_first_case_is_not_the_second_fine_of_the_other(
    world: World, stopped: FrozenClock
) -> None:
    first, _ = two_officers_at_one_stall(world, stopped)
    first.end()
    assert outcome(first) is None


@pytest.mark.parametrize(
    "other",
    [
        {"cause": "擅自张贴宣传品"},
        {"party": {**PARTY, "identity_number": "110105194912310038", "name": "马样例"}},
    ],
)
def test_another_act_or_another_party_is_fined(
    world: World, stopped: FrozenClock, other: dict[str, object]
) -> None:
    _, second = two_officers_at_one_stall(world, stopped, place="别处", **other)
    fined(second)
    assert outcome(second) is None


def test_what_goes_on_after_the_fine_is_a_new_act(world: World, stopped: FrozenClock) -> None:
    fined(begun(world))
    stopped.move(hours=3)
    again = begun(world)
    fined(again)
    assert outcome(again) == "met"


@pytest.mark.parametrize(
    "second",
    [
        {"place": "虚构市别处路1号"},
        {"cause": "擅自张贴宣传品"},
    ],
)
def test_where_it_is_not_plain_the_head_of_the_unit_decides(
    world: World, stopped: FrozenClock, second: dict[str, object]
) -> None:
    _, other = two_officers_at_one_stall(world, stopped, **second)
    with pytest.raises(Refused) as refused:
        other.decide()
    (stands,) = [row for row in refused.value.data["obstacles"] if row["rule"] == RULE]
    assert stands["act"] == "decide_judgement"
    decide_judgement(
        actor=world["unit_head"],
        case_id=other.case.id,
        rule=RULE,
        subject_id=stands["subject"]["id"],
        is_applicable=True,
        is_fulfilled=True,
        reason="两处堆放互不相干",
    )
    fined(other)
    assert outcome(other) == "met"


def test_a_fine_drawn_up_before_the_other_was_issued_is_refused_when_it_is_issued(
    world: World, stopped: FrozenClock
) -> None:
    first, second = begun(world), begun(world)
    stopped.move(minutes=5)
    second.decide()
    second.sign()
    fined(first)
    with pytest.raises(Refused) as refused:
        second.issue_and_serve()
    assert {row["rule"] for row in refused.value.data["obstacles"]} == {RULE}


def test_a_name_alone_does_not_make_it_the_same_party(world: World, stopped: FrozenClock) -> None:
    organisation = {
        "kind": Party.Kind.ORGANISATION,
        "name": "虚构样例有限公司",
        "identity_number": "",
        "representative": "马样例",
        "address": "虚构市示例区样板路9号",
    }
    first, other = begun(world, party=organisation), begun(world, party=organisation)
    stopped.move(minutes=5)
    fined(first)
    facts = facts_of_case(other.case.id)
    assert [each.is_same_act for each in facts.same_act_fines or ()] == [None]


def test_as_of_an_instant_before_the_fine_nothing_had_been_fined(
    world: World, stopped: FrozenClock
) -> None:
    before = clock.now() + dt.timedelta(minutes=1)
    _, second = two_officers_at_one_stall(world, stopped)
    now = {each.rule: each.outcome for each in findings_at(second.case).findings}
    then = {each.rule: each.outcome for each in findings_at(second.case, before).findings}
    assert now[RULE] is Outcome.PENDING
    assert RULE not in then


def test_the_search_takes_no_query_of_its_own(world: World, stopped: FrozenClock) -> None:
    counts = []
    for _ in range(2):
        _, second = two_officers_at_one_stall(world, stopped)
        case_id = second.case.id
        with CaptureQueriesContext(connection) as queries:
            facts_of_case(case_id)
        counts.append(len(queries))
        stopped.move(hours=1)
    assert counts == [4, 4]


def test_of_two_fines_decided_at_once_the_second_sees_the_first(
    world: World, stopped: FrozenClock
) -> None:
    cases = [begun(world), begun(world)]
    stopped.move(minutes=5)
    for simple in cases:
        simple.decide()
        simple.sign()
    answers = at_once(*(partial(issued, each) for each in cases))
    assert answers.count("law.forbids") == 1
    drafts = Paper.objects.filter(id__in=[each.decision.id for each in cases])
    assert drafts.filter(state=Paper.State.ISSUED).count() == 1


def test_a_decision_waits_while_another_towards_the_same_party_is_under_way(
    world: World,
    stopped: FrozenClock,
    owner: psycopg.Connection,  # noqa: F811
) -> None:
    simple = begun(world)
    simple.decide()
    simple.sign()
    key = f"name:{simple.case.parties.get().name}"
    waiting = threading.Thread(target=at_once, args=(partial(issued, simple),))
    owner.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
    waiting.start()
    waiting.join(timeout=1.5)
    assert waiting.is_alive()
    owner.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])
    waiting.join(timeout=60.0)
    assert not waiting.is_alive()
    assert Paper.objects.get(id=simple.decision.id).state == Paper.State.ISSUED
