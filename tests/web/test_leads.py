"""The register of leads through its pages: from the telephone to each of its ends."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liuhen.cases.models import Lead
from liuhen.compliance.models import Finding
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.ordinary_words import DUMPING
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Material, Paper
from liuhen.jobs.judging import judge_due_cases
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.search.indexing import follow_all
from tests.web.conftest import Browser, words
from tests.web.test_lists_and_counts import queries

COMPLAINT = {
    "source": "complaint",
    "received_at": "2026-03-10T08:30",
    "is_named": "named",
    "reporter_name": "卫演示",
    "reporter_contact": "000-00000009",
    "subject": "虚构市样例装饰有限公司",
    "place": "虚构市示例区样板路东侧空地",
    "content": "夜间倾倒建筑垃圾。",
    "registrar_opinion": "建议派员核查。",
    "registrar_strokes": json.dumps(ink(7)),
}


def post(browser: Browser, who: str, page: str, lead: Lead, **data: Any) -> tuple[int, str]:
    """The page as it is shown, filled in and sent; the version is that on the screen."""
    address = reverse(page, args=[lead.id])
    shown = words(browser(who).get(address))
    seen = re.search(r'name="version" value="(\d+)"', shown)
    data = {"version": seen[1] if seen else "", **data}
    answer = browser(who).post(address, data, follow=True)
    return answer.status_code, words(answer)


def assign(browser: Browser, story: OrdinaryCase, *officers: str) -> tuple[int, str]:
    people = [str(story.world[name].id) for name in officers]
    given = {"handler": people[0], "officers": people}
    return post(browser, "unit_head", "lead_assign", story.lead, **given)


def test_a_complaint_is_registered_and_signed_and_waits_to_be_handed_out(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    answer = browser("officer").post(reverse("lead_register"), COMPLAINT, follow=True)
    page = words(answer)
    lead = Lead.objects.get()
    assert answer.status_code == 200
    assert "线索已登记" in page
    assert "待分派" in page
    assert "卫演示" in page
    assert (lead.is_named, lead.number) == (True, "虚城管线〔2026〕0001号")
    assert Paper.objects.get(type="lead_register").signatures.get().name == "张示例"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"registrar_strokes": ""}, "没有看到签名笔迹"),
        ({"registrar_strokes": "墨"}, "签名笔迹或者图片无法识别"),
        ({"is_named": ""}, "投诉举报线索要写明是否实名"),
        ({"reporter_contact": " "}, "投诉举报线索要写明是否实名"),
        ({"received_at": "2026-03-11T08:30"}, "这一时间晚于现在"),
        ({"place": ""}, "有 1 项需要改正后才能提交"),
        ({"source": "rumour"}, "有 1 项需要改正后才能提交"),
    ],
)
def test_a_lead_that_lacks_something_is_refused_and_nothing_typed_is_lost(
    ordinary: OrdinaryCase, browser: Browser, changes: dict[str, str], said: str
) -> None:
    answer = browser("officer").post(reverse("lead_register"), {**COMPLAINT, **changes})
    assert answer.status_code == 400
    assert said in words(answer)
    assert "夜间倾倒建筑垃圾。" in words(answer)
    assert not Lead.objects.exists()


def test_a_lead_is_handed_out_checked_refused_and_its_complainant_told(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    lead = ordinary.lead
    assert "分派线索" in words(browser("unit_head").get("/"))
    status, page = assign(browser, ordinary, "handler", "officer")
    assert (status, "待核查" in page) == (200, True)
    status, page = post(browser, "handler", "lead_check", lead, check="现场查看，未见倾倒。")
    assert "待处理" in page
    assert reverse("lead_refusal", args=[lead.id]) in page
    status, page = post(browser, "handler", "lead_refusal", lead, reason="反映的行为不违法。")
    assert "不予立案：等待承办机构负责人审批" in page
    ordinary.answer("unit_head", "同意不予立案。")
    ordinary.answer("head", "同意不予立案。")
    page = words(browser("handler").get(reverse("lead", args=[lead.id])))
    assert "待告知" in page
    notice = Paper.objects.get(type="lead_refusal_notice")
    assert "不予立案审批表" in page and reverse("paper_edit", args=[notice.id]) in page
    assert reverse("lead_informing", args=[lead.id]) in page
    early = {"at": "2026-03-10T08:59", "note": "电话告知。"}
    status, page = post(browser, "handler", "lead_informing", lead, **early)
    assert status == 400
    assert "告知时间早于不予立案的决定" in page
    ordinary.clock.move(minutes=5)
    told = {"at": "2026-03-10T09:02", "note": "电话告知不予立案及理由。"}
    status, page = post(browser, "handler", "lead_informing", lead, **told)
    assert "目前没有要办的事" in page
    assert "电话告知不予立案及理由。" in page
    assert Paper.objects.get(type="lead_register").state == Paper.State.ISSUED
    notice.refresh_from_db()
    assert (notice.state, notice.void_reason) == (Paper.State.VOID, "以其他方式告知")


def test_a_suspected_crime_goes_to_the_head_and_is_handed_over(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    crime = {"ground": "crime", "recipient": "虚构市公安局", "reason": "涉嫌污染环境罪。"}
    status, page = post(browser, "handler", "lead_transfer", ordinary.lead, **crime)
    assert "线索移送：等待承办机构负责人审批" in page
    handed = {"at": "2026-03-10T09:00", "note": "案卷一册。"}
    status, page = post(browser, "handler", "lead_hand_over", ordinary.lead, **handed)
    assert (status, "移送还没有批准" in page) == (409, True)
    ordinary.answer("unit_head")
    ordinary.answer("head", "同意移送。")
    page = words(browser("handler").get(reverse("lead", args=[ordinary.lead.id])))
    assert "待移送" in page
    assert "涉嫌犯罪" in page
    assert "剩 24 小时" in page or "剩 1 天" in page
    letter = Paper.objects.get(type="crime_transfer_letter")
    assert "制作《涉嫌犯罪案件移送书》" in page and reverse("paper_edit", args=[letter.id]) in page
    ordinary.issue(letter)
    early = reply("accepted")
    assert post(browser, "handler", "lead_answer", ordinary.lead, **early)[0] == 409
    post(browser, "handler", "lead_hand_over", ordinary.lead, **handed)
    assert Lead.objects.get().outcome == Lead.Outcome.TRANSFERRED
    page = words(browser("handler").get(reverse("lead", args=[ordinary.lead.id])))
    assert "公安机关书面答复是否立案" in page
    assert "由承办人办理" in words(
        browser("unit_head").get(reverse("lead", args=[letter.subject_id]))
    )
    ordinary.clock.move(days=2)
    # a receipt leaves the answer open; what comes is kept as it came, tied to our letter
    empty = reply("accepted") | {"content": SimpleUploadedFile("a.pdf", b"")}
    for wrong in (empty, reply("accepted", at="2026-03-09T09:00"), reply("perhaps")):
        assert post(browser, "handler", "lead_answer", ordinary.lead, **wrong)[0] == 400
    assert post(browser, "handler", "lead_answer", ordinary.lead, **reply("accepted"))[0] == 200
    kept = Material.objects.get(kind=Material.Kind.TRANSFER_REPLY)
    assert (kept.subject_id, kept.received_from) == (letter.id, "虚构市公安局")
    things = {"step": "things", "at": "2026-03-12T09:00", "note": "物品清单一份。"}
    assert post(browser, "handler", "lead_follow", ordinary.lead, **things)[0] == 409
    assert outcome("things_handed_to_police") == ""
    assert post(browser, "handler", "lead_answer", ordinary.lead, **reply("refused"))[0] == 200
    page = words(browser("handler").get(reverse("lead", args=[ordinary.lead.id])))
    assert "登记为新线索" in page and reverse("material_file", args=[kept.id]) in page
    assert post(browser, "handler", "lead_answer", ordinary.lead, **reply("filed"))[0] == 409
    contest = things | {"step": "reconsideration", "note": "提请复议书一份。"}
    assert post(browser, "handler", "lead_follow", ordinary.lead, **contest)[0] == 200
    assert post(browser, "handler", "lead_answer", ordinary.lead, **reply("filed"))[0] == 200
    assert outcome("things_handed_to_police") == "pending"
    assert post(browser, "handler", "lead_follow", ordinary.lead, **things)[0] == 200
    assert outcome("things_handed_to_police") == "met"
    told = Entry.objects.filter(event__in=("lead.answered", "lead.answer_followed"))
    assert told.count() == 5
    offered = words(browser("officer").get(f"{reverse('lead_register')}?from={letter.subject_id}"))
    assert f"原线索{Lead.objects.get().number}" in offered


def reply(answer: str, at: str = "2026-03-12T09:00") -> dict[str, Any]:
    """What the page takes of an answer to a transfer."""
    file = SimpleUploadedFile("回执.pdf", f"%PDF-1.7 {answer}".encode())
    return {
        "answer": answer,
        "number": "虚公回〔2026〕1号",
        "at": at,
        "note": "㐂",
        "content": file,
    }


def outcome(rule: str) -> str:
    found = Finding.objects.filter(rule=rule).first()
    return found.outcome if found else ""


def test_an_officer_without_a_valid_certificate_is_not_given_a_lead(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    alone = assign(browser, ordinary, "handler")
    assert (alone[0], "执法人员不得少于二人" in alone[1]) == (409, True)
    ordinary.clock.move(days=365 * 3)
    page = words(browser("unit_head").get(reverse("lead_assign", args=[ordinary.lead.id])))
    assert "李示例（证件已过期）" in page
    status, page = assign(browser, ordinary, "handler", "officer2")
    assert (status, "王承办没有在有效期内的执法证件" in page) == (409, True)
    assert "办法第12条" in page


def test_of_two_people_at_one_lead_the_second_sees_what_the_first_wrote(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    ordinary.assign()
    address = reverse("lead_check", args=[ordinary.lead.id])
    seen = str(Lead.objects.get().version)
    browser("handler").post(address, {"check": "属实。", "version": seen})
    late = browser("officer").post(address, {"check": "未见违法行为。", "version": seen})
    page = words(late)
    assert late.status_code == 409
    assert "您打开页面之后，王承办已在03月10日09:00办理过这条线索" in page
    assert "办法第11条" in page
    assert "现在记着的核查情况：属实。" in page
    assert "未见违法行为。" in page
    assert Lead.objects.get().check_note == "属实。"
    again = re.search(r'name="version" value="(\d+)"', page)
    assert again is not None
    browser("officer").post(address, {"check": "未见违法行为。", "version": again[1]})
    assert Lead.objects.get().check_note == "未见违法行为。"


def test_one_lead_is_not_proposed_for_two_ends_at_once(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    ordinary.party()
    ordinary.ask_initiation()
    status, page = post(browser, "officer", "lead_refusal", ordinary.lead, reason="轻微。")
    assert (status, "同一事项已经报送" in page) == (409, True)
    assert "轻微。" in page


def test_the_clock_of_the_check_turns_red_and_the_head_may_make_it_longer(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    ordinary.assign()
    address = reverse("lead", args=[ordinary.lead.id])
    page = words(browser("handler").get(address))
    assert "剩 21 天" in page
    assert reverse("lead_prolongation", args=[ordinary.lead.id]) in page
    post(browser, "handler", "lead_prolongation", ordinary.lead, reason="需要测绘。")
    ordinary.answer("unit_head")
    ordinary.answer("head")
    page = words(browser("handler").get(address))
    assert "剩 36 天" in page
    assert reverse("lead_prolongation", args=[ordinary.lead.id]) not in page
    ordinary.clock.move(days=40)
    judge_due_cases()
    assert "已逾期" in words(browser("handler").get(address))
    assert "已逾期" in words(browser("handler").get(reverse("leads")))


def test_a_lead_is_seen_by_whom_it_concerns_and_by_nobody_else(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    address = reverse("lead", args=[ordinary.lead.id])

    def seen() -> dict[str, tuple[int, bool]]:
        number = ordinary.lead.number
        return {
            who: (
                browser(who).get(address).status_code,
                number in words(browser(who).get(reverse("leads"))),
            )
            for who in ("officer", "officer2", "handler", "unit_head", "head", "supervisor")
        }

    yes, no = (200, True), (404, False)
    assert seen() == {
        **dict.fromkeys(("officer", "unit_head", "head", "supervisor"), yes),
        **dict.fromkeys(("officer2", "handler"), no),
    }
    assign(browser, ordinary, "handler", "officer2")
    assert seen() == {
        **dict.fromkeys(("officer2", "handler", "unit_head", "head", "supervisor"), yes),
        "officer": no,
    }
    for who in ("operator", "archivist", "legal"):
        assert browser(who).get(reverse("leads")).status_code == 403
        assert browser(who).get(address).status_code == 404


def test_who_may_not_hand_out_a_lead_is_refused_on_record(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    address = reverse("lead_assign", args=[ordinary.lead.id])
    assert address not in words(browser("officer").get(reverse("lead", args=[ordinary.lead.id])))
    assert browser("officer").get(address).status_code == 403
    people = [str(ordinary.world[name].id) for name in ("officer", "officer2")]
    answer = browser("officer").post(address, {"handler": people[0], "officers": people})
    assert answer.status_code == 403
    assert Entry.objects.filter(event="act.refused", actor_id=ordinary.world["officer"].id).exists()
    assert browser("deputy").get(reverse("lead_register")).status_code == 403


def _numbers(page: str) -> list[str]:
    return re.findall(r'lh-quiet">(虚城管线〔2026〕\d+号)', page)


def test_leads_are_found_by_state_source_and_words_and_paged(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    client, address = browser("unit_head"), reverse("leads")
    ordinary.register()
    ordinary.assign()
    few = queries(client, address)
    for place in range(27):
        ordinary.clock.move(minutes=1)
        source = {"source": "inspection", "is_named": None} if place % 2 else {}
        ordinary.register(subject=f"虚构市第{place}商店", **source)
    assert queries(client, address) == few

    def found(**wanted: str) -> list[str]:
        return _numbers(words(client.get(address, wanted)))

    first = words(client.get(address))
    assert len(_numbers(first)) == 25
    assert _numbers(first)[0] == "虚城管线〔2026〕0028号"
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    assert len(_numbers(words(client.get(address + following[1].replace("&amp;", "&"))))) == 3
    assert found(state="unchecked") == ["虚城管线〔2026〕0001号"]
    assert len(found(source="inspection")) == 13
    assert len(found(state="burnt")) == 25
    sequence_all()
    follow_all()
    assert found(q="第26商店") == found(q="商店 第26") == ["虚城管线〔2026〕0028号"]
    assert len(found(q="商店")) == 25, "a word in 27 of them: a page of it"
    assert len(found(q="商店", source="inspection")) == 13
    assert found(q="垃圾", state="unchecked") == ["虚城管线〔2026〕0001号"]
    assert queries(client, f"{address}?q=商店") <= queries(client, f"{address}?q=第26商店")
    assert found(q="没有这样的") == found(q="——") == found(q="店") == []
    assert "只有一个字" in words(client.get(address, {"q": "店"}))
    assert "没有符合条件的线索" in words(client.get(address, {"q": "没有这样的"}))
    assert _numbers(words(browser("officer3").get(address, {"q": "商店"}))) == []
    long = client.get(address, {"q": "店" * 10_000})
    assert (long.status_code, _numbers(words(long))) == (400, [])


def test_one_leads_page_takes_as_many_queries_whatever_was_asked(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    ordinary.assign()
    ordinary.check()
    ordinary.party()
    ordinary.ask_initiation()
    client, address = browser("handler"), reverse("lead", args=[ordinary.lead.id])
    few = queries(client, address)
    ordinary.answer("unit_head")
    ordinary.answer("legal")
    assert queries(client, address) == few


def test_the_desk_offers_registering_to_officers_and_handing_out_to_heads(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    assign_href = reverse("lead_assign", args=[UUID(str(ordinary.lead.id))])
    assert reverse("lead_register") in words(browser("officer").get("/"))
    assert assign_href in words(browser("unit_head").get("/"))
    assert reverse("lead_register") not in words(browser("head").get("/"))
    ordinary.assign()
    assert assign_href not in words(browser("unit_head").get("/"))
    assert DUMPING.lead["subject"] in words(browser("unit_head").get(reverse("leads")))


def test_a_dispute_on_jurisdiction_is_talked_over_handed_on_and_decided(
    ordinary: OrdinaryCase, browser: Browser
) -> None:
    ordinary.register()
    ordinary.assign()
    lead = ordinary.lead
    none = post(browser, "handler", "lead_dispute_end", lead, **ended("agreed_ours"))
    assert (none[0], "没有正在协商" in none[1]) == (409, True)
    begun = {"body": "虚构市示例区城市管理委员会", "at": "2026-03-10T09:00", "note": "均已收到。"}
    status, page = post(browser, "handler", "lead_dispute", lead, **{**begun, "body": " "})
    assert (status, "均已收到。" in page) == (400, True)
    status, page = post(browser, "handler", "lead_dispute", lead, **begun)
    assert (status, "协商管辖" in page) == (200, True)
    assert outcome(DISPUTE) == "pending"
    twice = post(browser, "handler", "lead_dispute", lead, **begun)
    assert (twice[0], "还没有结果" in twice[1]) == (409, True)
    ordinary.clock.move(days=10)
    judge_due_cases()
    assert outcome(DISPUTE) == "breached"
    early = post(browser, "handler", "lead_dispute_end", lead, **ended("designated_theirs"))
    assert (early[0], "有 1 项需要改正" in early[1]) == (400, True)
    status, page = post(browser, "handler", "lead_dispute_end", lead, **ended("referred"))
    assert (status, "等待指定管辖" in page) == (200, True)
    given = ended("designated_theirs", at="2026-03-20T09:00")
    status, page = post(browser, "handler", "lead_dispute_end", lead, **given)
    assert "上级机关指定对方机关管辖" in page and "虚商〔2026〕1号" in page
    kept = Material.objects.filter(case=lead.case)
    assert [one.received_from for one in kept] == [begun["body"]] * 2
    assert Finding.objects.get(rule=DISPUTE).body["explanation"]["code"].endswith("late")
    ordinary.check()
    assert begun["body"] in words(browser("handler").get(reverse("lead_transfer", args=[lead.id])))
    told = Entry.objects.filter(event__in=("jurisdiction.disputed", "jurisdiction.settled"))
    assert told.count() == 3


DISPUTE = "jurisdiction_settled_in_time"


def ended(outcome: str, at: str = "2026-03-20T08:59") -> dict[str, Any]:
    """What the page takes of how a dispute ended."""
    file = SimpleUploadedFile("协商记录.pdf", f"%PDF-1.7 {outcome}".encode())
    said = {"outcome": outcome, "number": "虚商〔2026〕1号", "at": at, "note": "各自说明了理由。"}
    return {**said, "content": file}
