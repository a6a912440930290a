"""A party that is no more, on pages: what is refused, and how its case is ended."""

from __future__ import annotations

import json
from collections.abc import Callable

from django.urls import reverse

from liuhen.cases.models import Party
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from tests.web.conftest import words
from tests.web.ordinary import Ordinary

At = Callable[[str], Ordinary]
ENDING = {
    "summary": "立案调查后，当事人注销登记。",
    "reason": "当事人已经注销，没有承受其权利义务的人。",
    "remedy_state": "没有行政复议、行政诉讼。",
    "handler_opinion": "建议终止。",
    "handler_strokes": json.dumps(ink(2)),
}


def page(case: Ordinary, name: str) -> str:
    return reverse(name, args=[case.case.id])


def test_a_case_whose_party_is_no_more_is_led_to_its_end_and_approved(at: At) -> None:
    case = at("reported")
    handler, closing = case.browser("handler"), page(case, "case_closing")
    party = Party.objects.get()
    died = {"died_on": "2026-03-11", "proof": "登记机关的注销证明"}
    assert handler.post(reverse("party_end", args=[party.id]), died).status_code == 302
    told = handler.post(page(case, "case_notice"))
    assert told.status_code == 409
    assert "已于2026-03-11死亡或者终止" in words(told)
    assert "报请终止案件" in words(told)
    assert "办法第37条" in words(told)
    shown = words(handler.get(page(case, "case")))
    assert "报请终止案件" in shown
    assert closing in shown
    assert closing in words(handler.get(page(case, "case_parties")))
    unreasoned = handler.post(closing, {**ENDING, "reason": ""})
    assert unreasoned.status_code == 400
    assert ENDING["summary"] in words(unreasoned)
    sent = handler.post(closing, ENDING)
    if sent.status_code != 302:
        raise AssertionError(words(sent))
    assert case.asked.kind == "closing"
    answer = {
        "outcome": "approved",
        "opinion": "同意终止。",
        "answer_strokes": json.dumps(ink(4)),
    }
    given = case.browser("deputy").post(reverse("approval", args=[case.asked.id]), answer)
    assert given.status_code == 302, words(given)
    assert case.case.closed_at is not None
    report = Paper.objects.get(type="closing_report", state=Paper.State.ISSUED)
    assert report.data["reason"] == "terminated"
