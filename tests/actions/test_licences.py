"""A licence lives: issued, changed, prolonged or deemed so, withdrawn, revoked, cancelled."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from liuhen.actions import licence_endings as endings
from liuhen.actions import licences as acts
from liuhen.actions.publishing import withhold_publication
from liuhen.cases.models import Case
from liuhen.compliance.models import Finding
from liuhen.demo.licensing_case import LicensingCase
from liuhen.demo.people import World
from liuhen.documents.licences import are_names_masked, public_licences, public_name, standing_on
from liuhen.documents.models import Licence
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.law.calendar import end_of_day
from liuhen.ledger.models import Entry
from tests.actions.coercion import camera_of
from tests.actions.endings import EndingCase
from tests.actions.ordinary import refusal


def granted(world: World, stopped: FrozenClock, **proposal: Any) -> LicensingCase:
    """A licence decided and handed over, not yet entered."""
    licence = LicensingCase(world, stopped)
    licence.receive()
    licence.accept()
    licence.leave_counter()
    licence.propose(**proposal)
    licence.decide()
    stopped.move(minutes=5)
    licence.serve("licence_grant")
    return licence


def applied(
    world: World, stopped: FrozenClock, held: Licence, purpose: str, **changes: Any
) -> LicensingCase:
    """The holder applies to change or prolong what it holds."""
    again = LicensingCase(world, stopped)
    again.receive(purpose=purpose, licence_number=held.number, **changes)
    again.accept()
    again.leave_counter()
    return again


def ending(world: World, stopped: FrozenClock, held: Licence, *how: str) -> EndingCase:
    """A case that is to end it."""
    case = EndingCase(world, stopped)
    case.open(held, *how)
    return case


def duty(case: Case, rule: str) -> Finding:
    return Finding.objects.filter(case=case, rule=rule).latest("id")


def told(event: str) -> dict[str, Any]:
    entry = Entry.objects.filter(event=event).latest("recorded_at")
    data: dict[str, Any] = json.loads(bytes(entry.body))["data"]
    return data


def changes(licence: Licence) -> list[str]:
    return list(licence.changes.order_by("made_at").values_list("kind", flat=True))


def test_a_licence_granted_is_entered_once_with_its_certificate_which_the_holder_gets(
    world: World, stopped: FrozenClock
) -> None:
    licence = LicensingCase(world, stopped)
    licence.receive()
    licence.accept()
    licence.leave_counter()
    licence.propose()
    assert refusal(acts.issue_licence, **licence.by).code == "licence.not_granted"
    licence.decide()
    stopped.move(minutes=5)
    licence.serve("licence_grant")
    assert "许可的登记" in refusal(licence.ask_closing).data["missing"]
    who = {**licence.by, "actor": world["legal"]}
    assert refusal(acts.issue_licence, **who).code == "permission.missing"
    held = acts.issue_licence(**licence.by)
    assert (held.state, held.holder, held.holder_kind) == (
        "in_force",
        licence.words.party["name"],
        "organisation",
    )
    assert held.number.endswith("许证字〔2026〕第0001号")
    paper = held.certificate
    assert paper is not None
    assert (paper.state, paper.data["licence_number"]) == ("issued", held.number)
    assert told("licence.issued")["licence"] == held.number
    assert "许可证的送达" in refusal(licence.ask_closing).data["missing"]
    assert duty(licence.case, "licence_certificate_delivered_in_time").outcome == "pending"
    licence.papers["licence_certificate"] = paper
    stopped.move(minutes=5)
    licence.serve("licence_certificate")
    assert duty(licence.case, "licence_certificate_delivered_in_time").outcome == "met"
    assert refusal(acts.issue_licence, **licence.by).code == "licence.issued"
    assert refusal(acts.prolong_licence, **licence.by).code == "licence.purpose"
    assert changes(held) == ["issued"]


def test_without_a_certificate_the_decision_is_what_the_holder_shows_until_it_is_revoked(
    world: World, stopped: FrozenClock
) -> None:
    licence = granted(world, stopped, has_certificate=False, valid_from=None, valid_until=None)
    held = acts.issue_licence(**licence.by)
    assert (held.number, held.certificate) == (licence.papers["licence_grant"].number, None)
    assert standing_on(held, dt.date(2099, 1, 1)) == "in_force"
    again = LicensingCase(world, stopped)
    asked = {"purpose": "prolong", "licence_number": held.number}
    assert refusal(again.receive, **asked).code == "licence.unlimited"
    assert refusal(again.receive, purpose="prolong", licence_number="无").code == "licence.unknown"
    stranger = {**licence.words.party, "name": "虚构市另一样例公司", "identity_number": ""}
    wrong = refusal(again.receive, purpose="change", licence_number=held.number, party=stranger)
    assert (wrong.code, wrong.data["holder"]) == ("licence.not_holder", held.holder)
    day = clock.local_date(stopped())
    assert list(public_licences()) == [held]
    assert public_name(held, is_masked=are_names_masked(day)) == held.holder
    held.holder, held.holder_kind = "何样例", "person"
    assert public_name(held, is_masked=are_names_masked(day)) == "何某某"
    assert public_name(held, is_masked=False) == "何样例"
    held.refresh_from_db()

    case = ending(world, stopped, held, "revoke", "deceit")
    case.propose(compensation="被许可人以欺骗手段取得，利益不受保护。")
    case.tell()
    case.approve()
    gone = endings.revoke_licence(**case.by)
    assert (gone.state, standing_on(gone, day)) == ("revoked", "revoked")
    change = held.changes.get(kind="revoked")
    assert (change.ground, change.reason) == ("deceit", case.case.facts["licence"]["reasons"])
    assert duty(case.case, "licence_revocation_grounded").outcome == "met"
    late = refusal(EndingCase(world, stopped).open, held, "withdraw", "law_changed")
    assert late.code == "licence.ended"


@pytest.fixture
def held(world: World, stopped: FrozenClock) -> Licence:
    return granted(world, stopped).certify()


def test_turned_down_in_time_it_runs_out_and_is_cancelled(
    world: World, stopped: FrozenClock, held: Licence
) -> None:
    assert held.valid_until is not None
    again = applied(world, stopped, held, "prolong")
    again.propose(is_granted=False, reasons="消纳场已满。")
    again.decide(is_granted=False)
    held.refresh_from_db()
    assert held.prolonging is None
    case = EndingCase(world, stopped)
    assert refusal(case.open, held, "cancel", "expired").code == "licence.not_over"
    assert refusal(case.open, held, "cancel", "ended").code == "licence.not_over"
    stopped.move(days=181)
    assert standing_on(held, clock.local_date(stopped())) == "expired"
    late = LicensingCase(world, stopped)
    asked = {"purpose": "prolong", "licence_number": held.number}
    assert refusal(late.receive, **asked).code == "licence.over"
    case.open(held, "cancel", "expired")
    case.propose(compensation="")
    assert "决定审批表" in refusal(endings.cancel_licence, **case.by).data["missing"]
    case.approve()
    struck = endings.cancel_licence(**case.by)
    assert (struck.state, told("licence.cancelled")["ground"]) == (
        "cancelled",
        "expired",
    )
    assert refusal(endings.cancel_licence, **case.by).code == "licence.ended"
    case.close()
    assert case.case.closed_at is not None


def test_withdrawn_after_notice_and_approval_with_its_compensation_and_then_cancelled(
    world: World, stopped: FrozenClock, held: Licence
) -> None:
    case = EndingCase(world, stopped)
    assert refusal(case.open, held, "withdraw", "deceit").code == "licence.ground"
    case.open(held, "withdraw", "facts_changed")
    other = EndingCase(world, stopped)
    assert refusal(other.open, held, "revoke", "deceit").code == "licence.ending"
    assert refusal(case.propose, compensation=" ").code == "licence.compensation"
    assert refusal(case.propose, basis=" ").code == "licence.proposal"
    case.propose()
    form = case.draw("other_decision_approval", handler_opinion="建议撤回。")
    assert "告知" in refusal(case.send, form).data["missing"]
    case.tell()
    case.send(form)
    case.answer("unit_head")
    early = refusal(endings.withdraw_licence, **case.by)
    assert "决定审批表" in early.data["missing"]
    case.answer("head")
    assert refusal(endings.revoke_licence, **case.by).code == "licence.purpose"
    assert refusal(endings.cancel_licence, **case.by).code == "paper.too_early"
    gone = endings.withdraw_licence(**case.by)
    paper = case.case.papers.get(type="licence_withdrawal_decision")
    assert (gone.state, paper.data["compensation"]) == (
        "withdrawn",
        "补偿重新办理手续的费用三千元。",
    )
    assert duty(case.case, "licence_withdrawal_compensated").outcome == "met"
    assert duty(case.case, "ended_licence_cancelled").outcome == "pending"
    owed = duty(case.case, "licence_withdrawal_told")
    assert (owed.outcome, owed.due_at) == ("pending", None), "the law sets no days for it"
    # It grants nothing: neither delivered in ten days nor published as a grant is.
    granting = ("licence_delivered_in_time", "licence_decision_published")
    assert not Finding.objects.filter(case=case.case, rule__in=granting).exists()
    assert duty(case.case, "licence_ending_published").outcome == "pending"
    assert refusal(case.propose).code == "licence.decided"
    stopped.move(minutes=5)
    case.papers[paper.type] = paper
    case.serve(paper.type)
    assert duty(case.case, "licence_withdrawal_told").outcome == "met"
    withhold_publication(**case.by, reason="《保守国家秘密法》")
    assert not Finding.objects.filter(case=case.case, rule="licence_ending_published").exists()
    assert "注销手续" in refusal(case.ask_closing).data["missing"]
    endings.cancel_licence(**case.by)
    assert duty(case.case, "ended_licence_cancelled").outcome == "met"
    assert changes(held) == ["issued", "withdrawn", "cancelled"]
    asked = {"purpose": "change", "licence_number": held.number}
    assert refusal(LicensingCase(world, stopped).receive, **asked).code == "licence.ended"


def test_found_to_stand_it_is_decided_served_and_closed_and_takes_nothing_from_anybody(
    world: World, stopped: FrozenClock, held: Licence
) -> None:
    case = EndingCase(world, stopped, camera=camera_of(world, stopped))
    case.open(held, "revoke", "deceit")
    case.propose()
    notice = case.draw("other_prior_notice", statement_days=5)
    assert refusal(case.stand, reasons=" ").code == "licence.proposal"
    case.stand()
    notice.refresh_from_db()
    assert (notice.state, told("licence.standing_proposed")["purpose"]) == ("void", "revoke")
    assert refusal(endings.revoke_licence, **case.by).code == "paper.too_early"
    assert "决定审批表" in refusal(endings.keep_licence, **case.by).data["missing"]
    case.approve()

    case.propose()  # what is approved serves the conclusion it was approved for, and no other
    assert "决定审批表" in refusal(endings.keep_licence, **case.by).data["missing"]
    assert "决定审批表" in refusal(endings.revoke_licence, **case.by).data["missing"]
    case.stand()
    assert "继续有效" in refusal(case.ask_closing).data["missing"]
    assert (endings.keep_licence(**case.by).state, held.number) == (
        "in_force",
        told("licence.kept")["licence"],
    )
    assert refusal(case.propose).code == "licence.decided"
    paper = case.case.papers.get(type="licence_standing_decision")
    assert "送达" in refusal(case.ask_closing).data["missing"]
    stopped.move(minutes=5)
    case.papers[paper.type] = paper
    case.serve(paper.type)
    idle = ("party_told_before_decision", "licence_decision_published", "ended_licence_cancelled")
    bites = Finding.objects.filter(case=case.case, rule__in=idle)
    assert not bites.exclude(outcome="not_applicable").exists()
    assert duty(case.case, "decision_paper_complete").outcome == "met"
    case.close()
    assert case.case.closed_at is not None
    assert changes(held) == ["issued", "kept"]
    EndingCase(world, stopped).open(held, "withdraw", "facts_changed")


def test_changed_prolonged_and_not_answered_in_time_it_counts_as_prolonged(
    world: World, stopped: FrozenClock, held: Licence
) -> None:
    assert held.valid_until is not None
    again = applied(world, stopped, held, "change")
    again.propose(content="处置建筑垃圾约五千立方米。")
    again.decide()
    assert refusal(acts.issue_licence, **again.by).code == "licence.purpose"
    changed = acts.change_licence(**again.by)
    assert (changed.number, changed.content) == (held.number, "处置建筑垃圾约五千立方米。")
    assert changed.certificate_id != held.certificate_id
    assert changed.valid_until == held.valid_until
    last = changed.changes.latest("made_at")
    assert (last.kind, last.before["content"]) == ("changed", held.content)

    stopped.move(days=100)
    again = applied(world, stopped, held, "prolong")
    asked = {"purpose": "prolong", "licence_number": held.number}
    assert refusal(LicensingCase(world, stopped).receive, **asked).code == "licence.prolonging"
    rule = "licence_prolongation_decided_in_time"
    pending = duty(again.case, rule)
    assert (pending.outcome, pending.due_at) == ("pending", end_of_day(held.valid_until))
    short = refusal(again.propose, valid_until=held.valid_until)
    assert (short.code, short.data["until"]) == ("licence.not_longer", held.valid_until.isoformat())
    until = held.valid_until + dt.timedelta(days=180)
    again.propose(valid_until=until)
    again.decide()
    prolonged = acts.prolong_licence(**again.by)
    assert (prolonged.valid_until, prolonged.prolonging) == (until, None)
    assert duty(again.case, rule).outcome == "met"
    assert changes(held) == ["issued", "changed", "prolonged"]

    stopped.set(end_of_day(until) - dt.timedelta(days=5, hours=12))
    late = applied(world, stopped, held, "prolong")
    held.refresh_from_db()
    assert standing_on(held, until) == "in_force"
    assert standing_on(held, until + dt.timedelta(days=1)) == "deemed"
    stopped.move(days=6)
    late.propose(is_granted=False, reasons="消纳场已满。")
    late.ask_decision()
    late.answer("unit_head")
    late.answer("head")
    refused = refusal(late.issue, late.draw("licence_refusal"))
    assert (refused.code, refused.data["until"]) == ("licence.deemed_prolonged", until.isoformat())
    assert duty(late.case, rule).outcome == "breached"
