"""What becomes of a lead, and who the parties are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.actions import lead_outcomes, leads, parties
from liuhen.actions.initiation import start_in_emergency
from liuhen.actions.people import register_person
from liuhen.cases.models import Lead, Party, PartyChange
from liuhen.cases.queries import visible_cases
from liuhen.compliance.models import Finding
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_words import DUMPING
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import RowImage
from tests.actions.ordinary import findings, refusal

REASON = "反映的行为不违法。"


def checked(ordinary: OrdinaryCase, **changes: Any) -> dict[str, Any]:
    """A lead registered, assigned and checked; what acts on it are called with."""
    ordinary.register(**changes)
    ordinary.assign()
    ordinary.check("现场查看，未发现违法行为。")
    return {"actor": ordinary.world[ordinary.handler], "lead_id": ordinary.lead.id}


def register_of(ordinary: OrdinaryCase) -> Paper:
    return Paper.objects.get(type="lead_register", case=ordinary.case)


def test_a_named_complainant_is_told_of_a_refusal_before_the_register_is_done(
    ordinary: OrdinaryCase,
) -> None:
    on = checked(ordinary)
    lead_outcomes.propose_refusal(**on, reason=REASON)
    ordinary.answer("unit_head", "同意不予立案。")
    ordinary.answer("head", "同意不予立案。")
    form = Paper.objects.get(type="lead_refusal_approval")
    assert form.state == Paper.State.ISSUED
    assert (form.data["reason"], form.data["check"]) == (REASON, "现场查看，未发现违法行为。")
    assert form.data["head_opinion"]["text"] == "同意不予立案。"
    assert register_of(ordinary).state == Paper.State.DRAFT
    assert findings(ordinary) == {
        "11.1 complainant_informed pending",
        "11.1 lead_outcome_recorded breached",
    }
    ordinary.clock.move(hours=1)
    notice = ordinary.issue(Paper.objects.get(type="lead_refusal_notice"))
    assert notice.number == "虚城管不立告字〔2026〕第1号"
    assert (notice.data["addressee"], notice.data["reason"]) == ("卫演示", REASON)
    lead_outcomes.inform_complainant(**on, note="邮寄告知书，电话告知：不违法，不予立案。")
    register = register_of(ordinary)
    assert register.state == Paper.State.ISSUED
    assert register.data["outcome"] == "refused"
    assert register.data["unit_opinion"]["name"] == "赵队长"
    assert "电话告知" in register.data["informed"]
    assert "虚城管不立告字〔2026〕第1号" in register.data["informed"]
    assert findings(ordinary) == set()


def test_an_anonymous_lead_that_is_refused_needs_nobody_told(ordinary: OrdinaryCase) -> None:
    on = checked(ordinary, is_named=False)
    lead_outcomes.propose_refusal(**on, reason=REASON)
    ordinary.answer("unit_head")
    ordinary.answer("head")
    assert not Paper.objects.filter(type="lead_refusal_notice").exists()
    assert refusal(lead_outcomes.inform_complainant, **on, note="电话").code == "lead.anonymous"
    assert findings(ordinary) == set()


def test_a_suspected_crime_goes_to_the_head_and_is_handed_over_within_a_day(
    ordinary: OrdinaryCase,
) -> None:
    on = checked(ordinary)
    lead_outcomes.propose_transfer(
        **on, reason="涉嫌污染环境罪。", recipient="虚构市公安局", is_suspected_crime=True
    )
    assert refusal(lead_outcomes.hand_over_lead, **on, note="案卷一册").code == "lead.no_transfer"
    ordinary.answer("unit_head")
    ordinary.answer("head", "同意移送。")
    transfer = Finding.objects.get(case=ordinary.case, rule="lead_transferred")
    assert transfer.due_at == clock.now() + dt.timedelta(hours=24)
    assert refusal(lead_outcomes.hand_over_lead, **on, note="案卷一册").code == "lead.no_letter"
    letter = Paper.objects.get(type="crime_transfer_letter")
    assert letter.data["approved_at"] == clock.iso(clock.now())
    assert (letter.data["addressee"], letter.data["materials"][0]) == (
        "虚构市公安局",
        {"name": "涉嫌犯罪案件情况的调查报告", "copies": 1},
    )
    assert ordinary.issue(letter).number == "虚城管涉罪移字〔2026〕第1号"
    ordinary.clock.move(hours=3)
    lead_outcomes.hand_over_lead(**on, note="移送案卷一册，取得回执。")
    # Until the police answer nothing is due, and nothing is taken for a breach.
    assert findings(ordinary) == set()
    assert refusal(ordinary.ask_initiation).code == "paper.too_early"


def test_no_jurisdiction_is_decided_by_the_units_head_alone(ordinary: OrdinaryCase) -> None:
    on = checked(ordinary, source="inspection", is_named=None)
    lead_outcomes.propose_transfer(
        **on, reason="属于住建部门职责。", recipient="虚构市住建局", is_suspected_crime=False
    )
    ordinary.answer("unit_head")
    other = refusal(ordinary.draw, "crime_transfer_letter")
    assert (other.code, other.data["missing"]) == ("paper.too_early", "移送的批准（办法第11条）")
    ordinary.issue(Paper.objects.get(type="case_transfer_letter"))
    lead_outcomes.hand_over_lead(**on, note="移送函一份。")
    assert Lead.objects.get().outcome == Lead.Outcome.TRANSFERRED


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"content": " "}, "lead.incomplete"),
        ({"source": "rumour"}, "lead.incomplete"),
        ({"is_named": None}, "lead.reporter"),
        ({"reporter_contact": ""}, "lead.reporter"),
        ({"received_at": dt.datetime(2026, 3, 10, 1, 0, 1, tzinfo=dt.UTC)}, "lead.in_future"),
    ],
)
def test_a_lead_that_says_too_little_is_refused(
    ordinary: OrdinaryCase, changes: dict[str, Any], code: str
) -> None:
    assert refusal(ordinary.register, **changes).code == code
    assert not Lead.objects.exists()


def test_an_unchecked_lead_has_no_outcome_and_a_decided_one_has_no_other(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.register(is_named=False)
    ordinary.assign()
    on: dict[str, Any] = {"actor": ordinary.world["handler"], "lead_id": ordinary.lead.id}
    assert refusal(lead_outcomes.propose_refusal, **on, reason=REASON).code == "lead.unchecked"
    assert refusal(leads.record_check, **on, check=" ").code == "lead.no_check"
    ordinary.check()
    lead_outcomes.propose_refusal(**on, reason=REASON)
    assert refusal(lead_outcomes.propose_refusal, **on, reason=REASON).code == "approval.pending"
    ordinary.answer("unit_head", "理由不足。", "returned")
    lead_outcomes.propose_refusal(**on, reason=REASON)
    forms = Paper.objects.filter(type="lead_refusal_approval")
    assert sorted(one.state for one in forms) == [Paper.State.DRAFT, Paper.State.VOID]
    ordinary.answer("unit_head")
    ordinary.answer("head")
    assert refusal(lead_outcomes.propose_refusal, **on, reason=REASON).code == "lead.decided"
    emergency: dict[str, Any] = {"actor": ordinary.world["handler"], "case_id": ordinary.case.id}
    assert refusal(start_in_emergency, **emergency, reason="扬尘").code == "lead.decided"


def test_a_lead_is_assigned_to_two_officers_one_of_whom_handles_it(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.register()
    world = ordinary.world
    given: dict[str, Any] = {
        "actor": world["unit_head"],
        "lead_id": ordinary.lead.id,
        "handler": world["handler"],
    }
    alone = refusal(leads.assign_lead, **given, officers=[world["handler"], world["handler"]])
    assert alone.code == "officer.alone"
    others = refusal(leads.assign_lead, **given, officers=[world["officer"], world["officer2"]])
    assert others.code == "lead.handler"
    ordinary.assign()
    assert visible_cases(world["handler"]).filter(id=ordinary.case.id).exists()
    assert not visible_cases(world["officer2"]).filter(id=ordinary.case.id).exists()


def test_who_complained_stands_in_no_image_of_the_ledger(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    images = RowImage.objects.filter(table="cases_lead")
    assert images.exists()
    for image in images:
        assert "卫演示".encode() not in bytes(image.body or b"")


def test_the_number_of_the_lead_serves_until_the_case_has_its_own(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.register()
    assert ordinary.case.number == ordinary.lead.number == "虚城管线〔2026〕0001号"
    ordinary.assign()
    ordinary.check()
    ordinary.party()
    ordinary.initiate()
    assert ordinary.case.number == "虚城管案〔2026〕0001号"
    assert ordinary.case.cause == "随意倾倒建筑垃圾"
    assert register_of(ordinary).state == Paper.State.ISSUED


def test_an_emergency_starts_first_and_its_approval_is_made_up_within_a_day(
    ordinary: OrdinaryCase, stopped: FrozenClock
) -> None:
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    ordinary.party()
    by: dict[str, Any] = {"actor": ordinary.world["handler"], "case_id": ordinary.case.id}
    assert refusal(start_in_emergency, **by, reason="").code == "reason.missing"
    start_in_emergency(**by, reason="大量扬尘正在扩散，须立即制止。")
    assert refusal(start_in_emergency, **by, reason="再次").code == "case.initiated"
    begun = clock.now()
    due = Finding.objects.get(case=ordinary.case, rule="start_approved")
    assert (due.outcome, due.due_at) == ("pending", begun + dt.timedelta(hours=24))
    stopped.move(hours=20)
    ordinary.initiate()
    form = Paper.objects.get(type="initiation_approval")
    assert form.data["is_urgent"] is True
    assert form.data["made_up_at"] == clock.iso(clock.now())
    assert ordinary.case.initiated_at == begun
    assert Finding.objects.get(case=ordinary.case, rule="start_approved").outcome == ("met")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"identity_number": "91120101MA00000008"}, "identity.credit_code"),
        ({"identity_kind": "resident_id"}, "identity.kind"),
        ({"identity_kind": ""}, "identity.kind"),
        ({"name": " "}, "party.incomplete"),
        (
            {
                "kind": "person",
                "identity_kind": "resident_id",
                "identity_number": "110105194912310021",
            },
            "identity.resident_number",
        ),
    ],
)
def test_a_party_whose_number_cannot_be_right_is_refused(
    ordinary: OrdinaryCase, changes: dict[str, str], code: str
) -> None:
    ordinary.register()
    ordinary.assign()
    assert refusal(ordinary.party, **changes).code == code


def test_numbers_are_taken_as_written_on_the_card_and_other_papers_unchecked(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.register()
    ordinary.assign()
    person = {"kind": "person", "identity_kind": "resident_id", "name": "曹样例"}
    party = ordinary.party(**person, identity_number="11010519491231002x")
    assert party.identity_number == "11010519491231002X"
    assert refusal(ordinary.party).code == "party.second"
    other = ordinary.party(
        **{**person, "identity_kind": "passport"}, identity_number="E00000000", role="interested"
    )
    assert other.role == Party.Role.INTERESTED


def test_a_change_of_name_is_a_dated_fact_and_papers_to_come_bear_the_new_name(
    ordinary: OrdinaryCase,
) -> None:
    ordinary.register()
    ordinary.assign()
    party = ordinary.party()
    on: dict[str, Any] = {"actor": ordinary.world["officer"], "party_id": party.id}
    new: dict[str, Any] = {"name": "虚构市样例装饰集团有限公司", "proof": "登记机关变更通知书"}
    today = clock.local_date(clock.now())
    late: dict[str, Any] = {"renamed_on": today + dt.timedelta(days=1)}
    assert refusal(parties.record_party_renaming, **on, **new, **late).code == (
        "party.change_in_future"
    )
    same = refusal(
        parties.record_party_renaming,
        **on,
        name=DUMPING.party["name"],
        proof="通知",
        renamed_on=today,
    )
    assert same.code == "party.same_name"
    parties.record_party_renaming(**on, **new, renamed_on=today)
    change = PartyChange.objects.get()
    assert (change.name_before, change.name_after) == (DUMPING.party["name"], new["name"])
    parties.correct_party(**on, given={**DUMPING.party, "name": new["name"], "phone": "000-1"})
    assert Party.objects.get().phone == "000-1"


def test_an_officer_of_another_unit_sees_no_lead(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    stranger = register_person(
        actor=ordinary.world.system,
        username="stranger",
        name="外单位",
        unit=ordinary.world.units["FZ"],
        password="liuhen-demo-2",
    )
    assert not visible_cases(stranger).exists()
