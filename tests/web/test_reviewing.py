"""Legality review on pages: asked for by the handler, given aspect by aspect by the reviewer."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.urls import reverse

from liuhen.actions.people import appoint
from liuhen.actions.review import ASPECTS
from liuhen.approvals.models import Approval
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from tests.web.conftest import words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]


def opinion(**more: str) -> dict[str, str]:
    return {
        **{f"aspect_{key}": "符合规定。" for key in ASPECTS},
        "conclusion": "passed",
        "suggestions": "无。",
        "reviewer_strokes": json.dumps(ink(5)),
        **more,
    }


def review_page(asked: Approval) -> str:
    return reverse("legality_review", args=[asked.id])


def test_the_handler_asks_on_a_page_that_says_why_review_is_required(at: At) -> None:
    case = at("heard")
    case.story.review_defence()
    address = reverse("case_review", args=[case.case.id])
    page = words(case.browser("handler").get(address))
    assert "案情疑难复杂" in page
    assert "提请法制审核" in page
    assert case.browser("handler").post(address).status_code == 302
    assert case.asked.kind == "legality_review"
    page = words(case.browser("handler").get(address))
    assert "等待审核" in page
    assert "提请法制审核</button>" not in page
    assert "同一事项已经报送" in words(case.browser("handler").post(address))


def test_review_before_the_report_is_refused_with_what_is_missing(at: At) -> None:
    case = at("investigated")
    told = case.browser("handler").post(reverse("case_review", args=[case.case.id]))
    assert told.status_code == 409
    assert "案件调查终结报告" in words(told)
    assert "第57条" in words(told)


def test_the_reviewer_reads_the_case_and_answers_each_aspect(at: At) -> None:
    case = at("asked_to_review")
    asked, client = case.asked, case.browser("legal")
    answer = client.get(reverse("approval", args=[asked.id]))
    assert answer.headers["Location"] == review_page(asked)
    page = words(client.get(review_page(asked)))
    for label in (*ASPECTS.values(), "《虚构市建筑垃圾管理条例》第四十二条", "陈述申辩笔录"):
        assert label in page
    assert "虚法资00001" in page
    assert client.post(review_page(asked), opinion()).status_code == 302
    paper = Paper.objects.get(type="legality_review_opinion")
    assert (paper.state, len(paper.data["aspects"])) == (Paper.State.ISSUED, 7)
    assert paper.signatures.get().name == "钱审核"
    page = words(case.browser("handler").get(reverse("case_review", args=[case.case.id])))
    assert "审核通过" in page
    assert paper.number is not None
    assert paper.number in page


def test_a_review_returned_says_what_to_make_good_and_may_be_asked_again(at: At) -> None:
    case = at("asked_to_review")
    data = opinion(conclusion="supplement", suggestions="补充现场丈量记录。")
    assert case.browser("legal").post(review_page(case.asked), data).status_code == 302
    address = reverse("case_review", args=[case.case.id])
    assert "补充现场丈量记录。" in words(case.browser("handler").get(address))
    assert case.browser("handler").post(address).status_code == 302
    assert case.asked.kind == "legality_review"


def test_an_opinion_that_lacks_something_is_refused_and_nothing_is_lost(at: At) -> None:
    case = at("asked_to_review")
    client, address = case.browser("legal"), review_page(case.asked)
    told = client.post(address, opinion(aspect_evidence=""))
    assert told.status_code == 400
    assert "事实和证据" in words(told)
    told = client.post(address, opinion(aspect_evidence="证据充分。", reviewer_strokes=""))
    assert told.status_code == 400
    assert "签名" in words(told)
    assert "证据充分。" in words(told)
    assert case.asked.outcome == ""


def test_who_has_no_qualification_on_file_cannot_review(at: At) -> None:
    case = at("asked_to_review")
    appoint(actor=case.world.system, person=case.world["supervisor"], kind="legal_reviewer")
    page = words(case.browser("supervisor").get(review_page(case.asked)))
    assert "没有登记您的法律职业资格" in page
    assert "出具审核意见</button>" not in page
    told = case.browser("supervisor").post(review_page(case.asked), opinion())
    assert told.status_code == 403
    assert "冯监督" in words(told)
    assert case.asked.outcome == ""


def test_a_review_is_not_answered_by_yes_or_no(at: At) -> None:
    case = at("asked_to_review")
    address = reverse("approval", args=[case.asked.id])
    told = case.browser("legal").post(address, {"outcome": "approved", "opinion": "同意"})
    assert told.status_code == 409
    assert "法制审核须逐项出具审核意见书" in words(told)


def test_what_the_reviewers_page_costs_is_fixed(at: At) -> None:
    case = at("asked_to_review")
    few = queries(case.browser("legal"), review_page(case.asked))
    case.story.draw("evidence_statement")
    assert queries(case.browser("legal"), review_page(case.asked)) == few < 90
