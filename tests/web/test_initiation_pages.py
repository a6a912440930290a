"""Starting an ordinary procedure through its pages: the form's content, the emergency start."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liuhen.cases.models import Case
from liuhen.compliance.models import Finding
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.documents.models import Paper
from liuhen.jobs.judging import judge_due_cases
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries

FORM = {
    "cause": "随意倾倒建筑垃圾",
    "happened_at": "2026-03-10T08:00",
    "happened_place": "虚构市示例区样板路东侧空地",
    "summary": "现场查看属实。",
    "grounds": "有初步证据证明存在违法行为。",
    "handler_opinion": "建议立案调查。",
}


def page_of(ordinary: OrdinaryCase, name: str = "case_initiation") -> str:
    return reverse(name, args=[ordinary.case.id])


def said(browser: Browser, address: str, data: dict[str, Any] | None = None) -> tuple[int, str]:
    client = browser("handler")
    answer = client.get(address) if data is None else client.post(address, data, follow=True)
    return answer.status_code, words(answer)


def until_assigned(ordinary: OrdinaryCase) -> None:
    ordinary.register()
    ordinary.assign()


def test_what_is_missing_before_the_form_is_named_with_its_article_and_page(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    until_assigned(ordinary)
    status, page = said(browser, page_of(ordinary))
    assert page.count("还缺") == 2
    assert reverse("lead_check", args=[ordinary.lead.id]) in page
    assert page_of(ordinary, "case_parties") in page
    status, page = said(browser, page_of(ordinary), FORM)
    assert status == 409
    assert "线索核查情况（办法第11条）、当事人基本情况（办法第10条）" in page
    assert "现场查看属实。" in page
    assert not Paper.objects.filter(type="initiation_approval").exists()


def test_the_form_is_filled_from_the_case_drawn_up_once_and_followed_to_its_approval(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    until_assigned(ordinary)
    ordinary.check("现场查看属实，有照片。")
    ordinary.party()
    _, page = said(browser, page_of(ordinary))
    assert "现场查看属实，有照片。</textarea>" in page
    assert 'value="2026-03-10T09:00"' in page
    _, page = said(browser, page_of(ordinary), FORM)
    form = Paper.objects.get(type="initiation_approval")
    assert form.data["happened_at"] == "2026-03-10T00:00:00.000000Z"
    assert form.data["handler_opinion"]["name"] == "王承办"
    assert "已起草" in page
    # A second form is not drawn up: who comes later is led to the first.
    said(browser, page_of(ordinary), {**FORM, "cause": "另写一份"})
    assert Paper.objects.filter(type="initiation_approval").count() == 1
    ordinary.sign(form, "handler", "handler", "officer")
    ordinary.send(form)
    assert "等待承办机构负责人审批" in said(browser, page_of(ordinary))[1]
    ordinary.answer("unit_head", "案情摘要写清数量。", "returned")
    page = said(browser, page_of(ordinary))[1]
    assert "上次报送被退回" in page
    assert "案情摘要写清数量。" in page
    ordinary.send(form)
    for who in ("unit_head", "legal", "head"):
        ordinary.answer(who)
    page = said(browser, page_of(ordinary))[1]
    assert "已立案" in page
    assert "虚城管案〔2026〕0001号" in page


def test_an_emergency_starts_first_and_its_twenty_four_hours_are_on_the_page(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    until_assigned(ordinary)
    emergency = page_of(ordinary, "case_emergency")
    assert emergency in words(browser("handler").get(reverse("lead", args=[ordinary.lead.id])))
    assert said(browser, emergency, {"reason": " "})[0] == 400
    status, page = said(browser, emergency, {"reason": "扬尘正在扩散。"})
    assert "程序已经启动" in page
    assert "扬尘正在扩散。" in page
    assert "剩 24 小时" in page or "剩 1 天" in page
    assert ordinary.case.number == "虚城管案〔2026〕0001号"
    status, page = said(browser, emergency, {"reason": "再次。"})
    assert (status, "本案已经启动或者立案" in page) == (409, True)
    ordinary.clock.move(hours=24, seconds=1)
    judge_due_cases()
    assert "已逾期" in said(browser, page_of(ordinary))[1]
    assert Finding.objects.filter(case=ordinary.case, rule="start_approved", outcome="breached")


def test_an_emergency_does_not_overtake_a_refusal_that_is_being_decided(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    until_assigned(ordinary)
    ordinary.check()
    refused = reverse("lead_refusal", args=[ordinary.lead.id])
    said(browser, refused, {"reason": "反映的行为不违法。"})
    status, page = said(browser, page_of(ordinary, "case_emergency"), {"reason": "扬尘。"})
    assert (status, "同一事项已经报送" in page) == (409, True)
    assert ordinary.case.initiated_at is None


def test_the_page_takes_as_many_queries_however_far_the_form_is(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    until_assigned(ordinary)
    ordinary.check()
    ordinary.party()
    form = ordinary.ask_initiation()
    few = queries(browser("handler"), page_of(ordinary))
    ordinary.answer("unit_head")
    ordinary.answer("legal")
    assert form.outcome == ""
    assert queries(browser("handler"), page_of(ordinary)) == few


def test_initiating_is_seen_by_who_sees_the_case_and_hurried_by_who_carries_it(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    until_assigned(ordinary)
    assert browser("officer2").get(page_of(ordinary)).status_code == 404
    assert browser("head").get(page_of(ordinary)).status_code == 200
    assert browser("head").get(page_of(ordinary, "case_emergency")).status_code == 403
    assert Case.objects.get().initiated_at is None
