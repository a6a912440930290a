"""Concluding an investigation through its pages: from the facts to the report."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from liuhen.actions.findings import record_findings
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.documents.models import Paper
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries

FINDINGS = {
    "cause": "随意倾倒建筑垃圾",
    "violated_at": "2026-03-10T08:00",
    "violated_place": "虚构市示例区样板路东侧空地",
    "facts": "当事人倾倒建筑垃圾约二十立方米。",
    "breached": "《虚构市建筑垃圾管理条例》第十八条",
    "characterisation": "属于随意倾倒建筑垃圾。",
    "course": "接到投诉后核查属实，经批准立案。",
}
ROWS = {
    "evidence-TOTAL_FORMS": "3",
    "evidence-INITIAL_FORMS": "0",
    "evidence-0-name": "现场检查（勘验）笔录",
    "evidence-0-kind": "勘验笔录",
    "evidence-0-proves": "现场状况",
}
PENALTY: dict[str, Any] = {
    "basis": "《虚构市建筑垃圾管理条例》第四十二条",
    "discretion": "数量较大，已经清运。",
    "kinds": ["fine"],
    "fine": "100000",
    "performance_terms": "十五日内缴至指定银行。",
}
CIRCUMSTANCES: dict[str, Any] = {
    "is_major": "no",
    "is_complex": "yes",
    "is_heavier_penalty": "no",
    "has_expert_argument": "no",
    "review_grounds": ["difficult"],
}


@pytest.fixture
def initiated(ordinary: OrdinaryCase) -> OrdinaryCase:
    """A case whose investigation may be concluded."""
    ordinary.until_initiated()
    return ordinary


def post(
    browser: Browser, story: OrdinaryCase, name: str, data: dict[str, Any], who: str = "handler"
) -> tuple[int, str]:
    address = reverse(name, args=[story.case.id])
    answer = browser(who).post(address, data, follow=True)
    return answer.status_code, words(answer)


def test_from_the_facts_to_the_report(initiated: OrdinaryCase, browser: Browser) -> None:
    overview = reverse("case_conclusion", args=[initiated.case.id])
    assert "还没有认定事实" in words(browser("handler").get(overview))
    status, page = post(browser, initiated, "case_findings", {**FINDINGS, **ROWS})
    assert status == 200
    assert "当事人倾倒建筑垃圾约二十立方米。" in page
    assert "现场状况" in page
    _, page = post(browser, initiated, "case_penalty", PENALTY)
    assert "罚款人民币壹拾万元整（¥100,000.00）。" in page
    assert initiated.case.circumstances["hearing_right"] is True
    few = {
        "reason": "轻微并及时改正，没有危害后果。",
        "basis": "行政处罚法第三十三条",
        "education": "",
    }
    status, page = post(browser, initiated, "case_no_penalty", few)
    assert (status, few["reason"] in page) == (400, True)
    status, page = post(browser, initiated, "case_no_penalty", {**few, "education": "已教育。"})
    assert (status, "不予行政处罚" in page, "改为处罚" in page) == (200, True, True)
    decision = words(browser("handler").get(reverse("case_decision", args=[initiated.case.id])))
    assert "不予行政处罚决定书" in decision and "行政执法决定审批表" in decision
    _, page = post(browser, initiated, "case_penalty", PENALTY)
    assert "改为不予处罚" in page
    _, page = post(browser, initiated, "case_circumstances", CIRCUMSTANCES)
    assert "案情疑难复杂" in page
    assert "起草案件调查终结报告" in page
    answer = browser("handler").post(overview, {"type": "investigation_report"})
    report = Paper.objects.get(type="investigation_report")
    assert answer.headers["Location"] == reverse("paper_edit", args=[report.id])
    assert report.data["course"] == FINDINGS["course"]
    initiated.sign(report, "handler", "handler", "officer")
    initiated.issue(report)
    page = words(browser("handler").get(overview))
    assert "起草案件调查终结报告" not in page
    assert initiated.case.stage == "investigation_report"


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("case_findings", {"violated_at": "2026-03-11T09:00"}, "不能晚于现在"),
        ("case_findings", {"evidence-0-name": ""}, "没有列明证据"),
        ("case_findings", {"evidence-0-proves": ""}, "没有列明证据"),
        ("case_findings", {"facts": ""}, "有 1 项需要改正后才能提交"),
        ("case_circumstances", {"is_major": ""}, "请选择是或者否"),
        ("case_circumstances", {"review_grounds": ["weather"]}, "有 1 项需要改正后才能提交"),
    ],
)
def test_what_is_missing_is_named_and_nothing_typed_is_lost(
    initiated: OrdinaryCase, browser: Browser, name: str, changes: dict[str, Any], said: str
) -> None:
    whole: dict[str, dict[str, Any]] = {
        "case_findings": {**FINDINGS, **ROWS},
        "case_circumstances": CIRCUMSTANCES,
    }
    status, page = post(browser, initiated, name, {**whole[name], **changes})
    assert (status, said in page) == (400, True)
    if name == "case_findings":
        assert FINDINGS["course"] in page
        assert "勘验笔录" in page
    assert initiated.case.facts == {}


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"fine": ""}, 400, "没有填写罚款金额"),
        ({"kinds": []}, 400, "请选择处罚种类"),
        ({"kinds": ["warning"]}, 400, "处罚建议的依据、裁量理由、内容"),
    ],
)
def test_a_penalty_that_lacks_something_is_refused(
    initiated: OrdinaryCase, browser: Browser, changes: dict[str, Any], status: int, said: str
) -> None:
    unfounded = post(browser, initiated, "case_penalty", PENALTY)
    assert (unfounded[0], "还没有认定违法事实" in unfounded[1]) == (409, True)
    assert "行政处罚法第40条" in unfounded[1]
    post(browser, initiated, "case_findings", {**FINDINGS, **ROWS})
    answered, page = post(browser, initiated, "case_penalty", {**PENALTY, **changes})
    assert (answered, said in page) == (status, True)
    assert PENALTY["discretion"] in page


def test_more_rows_of_evidence_are_added_without_losing_or_recording_anything(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    status, page = post(
        browser, initiated, "case_findings", {**FINDINGS, **ROWS, "facts": "", "more": "1"}
    )
    assert status == 200
    assert "需要改正" not in page
    assert 'value="现场检查（勘验）笔录"' in page
    assert 'name="evidence-3-name"' in page
    assert FINDINGS["course"] in page
    assert initiated.case.facts == {}


def test_evidence_the_case_holds_is_offered_and_what_it_proves_left_to_a_person(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    initiated.inspect()
    page = words(browser("handler").get(reverse("case_findings", args=[initiated.case.id])))
    assert 'value="现场检查（勘验）笔录"' in page
    status, page = post(
        browser,
        initiated,
        "case_findings",
        {**FINDINGS, **ROWS, "evidence-INITIAL_FORMS": "1", "evidence-0-proves": ""},
    )
    assert (status, "没有列明证据" in page) == (400, True)


def test_a_kind_recorded_in_other_words_is_not_lost_when_the_form_is_saved_again(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    kept = {"name": "询问笔录", "kind": "当事人自述", "proves": "承认倾倒"}
    given: dict[str, Any] = {**initiated.words.findings, "evidence": [kept]}
    record_findings(**initiated.by, violated_at=initiated.lead.received_at, **given)
    page = words(browser("handler").get(reverse("case_findings", args=[initiated.case.id])))
    assert '<option value="当事人自述" selected>' in page
    row = {f"evidence-0-{key}": text for key, text in kept.items()}
    status, _ = post(browser, initiated, "case_findings", {**FINDINGS, **ROWS, **row})
    assert (status, initiated.case.facts["evidence"]) == (200, [kept])


def test_a_report_before_the_start_is_refused_with_what_is_missing(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    ordinary.assign()
    status, page = post(browser, ordinary, "case_conclusion", {"type": "investigation_report"})
    assert status == 409
    assert "立案（程序启动）（办法第10条）" in page


def test_the_head_confirms_circumstances_and_only_the_officers_find(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    keys = [initiated.case.id]
    expected = {
        "case_conclusion": {"handler": 200, "unit_head": 200, "head": 200, "officer2": 404},
        "case_findings": {"handler": 200, "unit_head": 403, "head": 403, "officer2": 404},
        "case_penalty": {"handler": 200, "unit_head": 403, "head": 403, "officer2": 404},
        "case_no_penalty": {"handler": 200, "unit_head": 403, "head": 403, "officer2": 404},
        "case_circumstances": {"handler": 200, "unit_head": 200, "head": 403, "officer2": 404},
    }
    for name, answers in expected.items():
        address = reverse(name, args=keys)
        found = {who: browser(who).get(address).status_code for who in answers}
        assert (name, found) == (name, answers)


def test_the_page_takes_as_many_queries_for_one_piece_of_evidence_as_for_forty(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    client, overview = (
        browser("handler"),
        reverse("case_conclusion", args=[initiated.case.id]),
    )
    post(browser, initiated, "case_findings", {**FINDINGS, **ROWS})
    few = queries(client, overview)
    many = {
        key: value
        for place in range(40)
        for key, value in (
            (f"evidence-{place}-name", f"照片{place}"),
            (f"evidence-{place}-proves", "现场状况"),
        )
    }
    post(
        browser,
        initiated,
        "case_findings",
        {**FINDINGS, **ROWS, **many, "evidence-TOTAL_FORMS": "40"},
    )
    assert len(initiated.case.facts["evidence"]) == 40
    assert queries(client, overview) == few
