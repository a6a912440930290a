"""What the party puts forward, on pages: told, heard, waived, letters kept, defences reviewed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liuhen.actions.materials import LARGEST
from liuhen.approvals.models import Approval
from liuhen.cases.models import Activity
from liuhen.compliance.facts import facts_of_case
from liuhen.documents.models import Material, Paper
from liuhen.vault.keeping import local_store
from liuhen.web.notice import periods
from tests.web.conftest import words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]
LETTER = b"%PDF-1.4 the party's own letter \xe9\x00\xff"
REVIEWED = {
    "findings": "经复核，当事人已经改正属实。",
    "is_adopted": "partly",
    "reason": "及时改正属实，已在裁量中考虑。",
    "result": "维持拟处罚内容，不加重处罚。",
}


def officers(case: Ordinary) -> list[str]:
    return [str(case.world[who].id) for who in ("handler", "officer")]


def page(case: Ordinary, name: str) -> str:
    return reverse(name, args=[case.case.id])


def hand_in(case: Ordinary, content: bytes = LETTER, kind: str = "statement", **more: str) -> int:
    data = {
        "kind": kind,
        "content": SimpleUploadedFile("陈述申辩书.pdf", content),
        "received_from": "虚构市样例装饰有限公司",
        "summary": "垃圾已经清运，请求从轻。",
        **more,
    }
    return case.browser("handler").post(page(case, "material_new"), data).status_code


def talk(case: Ordinary) -> Activity:
    case.clock.move(hours=2)
    data = {"place": "接待室", "officers": officers(case), "is_certificate_shown": "on"}
    answer = case.browser("handler").post(page(case, "defence_begin"), data)
    assert answer.status_code == 302, words(answer)
    return Activity.objects.get(kind="statement_and_defence")


def test_the_notice_says_what_it_will_tell_and_that_a_hearing_may_be_asked(at: At) -> None:
    case = at("reported")
    client, address = case.browser("handler"), page(case, "case_notice")
    told = words(client.get(address))
    assert "罚款人民币壹拾万元整" in told
    assert "应当告知听证权利" in told
    drawn = client.post(address)
    paper = Paper.objects.get(type="prior_notice")
    assert drawn.headers["Location"] == reverse("paper_edit", args=[paper.id])
    assert reverse("paper_edit", args=[paper.id]) in words(client.get(address))
    case.story.issue(paper)
    assert f"{page(case, 'case_service')}?paper={paper.id}" in words(client.get(address))


def test_a_notice_before_the_report_is_refused_with_article_and_what_is_missing(at: At) -> None:
    case = at("investigated")
    client, address = case.browser("handler"), page(case, "case_notice")
    shown = words(client.get(address))
    assert "案件调查终结报告" in shown
    assert "起草行政处罚事先告知书" not in shown
    told = client.post(address)
    assert told.status_code == 409
    assert "案件调查终结报告（行政处罚法第57条）" in words(told)
    assert not Paper.objects.filter(type="prior_notice").exists()


def test_the_partys_periods_run_from_the_service_of_the_notice(at: At) -> None:
    case = at("noticed")
    for name in ("case_notice", "case_defence"):
        shown = words(case.browser("handler").get(page(case, name)))
        assert "要求听证期限" in shown
        assert "data-due" in shown
    case.clock.move(days=10)
    told = periods(facts_of_case(case.case.id))
    assert told is not None
    assert told["is_hearing_over"]
    assert "期限届满没有要求听证" in words(case.browser("handler").get(page(case, "case_defence")))


def test_nobody_is_heard_before_the_notice_is_served(at: At) -> None:
    case = at("reported")
    shown = words(case.browser("handler").get(page(case, "case_defence")))
    assert "事先告知书的送达" in shown
    assert reverse("defence_begin", args=[case.case.id]) not in shown
    told = case.browser("handler").post(
        page(case, "material_new"),
        {
            "kind": "statement",
            "content": SimpleUploadedFile("a.pdf", LETTER),
            "received_from": "某",
        },
    )
    assert told.status_code == 409
    assert "事先告知书的送达" in words(told)


def test_the_party_is_heard_written_down_and_its_waiver_kept_in_its_words(at: At) -> None:
    case = at("noticed")
    activity, client = talk(case), case.browser("handler")
    address = reverse("defence_talk", args=[activity.id])
    assert "先记下当事人的意见" in words(client.get(address))
    said = {
        "relation": "系当事人的法定代表人",
        "recorder": "张示例",
        "rights_told": "已告知。",
        "statement_text": "垃圾已经全部清运，希望从轻。",
        "statement_reasons": "两日内自行清运。",
        "statement_exhibits": "照片三张",
        "confirmation": "与所述相符。",
    }
    assert client.post(address, said).status_code == 302
    case.clock.move(minutes=5)
    answer = client.post(reverse("defence_record", args=[activity.id]))
    record = Paper.objects.get(type="statement_record")
    assert answer.headers["Location"] == reverse("paper_edit", args=[record.id])
    assert record.data["statement"] == said["statement_text"]
    assert record.data["span"]["ended_at"] > record.data["span"]["started_at"]
    waiver = {
        "waived": ["hearing"],
        "form": "waiver_written",
        "declaration": "本单位清楚听证的权利，自愿放弃，不要求听证。",
    }
    case.story.papers["statement_record"] = record
    case.story.record_signed(record)
    case.story.issue(record)
    assert client.post(reverse("defence_waiver", args=[activity.id]), waiver).status_code == 302
    paper = Paper.objects.get(type="waiver")
    assert paper.data["declaration"] == waiver["declaration"]
    case.story.sign_other(paper, "party", "曹样例")
    case.story.sign(paper, "officer", "handler", "officer")
    case.story.issue(paper)
    assert client.post(reverse("defence_end", args=[activity.id])).status_code == 302
    shown = words(client.get(page(case, "case_defence")))
    assert "已明确放弃听证" in shown
    assert "还没有复核" in shown


def test_a_waiver_without_saying_what_is_given_up_is_refused(at: At) -> None:
    case = at("noticed")
    activity = talk(case)
    address = reverse("defence_waiver", args=[activity.id])
    told = case.browser("handler").post(address, {"form": "waiver_oral", "declaration": "放弃。"})
    assert told.status_code == 400
    assert "请选择放弃的权利" in words(told)
    assert not Paper.objects.filter(type="waiver").exists()


def test_a_letter_is_kept_byte_for_byte_and_given_back_so(at: At) -> None:
    case = at("noticed")
    assert hand_in(case) == 302
    letter = Material.objects.get()
    assert letter.original_id == hashlib.sha256(LETTER).hexdigest()
    with local_store().open(letter.original_id) as stream:
        assert stream.read() == LETTER
    shown = words(case.browser("handler").get(page(case, "case_defence")))
    assert "陈述申辩书.pdf" in shown
    assert letter.original_id[:8] in shown
    answer = case.browser("unit_head").get(reverse("material_file", args=[letter.id]))
    assert answer.content == LETTER
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer.headers["Content-Disposition"]
    others = case.browser("officer2").get(reverse("material_file", args=[letter.id]))
    assert others.status_code == 404


def test_a_file_that_is_empty_or_too_large_is_refused_in_words(at: At) -> None:
    case = at("noticed")
    client, address = case.browser("handler"), page(case, "material_new")
    data = {"kind": "statement", "received_from": "某", "content": SimpleUploadedFile("a.pdf", b"")}
    told = client.post(address, data)
    assert told.status_code == 400
    assert "文件是空的" in words(told)
    big = SimpleUploadedFile("a.pdf", b"\0" * (LARGEST + 1))
    told = client.post(address, {**data, "content": big})
    assert told.status_code in (400, 413)
    assert "50" in words(told)
    huge = SimpleUploadedFile("a.pdf", b"\0" * (LARGEST + 2 * 1024 * 1024))
    assert client.post(address, {**data, "content": huge}).status_code == 413
    assert not Material.objects.exists()


def test_a_letter_is_reviewed_with_reasons_and_the_head_of_the_unit_agrees(at: At) -> None:
    case = at("noticed")
    hand_in(case)
    letter, client = Material.objects.get(), case.browser("handler")
    address = reverse("defence_review", args=[case.case.id, letter.id])
    assert address in words(client.get(page(case, "case_defence")))
    assert "垃圾已经清运，请求从轻。" in words(client.get(address))
    told = client.post(address, {**REVIEWED, "reason": ""})
    assert told.status_code == 400
    assert "采纳或者不采纳的理由" in words(told)
    assert client.post(address, REVIEWED).status_code == 302
    paper = Paper.objects.get(type="defence_review")
    assert (paper.subject_id, paper.data["is_adopted"]) == (letter.id, "partly")
    assert "尚未报送" in words(client.get(page(case, "case_defence")))
    case.story.sign(paper, "reviewer", "handler", "officer")
    case.story.send(paper)
    assert "正在审批" in words(client.get(page(case, "case_defence")))
    asked = Approval.objects.get(outcome="")
    answer = {"outcome": "approved", "opinion": "同意复核意见。"}
    case.browser("unit_head").post(reverse("approval", args=[asked.id]), answer)
    shown = words(client.get(page(case, "case_defence")))
    assert "已复核" in shown
    assert REVIEWED["result"] in shown


def test_only_what_was_said_in_this_case_is_reviewed(at: At) -> None:
    case = at("heard")
    notice = Paper.objects.get(type="prior_notice")
    address = reverse("defence_review", args=[case.case.id, notice.id])
    assert case.browser("handler").get(address).status_code == 404
    assert case.browser("handler").post(address, REVIEWED).status_code == 404


def test_a_hearing_asked_for_is_told_on_the_pages(at: At) -> None:
    case = at("noticed")
    assert hand_in(case, kind="hearing_request") == 302
    assert "当事人要求听证" in words(case.browser("handler").get(page(case, "case_defence")))


def test_the_page_takes_as_many_queries_for_one_letter_as_for_twelve(at: At) -> None:
    case = at("noticed")
    client, address = case.browser("handler"), page(case, "case_defence")
    hand_in(case)
    few = queries(client, address)
    for number in range(11):
        hand_in(case, LETTER + bytes([number]))
    assert Material.objects.count() == 12
    assert queries(client, address) == few < 70
