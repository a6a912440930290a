"""A levy: assessed, approved, decided, objected to, paid; or reminded and taken to the court."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.actions.paper_drafts import revise_paper
from liuhen.actions.publishing import withhold_publication
from liuhen.compliance.models import Finding
from liuhen.demo.coercion_case import EnforcementCase, LevyCase
from liuhen.demo.people import World
from liuhen.jobs.judging import judge_due_cases
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from tests.actions.coercion import camera_of, outcome, wanting
from tests.actions.ordinary import refusal


@pytest.fixture
def levy(world: World, stopped: FrozenClock) -> LevyCase:
    """A levy nobody films."""
    return LevyCase(world, stopped)


def test_a_levy_is_decided_objected_to_and_paid_up_to_the_archive(
    world: World, levy: LevyCase, stopped: FrozenClock
) -> None:
    levy.camera = camera_of(world, stopped)
    levy.open()
    levy.assess()
    notice = levy.issue(levy.draw("other_prior_notice", statement_days=5))
    levy.serve_on(notice)
    levy.decide()
    told = levy.case.papers.get(type="other_decision_approval").data["told"]
    assert told.startswith(f"{notice.number}于2026年3月10日送达。")
    assert levy.case.stage == "service"
    stopped.move(days=2)
    levy.hear()
    assert outcome(levy, "levy_objection_decided") == "pending"
    objection = levy.decide_objection()
    assert (objection.data["result"], objection.state) == ("upheld", "issued")
    assert objection.data["objection"].startswith("当事人对数额有异议")
    stopped.move(days=3)
    levy.pay()
    assert wanting(levy) == {"decision_published pending"}
    levy.close(summary="征收决定送达后缴清。", reason="performed")
    withheld = refusal(withhold_publication, **levy.by, reason=" ")
    assert withheld.code == "publication.provision"
    withhold_publication(**levy.by, reason="涉及缴纳义务人的商业秘密。")
    assert not Finding.objects.filter(case=levy.case, rule="decision_published").exists()
    levy.publish()
    assert outcome(levy, "decision_published") == "met"
    assert refusal(withhold_publication, **levy.by, reason="隐私").code == "publication.done"
    levy.bind()
    levy.archive("虚档〔2026〕9003")
    assert levy.case.stage == "hand_over"
    report = levy.case.papers.get(type="general_closing_report")
    assert report.data["result"] == "征收城市生活垃圾处理费1800元"


def test_where_law_asks_for_it_the_payer_is_told_before_the_decision_is_asked_for(
    levy: LevyCase, stopped: FrozenClock
) -> None:
    levy.open()
    assert outcome(levy, "party_told_before_decision") == "unknown"
    levy.assess(nature=("is_notice_required",))
    assert outcome(levy, "party_told_before_decision") == "pending"
    refused = refusal(levy.ask_decision)
    assert refused.code == "law.forbids"
    assert [each["rule"] for each in refused.data["obstacles"]] == ["party_told_before_decision"]
    assert "第十五条" in refused.data["article"]
    notice = levy.issue(levy.draw("other_prior_notice", statement_days=5))
    assert refusal(levy.ask_decision).code == "law.forbids"  # issued and not served
    levy.serve_on(notice)
    levy.decide()
    told = ("party_told_before_decision", "notice_complete")
    assert [outcome(levy, rule) for rule in told] == ["met", "met"]


def test_where_law_asks_for_none_no_notice_is_wanted(levy: LevyCase) -> None:
    levy.open()
    levy.assess()
    told = Finding.objects.filter(case=levy.case, rule="party_told_before_decision")
    assert not told.exists()
    levy.decide()


def test_what_is_levied_is_whole_and_due_later(levy: LevyCase, stopped: FrozenClock) -> None:
    levy.open()
    today = clock.local_date(stopped())
    for changes, code in (
        ({"amount_fen": 0}, "levy.amount"),
        ({"pay_by": today}, "levy.pay_by"),
        ({"standard": " "}, "levy.incomplete"),
        ({"nature": ("odd",)}, "circumstances.unknown"),
    ):
        assert refusal(levy.assess, **changes).code == code
    case = levy.assess(amount_fen=1, pay_by=today + dt.timedelta(days=1))
    assert case.facts["levy"]["amount_fen"] == 1


def test_papers_wait_for_the_assessment_and_the_decision_for_the_head(levy: LevyCase) -> None:
    levy.open()
    assert refusal(levy.ask_decision).code == "paper.too_early"
    levy.assess()
    early = levy.draw("levy_decision")
    refused = refusal(levy.issue, early)
    assert (refused.code, "第二十四条" in refused.data["article"]) == ("law.forbids", True)
    levy.ask_decision(handler_opinion="建议征收。")
    levy.approve()
    changing: dict[str, Any] = {"actor": levy.world[levy.handler], "paper_id": early.id}
    revise_paper(**changing, version=1, fields={"review_body": ""})
    unknown = refusal(levy.issue, early)
    assert (unknown.code, unknown.data["missing"]) == ("paper.remedy_unknown", "行政复议机关")
    revise_paper(**changing, version=2, fields={"review_body": "虚构市人民政府"})
    levy.issue(early)
    assert outcome(levy, "decision_paper_complete") == "met"
    assert refusal(levy.assess).code == "levy.decided"


def test_an_objection_is_decided_after_it_was_made(levy: LevyCase) -> None:
    levy.open()
    levy.assess()
    levy.decide()
    assert refusal(levy.decide_objection).code == "paper.too_early"


def test_a_levy_that_is_not_paid_is_enforced_after_its_last_day(
    world: World, levy: LevyCase, stopped: FrozenClock
) -> None:
    levy.open()
    due = clock.local_date(stopped()) + dt.timedelta(days=10)
    levy.assess(pay_by=due)
    levy.decide()
    enforcement = EnforcementCase(world, stopped)
    assert refusal(enforcement.open, levy.case).data["due"] == due.isoformat()
    assert outcome(levy, "overdue_party_reminded") == "not_applicable"  # it waits for its day
    stopped.move(days=11)
    judge_due_cases()
    assert outcome(levy, "overdue_party_reminded") == "pending"
    assert outcome(levy, "court_applied_in_time") == "not_applicable"
    enforcement.open(levy.case)
    assert enforcement.case.facts["enforced"]["obligation"] == "缴纳城市生活垃圾处理费1800元"
    apart = Finding.objects.filter(case=levy.case, rule="court_applied_in_time")
    assert not apart.exists()


def test_who_does_not_enforce_levies_nothing_and_the_way_it_begins_is_stated(
    levy: LevyCase,
) -> None:
    levy.handler = "records"
    assert refusal(levy.open).code == "permission.missing"
    levy.handler = "handler"
    levy.open()
    assert levy.case.number.encode() in bytes(Entry.objects.get(event="levy.opened").body)
