"""Drafts under two hands, issue at the same moment, numbers without a hole."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from liuhen.actions.paper_drafts import draw_up_paper, redraw_paper, revise_paper, void_paper
from liuhen.actions.papers import issue_paper
from liuhen.assembly.completeness import missing_fields
from liuhen.assembly.document_types import document_type
from liuhen.assembly.filling import sources, value_at
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World
from liuhen.documents.case_facts import facts_of
from liuhen.documents.models import Paper, Service
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import Refused
from liuhen.law.calendar import end_of_day
from tests.actions.ordinary import refusal


@pytest.fixture
def report(ordinary: OrdinaryCase) -> Paper:
    """An unsigned draft of the investigation report."""
    ordinary.until_initiated()
    given: dict[str, Any] = {"facts": "事实", "discretion": "理由", "suggestion": "建议"}
    return ordinary.draw("investigation_report", **given)


def revise(ordinary: OrdinaryCase, paper: Paper, version: int, **fields: Any) -> Paper:
    actor = ordinary.world["officer"]
    return revise_paper(actor=actor, paper_id=paper.id, version=version, fields=fields)


def test_two_editors_keep_what_each_alone_has_changed(
    ordinary: OrdinaryCase, report: Paper
) -> None:
    revise(ordinary, report, 1, facts="甲改的事实", discretion="理由")
    merged = revise(ordinary, report, 1, facts="事实", discretion="乙改的理由")
    assert (merged.data["facts"], merged.data["discretion"]) == ("甲改的事实", "乙改的理由")
    assert merged.version == 3


def test_a_field_both_changed_is_refused_with_both_versions(
    ordinary: OrdinaryCase, report: Paper
) -> None:
    revise(ordinary, report, 1, facts="甲改的事实")
    told = refusal(revise, ordinary, report, 1, facts="乙改的事实", discretion="乙改的理由")
    assert (told.code, told.data["version"], told.data["fields"]) == (
        "paper.changed",
        2,
        "违法事实",
    )
    assert told.data["differences"] == [
        {
            "key": "facts",
            "label": "违法事实",
            "before": "事实",
            "theirs": "甲改的事实",
            "mine": "乙改的事实",
        }
    ]
    report.refresh_from_db()
    assert report.data["discretion"] == "理由"
    # With the present version before one's eyes, one's own choice is taken.
    assert revise(ordinary, report, 2, facts="商定的事实").data["facts"] == "商定的事实"


def test_what_a_person_may_not_fill_is_refused(ordinary: OrdinaryCase, report: Paper) -> None:
    assert refusal(revise, ordinary, report, 1, number="第1号").code == "paper.field_unknown"
    form = ordinary.papers["initiation_approval"]
    assert refusal(revise, ordinary, form, 1, cause="别的").code == "paper.not_draft"
    signed = refusal(ordinary.draw, "decision_approval", head_opinion="同意")
    assert signed.code in ("paper.opinion", "paper.too_early")
    by_act = refusal(ordinary.draw, "closing_report")
    assert by_act.code == "paper.by_act"


def test_a_signed_draft_is_not_changed_but_drawn_up_anew(
    ordinary: OrdinaryCase, report: Paper
) -> None:
    ordinary.sign(report, "handler", "handler")
    assert refusal(revise, ordinary, report, 1, facts="改").code == "paper.signed"
    on: dict[str, Any] = {"actor": ordinary.world["handler"], "paper_id": report.id}
    assert refusal(redraw_paper, **on, reason="").code == "reason.missing"
    anew = redraw_paper(**on, reason="事实有误")
    report.refresh_from_db()
    assert (report.state, report.void_reason) == (Paper.State.VOID, "事实有误")
    assert (anew.data["facts"], anew.signatures.count()) == ("事实", 0)
    assert refusal(void_paper, **on, reason="再次").code == "paper.not_draft"
    register = Paper.objects.get(type="lead_register")
    kept = refusal(void_paper, actor=on["actor"], paper_id=register.id, reason="作废")
    assert kept.code == "paper.not_draft"


def test_what_lies_with_an_office_is_not_touched(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    ordinary.party()
    ordinary.ask_initiation()
    form = ordinary.papers["initiation_approval"]
    on: dict[str, Any] = {"actor": ordinary.world["handler"], "paper_id": form.id}
    assert refusal(void_paper, **on, reason="作废").code == "paper.under_approval"
    assert refusal(revise, ordinary, form, 1, cause="别的").code == "paper.under_approval"
    assert refusal(issue_paper, **on).code == "paper.needs_approval"
    assert refusal(ordinary.send, form).code == "approval.pending"
    ordinary.answer("unit_head", "请补充发案时间。", outcome="returned")
    anew = redraw_paper(**on, reason="按退回意见补充")
    assert "handler_opinion" in anew.data
    assert "unit_opinion" not in anew.data


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Do calls at the same moment, each in a thread with a connection of its own."""
    results: list[object] = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(place: int) -> None:
        gate.wait()
        try:
            results[place] = calls[place]()
        except Refused as refused:
            results[place] = refused.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def notices(world: World, stopped: FrozenClock, count: int) -> list[UUID]:
    """Drafts of prior notices, each of a case of its own and ready to be issued."""
    ids = []
    for place in range(count):
        ordinary = OrdinaryCase(world, stopped, second="officer2" if place % 2 else "officer")
        ordinary.until_initiated()
        ordinary.conclude()
        ids.append(ordinary.draw("prior_notice").id)
    return ids


def test_of_two_issues_at_the_same_moment_one_wins_and_the_other_is_refused(
    world: World, stopped: FrozenClock
) -> None:
    (paper_id,) = notices(world, stopped, 1)
    actor = world["handler"]
    done = at_once(*[lambda: issue_paper(actor=actor, paper_id=paper_id).number] * 3)
    assert sorted(map(str, done)) == [
        "paper.not_draft",
        "paper.not_draft",
        "虚城管罚告字〔2026〕第1号",
    ]


def test_numbers_given_at_the_same_moment_have_no_hole_even_when_one_is_refused(
    world: World, stopped: FrozenClock
) -> None:
    ids = notices(world, stopped, 4)
    actor = world["handler"]
    broken = Paper.objects.get(id=ids[0])
    revise_paper(actor=actor, paper_id=broken.id, version=1, fields={"facts": ""})

    def issue(paper_id: UUID) -> Callable[[], object]:
        return lambda: issue_paper(actor=actor, paper_id=paper_id).number

    done = at_once(*map(issue, ids))
    assert done[0] == "paper.incomplete"
    assert sorted(map(str, done[1:])) == [f"虚城管罚告字〔2026〕第{n}号" for n in (1, 2, 3)]


# Supplied when a paper is issued, by its own act, or by an annex that later issues bring.
# Types laid out by these belong to other papers than those an ordinary case always has.
SHARED_LAYOUTS = frozenset({"letter", "form", "record"})
LATER = ("paper.", "approvals.", "archive.", "file.", "gap.", "recording.", "closing.", "filing.")
ELSEWHERE = {
    *("correction.content", "penalty.simple_conditions", "notice.told", "collection.ground"),
    *("statement.adopted", "statement.review", "statement.waived", "statement.form"),
    *("lead.grounds", "lead.informed", "lead.transferred_to", "activity.attachments"),
    *("activity.person_in_charge", "activity.witness", "case.closed_on", "case.handlers"),
    *("case.kind_label", "case.result", "case.started_on", "case.started_at", "remedy.state"),
    *("review.adopted", "review.findings", "review.reason", "review.result", "case.ended_on"),
    *("review.aspects", "review.conclusion", "review.qualification", "review.reviewer"),
    *("review.stage", "review.submitted_on", "review.suggestions"),
    *("collection.banked_on", "collection.handed_in_on", "collection.late_amount_fen"),
    *("collection.payer", "collection.receipts", "collection.requested"),
    *("discussion.attending", "discussion.reservations", "performance.disposal"),
}


def test_a_case_on_its_way_fills_every_field_whose_source_it_knows(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    ordinary.until_notified()
    inspection = ordinary.papers["inspection_record"].activity
    heard = ordinary.hear()
    ordinary.review_defence()
    ordinary.ask_review()
    ordinary.review()
    talk = ordinary.discuss()
    ordinary.until_decided()
    ordinary.leave("penalty_decision")
    ordinary.pay()
    case = ordinary.case
    seen = (None, inspection, heard, talk, case.activities.get(kind="inquiry"))
    facts = [facts_of(case, activity, clock.now()) for activity in seen]
    known = {
        path
        for path in sources()
        if any(value_at(one, path) not in (None, "", [], {}) for one in facts)
    }
    unknown = {
        path
        for path, keys in sources().items()
        if path not in known
        and not path.startswith((*LATER, "service."))
        and any(document_type(key).layout not in SHARED_LAYOUTS for key in keys)
    }
    assert unknown <= ELSEWHERE, sorted(unknown - ELSEWHERE)
    for paper in Paper.objects.filter(case=case, state=Paper.State.ISSUED):
        assert missing_fields(paper.type, paper.data) == [], paper.type


def test_an_overdue_fine_is_counted_by_the_day_and_stops_at_the_fine(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.until_initiated()
    ordinary.until_notified()
    ordinary.hear()
    ordinary.review_defence()
    ordinary.ask_review()
    ordinary.review()
    ordinary.discuss()
    ordinary.until_decided()
    ordinary.leave("penalty_decision")
    fine = ordinary.papers["penalty_decision"].data["amount"]
    (service,) = Service.objects.filter(paper=ordinary.papers["penalty_decision"])
    served = service.received_at or service.served_at
    due_on = clock.local_date(served) + dt.timedelta(days=16)  # the fifteenth is a Sunday
    assert facts_of(ordinary.case, None, end_of_day(due_on))["late"] == {}
    owed = [
        facts_of(ordinary.case, None, end_of_day(due_on + dt.timedelta(days=late)))["late"]
        for late in (1, 33, 34, 400)
    ]
    assert {each["due_on"] for each in owed} == {due_on}
    assert [each["amount_fen"] for each in owed] == [fine * 3 // 100, fine * 99 // 100, fine, fine]


def test_papers_that_no_hand_draws_up_are_named(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    ordinary.assign()
    by: dict[str, Any] = {"actor": ordinary.world["handler"], "case_id": ordinary.case.id}
    for type_key in ("lead_register", "service_receipt", "legality_review_opinion", "case_cover"):
        assert refusal(draw_up_paper, **by, type_key=type_key).code == "paper.by_act"
    assert refusal(draw_up_paper, **by, type_key="inquiry_record").code == "paper.activity"
