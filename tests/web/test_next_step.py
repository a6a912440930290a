"""What is next in an ordinary case, and where it is done; what its papers offer on the way."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse

from liuhen.documents.models import Paper
from tests.web.conftest import Browser, words
from tests.web.ordinary import Ordinary

At = Callable[[str], Ordinary]


def tasks(case: Ordinary, who: str = "handler") -> list[tuple[str, str]]:
    """The tasks of the desk: what to do, and the address behind the button."""
    shown = words(case.browser(who).get(reverse("desk")))
    found = re.findall(
        r'lh-task-label">\s*(.*?)\s*<.*?<a class="btn[^"]*" href="([^"]*)"', shown, re.DOTALL
    )
    return [(label.strip(), href) for label, href in found]


@pytest.mark.parametrize(
    ("moment", "label", "page"),
    [
        ("investigated", "作出调查结论", "case_conclusion"),
        ("reported", "制作并送达告知书", "case_notice"),
        ("noticed", "记录陈述申辩", "case_defence"),
        ("approved", "作出决定", "case_decision"),
        ("performed", "报请结案", "case_closing"),
        ("closed", "立卷", "case_binding"),
    ],
)
def test_the_desk_and_the_case_page_name_the_next_step(
    at: At, moment: str, label: str, page: str
) -> None:
    case = at(moment)
    assert tasks(case)[0] == (label, reverse(page, args=[case.case.id]))
    whole = words(case.browser("handler").get(reverse("case", args=[case.case.id])))
    assert f'lh-next-label">{label}<' in whole


@pytest.mark.parametrize(
    ("who", "address", "other"),
    [
        ("operator", "device_register", "person_register"),
        ("security", "person_register", "device_register"),
    ],
)
def test_an_administrator_is_offered_what_that_office_does(
    browser: Browser, who: str, address: str, other: str
) -> None:
    shown = words(browser(who).get(reverse("desk")))
    assert reverse(address) in shown
    assert reverse(other) not in shown
    assert "在办案件" not in shown


# -- papers on the way -------------------------------------------------------------------------


def test_a_form_under_approval_offers_no_change_and_says_where_it_lies(at: At) -> None:
    case = at("asked_to_decide")
    paper = Paper.objects.get(type="decision_approval")
    shown = words(case.browser("handler").get(reverse("paper", args=[paper.id])))
    assert "正在审批" in shown
    assert reverse("paper_edit", args=[paper.id]) not in shown
    assert reverse("case", args=[case.case.id]) in shown


def test_what_those_who_approve_will_write_is_not_missing_yet(at: At) -> None:
    case = at("checked")
    form = {
        "cause": "随意倾倒建筑垃圾",
        "happened_at": "2026-03-10T08:00",
        "happened_place": "样板路",
        "summary": "情况属实。",
        "grounds": "有初步证据。",
        "handler_opinion": "建议立案调查。",
    }
    address = reverse("case_initiation", args=[case.case.id])
    shown = words(case.browser("handler").post(address, form, follow=True))
    left = shown[shown.index('id="acts-title"') :]
    assert "必填内容已齐" in left
    assert "机关负责人意见</a>" not in left


def test_only_papers_that_leave_the_house_are_offered_for_service(at: At) -> None:
    case = at("decided")
    shown = words(case.browser("handler").get(reverse("service_begin", args=[case.case.id])))
    decision = Paper.objects.get(type="penalty_decision")
    place = shown.index(str(decision.id))
    assert "checked" in shown[place - 80 : place + 160]
    for inside in ("案件线索登记表", "立案审批表", "案件调查终结报告"):
        assert inside not in shown


def test_the_record_of_performance_is_drawn_up_on_its_page(at: At) -> None:
    case = at("decided")
    case.story.serve("penalty_decision")
    address = reverse("case_performance", args=[case.case.id])
    browser = case.browser("handler")
    assert "履行情况记录" not in words(browser.get(address))
    paid = {"amount": "100000.00", "receipt_number": "虚财票900001"}
    assert "起草行政处罚决定履行情况记录" in words(browser.post(address, paid, follow=True))
    drawn = browser.post(address, {"type": "performance_record"})
    paper = Paper.objects.get(type="performance_record")
    assert drawn.headers["Location"] == reverse("paper_edit", args=[paper.id])
