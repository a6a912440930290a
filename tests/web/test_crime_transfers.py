"""A suspected crime found in a case: reported, decided, handed to the police, answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from liuhen.actions import crime_transfers as acts
from liuhen.actions.closing import propose_closing
from liuhen.actions.figures import set_figure
from liuhen.compliance.models import Finding
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.documents.crime_transfers import is_with_police, transferred_for_good
from liuhen.documents.models import Material, Paper
from liuhen.kernel import clock
from liuhen.ledger.models import Entry
from tests.actions.ordinary import filmed, refusal
from tests.web.conftest import Browser, words
from tests.world import MORNING

POLICE = "虚构市公安局示例区分局"
FACTS = "倾倒的废物经认定为危险废物三吨以上，涉嫌污染环境罪。"


def outcome(ordinary: OrdinaryCase, rule: str) -> str:
    found = Finding.objects.filter(case=ordinary.case, rule=rule)
    return "、".join(sorted({row.outcome for row in found}))


def due(ordinary: OrdinaryCase) -> dt.datetime | None:
    return Finding.objects.get(case=ordinary.case, rule="decided_in_time").due_at


def finding_page(ordinary: OrdinaryCase) -> str:
    found = Finding.objects.get(case=ordinary.case, rule="decided_in_time")
    return reverse("case_finding", args=[ordinary.case_id, found.rule, found.subject_id])


def given(ordinary: OrdinaryCase) -> dict[str, Any]:
    officers = [str(ordinary.world[name].id) for name in ("handler", "officer")]
    return {"to": POLICE, "facts": FACTS, "officers": officers}


def taken_by_police(ordinary: OrdinaryCase, handler: Client, page: str) -> None:
    """The letter is issued and the police signed for the case."""
    ordinary.issue(Paper.objects.get(type="crime_transfer_letter"))
    taken = {"receiver": "钱警官", "receipt": "回执已签字附卷。"}
    assert handler.post(page, taken).status_code == 302


def approved(ordinary: OrdinaryCase, browser: Browser) -> str:
    """As far as the head's approval; the page of the transfer."""
    page = reverse("case_crime", args=[ordinary.case_id])
    handler = browser("handler")
    assert (
        handler.post(
            page, given(ordinary) | {"officers": given(ordinary)["officers"][:1]}
        ).status_code
        == 400
    )
    assert handler.post(page, given(ordinary)).status_code == 302
    assert refusal(acts.hand_over_crime, **ordinary.by, receiver="甲", receipt="乙").code == (
        "crime.step"
    )
    ordinary.answer("unit_head")
    ordinary.answer("head", "同意移送。")
    return page


def test_the_police_file_a_case_get_the_things_and_ours_is_closed(
    world: World, browser: Browser
) -> None:
    with clock.frozen(MORNING) as stopped:
        ordinary = filmed(world, stopped)
        ordinary.until_initiated()
        ordinary.conclude(circumstances={"review_grounds": (), "is_complex": False})
        page = approved(ordinary, browser)
        handler = browser("handler")
        assert outcome(ordinary, "transfer_decided_in_time") == "met"
        assert refusal(ordinary.draw, "prior_notice").code == "crime.with_police"
        early = {"receiver": "钱警官", "receipt": "回执已签字附卷。"}
        assert handler.post(page, early).status_code == 409
        letter = Paper.objects.get(type="crime_transfer_letter")
        assert (letter.data["addressee"], letter.data["content"]) == (POLICE, FACTS)
        names = [row["name"] for row in letter.data["materials"]]
        assert "案件调查终结报告" in "".join(names)
        ordinary.issue(letter)
        receipt = SimpleUploadedFile("回执.pdf", b"%PDF-1.7")
        assert handler.post(page, early | {"content": receipt}).status_code == 302
        kept = Material.objects.get(kind=Material.Kind.TRANSFER_REPLY)
        assert (kept.subject_id, kept.received_from) == (letter.id, POLICE)
        assert reverse("material_file", args=[kept.id]) in words(handler.get(page))
        assert outcome(ordinary, "lead_transferred") == "met"
        assert "公安机关书面答复是否立案" in words(handler.get(page))
        stopped.move(days=2)
        answer = {"answer": "filed", "note": "虚公立字〔2026〕1号立案告知书。"}
        assert handler.post(page, answer).status_code == 302
        assert outcome(ordinary, "things_handed_to_police") == "pending"
        closing: dict[str, Any] = {
            "summary": "查明的事实涉嫌犯罪，已移送公安机关立案侦查。",
            "reason": "transferred",
            "handler_opinion": "建议结案。",
            "remedy_state": "没有行政复议、行政诉讼。",
            "strokes": ink(2),
        }
        assert refusal(propose_closing, **ordinary.by, **closing).code == "crime.with_police"
        things = {"note": "物品清单一份、材料一册、音像复制件一份，已办理交接。"}
        assert handler.post(page, things).status_code == 302
        assert outcome(ordinary, "things_handed_to_police") == "met"
        assert transferred_for_good(ordinary.case) == stopped()
        propose_closing(**ordinary.by, **closing)
        ordinary.answer("deputy", "同意结案。")
        assert ordinary.case.closed_at is not None
        report = ordinary.case.papers.get(type="closing_report")
        assert report.data["reason"] == "transferred"
        assert Entry.objects.filter(event="crime.things_handed_over").count() == 1


def test_the_days_with_the_police_do_not_count_and_the_page_draws_them(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    ordinary.until_initiated()
    before = due(ordinary)
    assert before is not None
    ordinary.clock.move(days=1)
    handler, page = browser("handler"), approved(ordinary, browser)
    taken_by_police(ordinary, handler, page)
    ordinary.clock.move(days=3)
    filed = {"answer": "filed", "note": "立案告知书。"}
    assert handler.post(page, filed).status_code == 302
    assert handler.post(page, {"note": "已办理交接。"}).status_code == 302
    ordinary.clock.move(days=40)
    back = clock.local(clock.now()) - dt.timedelta(days=3)
    given_back = {"note": "犯罪事实显著轻微，撤销案件，案卷退回。"}
    late = given_back | {"returned_at": f"{back + dt.timedelta(days=9):%Y-%m-%dT%H:%M}"}
    assert handler.post(page, late).status_code == 400
    early = given_back | {"returned_at": f"{back - dt.timedelta(days=39):%Y-%m-%dT%H:%M}"}
    assert "上一环节之后" in words(handler.post(page, early))
    right = given_back | {"returned_at": f"{back:%Y-%m-%dT%H:%M}"}
    assert handler.post(page, right).status_code == 302
    # Forty days passed, and the case was three of them on the authority's own desk.
    assert due(ordinary) == before + dt.timedelta(days=40)
    told = words(handler.get(finding_page(ordinary)))
    assert told.count("期限中止，不计入") == 40
    assert "涉嫌犯罪移送公安机关期间不计入处罚办案期限" in told
    assert "案件退回" in words(handler.get(page))


def test_an_authority_that_counts_the_days_with_the_police_has_no_more_than_ninety(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    today = clock.local_date(clock.now())
    set_figure(
        actor=ordinary.world["head"],
        name="assumption.police_time_not_counted",
        value=0,
        valid_from=today,
        reason="市法制机构答复：移送期间计入。",
    )
    ordinary.until_initiated()
    before = due(ordinary)
    page, handler = approved(ordinary, browser), browser("handler")
    taken_by_police(ordinary, handler, page)
    ordinary.clock.move(days=9)
    refused = {"answer": "refused", "note": "犯罪事实显著轻微。"}
    assert handler.post(page, refused).status_code == 302
    resumed = {"step": "resume", "note": "依法作出行政处理。"}
    assert handler.post(page, resumed).status_code == 302
    assert due(ordinary) == before


def test_refused_by_the_police_the_case_goes_on_and_a_penalty_may_follow(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    ordinary.until_initiated()
    initiated_due = due(ordinary)
    assert initiated_due is not None
    ordinary.clock.move(days=1)
    page = reverse("case_crime", args=[ordinary.case_id])
    handler = browser("handler")
    assert handler.post(page, given(ordinary)).status_code == 302
    ordinary.answer("unit_head", "证据不足，请补充。", outcome="returned")
    assert "证据不足，请补充。" in words(handler.get(page))
    assert not is_with_police(ordinary.case)
    ordinary.clock.move(minutes=1)
    deciding = ("party_told_before_decision", "decision_form_made", "decided_in_time")
    assert {outcome(ordinary, rule) for rule in deciding} == {"pending"}
    approved(ordinary, browser)
    # No penalty takes the place of the transfer: nothing of a decision is asked for meanwhile.
    assert {outcome(ordinary, rule) for rule in deciding} == {""}
    taken_by_police(ordinary, handler, page)
    wrong = refusal(acts.record_police_answer, **ordinary.by, answer="perhaps", note="无")
    assert wrong.code == "crime.answer"
    ordinary.clock.move(days=3)
    refused = {"answer": "refused", "note": "犯罪事实显著轻微。"}
    assert handler.post(page, refused).status_code == 302
    contest = {"step": "reconsideration", "note": "提请复议书一份。"}
    assert handler.post(page, contest).status_code == 302
    assert "待结果" in words(handler.get(page))
    assert handler.post(page, {"step": "refused", "note": "维持。"}).status_code == 302
    assert "维持不予立案，待本机关处理" in words(handler.get(page))
    assert is_with_police(ordinary.case), "until somebody goes on with the case"
    resume = {"step": "resume", "note": "依法作出行政处理。"}
    assert handler.post(page, resume).status_code == 302
    assert not is_with_police(ordinary.case)
    assert {outcome(ordinary, rule) for rule in deciding} == {"pending"}
    # Back with the second refusal, three days after the hand-over: those days don't count.
    assert due(ordinary) == initiated_due + dt.timedelta(days=3)
    told = {"crime.reported", "crime.contested", "crime.case_resumed"}
    assert told <= set(Entry.objects.values_list("event", flat=True))
    ordinary.conclude(circumstances={"review_grounds": (), "is_complex": False})
    assert ordinary.draw("prior_notice").state == Paper.State.DRAFT
    assert "维持不予立案" not in words(handler.get(page)), "nothing waits for an answer"
