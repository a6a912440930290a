"""A party that dies or ceases to be: nothing more is done towards it, and its case can be ended."""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.actions import parties
from liuhen.actions.closing import propose_closing, propose_termination
from liuhen.actions.investigation import start_activity
from liuhen.compliance.gating import way_through
from liuhen.compliance.models import Finding
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from liuhen.jobs.judging import judge_all_cases
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import explain
from liuhen.ledger.models import Entry
from tests.actions.ordinary import filmed, refusal

ENDING: dict[str, Any] = {
    "summary": "立案调查后，当事人注销登记。",
    "reason": "当事人已经注销，没有承受其权利义务的人，没有可以继续的处理。",
    "handler_opinion": "建议终止。",
    "remedy_state": "没有行政复议、行政诉讼。",
    "strokes": ink(2),
}


def ended(ordinary: OrdinaryCase, on: dt.date = dt.date(2026, 3, 10)) -> None:
    """The party ceases to be."""
    parties.record_party_death(
        actor=ordinary.world["handler"],
        party_id=ordinary.case.parties.get().id,
        died_on=on,
        proof="登记机关的注销证明",
    )


def open_duties(ordinary: OrdinaryCase) -> set[str]:
    rows = Finding.objects.filter(case=ordinary.case, column="text")
    return set(rows.exclude(outcome__in=("met", "not_applicable")).values_list("rule", flat=True))


def test_an_undecided_case_is_ended_by_report_and_approval(
    world: Any, stopped: FrozenClock
) -> None:
    ordinary = filmed(world, stopped)
    ordinary.until_initiated()
    assert refusal(propose_termination, **ordinary.by, **ENDING).code == "termination.party_lives"
    stopped.move(days=1)
    ordinary.inspect()
    assert "decided_in_time" in open_duties(ordinary)
    ended(ordinary)
    assert open_duties(ordinary) == set()
    unreasoned = refusal(propose_termination, **ordinary.by, **{**ENDING, "reason": " "})
    assert unreasoned.code == "closing.incomplete"
    propose_termination(**ordinary.by, **ENDING)
    assert refusal(propose_termination, **ordinary.by, **ENDING).code == "approval.pending"
    ordinary.answer("deputy", "同意终止。")
    case = ordinary.case
    assert (case.closed_at, case.stage) == (stopped(), "closing")
    report = Paper.objects.get(case=case, type="closing_report", state=Paper.State.ISSUED)
    assert report.data["reason"] == "terminated"
    assert ENDING["reason"] in report.data["summary"]
    assert Entry.objects.filter(event="case.termination_proposed").count() == 1
    ordinary.bind()
    ordinary.archive("2026-001")
    stopped.move(days=120)
    judge_all_cases()
    assert open_duties(ordinary) == set()


def test_what_was_broken_before_the_death_stays_and_must_be_explained(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.until_initiated()
    ordinary.inspect()
    stopped.move(days=100)
    judge_all_cases()
    assert "decided_in_time" in open_duties(ordinary)
    ended(ordinary, dt.date(2026, 6, 15))
    assert "decided_in_time" in open_duties(ordinary)
    told = refusal(propose_termination, **ordinary.by, **ENDING)
    assert told.code == "law.forbids"
    assert "decided_in_time" in {each["rule"] for each in told.data["obstacles"]}


def test_a_decided_case_nobody_is_left_to_perform_is_ended_too(
    world: Any, stopped: FrozenClock
) -> None:
    ordinary = filmed(world, stopped)
    ordinary.until_initiated()
    ordinary.conclude(circumstances={"review_grounds": (), "is_complex": False})
    ordinary.notify()
    ordinary.serve("prior_notice")
    ordinary.hear()
    ordinary.review_defence()
    ordinary.until_decided()
    ordinary.serve("penalty_decision")
    ended(ordinary, dt.date(2026, 3, 11))
    by = {**ordinary.by, **ENDING}
    assert refusal(propose_closing, **{**by, "reason": "performed"}).code == "closing.not_performed"
    assert [one.rule for one in way_through("terminate", ordinary.case.id).curable] == []
    propose_termination(**by)
    ordinary.answer("deputy", "同意终止。")
    assert ordinary.case.closed_at == stopped()


def test_nothing_is_done_towards_a_party_that_is_no_more(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.until_initiated()
    ordinary.conclude()
    ordinary.notify()
    ended(ordinary)
    officers = [ordinary.world["handler"], ordinary.world["officer"]]
    for kind in ("statement_and_defence", "service_in_person", "service_left"):
        told = refusal(
            start_activity,
            **ordinary.by,
            kind=kind,
            place="接待室",
            officers=officers,
            is_on_site=False,
        )
        assert told.code == "party.dead", kind
    for paper in ("prior_notice", "waiver", "penalty_decision"):
        assert refusal(ordinary.draw, paper).code in ("party.dead", "paper.too_early"), paper
    words = explain(refusal(ordinary.draw, "prior_notice"))
    assert "2026-03-10" in words.message
    assert "报请终止案件" in words.remedy
