"""A hearing on pages: from the request to the report, each step reached from the one before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from liuhen.actions.paper_drafts import revise_paper
from liuhen.cases.models import Activity
from liuhen.demo.simple_case import ink
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from tests.web.conftest import words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]
SAID = {
    "rights": "已告知权利义务，不申请回避。",
    "investigated": "调查人员提出违法事实、证据和处罚建议。",
    "defended": "当事人认为垃圾已经清运，请求从轻。",
    "final": "当事人请求从轻处罚。",
}


def page(case: Ordinary, name: str) -> str:
    return reverse(name, args=[case.case.id])


def hand_in(case: Ordinary, kind: str) -> None:
    data = {
        "kind": kind,
        "content": SimpleUploadedFile("听证申请.pdf", kind.encode()),
        "received_from": "虚构市样例装饰有限公司",
    }
    answer = case.browser("handler").post(page(case, "material_new"), data)
    assert answer.status_code == 302, words(answer)


def plan(case: Ordinary, days: int = 15, chair: str = "legal") -> dict[str, str]:
    at = clock.local(case.clock()) + dt.timedelta(days=days)
    return {
        "held_at": f"{at:%Y-%m-%dT09:00}",
        "place": "虚构市城市管理委听证室",
        "chair": str(case.world[chair].id),
        "clerk": "吴书记",
        "is_public": "yes",
    }


def arranged(case: Ordinary) -> Paper:
    hand_in(case, "hearing_request")
    answer = case.browser("handler").post(page(case, "hearing_arrange"), plan(case))
    assert answer.status_code == 302, words(answer)
    return Paper.objects.get(type="hearing_notice")


def on_the_day(case: Ordinary) -> None:
    case.clock.set(clock.parse_iso(case.case.facts["hearing"]["held_at"]))


def opened(case: Ordinary) -> Activity:
    case.story.issue(arranged(case))
    case.story.serve("hearing_notice")
    on_the_day(case)
    answer = case.browser("legal").post(
        page(case, "hearing_open"), {"investigators": [str(case.world["handler"].id)]}
    )
    assert answer.status_code == 302, words(answer)
    return Activity.objects.get(kind="hearing")


def test_the_case_leads_to_the_hearing_and_its_notice_to_the_door(at: At) -> None:
    case = at("noticed")
    handler = case.browser("handler")
    assert "当事人没有要求听证" in words(handler.get(page(case, "case_hearing")))
    hand_in(case, "hearing_request")
    assert page(case, "case_hearing") in words(handler.get(page(case, "case")))
    assert page(case, "case_hearing") in words(handler.get(page(case, "case_defence")))
    shown = words(handler.get(page(case, "case_hearing")))
    assert page(case, "hearing_arrange") in shown
    answer = handler.post(page(case, "hearing_arrange"), plan(case))
    notice = Paper.objects.get(type="hearing_notice")
    assert answer.headers["Location"] == reverse("paper_edit", args=[notice.id])
    assert notice.data["chair"] == "钱审核"
    case.story.issue(notice)
    shown = words(handler.get(page(case, "case_hearing")))
    assert f"{page(case, 'case_service')}?paper={notice.id}" in shown
    assert str(notice.id) in words(handler.get(page(case, "case_service")))


def test_a_day_too_early_and_a_chair_who_investigates_are_refused_in_words(at: At) -> None:
    case = at("noticed")
    hand_in(case, "hearing_request")
    handler, address = case.browser("handler"), page(case, "hearing_arrange")
    told = handler.post(address, plan(case, days=3))
    assert told.status_code == 409
    assert "举行听证的7个工作日前通知" in words(told)
    assert "行政处罚法第64条" in words(told) and "行政许可法" not in words(told)
    assert "吴书记" in words(told)
    told = handler.post(address, plan(case, chair="handler"))
    assert told.status_code == 400
    assert "不能是本案调查人员（行政处罚法第64条）" in words(told)
    assert not Paper.objects.filter(type="hearing_notice").exists()


def test_the_chair_opens_records_ends_and_reports_on_pages(at: At) -> None:
    case = at("noticed")
    activity = opened(case)
    legal, handler = case.browser("legal"), case.browser("handler")
    address = reverse("hearing", args=[activity.id])
    assert address in words(legal.get(page(case, "case_hearing")))
    told = legal.post(address, {**SAID, "final": ""})
    assert told.status_code == 400
    assert SAID["defended"] in words(told)
    assert legal.post(address, SAID).status_code == 302
    drawn = handler.post(reverse("hearing_record", args=[activity.id]))
    record = Paper.objects.get(type="hearing_record")
    assert drawn.headers["Location"] == reverse("paper_edit", args=[record.id])
    assert record.data["defended"] == SAID["defended"]
    case.clock.move(minutes=20)
    end = reverse("hearing_end", args=[activity.id])
    assert "必须写明情况" in words(legal.post(end, {"outcome": "left"}))
    assert legal.post(end, {"outcome": "held"}).status_code == 302
    assert "听证笔录" in words(legal.get(address))
    filled = {"recordings": "听证室录像"}
    revise_paper(actor=case.world["handler"], paper_id=record.id, version=1, fields=filled)
    case.story.record_signed(record)
    case.story.sign(record, "chair", "legal")
    record.refresh_from_db()
    case.story.issue(record)
    report = reverse("hearing_report", args=[activity.id])
    assert report in words(legal.get(address))
    given = {"course": "依法进行。", "opinion": "建议处罚。", "chair_strokes": json.dumps(ink(3))}
    unsigned = legal.post(report, {**given, "chair_strokes": ""})
    assert unsigned.status_code == 400
    assert "建议处罚。" in words(unsigned)
    assert legal.post(report, given).status_code == 302
    assert Paper.objects.get(type="hearing_report").state == Paper.State.ISSUED
    shown = words(handler.get(page(case, "case_hearing")))
    assert "听证报告书" in shown
    asked = words(handler.get(page(case, "case_review")))
    assert "应当审核" in asked and "经过听证程序" in asked


def test_the_chair_adjourns_and_resumes_on_the_page_and_nobody_else(at: At) -> None:
    case = at("noticed")
    activity = opened(case)
    legal, address = case.browser("legal"), reverse("hearing", args=[activity.id])
    adjourn, resume = (
        reverse(f"hearing_{name}", args=[activity.id]) for name in ("adjourn", "resume")
    )
    assert adjourn in words(legal.get(address))
    later = clock.local(case.clock()) + dt.timedelta(days=3)
    given = {"reason": "重新鉴定。", "resumes_at": f"{later:%Y-%m-%dT%H:%M}"}
    empty = legal.post(adjourn, {**given, "reason": ""})
    assert empty.status_code == 400 and "休庭的事由" in words(empty)
    past = legal.post(adjourn, {**given, "resumes_at": "2026-01-01T09:00"})
    assert "恢复听证的时间已经过去" in words(past) and "重新鉴定。" in words(past)
    assert case.browser("handler").post(adjourn, given).status_code == 403
    assert legal.post(adjourn, given).status_code == 302
    shown = words(legal.get(address))
    assert "已休庭" in shown and "重新鉴定。" in shown and resume in shown
    assert "已经休庭" in words(legal.post(address, SAID))
    assert resume not in words(case.browser("handler").get(address))
    case.clock.set(later.replace(second=0, microsecond=0))
    assert legal.post(resume).status_code == 302
    assert adjourn in words(legal.get(address))


def test_a_decision_before_the_hearing_is_refused_and_says_where_it_is_done(at: At) -> None:
    case = at("noticed")
    hand_in(case, "hearing_request")
    shown = words(case.browser("handler").get(page(case, "case_decision")))
    assert "要求听证的" in shown
    assert page(case, "case_hearing") in shown


def test_a_request_taken_back_is_kept_and_the_hearing_falls_away(at: At) -> None:
    case = at("noticed")
    told = case.browser("handler").post(
        page(case, "material_new"),
        {
            "kind": "hearing_withdrawal",
            "content": SimpleUploadedFile("a.pdf", b"x"),
            "received_from": "某",
        },
    )
    assert "没有人要求听证" in words(told)
    arranged(case)
    case.clock.move(hours=1)
    hand_in(case, "hearing_withdrawal")
    shown = words(case.browser("handler").get(page(case, "case_hearing")))
    assert "撤回听证申请" in shown
    assert reverse("hearing_arrange", args=[case.case.id]) not in shown


def test_the_hearing_waits_on_its_chairs_desk_and_nobody_elses(at: At) -> None:
    case = at("noticed")
    arranged(case)
    address = page(case, "case_hearing")
    assert address not in words(case.browser("legal").get(reverse("desk")))
    on_the_day(case)
    assert address in words(case.browser("legal").get(reverse("desk")))
    assert "主持听证" not in words(case.browser("unit_head").get(reverse("desk")))


def test_who_may_not_see_the_case_finds_no_hearing(at: At) -> None:
    case = at("noticed")
    activity = opened(case)
    other = case.browser("officer2")
    assert other.get(page(case, "case_hearing")).status_code == 404
    assert other.get(reverse("hearing", args=[activity.id])).status_code == 404
    assert other.post(reverse("hearing", args=[activity.id]), SAID).status_code == 404
    handler = case.browser("handler")
    assert handler.post(reverse("hearing", args=[activity.id]), SAID).status_code == 403


def test_the_page_takes_a_fixed_number_of_queries(at: At) -> None:
    case = at("noticed")
    arranged(case)
    client, address = case.browser("handler"), page(case, "case_hearing")
    few = queries(client, address)
    hand_in(case, "other")
    hand_in(case, "evidence")
    assert queries(client, address) == few < 60
