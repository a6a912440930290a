"""A suspected crime found in a case: reported, decided, handed to the police, answered."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liuhen.actions import crime_transfers as acts
from liuhen.actions.closing import propose_closing
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


def given(ordinary: OrdinaryCase) -> dict[str, Any]:
    officers = [str(ordinary.world[name].id) for name in ("handler", "officer")]
    return {"to": POLICE, "facts": FACTS, "officers": officers}


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


def test_refused_by_the_police_the_case_goes_on_and_a_penalty_may_follow(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    ordinary.until_initiated()
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
    ordinary.issue(Paper.objects.get(type="crime_transfer_letter"))
    taken = {"receiver": "钱警官", "receipt": "回执已签字附卷。"}
    assert handler.post(page, taken).status_code == 302
    wrong = refusal(acts.record_police_answer, **ordinary.by, answer="perhaps", note="无")
    assert wrong.code == "crime.answer"
    ordinary.clock.move(days=3)
    refused = {"answer": "refused", "note": "犯罪事实显著轻微。"}
    assert handler.post(page, refused).status_code == 302
    contest = {"step": "reconsideration", "note": "提请复议书一份。"}
    assert handler.post(page, contest).status_code == 302
    assert handler.post(page, {"step": "refused", "note": "维持。"}).status_code == 302
    assert is_with_police(ordinary.case), "until somebody goes on with the case"
    resume = {"step": "resume", "note": "依法作出行政处理。"}
    assert handler.post(page, resume).status_code == 302
    assert not is_with_police(ordinary.case)
    assert {outcome(ordinary, rule) for rule in deciding} == {"pending"}
    told = {"crime.reported", "crime.contested", "crime.case_resumed"}
    assert told <= set(Entry.objects.values_list("event", flat=True))
    ordinary.conclude(circumstances={"review_grounds": (), "is_complex": False})
    assert ordinary.draw("prior_notice").state == Paper.State.DRAFT
    assert "维持不予立案" not in words(handler.get(page)), "nothing waits for an answer"
