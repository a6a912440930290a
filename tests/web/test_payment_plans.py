"""A fine paid later, in parts, too late; what delay costs; review and suit answered in time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from liuhen.actions.approvals import decide_approval
from liuhen.actions.fines import collect_fine, collect_late_penalty
from liuhen.actions.paper_drafts import draw_up_paper, revise_paper
from liuhen.actions.papers import issue_paper, sign_paper
from liuhen.actions.remedies import answer_remedy, record_remedy
from liuhen.actions.sending import send_for_approval
from liuhen.approvals.models import Approval
from liuhen.cases.queries import performing
from liuhen.compliance.facts import facts_of_case
from liuhen.demo.simple_case import ink
from liuhen.documents.late_payment_facts import plan_of
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.late_payment import late_payment_of_parts
from tests.actions.ordinary import refusal
from tests.web.conftest import words
from tests.web.ordinary import Ordinary

At = Callable[[str], Ordinary]
DAY = dt.timedelta(days=1)


def fine_of(here: Ordinary) -> int:
    return int(Paper.objects.get(case=here.case, type="penalty_decision").data["amount"])


def page(here: Ordinary, name: str = "case_performance") -> str:
    return words(here.browser("handler").get(reverse(name, args=[here.case.id])))


def asked(here: Ordinary, parts: list[tuple[int, dt.date]]) -> Paper:
    """The form with a plan, drawn up and filled."""
    by: dict[str, Any] = {"actor": here.world["handler"]}
    paper = draw_up_paper(
        **by,
        case_id=here.case.id,
        type_key="instalment_approval",
        given={"handler_opinion": "当事人确有经济困难，建议同意分期缴纳。"},
    )
    plan = [
        {"part": str(number), "amount": fen, "due_on": day.isoformat()}
        for number, (fen, day) in enumerate(parts, start=1)
    ]
    fields = {"request": "当事人申请分期，提交了停业的证明。", "plan": plan}
    revise_paper(**by, paper_id=paper.id, version=paper.version, fields=fields)
    return paper


def granted(here: Ordinary, parts: list[tuple[int, dt.date]]) -> Paper:
    """The plan granted by the unit's head and the head of the authority; its notice."""
    paper = asked(here, parts)
    by: dict[str, Any] = {"actor": here.world["handler"], "paper_id": paper.id}
    send_for_approval(**by)
    for office in ("unit_head", "head"):
        approval = Approval.objects.get(outcome="", kind="deferral")
        decide_approval(
            actor=here.world[office],
            approval_id=approval.id,
            outcome="approved",
            opinion="同意。",
            strokes=ink(3),
        )
    return Paper.objects.get(type="instalment_notice")


def pay(here: Ordinary, fen: int, **more: Any) -> Any:
    return collect_fine(
        actor=here.world["handler"],
        case_id=here.case.id,
        amount_fen=fen,
        receipt_number="虚财票000009",
        **more,
    )


@pytest.fixture
def served(at: At) -> Ordinary:
    """A case whose decision has reached the party."""
    here = at("decided")
    here.story.serve("penalty_decision")
    return here


def test_a_plan_that_was_granted_is_paid_in_parts_and_the_last_performs(served: Ordinary) -> None:
    fine, today = fine_of(served), clock.local_date(served.clock())
    first = fine // 4
    early = refusal(
        draw_up_paper,
        actor=served.world["handler"],
        case_id=served.case.id,
        type_key="fine_collection",
    )
    assert early.code == "paper.too_early"
    notice = granted(served, [(first, today + 30 * DAY), (fine - first, today + 60 * DAY)])
    assert notice.state == Paper.State.ISSUED
    assert notice.number is not None
    assert plan_of(served.case) == [(first, today + 30 * DAY), (fine - first, today + 60 * DAY)]
    (more,) = (
        one
        for one in facts_of_case(served.case.id).prolongations or ()
        if one.clock == "penalty_law.pay_fine"
    )
    assert more.days == 45  # sixty days instead of fifteen
    served.clock.move(days=20)
    assert pay(served, first).purpose == "part"
    assert not performing(served.case).exists()
    assert (facts_of_case(served.case.id).performances or ()) == ()
    shown = page(served)
    assert "已缴" in shown
    assert "未到期" in shown
    assert refusal(pay, served, fine).code == "fine.amount"
    served.clock.move(days=45)  # the second part is five days late
    shown = page(served)
    assert "逾期未缴" in shown
    assert "加处罚款" in shown
    by: dict[str, Any] = {"actor": served.world["handler"], "case_id": served.case.id}
    owed = (fine - first) * 3 * 5 // 100
    late = {**by, "receipt_number": "虚财票000010"}
    assert refusal(collect_late_penalty, **late, amount_fen=owed + 1).code == "fine.late_amount"
    assert pay(served, fine - first).purpose == ""
    assert performing(served.case).count() == 1
    assert collect_late_penalty(**late, amount_fen=owed).purpose == "late"
    assert refusal(collect_late_penalty, **late, amount_fen=1).code == "fine.late_none"
    assert refusal(pay, served, 1).code == "fine.paid_already"
    assert "分期缴纳" in page(served)
    here = reverse("case_performance", args=[served.case.id])
    assert "罚款收缴登记表" in page(served)
    assert served.browser("handler").post(here, {"type": "fine_collection"}).status_code == 302
    register = Paper.objects.get(type="fine_collection")
    receipts = register.data["receipts"]
    amounts = [row["amount"] for row in receipts]  # two of one instant, in either order
    assert sorted(amounts) == sorted([first, fine - first, owed])
    assert {row["collector"] for row in receipts} == {served.world["handler"].name}
    assert register.data["late_amount"] == owed
    assert register.data["banked_on"] == clock.local_date(served.clock()).isoformat()
    signing: dict[str, Any] = {"actor": served.world["handler"], "paper_id": register.id}
    sign_paper(**signing, role="officer", name="甲", strokes=ink(2), person=served.world["handler"])
    assert issue_paper(**signing).state == Paper.State.ISSUED


def test_a_plan_that_does_not_add_up_or_follow_is_refused(served: Ordinary) -> None:
    fine, today = fine_of(served), clock.local_date(served.clock())
    by: dict[str, Any] = {"actor": served.world["handler"]}
    short = asked(served, [(fine - 1, today + 30 * DAY)])
    assert refusal(send_for_approval, **by, paper_id=short.id).code == "plan.sum"
    again = asked(served, [(1, today + 30 * DAY), (fine - 1, today + 30 * DAY)])
    assert refusal(send_for_approval, **by, paper_id=again.id).code == "plan.days"
    assert refusal(pay, served, fine // 2).code == "fine.amount"  # nothing was granted


def test_a_decision_on_delay_says_from_when_and_how_much(served: Ordinary) -> None:
    served.clock.move(days=40)
    by: dict[str, Any] = {"actor": served.world["handler"]}
    assert "起草加处罚款决定书" in page(served)
    paper = draw_up_paper(**by, case_id=served.case.id, type_key="late_penalty_decision")
    issue_paper(**by, paper_id=paper.id)
    paper.refresh_from_db()
    assert paper.number is not None
    assert 0 < paper.data["late_amount"] <= fine_of(served)


@pytest.mark.parametrize(
    ("paid", "on", "fen"),
    [
        ((), 31, 0),  # the first part falls due on day 31
        ((), 32, 300),
        (((32, 10_000),), 40, 300),  # covered a day late, nothing more is counted
        (((31, 10_000),), 61, 0),
        (((31, 9_999),), 32, 300),  # a fen too little covers nothing
        (((31, 10_000),), 62, 600),
        ((), 400, 30_000),  # never above the fine
    ],
)
def test_each_part_counts_from_its_own_day(
    paid: tuple[tuple[int, int], ...], on: int, fen: int
) -> None:
    zero = dt.date(2026, 1, 1) - DAY
    owed = late_payment_of_parts(
        [(10_000, zero + 31 * DAY), (20_000, zero + 61 * DAY)],
        [(zero + day * DAY, amount) for day, amount in paid],
        zero + on * DAY,
        rate=3,
        cap=100,
    )
    assert (owed.amount_fen if owed else 0) == fen


def test_review_and_suit_are_answered_with_the_file_within_their_days(served: Ordinary) -> None:
    served.clock.move(days=10)
    today = clock.local_date(served.clock())
    by: dict[str, Any] = {"actor": served.world["handler"], "case_id": served.case.id}
    early: dict[str, Any] = {"body": "虚构市示例区人民法院", "began_on": today}
    assert refusal(record_remedy, **by, kind="suit", **early, notified_on=today - DAY).code == (
        "remedy.day"
    )
    record_remedy(**by, kind="suit", **early, notified_on=today)
    shown = page(served, "case_remedies")
    assert f"应当在{(today + 15 * DAY).isoformat()}前提交" in shown
    assert "卷内已有文书" in shown
    served.clock.move(days=16)
    assert "已经逾期" in page(served, "case_remedies")
    address = reverse("case_remedy_answer", args=[served.case.id])
    client = served.browser("handler")
    empty = client.post(address, {"answered_on": today.isoformat(), "handed_in": ""})
    assert empty.status_code == 400
    given = {"answered_on": (today + 14 * DAY).isoformat(), "handed_in": "答复书一份、案卷一册"}
    assert client.post(address, given).status_code == 302
    assert "已提交答复和案卷：答复书一份、案卷一册" in page(served, "case_remedies")
    with pytest.raises(Refused, match="answered"):
        answer_remedy(**by, answered_on=today, handed_in="又一份")
