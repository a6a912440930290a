"""Approving on pages: what the approver sees, answers, signs; who else is asked; deputies."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from uuid import uuid4

from django.urls import reverse

from liuhen.actions.deputising import end_office
from liuhen.actions.initiation import start_in_emergency
from liuhen.actions.people import appoint
from liuhen.approvals.models import Approval
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.ledger.models import Entry
from liuhen.people.models import Office
from tests.web.conftest import Browser, words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import make_rows, queries

At = Callable[[str], Ordinary]
YES = {"outcome": "approved", "opinion": "事实清楚，同意。"}


def page_of(asked: Approval) -> str:
    return reverse("approval", args=[asked.id])


def signed(**more: str) -> dict[str, str]:
    return {**YES, "answer_strokes": json.dumps(ink(3)), **more}


def office(world: World, username: str, kind: str) -> Office:
    return Office.objects.get(person=world[username], kind=kind, deputy_for=None)


def deputise(case: Ordinary, who: str, kind: str, deputy: str, **more: str) -> int:
    until = clock.local(clock.now() + dt.timedelta(days=7))
    held = office(case.world, who, kind)
    data = {
        "deputy": str(case.world[deputy].id),
        "until": f"{until:%Y-%m-%dT%H:%M}",
        "reason": "外出学习",
        **more,
    }
    return case.browser(who).post(reverse("deputy_name", args=[held.id]), data).status_code


def test_an_approver_sees_the_case_in_short_the_paper_and_the_route(at: At) -> None:
    case = at("asked_to_decide")
    page = words(case.browser("unit_head").get(page_of(case.asked)))
    for told in (
        "虚构市样例装饰有限公司",
        "当事人将装修产生的建筑垃圾约二十立方米倾倒在样板路东侧空地",
        "罚款人民币壹拾万元整",
        "当事人明确放弃",
        "审核通过",
        "同意承办机构的意见",
    ):
        assert told in page
    assert f"/papers/{case.asked.subject_id}/pages/1.png" in page
    route = page.partition('class="lh-route"')[2].partition("</ol>")[0]
    assert route.index("承办机构负责人") < route.index("机关负责人")
    assert "赵队长" in route
    assert "周主任" in route


def test_opinions_given_so_far_are_seen_by_the_next_office(at: At) -> None:
    case = at("asked_to_decide")
    case.browser("unit_head").post(page_of(case.asked), {**YES, "opinion": "同意承办人意见。"})
    page = words(case.browser("head").get(page_of(case.asked)))
    assert "同意承办人意见。" in page
    assert page.count("is-done") == 1


def test_the_head_signs_on_glass_and_is_refused_without(at: At) -> None:
    case = at("asked_to_decide")
    case.browser("unit_head").post(page_of(case.asked), YES)
    asked = case.asked
    told = case.browser("head").post(page_of(asked), YES)
    assert told.status_code == 400
    assert "机关负责人审批须签署意见并签名" in words(told)
    assert "办法第24条" in words(told)
    assert case.browser("head").post(page_of(asked), signed()).status_code == 302
    paper = Paper.objects.get(id=asked.subject_id)
    assert paper.state == Paper.State.ISSUED
    assert paper.signatures.get(role="head").name == "周主任"


def test_a_return_with_its_reason_reaches_the_handler(at: At) -> None:
    case = at("asked_to_decide")
    answer = {"outcome": "returned", "opinion": "裁量理由不足，补充。"}
    asked = case.asked
    assert case.browser("unit_head").post(page_of(asked), answer).status_code == 302
    page = words(case.browser("handler").get(page_of(asked)))
    assert "裁量理由不足，补充。" in page
    assert "退回" in page
    assert not Approval.objects.filter(outcome="").exists()


def test_an_answer_without_opinion_is_refused_in_words(at: At) -> None:
    case = at("asked_to_decide")
    told = case.browser("unit_head").post(page_of(case.asked), {"outcome": "approved"})
    assert told.status_code == 400
    assert "审批意见" in words(told)


def test_nobody_approves_their_own(at: At) -> None:
    case = at("asked_to_decide")
    for who in ("handler", "officer"):
        appoint(actor=case.world.system, person=case.world[who], kind="unit_head")
        page = words(case.browser(who).get(page_of(case.asked)))
        assert "提交审批意见" not in page
        assert case.asked.kind not in words(case.browser(who).get(reverse("approvals")))
        told = case.browser(who).post(page_of(case.asked), YES)
        assert told.status_code == 403
        assert "不能审批自己报送或者自己承办的事项" in words(told)
    assert case.asked.outcome == ""


def test_when_the_approver_has_left_the_request_is_sent_to_another_office(at: At) -> None:
    case = at("asked_to_decide")
    left = office(case.world, "unit_head", "unit_head")
    asked, reroute = case.asked, reverse("approval_reroute", args=[case.asked.id])
    told = case.browser("handler").post(reroute, {"office": "department_head", "reason": "调离"})
    assert "赵队长" in words(told)  # the office is held: they answer
    end_office(actor=case.world["security"], office_id=left.id, reason="调离")
    page = words(case.browser("handler").get(page_of(asked)))
    assert "没有人可以审批" in page
    assert reroute in page
    form = words(case.browser("handler").get(reroute))
    assert "分管行政执法机构负责同志（孙分管）" in form
    data = {"office": "deputy_in_charge", "reason": "原负责人调离，尚未任命继任者"}
    assert case.browser("handler").post(reroute, data).status_code == 302
    assert "原应由承办机构负责人审批，已改送" in words(case.browser("deputy").get(page_of(asked)))
    assert case.browser("deputy").post(page_of(asked), YES).status_code == 302


def test_a_deputy_named_for_a_span_answers_until_the_office_is_taken_back(at: At) -> None:
    case = at("asked_to_decide")
    assert deputise(case, "unit_head", "unit_head", "records") == 302
    page = words(case.browser("unit_head").get(reverse("deputies")))
    assert "吴管理" in page
    assert "代行中" in page
    desk = words(case.browser("records").get(reverse("desk")))
    assert page_of(case.asked) in desk and "您正在代行赵队长的承办机构负责人职务" in desk
    assert "吴管理正在代行您的承办机构负责人职务" in words(
        case.browser("unit_head").get(reverse("desk"))
    )
    acting = Office.objects.get(deputy_for__isnull=False)
    recall = reverse("deputy_recall", args=[acting.id])
    assert case.browser("unit_head").post(recall).status_code == 302
    assert case.browser("records").get(page_of(case.asked)).status_code == 200  # sees all cases
    assert case.browser("records").post(page_of(case.asked), YES).status_code == 403
    again = case.browser("unit_head").post(recall)
    assert again.status_code == 409
    for who in ("records", "unit_head"):
        assert "代行您的" not in (desk := words(case.browser(who).get(reverse("desk"))))
        assert "您正在代行" not in desk


def test_a_deputy_that_may_not_be_is_refused_in_words(at: At) -> None:
    case = at("asked_to_decide")
    held = office(case.world, "unit_head", "unit_head")
    address = reverse("deputy_name", args=[held.id])
    form = words(case.browser("unit_head").get(address))
    assert "吴管理" in form
    assert "陈运维" not in form  # who operates the system has no part in the records
    assert "一次最长180天" in form
    assert deputise(case, "unit_head", "unit_head", "records", until="2027-12-01T00:00") == 400
    assert deputise(case, "unit_head", "unit_head", "operator") == 400
    assert deputise(case, "unit_head", "unit_head", "records", until="2026-01-01T00:00") == 400
    assert deputise(case, "legal", "legal_reviewer", "supervisor") == 409
    assert case.browser("head").get(address).status_code == 404  # another's office


def test_an_emergency_start_shows_the_clock_of_its_approval(at: At) -> None:
    case = at("checked")
    start_in_emergency(
        actor=case.world["handler"], case_id=case.case.id, reason="扬尘扩散，须立即制止。"
    )
    case.story.ask_initiation()
    case.clock.move(hours=6)
    for address in (page_of(case.asked), reverse("approvals")):
        assert "剩 18 小时" in words(case.browser("unit_head").get(address))
    case.clock.move(hours=19)
    assert "已逾期" in words(case.browser("unit_head").get(page_of(case.asked)))


def test_what_waits_costs_as_many_queries_for_one_as_for_forty(at: At) -> None:
    case = at("asked_to_decide")
    client, address = case.browser("unit_head"), reverse("approvals")
    few = queries(client, address)
    make_rows(actor=case.world["officer"], case=case.case, count=39)
    assert queries(client, address) == few < 30
    assert (
        queries(client, page_of(Approval.objects.filter(kind="decision").latest("asked_at"))) < 90
    )


def test_several_requests_are_approved_with_one_opinion_each_by_an_act_of_its_own(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    other = OrdinaryCase(ordinary.world, ordinary.clock)
    for one in (ordinary, other):
        one.register()
        one.assign()
        one.check()
        one.party()
        one.ask_initiation()
    client = browser("unit_head")
    page = words(client.get(reverse("approvals")))
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page)
    assert len(chosen) == 2 and "同意所选" in page
    batch = reverse("approvals_batch")
    for wrong in ({}, {"chosen": chosen}, {"chosen": ["x"], "opinion": "同意"}):
        assert client.post(batch, wrong).status_code == 400
    given = {"chosen": [*chosen, str(uuid4()), chosen[0]], "opinion": "情况属实，同意。"}
    told = words(client.post(batch, given, follow=True))
    assert "已同意 2 件" in told and "没有等待审批的事项" in told
    assert told.count("is-warning") == 1  # the one that there is not
    answered = Approval.objects.filter(outcome="approved")
    assert {one.opinion for one in answered} == {"情况属实，同意。"}
    assert Entry.objects.filter(event="approval.decided").count() == 2
    assert Approval.objects.filter(outcome="", office="legal_reviewer").count() == 2
    again = words(client.post(batch, given, follow=True))
    assert "没有办理" in again and "已同意" not in again
    assert browser("handler").post(batch, given).status_code == 403
