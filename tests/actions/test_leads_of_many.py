"""Two people at one lead, and the time a lead may take to be checked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.actions import lead_outcomes, leads
from liuhen.actions.initiation import start_in_emergency
from liuhen.cases.models import Lead
from liuhen.compliance.models import Finding
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.jobs.judging import judge_due_cases
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import explain
from liuhen.ledger.models import Entry
from tests.actions.ordinary import refusal

CRIME: dict[str, Any] = {"recipient": "虚构市公安局", "is_suspected_crime": True}


def on(ordinary: OrdinaryCase, who: str = "handler") -> dict[str, Any]:
    return {"actor": ordinary.world[who], "lead_id": ordinary.lead.id}


def version(ordinary: OrdinaryCase) -> int:
    return Lead.objects.get(id=ordinary.lead.id).version


def due(ordinary: OrdinaryCase) -> dt.datetime | None:
    return Finding.objects.get(case=ordinary.case, rule="lead_checked_in_time").due_at


def end_of(month: int, day: int) -> dt.datetime:
    return dt.datetime(2026, month, day, 15, 59, 59, 999999, tzinfo=dt.UTC)


def checked(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    ordinary.assign()
    ordinary.check()


def test_who_writes_second_is_told_who_wrote_first(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    ordinary.assign()
    seen = version(ordinary)
    leads.record_check(**on(ordinary), check="现场查看属实。", version=seen)
    second = refusal(leads.record_check, **on(ordinary, "officer"), check="未见", version=seen)
    assert second.code == "lead.changed"
    assert "王承办已在03月10日09:00办理过" in explain(second).message
    assert Lead.objects.get().check_note == "现场查看属实。"
    leads.record_check(**on(ordinary, "officer"), check="未见", version=version(ordinary))
    assert Lead.objects.get().check_note == "未见"


def test_a_lead_handed_out_twice_at_once_stays_with_the_first(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    world, seen = ordinary.world, version(ordinary)
    pair = [world["handler"], world["officer"]]
    leads.assign_lead(**on(ordinary, "unit_head"), handler=pair[0], officers=pair, version=seen)
    others = [world["officer"], world["officer2"]]
    late = refusal(
        leads.assign_lead,
        **on(ordinary, "handler"),
        handler=others[0],
        officers=others,
        version=seen,
    )
    assert late.code == "lead.changed"
    assert ordinary.case.handler == world["handler"]


def test_a_lead_nobody_has_been_given_is_not_checked(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    alone = refusal(leads.record_check, **on(ordinary, "officer"), check="属实。")
    assert alone.code == "lead.unassigned"


def test_of_two_outcomes_only_one_is_asked_at_a_time(ordinary: OrdinaryCase) -> None:
    checked(ordinary)
    ordinary.party()
    ordinary.ask_initiation()
    second = on(ordinary, "officer")
    assert refusal(lead_outcomes.propose_refusal, **second, reason="轻微。").code == (
        "approval.pending"
    )
    ordinary.answer("unit_head", "补充证据。", "returned")
    lead_outcomes.propose_transfer(**second, reason="涉嫌犯罪。", **CRIME)
    form = ordinary.papers["initiation_approval"]
    assert refusal(ordinary.send, form).code == "approval.pending"
    emergency: dict[str, Any] = {"actor": ordinary.world["handler"], "case_id": ordinary.case.id}
    assert refusal(start_in_emergency, **emergency, reason="扬尘。").code == "approval.pending"


def test_a_transfer_sent_back_leaves_nothing_when_the_lead_is_refused(
    ordinary: OrdinaryCase,
) -> None:
    checked(ordinary)
    lead_outcomes.propose_transfer(**on(ordinary), reason="涉嫌犯罪。", **CRIME)
    ordinary.answer("unit_head", "不构成犯罪。", "returned")
    lead_outcomes.propose_refusal(**on(ordinary), reason="情节轻微并已改正。")
    ordinary.answer("unit_head")
    ordinary.answer("head")
    lead = Lead.objects.get()
    assert (lead.is_suspected_crime, lead.transferred_to) == (False, "")
    assert not Finding.objects.filter(case=ordinary.case, rule="lead_transferred").exclude(
        outcome="not_applicable"
    )


def test_a_transfer_that_was_decided_is_not_decided_again(ordinary: OrdinaryCase) -> None:
    checked(ordinary)
    lead_outcomes.propose_transfer(
        **on(ordinary), reason="住建部门职责。", recipient="虚构市住建局", is_suspected_crime=False
    )
    ordinary.answer("unit_head")
    assert refusal(lead_outcomes.propose_refusal, **on(ordinary), reason="轻微").code == (
        "lead.decided"
    )


def test_the_head_makes_the_time_for_checking_ten_working_days_longer(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.register()
    ordinary.assign()
    assert due(ordinary) == end_of(3, 31)
    assert refusal(leads.propose_prolongation, **on(ordinary), reason=" ").code == "reason.missing"
    leads.propose_prolongation(**on(ordinary), reason="涉及多个地块，需委托测绘。")
    ordinary.answer("unit_head")
    assert due(ordinary) == end_of(3, 31)
    ordinary.answer("head", "同意延长。")
    # Ten more working days, around the holiday of the tomb sweeping.
    assert due(ordinary) == end_of(4, 15)
    again = refusal(leads.propose_prolongation, **on(ordinary), reason="还要。")
    assert again.code == "lead.prolonged"
    assert Entry.objects.filter(event="lead.prolongation_proposed").count() == 1


def test_time_that_has_run_out_is_not_made_longer(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.register()
    ordinary.assign()
    stopped.set(end_of(3, 31))
    leads.propose_prolongation(**on(ordinary), reason="需委托测绘。")
    stopped.move(microseconds=1)
    judge_due_cases()
    ordinary.answer("unit_head")
    late = refusal(ordinary.answer, "head")
    assert late.code == "lead.check_overdue"
    ordinary.answer("head", "已逾期。", "returned")
    assert refusal(leads.propose_prolongation, **on(ordinary), reason="需测绘。").code == (
        "lead.check_overdue"
    )
    assert Lead.objects.get().prolonged_at is None
    assert clock.now() > end_of(3, 31)
