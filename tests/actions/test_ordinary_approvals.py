"""Who may answer: in office, in somebody's place, never on their own matter."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.actions.approvals import decide_approval, reroute_approval
from liuhen.actions.case_copies import answer_case_copy, ask_case_copy
from liuhen.actions.deputising import end_office, name_deputy, recall_deputy
from liuhen.actions.figures import set_figure
from liuhen.actions.people import appoint, record_qualification
from liuhen.approvals.models import Approval
from liuhen.approvals.queries import waiting_for
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.people.models import Office
from tests.actions.ordinary import refusal

WEEK = dt.timedelta(days=7)


@pytest.fixture
def asked(world: World, stopped: FrozenClock) -> Approval:
    """A filing record that lies with the unit's head."""
    simple = SimpleCase(world)
    simple.start()
    simple.violation()
    simple.notice()
    simple.waive()
    simple.decide()
    simple.sign()
    simple.issue_and_serve()
    stopped.move(minutes=10)
    simple.end()
    return simple.ask_filing()


def answer(world: World, asked: Approval, username: str, outcome: str = "approved") -> Approval:
    return decide_approval(
        actor=world[username], approval_id=asked.id, outcome=outcome, opinion="同意备案。"
    )


def reroute(world: World, asked: Approval, to: str) -> Approval:
    return reroute_approval(
        actor=world["officer"], approval_id=asked.id, office=to, reason="负责人调离"
    )


def office(world: World, username: str, kind: str) -> Office:
    return Office.objects.get(person=world[username], kind=kind, deputy_for=None)


def deputise(
    world: World, username: str, kind: str, deputy: str, span: dt.timedelta = WEEK
) -> Office:
    return name_deputy(
        actor=world[username],
        office_id=office(world, username, kind).id,
        deputy=world[deputy],
        until=clock.now() + span,
        reason="外出学习",
    )


def test_a_deputy_answers_in_the_holders_place_and_the_paper_says_for_whom(
    world: World, asked: Approval
) -> None:
    assert refusal(answer, world, asked, "records").code == "permission.missing"
    deputise(world, "unit_head", "unit_head", "records")
    assert list(waiting_for(world["records"])) == [asked]
    answered = answer(world, asked, "records")
    assert answered.answered_as is not None and answered.answered_as.deputy_for is not None
    assert answered.answered_as.deputy_for.person == world["unit_head"]
    paper = Paper.objects.get(id=asked.subject_id)
    assert paper.data["filing_opinion"]["name"] == "吴管理（代行赵队长承办机构负责人职务）"


def test_nobody_has_their_own_answered_by_who_acts_in_their_place(
    world: World, asked: Approval
) -> None:
    appoint(actor=world["security"], person=asked.asked_by, kind="unit_head")
    deputise(world, asked.asked_by.username, "unit_head", "records")
    assert not waiting_for(world["records"])
    assert refusal(answer, world, asked, "records").code == "approval.own"
    other = deputise(world, "unit_head", "unit_head", "records")
    assert list(waiting_for(world["records"])) == [asked]
    assert answer(world, asked, "records").answered_as == other, "in the place of who has no part"


def test_a_leaders_request_is_not_answered_by_their_deputy(world: World, asked: Approval) -> None:
    told: dict[str, Any] = {"recipient": "虚构市人民法院", "audience": "court", "purpose": "调卷"}
    appoint(actor=world["security"], person=world["deputy"], kind="records_manager")
    assert asked.case_id is not None
    request = ask_case_copy(actor=world["deputy"], case_id=asked.case_id, **told)
    deputise(world, "deputy", "deputy_in_charge", "archivist")
    given: dict[str, Any] = {"request_id": request.id, "outcome": "approved", "opinion": "同意"}
    code = refusal(answer_case_copy, actor=world["archivist"], **given).code
    assert code == "case_copy.own"
    appoint(actor=world["security"], person=world["archivist"], kind="deputy_in_charge")
    assert answer_case_copy(actor=world["archivist"], **given).outcome == "approved"


def test_deputising_ends_at_the_end_of_its_span_and_when_it_is_taken_back(
    world: World, asked: Approval, stopped: FrozenClock
) -> None:
    acting = deputise(world, "unit_head", "unit_head", "records", dt.timedelta(hours=1))
    stopped.move(hours=1)
    assert refusal(answer, world, asked, "records").code == "permission.missing"
    acting = deputise(world, "unit_head", "unit_head", "records")
    stopped.move(hours=1)
    recall_deputy(actor=world["unit_head"], office_id=acting.id)
    assert refusal(answer, world, asked, "records").code == "permission.missing"
    assert (
        refusal(recall_deputy, actor=world["unit_head"], office_id=acting.id).code == "office.ended"
    )


def test_only_the_holder_names_a_deputy_for_a_span_of_their_own_office(
    world: World, stopped: FrozenClock
) -> None:
    held = office(world, "unit_head", "unit_head")
    given = {"office_id": held.id, "deputy": world["records"], "reason": "外出"}
    week = clock.now() + WEEK
    code = refusal(name_deputy, actor=world["deputy"], until=week, **given).code
    assert code == "deputy.not_holder"
    given["deputy"] = world["unit_head"]
    assert refusal(name_deputy, actor=world["unit_head"], until=week, **given).code == "deputy.self"
    given["deputy"] = world["records"]
    for until in (clock.now(), clock.now() - WEEK):
        told = refusal(name_deputy, actor=world["unit_head"], until=until, **given)
        assert told.code == "deputy.span"
    deputise(world, "unit_head", "unit_head", "records")
    assert refusal(deputise, world, "unit_head", "unit_head", "handler").code == "deputy.exists"


def test_a_deputy_stands_in_no_longer_and_no_later_than_the_authority_says(
    world: World, stopped: FrozenClock
) -> None:
    held = office(world, "unit_head", "unit_head")
    given: dict[str, Any] = {"office_id": held.id, "deputy": world["records"], "reason": "病假"}
    most, second, now = dt.timedelta(days=180), dt.timedelta(seconds=1), clock.now()
    for since, until in (
        (now, now + most + second),
        (now + most + second, now + most + WEEK),
    ):
        told = refusal(name_deputy, actor=world["unit_head"], since=since, until=until, **given)
        assert (told.code, told.data) == ("deputy.long", {"days": 180})
    name_deputy(actor=world["unit_head"], since=now + most, until=now + 2 * most, **given)
    set_figure(
        actor=world["head"],
        name="product.deputy_span",
        value=7,
        valid_from=clock.local_date(now),
        reason="本机关规定代行不超过一周",
    )
    told = refusal(name_deputy, actor=world["unit_head"], until=now + WEEK + second, **given)
    assert told.data == {"days": 7}
    name_deputy(actor=world["unit_head"], until=now + WEEK, **given)


def test_a_deputy_is_of_the_unit_or_holds_such_an_office_where_the_authority_says_so(
    world: World, stopped: FrozenClock
) -> None:
    recall_deputy(
        actor=world["unit_head"],
        office_id=deputise(world, "unit_head", "unit_head", "archivist").id,
    )
    set_figure(
        actor=world["head"],
        name="product.deputy_within_unit",
        value=1,
        valid_from=clock.local_date(clock.now()),
        reason="代行人限于本单位人员",
    )
    told = refusal(deputise, world, "unit_head", "unit_head", "archivist")
    assert (told.code, told.data) == ("deputy.outside", {"name": "郑档案"})
    recall_deputy(
        actor=world["unit_head"],
        office_id=deputise(world, "unit_head", "unit_head", "records").id,
    )
    appoint(actor=world["security"], person=world["archivist"], kind="unit_head")
    assert deputise(world, "unit_head", "unit_head", "archivist").deputy_for is not None


def test_nobody_passes_on_what_they_hold_in_anothers_place(world: World) -> None:
    acting = deputise(world, "unit_head", "unit_head", "records")
    told = refusal(
        name_deputy,
        actor=world["records"],
        office_id=acting.id,
        deputy=world["handler"],
        until=clock.now() + dt.timedelta(days=1),
        reason="转托",
    )
    assert told.code == "deputy.not_holder"


def test_a_legal_reviewers_deputy_needs_the_qualification(world: World) -> None:
    assert refusal(deputise, world, "legal", "legal_reviewer", "supervisor").code == (
        "deputy.unqualified"
    )
    record_qualification(actor=world.system, person=world["supervisor"], number="虚法资00002")
    assert deputise(world, "legal", "legal_reviewer", "supervisor").kind == "legal_reviewer"


def test_nobody_answers_a_case_they_carry_even_as_a_deputy(world: World, asked: Approval) -> None:
    deputise(world, "unit_head", "unit_head", "officer2")
    assert refusal(answer, world, asked, "officer2").code == "approval.own"
    assert refusal(answer, world, asked, "officer").code == "permission.missing"


def test_while_somebody_holds_the_office_the_request_stays_there(
    world: World, asked: Approval
) -> None:
    told = refusal(reroute, world, asked, "department_head")
    assert (told.code, told.data["names"]) == ("approval.office_held", "赵队长")


def test_when_the_approver_has_left_another_office_is_asked_and_answers(
    world: World, asked: Approval, stopped: FrozenClock
) -> None:
    deputise(world, "unit_head", "unit_head", "records")
    stopped.move(hours=1)
    left = office(world, "unit_head", "unit_head")
    end_office(actor=world["security"], office_id=left.id, reason="调离")
    # Whoever acted in their place no longer does.
    assert refusal(answer, world, asked, "records").code == "permission.missing"
    assert refusal(reroute, world, asked, "authority_head").code == "approval.no_substitute"
    reroute(world, asked, "deputy_in_charge")
    assert answer(world, asked, "deputy").outcome == "approved"
    assert Paper.objects.get(id=asked.subject_id).state == Paper.State.ISSUED


def test_a_successor_simply_answers(world: World, asked: Approval, stopped: FrozenClock) -> None:
    left = office(world, "unit_head", "unit_head")
    end_office(actor=world["security"], office_id=left.id, reason="调离")
    assert refusal(end_office, actor=world["security"], office_id=left.id, reason="调离").code == (
        "office.ended"
    )
    appoint(actor=world.system, person=world["records"], kind="unit_head")
    assert answer(world, asked, "records").outcome == "approved"


def test_an_office_is_answered_within_its_own_unit(
    world: World, asked: Approval, stopped: FrozenClock
) -> None:
    appoint(actor=world.system, person=world["head"], kind="unit_head", unit=world.units["FZ"])
    told = refusal(answer, world, asked, "head")
    assert (told.code, told.data["office"]) == ("approval.office", "承办机构负责人")


def test_a_returned_request_is_answered_once_and_may_be_asked_again(
    world: World, asked: Approval
) -> None:
    answer(world, asked, "unit_head", "returned")
    assert refusal(answer, world, asked, "unit_head").code == "approval.decided"
    assert Paper.objects.get(id=asked.subject_id).state == Paper.State.DRAFT
