"""Enforcement: from the unpaid decision over the reminder to enforcement, or to the court."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.actions.enforcement_halts import resume_enforcement
from liuhen.actions.enforcing import open_enforcement
from liuhen.actions.figures import set_figure
from liuhen.actions.papers import note_refusal
from liuhen.actions.remedies import end_remedy, record_remedy
from liuhen.cases.models import Case
from liuhen.compliance.facts import facts_of_case
from liuhen.compliance.models import Finding
from liuhen.demo.coercion_case import EnforcementCase
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from tests.actions.coercion import camera_of, outcome, unpaid, wanting
from tests.actions.ordinary import refusal
from tests.actions.test_coercion_measure import give_powers


def local(month: int, day: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, tzinfo=clock.CHINA)


@pytest.fixture
def enforcement(world: World, stopped: FrozenClock) -> EnforcementCase:
    """An enforcement nobody films."""
    return EnforcementCase(world, stopped)


def opened(enforcement: EnforcementCase) -> EnforcementCase:
    """The fine of 10 March was due on 25 March; on 26 March its enforcement is opened."""
    case = unpaid(enforcement.world, enforcement.clock)
    enforcement.clock.set(local(3, 26))
    enforcement.open(case)
    return enforcement


def reminded(enforcement: EnforcementCase) -> EnforcementCase:
    opened(enforcement).remind()
    return enforcement


def decided(enforcement: EnforcementCase) -> EnforcementCase:
    """Reminded on 26 March; the thirty days of delay end on 24 April; decided on the 27th."""
    reminded(enforcement).clock.set(local(4, 27))
    enforcement.serve_on(enforcement.decide())
    return enforcement


def test_a_decision_is_enforced_after_its_reminder_up_to_the_archive(
    world: World, enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    enforcement.camera = camera_of(world, stopped)
    reminded(enforcement)
    enforcement.hear()
    enforcement.review_defence()
    stopped.set(local(4, 27))
    enforcement.serve_on(enforcement.decide())
    stopped.set(local(4, 28))
    enforcement.publish()
    enforcement.enforce()
    enforcement.perform()
    assert wanting(enforcement) == set()
    enforcement.close(summary="催告后仍不履行，强制执行完毕。", reason="enforced")
    enforcement.bind()
    enforcement.archive("虚档〔2026〕9002")
    assert enforcement.case.stage == "hand_over"


def test_nothing_is_opened_before_the_decision_may_be_enforced(
    enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    case = unpaid(enforcement.world, stopped)
    stopped.set(local(3, 25, 23))
    refused = refusal(enforcement.open, case)
    assert (refused.code, refused.data["due"]) == ("enforcement.not_due", "2026-03-25")
    stopped.set(local(3, 26, 0))
    enforcement.open(case)
    assert enforcement.case.facts["enforced"]["obligation"] == "缴纳罚款100元"
    assert refusal(enforcement.open, case).code == "enforcement.opened"
    event = Entry.objects.get(event="coercion.enforcement_opened")
    assert enforcement.case.number.encode() in bytes(event.body)
    stranger = {"actor": enforcement.world["officer2"], "enforced_id": case.id, "officers": ()}
    assert refusal(open_enforcement, **stranger).code == "record.not_found"


def test_the_case_that_is_enforced_learns_that_its_party_was_reminded(
    enforcement: EnforcementCase,
) -> None:
    case = unpaid(enforcement.world, enforcement.clock)
    enforcement.clock.set(local(3, 26))
    enforcement.open(case)
    rule = {"case": case, "rule": "overdue_party_reminded"}
    paper = enforcement.draw("reminder")
    enforcement.issue(paper)
    assert Finding.objects.get(**rule).outcome == "met"
    assert [each.type for each in facts_of_case(case.id).papers or ()].count("45") == 1


def test_the_decision_waits_for_the_last_day_of_the_reminder_and_thirty_days_of_delay(
    enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    reminded(enforcement)
    # Ten days from 26 March end on Sunday, 5 April, in the holidays: they roll to the 7th.
    stopped.set(local(4, 7, 23))
    refused = refusal(enforcement.decide)
    assert refused.code == "law.forbids"
    assert "2026年4月7日" in refused.data["missing"]
    (left,) = enforcement.case.papers.filter(type="enforcement_decision")
    # The fine was due on 25 March: what delay costs has run for thirty days on 24 April (46).
    stopped.set(local(4, 24, 23))
    refused = refusal(enforcement.issue, left)
    assert "第四十六条" in refused.data["article"]
    assert "2026年4月24日" in refused.data["missing"]
    stopped.set(local(4, 25, 0))
    enforcement.issue(left)
    assert outcome(enforcement, "enforcement_after_reminder") == "met"
    assert outcome(enforcement, "money_enforced_after_delay") == "met"


def test_what_the_party_says_upon_the_reminder_is_reviewed_before_the_decision(
    enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    reminded(enforcement).hear()
    stopped.set(local(4, 27))
    refused = refusal(enforcement.decide)
    assert "第三十六条" in refused.data["article"]
    enforcement.review_defence()
    enforcement.issue(enforcement.case.papers.get(type="enforcement_decision"))
    assert outcome(enforcement, "reminder_answer_reviewed") == "met"


def test_enforcement_is_by_day_and_not_on_statutory_holidays_but_for_urgency(
    enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    decided(enforcement)
    for forbidden in (local(4, 28, 5), local(4, 28, 22), local(5, 1, 10)):
        stopped.set(forbidden)
        refused = refusal(enforcement.enforce)
        assert (refused.code, "第四十三条" in refused.data["article"]) == ("law.forbids", True)
    assert refusal(enforcement.enforce, is_urgent=True).code == "enforcement.urgency"
    assert enforcement.enforce(is_urgent=True, urgency="堆放物堵塞消防通道。").ended_at is not None


def test_enforcement_begins_in_the_morning(
    enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    decided(enforcement)
    stopped.set(local(4, 28, 6))
    assert enforcement.enforce().facts["is_substitute"] is False


def test_what_another_performs_is_served_first_and_its_record_signed_by_them(
    world: World, enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    enforcement.camera = camera_of(world, stopped)
    case = unpaid(world, stopped, decision={"penalty": ["warning"]})
    stopped.set(local(3, 26))
    enforcement.open(case)
    assert enforcement.case.facts["enforced"]["obligation"] == "当日清除堆放的物料"
    enforcement.remind(way="自行清除")
    stopped.set(local(4, 8))
    decision = enforcement.decide("substitute_performance_decision")
    asked = Finding.objects.filter(case=enforcement.case, rule="money_enforced_after_delay")
    assert not asked.exists()  # no money is taken
    assert "还没有送达当事人" in refusal(enforcement.enforce).data["missing"]
    enforcement.serve_on(decision)
    assert enforcement.enforce().facts["is_substitute"] is True
    record = enforcement.papers["enforcement_record"]
    assert record.data["performer"] == record.signatures.get(role="performer").name
    assert outcome(enforcement, "enforcement_decision_served") == "met"
    assert outcome(enforcement, "substitute_performance_signed") == "met"


def test_homes_are_not_cut_off_and_nothing_begins_undecided(
    enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    reminded(enforcement)
    assert refusal(enforcement.enforce).code == "enforcement.undecided"
    stopped.set(local(4, 27))
    decision = enforcement.decide()
    unserved = refusal(enforcement.enforce)
    assert "还没有送达当事人" in unserved.data["missing"]
    enforcement.serve_on(decision)
    assert refusal(enforcement.enforce, keeps_supply=False).code == "enforcement.supply"


def test_a_unit_without_the_power_reminds_and_applies_to_the_court_instead(
    world: World, enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    give_powers(world, "measure")
    enforcement.camera = camera_of(world, stopped)
    reminded(enforcement)
    assert outcome(enforcement, "reminder_complete") == "met"
    stopped.set(local(4, 27))
    refused = refusal(enforcement.decide)
    assert "第十七条" in refused.data["article"]
    enforcement.void_draft(enforcement.case.papers.get(type="enforcement_decision"))
    # Six months after the service of 10 March, 10 September, nobody may sue any more.
    stopped.set(local(9, 10, 23))
    assert "第五十三条" in refusal(enforcement.apply).data["article"]
    enforcement.void_draft(enforcement.case.papers.get(type="enforcement_application"))
    # What the party takes against the decision is told to the case that enforces it (45, 46).
    fined = Case.objects.get(id=enforcement.case.facts["enforced"]["case_id"])
    by: dict[str, Any] = {"actor": world["handler"], "case_id": fined.id}
    day = local(9, 9).date()
    record_remedy(**by, kind="review", body="虚构市人民政府", began_on=day)
    stopped.set(local(9, 11, 0))
    assert "还没有结束" in refusal(enforcement.apply).data["missing"]
    enforcement.void_draft(
        enforcement.case.papers.get(type="enforcement_application", state="draft")
    )
    end_remedy(**by, ended_on=day, outcome="withdrawn", result="当事人撤回申请。")
    enforcement.apply()
    paper = enforcement.papers["enforcement_application"]
    assert paper.signatures.get(role="head").person == world["head"]
    assert paper.data["materials"][0]["name"] == "强制执行申请书"
    assert wanting(enforcement) == {"court_result_recorded pending"}
    enforcement.ruling()
    enforcement.perform("法院已经执行到位。")
    assert wanting(enforcement) == set()


def test_a_ruling_answers_an_application_that_was_issued(enforcement: EnforcementCase) -> None:
    reminded(enforcement)
    enforcement.papers["enforcement_application"] = enforcement.papers["reminder"]
    assert refusal(enforcement.ruling).code == "material.subject"


def test_a_party_that_refuses_to_sign_does_not_stop_the_record(
    enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    decided(enforcement)
    stopped.set(local(4, 28))
    facts = {"recorder": "张示例", "content": "清除。", "result": "已清除。", "keeps_supply": True}
    facts["confirmation"] = "已经阅看"
    activity = enforcement.begin("enforcement", facts=facts, place="样板路8号")
    stopped.move(seconds=5)
    record = enforcement.draw("enforcement_record", activity, span=enforcement.span(activity))
    note_refusal(
        actor=enforcement.world["handler"],
        paper_id=record.id,
        role="party",
        name="刘样例",
        reason="当事人拒绝签字。",
    )
    enforcement.sign(record, "officer", "handler", "officer")
    enforcement.sign(record, "recorder", "officer")
    assert enforcement.issue(record).state == "issued"


def test_what_is_suspended_waits_until_it_is_resumed_and_ends_when_it_is_terminated(
    world: World, enforcement: EnforcementCase, stopped: FrozenClock
) -> None:
    enforcement.camera = camera_of(world, stopped)
    decided(enforcement)
    by: dict[str, Any] = {"actor": enforcement.world["handler"], "case_id": enforcement.case_id}
    assert refusal(resume_enforcement, **by, reason="x").code == "enforcement.not_suspended"
    suspended: dict[str, Any] = {"reason": "当事人住院，暂无履行能力。", "from_on": "2026-04-27"}
    enforcement.serve_on(enforcement.issue(enforcement.draw("enforcement_suspension", **suspended)))
    stopped.set(local(4, 28))
    refused = refusal(enforcement.enforce)
    assert (refused.code, refused.data["since"]) == ("enforcement.suspended", "2026-04-27")
    again = refusal(enforcement.draw, "enforcement_suspension", **suspended)
    assert again.code == "paper.too_early"
    assert refusal(resume_enforcement, **by, reason=" ").code == "enforcement.resumption"
    years = "coercion_law.suspension_end"  # none at all: what is suspended today is over today
    day, head = clock.local_date(stopped()), world["head"]
    set_figure(actor=head, name=years, value=0, valid_from=day, reason="试验")
    assert refusal(resume_enforcement, **by, reason="当事人已经出院。").code == "enforcement.lapsed"
    resume_enforcement(**by, reason="当事人已经出院，有履行能力。", is_still_due=True)
    assert refusal(resume_enforcement, **by, reason="x").code == "enforcement.not_suspended"
    event = Entry.objects.get(event="coercion.enforcement_resumed")
    assert "已经出院".encode() in bytes(event.body)
    closing = {"summary": "执行标的灭失，终结执行。", "reason": "terminated"}
    assert refusal(enforcement.ask_closing, **closing).code == "closing.not_performed"
    gone: dict[str, Any] = {"reason": "执行标的灭失。"}
    enforcement.serve_on(enforcement.issue(enforcement.draw("enforcement_termination", **gone)))
    assert refusal(enforcement.enforce).code == "enforcement.terminated"
    assert refusal(resume_enforcement, **by, reason="x").code == "enforcement.terminated"
    assert refusal(enforcement.draw, "enforcement_agreement").code == "paper.too_early"
    enforcement.close(**closing)
    assert enforcement.case.closed_at is not None
    assert enforcement.case.ended_at is not None
