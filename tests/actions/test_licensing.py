"""Licences run from the counter to the archive, each step in its time and by who may."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.actions import licence_hearings as hearings
from liuhen.actions import licensing as acts
from liuhen.actions.defence import receive_material
from liuhen.actions.parties import add_party
from liuhen.actions.publishing import publish_result
from liuhen.cases.models import Activity, Case, Party
from liuhen.compliance.models import Finding
from liuhen.demo.footage import film, photograph
from liuhen.demo.licensing_case import MATERIALS, LicensingCase
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.kernel.refusals import explain
from tests.actions.ordinary import findings, refusal

_FILMED = frozenset({"workplace_intake", "on_site_verification", "hearing"})


def filmed(world: World, stopped: FrozenClock) -> LicensingCase:
    """A licence whose counter and visit are filmed; of the rest a picture shows the act."""

    def camera(activity: Activity) -> None:
        take = film if activity.kind in _FILMED else photograph
        take(world, activity, officer="handler", returned_at=stopped())

    return LicensingCase(world, stopped, camera=camera)


def test_a_licence_applied_for_supplemented_verified_granted_delivered_meets_every_duty(
    world: World, stopped: FrozenClock
) -> None:
    licence = filmed(world, stopped)
    licence.until_accepted()
    stopped.move(days=1)
    licence.verify()
    licence.propose()
    stopped.move(days=1)
    licence.decide()
    stopped.move(hours=1)
    licence.serve("licence_grant")
    assert licence.case.stage == "delivery"
    licence.certify()
    licence.publish()
    assert findings(licence) == set()
    licence.close()
    licence.bind()
    licence.archive("虚档〔2026〕许0001")
    assert licence.case.stage == "hand_over"
    assert findings(licence) == set()


@pytest.fixture
def received(world: World, stopped: FrozenClock) -> LicensingCase:
    licence = LicensingCase(world, stopped)
    licence.receive()
    return licence


@pytest.fixture
def accepted(received: LicensingCase) -> LicensingCase:
    received.accept()
    received.leave_counter()
    return received


def duty(licence: LicensingCase, rule: str) -> Finding:
    return Finding.objects.filter(case=licence.case, rule=rule).latest("id")


def test_an_application_is_registered_with_its_materials_and_signed_by_both(
    received: LicensingCase,
) -> None:
    paper = received.case.papers.get(type="licence_application")
    assert (paper.state, received.case.stage) == ("issued", "application")
    assert [one["name"] for one in paper.data["materials"]] == [one["name"] for one in MATERIALS]
    assert set(paper.signatures.values_list("role", flat=True)) == {"party", "registrar"}
    intake = received.case.activities.get()
    assert (intake.kind, intake.ended_at) == ("workplace_intake", None)
    assert refusal(acts.end_intake, **received.by).code == "activity.ends_before_start"
    received.leave_counter()
    assert refusal(received.leave_counter).code == "application.no_intake"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"matter": " "}, "application.incomplete"),
        ({"form": "fax"}, "application.incomplete"),
        ({"materials": []}, "application.incomplete"),
        ({"materials": [{"name": "合同", "copies": None}]}, "application.incomplete"),
        ({"applicant": " "}, "signature.empty"),
        ({"applicant_strokes": []}, "signature.empty"),
        ({"party": {"kind": "organisation", "name": ""}}, "party.incomplete"),
    ],
)
def test_an_application_that_says_too_little_leaves_no_case(
    world: World, stopped: FrozenClock, changes: dict[str, Any], code: str
) -> None:
    licence = LicensingCase(world, stopped)
    assert refusal(licence.receive, **changes).code == code
    assert not Case.objects.exists()


def test_two_officers_take_it_on_and_nobody_without_the_permission(
    world: World, stopped: FrozenClock
) -> None:
    licence = LicensingCase(world, stopped)
    assert refusal(licence.receive, second=world["handler"]).code == "officer.alone"
    licence.handler = "legal"
    assert refusal(licence.receive).code == "permission.missing"


def test_what_is_missing_is_told_once_and_within_five_working_days(
    received: LicensingCase,
) -> None:
    # Received on Tuesday the 10th: the fifth working day is Tuesday the 17th.
    last = dt.datetime(2026, 3, 17, 15, 59, 59, tzinfo=dt.UTC)
    notice = received.draw("supplement_notice", missing=[{"name": "证明", "problem": "未提交"}])
    received.clock.set(last + dt.timedelta(seconds=1))
    late = refusal(received.issue, notice)
    assert (late.code, late.data["until"]) == ("application.deemed_accepted", "2026-03-17")
    received.accept()
    assert received.case.initiated_at == last + dt.timedelta(seconds=1)


def test_told_on_the_last_day_it_waits_for_what_is_missing_and_is_not_told_twice(
    received: LicensingCase,
) -> None:
    received.clock.set(dt.datetime(2026, 3, 17, 15, 59, 59, tzinfo=dt.UTC))
    assert refusal(received.supplement).code == "application.not_told"
    received.tell_missing()
    assert duty(received, "supplement_told_at_once").outcome == "met"
    again = refusal(received.tell_missing)
    assert (again.code, "一次告知" in again.data["missing"]) == ("paper.too_early", True)
    assert "补正的材料" in refusal(received.accept).data["missing"]
    received.supplement()
    names = [one["name"] for one in received.case.facts["licence"]["materials"]]
    assert names == [*(one["name"] for one in MATERIALS), "消纳场所证明"]
    received.accept()
    assert refusal(received.supplement).code == "application.answered"


def test_an_application_turned_away_ends_with_its_reason_served(received: LicensingCase) -> None:
    received.leave_counter()
    lacking = refusal(received.ask_closing)
    assert (lacking.code, lacking.data["missing"]) == ("closing.not_ended", "许可决定")
    paper = received.draw("non_acceptance_notice", reason="申请事项不属于本机关职权范围，")
    assert (paper.data["review_days"], paper.data["suit_months"]) == (60, 6)
    received.issue(paper)
    assert refusal(received.accept).code == "paper.too_early"
    assert refusal(received.ask_closing).data["missing"] == "不予受理通知的送达"
    received.clock.move(hours=1)
    received.serve("non_acceptance_notice")
    assert acts.still_open(received.case) == []
    assert (
        acts.ended_at(received.case)
        == received.case.papers.get(type="non_acceptance_notice").services.get().served_at
    )
    # What is still owed is its footage; nothing is asked of a decision that will not come.
    assert "是否" not in refusal(received.ask_closing).data["missing"]


def test_nothing_is_verified_or_proposed_before_acceptance(received: LicensingCase) -> None:
    assert refusal(received.verify).code == "activity.too_early"
    assert refusal(received.propose).code == "licence.not_accepted"


def test_the_decision_has_twenty_working_days_and_ten_more_by_the_head_once_told(
    accepted: LicensingCase,
) -> None:
    decided = duty(accepted, "licence_decided_in_time")
    assert decided.due_at == dt.datetime(2026, 4, 8, 15, 59, 59, 999999, tzinfo=dt.UTC)
    accepted.prolong(10)
    accepted.clock.move(minutes=5)
    accepted.serve("licence_prolongation_notice")
    assert duty(accepted, "licence_prolongation_allowed").outcome == "met"
    due = duty(accepted, "licence_decided_in_time").due_at
    assert due is not None and decided.due_at is not None
    assert due - decided.due_at == dt.timedelta(days=14)


def test_what_experts_need_is_not_counted_once_the_applicant_is_told(
    accepted: LicensingCase, stopped: FrozenClock
) -> None:
    before = duty(accepted, "licence_decided_in_time").due_at
    first = clock.local(stopped()).replace(hour=9)
    period = {
        "started_at": clock.iso(first),
        "ended_at": clock.iso(first + dt.timedelta(days=6)),
    }
    notice: dict[str, Any] = {"procedure": "专家评审", "period": period}
    accepted.issue(accepted.draw("special_procedure_notice", **notice))
    assert duty(accepted, "licence_decided_in_time").due_at == before  # nobody was told yet
    accepted.serve("special_procedure_notice")
    moved = duty(accepted, "licence_decided_in_time").due_at
    # 10 to 16 March: four working days after that of acceptance; 8 April becomes the 14th.
    assert before is not None and moved is not None
    assert moved - before == dt.timedelta(days=6)


def test_eleven_more_days_are_too_many(accepted: LicensingCase) -> None:
    accepted.prolong(11)
    accepted.clock.move(minutes=5)
    accepted.serve("licence_prolongation_notice")
    assert duty(accepted, "licence_prolongation_allowed").outcome == "breached"


def test_a_refusal_gives_its_reasons_and_remedies_and_a_grant_is_then_refused(
    accepted: LicensingCase,
) -> None:
    assert "审查结论" in refusal(accepted.ask_decision).data["missing"]
    accepted.propose(is_granted=False, reasons="消纳场所未取得同意。")
    assert refusal(accepted.draw, "licence_grant").code == "paper.too_early"
    accepted.ask_decision()
    accepted.answer("unit_head")
    assert "决定审批表" in refusal(accepted.draw, "licence_refusal").data["missing"]
    accepted.answer("head")
    paper = accepted.issue(accepted.draw("licence_refusal"))
    assert (paper.data["reasons"], paper.data["suit_months"]) == ("消纳场所未取得同意。", 6)
    assert duty(accepted, "licence_refusal_reasoned").outcome == "met"
    assert refusal(accepted.propose).code == "licence.decided"
    assert duty(accepted, "licence_refusal_told").outcome == "pending"
    accepted.clock.move(hours=1)
    accepted.serve("licence_refusal")
    assert duty(accepted, "licence_refusal_told").outcome == "met"
    granting = {"licence_delivered_in_time", "licence_decision_published"}
    asked = Finding.objects.filter(case=accepted.case, rule__in=granting)
    assert not asked.exclude(outcome="not_applicable").exists()  # nothing to give or to show
    shown = refusal(publish_result, **accepted.by, where="门户网站")
    assert shown.code == "publication.nothing"
    assert accepted.case.stage == "delivery"


def test_a_photo_of_the_counter_is_no_camera_and_its_footage_is(
    world: World, stopped: FrozenClock
) -> None:
    licence = LicensingCase(world, stopped)
    licence.receive()
    licence.accept()
    licence.leave_counter()
    counter = licence.case.activities.get(kind="workplace_intake")
    photograph(world, counter, officer="handler", returned_at=stopped())
    pending = duty(licence, "workplace_filmed")
    code = pending.body["explanation"]["code"]
    assert (pending.outcome, code) == ("pending", "workplace_filmed.not_filmed")
    film(world, counter, officer="handler", returned_at=stopped())
    assert duty(licence, "workplace_filmed").outcome == "met"


def test_a_licence_is_not_valid_from_before_its_decision(
    accepted: LicensingCase, stopped: FrozenClock
) -> None:
    today = clock.local_date(stopped())
    until = today + dt.timedelta(days=90)
    past = refusal(accepted.propose, valid_from=today - dt.timedelta(days=1), valid_until=until)
    assert past.code == "licence.backdated"
    accepted.propose(valid_from=today, valid_until=until)
    accepted.ask_decision()
    accepted.answer("unit_head")
    accepted.answer("head")
    paper = accepted.draw("licence_grant")
    stopped.move(days=1)  # what was proposed for that day is decided on the next
    late = refusal(accepted.issue, paper)
    assert late.code == "licence.backdated"
    assert late.data == {"since": today.isoformat(), "day": clock.local_date(stopped()).isoformat()}
    stopped.move(days=-1)
    assert accepted.issue(paper).state == "issued"


def test_a_proposal_says_everything_and_its_span_has_a_length(accepted: LicensingCase) -> None:
    assert refusal(accepted.propose, basis=" ").code == "licence.proposal"
    day = dt.date(2026, 4, 1)
    assert refusal(accepted.propose, valid_from=day, valid_until=day).code == "licence.span"
    assert refusal(accepted.propose, valid_until=None).code == "licence.span"
    accepted.propose(valid_from=day, valid_until=day + dt.timedelta(days=1))


def test_a_major_licence_is_not_sent_before_its_legality_review(accepted: LicensingCase) -> None:
    accepted.propose(is_major=True)
    forbidden = refusal(accepted.ask_decision)
    assert forbidden.code == "law.forbids"
    accepted.propose(is_major=False)
    accepted.draw("other_decision_approval", handler_opinion="建议准予。")


def test_a_complex_licence_is_not_sent_before_it_was_discussed(accepted: LicensingCase) -> None:
    accepted.propose(is_complex=True)
    forbidden = refusal(accepted.ask_decision)
    assert forbidden.code == "law.forbids" and "集体讨论" in forbidden.data["missing"]
    accepted.discuss()
    accepted.ask_decision()


NEIGHBOUR = {"kind": "person", "role": "interested", "name": "王邻居", "address": "样板路92号"}


def told_applicant(licence: LicensingCase) -> None:
    """The notice of the right to a hearing, in the applicant's hands."""
    licence.issue(licence.draw("licence_hearing_right_notice", interest="运输路线经过邻居门前。"))
    licence.clock.move(minutes=5)
    licence.serve("licence_hearing_right_notice")


def told_neighbour(licence: LicensingCase, party: Party, **changes: Any) -> None:
    given = {"party_id": party.id, "way": "当面交付告知书，本人签收。", **changes}
    hearings.tell_interested_person(**licence.by, **given)


def test_a_licence_that_touches_others_waits_until_they_are_told_and_may_have_asked(
    accepted: LicensingCase,
) -> None:
    accepted.propose(touches_others=True)
    asked = accepted.ask_decision
    assert "没有登记利害关系人" in refusal(asked).data["missing"]
    neighbour = add_party(**accepted.by, given=NEIGHBOUR)
    assert "王邻居" in refusal(asked).data["missing"]
    assert refusal(told_neighbour, accepted, neighbour).code == "hearing.right_untold"
    told_applicant(accepted)
    applicant = accepted.case.parties.get(role="party")
    early = {"told_at": accepted.clock() - dt.timedelta(hours=1)}
    for party, changes, code in (
        (applicant, {}, "hearing.not_interested"),
        (neighbour, {"way": " "}, "hearing.way"),
        (neighbour, early, "hearing.told_moment"),
        (neighbour, {"told_at": accepted.clock() + dt.timedelta(hours=1)}, "hearing.told_moment"),
    ):
        assert refusal(told_neighbour, accepted, party, **changes).code == code
    told_neighbour(accepted, neighbour)
    assert refusal(told_neighbour, accepted, neighbour).code == "hearing.told_already"
    assert duty(accepted, "licensing_hearing_right_told").outcome == "met"
    # Told on Tuesday the 10th: the fifth working day is the 17th.
    assert "2026年3月17日" in refusal(asked).data["missing"]
    accepted.clock.set(dt.datetime(2026, 3, 17, 15, 59, 59, tzinfo=dt.UTC))
    assert refusal(asked).code == "law.forbids"
    accepted.clock.set(dt.datetime(2026, 3, 17, 16, 0, tzinfo=dt.UTC))
    accepted.decide()
    assert refusal(told_neighbour, accepted, neighbour).code == "licence.decided"
    assert duty(accepted, "licensing_hearing_awaited").outcome == "met"


def test_who_asks_for_a_hearing_gets_it_before_the_decision(accepted: LicensingCase) -> None:
    accepted.propose()
    receive_material(
        **accepted.by,
        kind="hearing_request",
        name="听证申请书.pdf",
        content=b"%PDF-1.4 hearing",
        received_from=accepted.words.person,
    )
    assert "要求的听证" in refusal(accepted.ask_decision).data["missing"]


def asked(licence: LicensingCase, who: str, kind: str = "hearing_request") -> None:
    receive_material(
        **licence.by,
        kind=kind,
        name="听证申请书.pdf",
        content=f"%PDF-1.4 {kind} {who}".encode(),
        received_from=who,
    )


def test_a_hearing_is_called_to_all_chaired_apart_recorded_and_then_decided(
    world: World, stopped: FrozenClock
) -> None:
    licence = filmed(world, stopped)
    licence.until_accepted()
    licence.propose(touches_others=True, is_hearing_public=True)
    neighbour = add_party(**licence.by, given=NEIGHBOUR)
    licence.tell_of_right("运输路线经过邻居门前。", neighbour)
    assert duty(licence, "licensing_hearing_right_told").outcome == "met"
    asked(licence, "王邻居")
    held = stopped() + dt.timedelta(days=12)
    public = {**licence.by, "where": "虚构市人民政府网站"}
    assert refusal(hearings.announce_hearing, **public).code == "hearing.uncalled"
    assert refusal(licence.arrange, held, chair="officer").code == "hearing.chair_investigated"
    soon = refusal(licence.arrange, stopped() + dt.timedelta(days=5))
    assert (soon.code, explain(soon).article) == ("hearing.too_soon", "行政许可法第48条")
    own, other = licence.arrange(held)
    assert (own.data["party"]["name"], other.data["party"]["name"]) == (
        own.data["applicant"],
        "王邻居",
    )
    assert own.data["chair"] == other.data["chair"] == "钱审核"
    stopped.move(minutes=5)
    licence.papers["licence_hearing_notice"] = own
    licence.serve("licence_hearing_notice")
    for changes, code in (
        ({"where": " "}, "hearing.announced_where"),
        ({"announced_at": stopped() - dt.timedelta(days=1)}, "hearing.announced_moment"),
    ):
        assert refusal(hearings.announce_hearing, **{**public, **changes}).code == code
    hearings.announce_hearing(**public)
    assert refusal(hearings.announce_hearing, **public).code == "hearing.announced"
    stopped.set(held)
    unserved = refusal(licence.hear)
    assert unserved.code == "law.forbids" and "王邻居" in unserved.data["missing"]
    assert refusal(licence.hear, chair="officer").code == "permission.missing"
    assert refusal(licence.begin, "hearing", is_on_site=False).code == "activity.kind"


def test_a_hearing_all_were_called_to_is_held_reported_on_and_decided_after(
    world: World, stopped: FrozenClock
) -> None:
    licence = filmed(world, stopped)
    licence.until_accepted()
    licence.propose(touches_others=True, is_hearing_public=True)
    neighbour = add_party(**licence.by, given=NEIGHBOUR)
    licence.tell_of_right("运输路线经过邻居门前。", neighbour)
    asked(licence, "王邻居")
    asked(licence, licence.words.party["name"])
    asked(licence, "王邻居", "hearing_withdrawal")  # the applicant's request stands
    held = stopped() + dt.timedelta(days=12)
    own, other = licence.arrange(held)
    for paper, to in ((own, None), (other, neighbour)):
        stopped.move(minutes=5)
        licence.papers["licence_hearing_notice"] = paper
        (served,) = licence.serve("licence_hearing_notice", to=to)
        assert served.party == (to or licence.case.parties.get(role="party"))
    hearings.announce_hearing(**licence.by, where="虚构市人民政府网站")
    stopped.set(held)
    assert "听证" in refusal(licence.ask_decision).data["missing"]
    report = licence.hear(interested="王邻居")
    record = licence.papers["licence_hearing_record"]
    assert (record.data["interested"], record.data["chair"]) == ("王邻居", "钱审核")
    assert report.state == "issued" and licence.case.stage == "hearing"
    for rule in ("licensing_hearing_chaired_apart", "licensing_hearing_notified_in_time"):
        assert duty(licence, rule).outcome == "met"
    licence.decide()
    stopped.move(hours=1)
    licence.serve("licence_grant")
    licence.publish()
    assert findings(licence) == set()
