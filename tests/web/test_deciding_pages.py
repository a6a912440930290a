"""Discussion and decision on pages: who said what, what must stand first, what forbids it."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from liuhen.actions.parties import record_party_death
from liuhen.cases.models import Activity, Party
from liuhen.documents.models import NumberSeries, Paper
from liuhen.kernel import clock
from liuhen.people.models import Person
from tests.web.conftest import words
from tests.web.ordinary import Ordinary
from tests.web.test_lists_and_counts import queries

At = Callable[[str], Ordinary]


def page(case: Ordinary, name: str) -> str:
    return reverse(name, args=[case.case.id])


def begin(case: Ordinary) -> Activity:
    answer = case.browser("handler").post(
        page(case, "case_discussion"), {"place": "委机关第二会议室"}
    )
    assert answer.status_code == 302, words(answer)
    case.clock.move(minutes=40)
    return Activity.objects.get(kind="collective_discussion")


def said(*present: Person, chair: Person, **more: str) -> dict[str, Any]:
    return {
        "present": [str(one.id) for one in present],
        "chair": str(chair.id),
        "recorder": "王承办",
        "attending": "王承办",
        "is_committee": "on",
        "report": "承办机构汇报了案件事实、证据和拟处罚内容。",
        "conclusion": "同意承办机构的拟处罚意见。",
        **{f"opinion_{one.id}": f"{one.name}：同意。" for one in present},
        **more,
    }


# -- discussion --------------------------------------------------------------------------------


def test_a_discussion_is_begun_recorded_ended_and_minuted(at: At) -> None:
    case = at("reviewed")
    client = case.browser("handler")
    shown = words(client.get(page(case, "case_discussion")))
    assert "应当讨论" in shown
    assert "复杂案件" in shown
    activity = begin(case)
    address = reverse("discussion", args=[activity.id])
    form = words(client.get(address))
    assert re.search("周主任（机关负责人、委领导[^）]*）", form)
    assert "张示例（" not in form
    head, legal = case.world["head"], case.world["legal"]
    assert client.post(address, said(head, legal, chair=head)).status_code == 302
    shown = words(client.get(address))
    assert "2 人出席" in shown
    assert client.post(reverse("discussion_end", args=[activity.id])).status_code == 302
    assert client.post(reverse("discussion_minutes", args=[activity.id])).status_code == 302
    minutes = Paper.objects.get(type="collective_minutes")
    assert [row["is_head"] for row in minutes.data["present"]] == [True, False]
    assert minutes.data["opinions"][0]["opinion"] == "周主任：同意。"
    case.story.sign(minutes, "chair", "head")
    case.story.sign(minutes, "present", "legal")
    case.story.sign(minutes, "recorder", "handler")
    number = case.story.issue(minutes).number
    assert number is not None
    assert number in words(client.get(page(case, "case_discussion")))


def test_a_member_who_said_nothing_is_named_and_nothing_is_lost(at: At) -> None:
    case = at("reviewed")
    activity, head, legal = begin(case), case.world["head"], case.world["legal"]
    data = said(head, legal, chair=head)
    data[f"opinion_{legal.id}"] = ""
    told = case.browser("handler").post(reverse("discussion", args=[activity.id]), data)
    assert told.status_code == 400
    assert "钱审核" in words(told)
    assert "周主任：同意。" in words(told)
    assert "discussion" not in Activity.objects.get(id=activity.id).facts


def test_the_chair_must_be_present(at: At) -> None:
    case = at("reviewed")
    activity = begin(case)
    data = said(case.world["legal"], chair=case.world["head"])
    told = case.browser("handler").post(reverse("discussion", args=[activity.id]), data)
    assert told.status_code == 400
    assert "主持人" in words(told)


# -- decision ----------------------------------------------------------------------------------


def test_the_page_of_the_decision_names_what_must_be_done_first(at: At) -> None:
    case = at("asked_to_review")
    shown = words(case.browser("handler").get(page(case, "case_decision")))
    for told in ("处罚法第58条", "办法第25条"):
        assert told in shown


def test_the_form_is_drawn_up_and_the_decision_waits_for_its_approval(at: At) -> None:
    case = at("reviewed")
    case.story.discuss()
    client, address = case.browser("handler"), page(case, "case_decision")
    shown = words(client.get(address))
    assert "没有妨碍的事项" in shown
    assert "机关负责人批准以后起草" in shown
    answer = client.post(address, {"type": "decision_approval"})
    paper = Paper.objects.get(type="decision_approval")
    assert answer.headers["Location"] == reverse("paper_edit", args=[paper.id])


def test_an_approved_decision_is_drawn_up_issued_and_led_to_service(at: At) -> None:
    case = at("approved")
    client, address = case.browser("handler"), page(case, "case_decision")
    assert client.post(address, {"type": "penalty_decision"}).status_code == 302
    paper = Paper.objects.get(type="penalty_decision")
    issue = client.post(reverse("paper_act", args=[paper.id, "issue"]))
    assert issue.status_code == 302
    shown = words(client.get(address))
    assert f"{page(case, 'case_service')}?paper={paper.id}" in shown
    assert "7个工作日内送达决定书" in shown


def refused_issue(case: Ordinary) -> str:
    """What is told when a decision drawn up too early is to be issued."""
    paper = case.story.draw("penalty_decision")
    told = case.browser("handler").post(reverse("paper_act", args=[paper.id, "issue"]))
    assert told.status_code == 409, words(told)
    assert Paper.objects.get(id=paper.id).state == Paper.State.DRAFT
    return words(told)


def test_a_decision_without_approval_is_refused_with_article_and_what_is_missing(at: At) -> None:
    told = refused_issue(at("reviewed"))
    for article in ("第二十二条", "第二十四条", "第二十五条"):
        assert article in told


def test_a_decision_without_notice_is_refused_with_article_and_what_is_missing(at: At) -> None:
    told = refused_issue(at("reported"))
    assert "第十五条" in told
    assert "《行政处罚法》第六十三条" in told


def test_a_decision_before_the_hearing_period_ends_is_refused_with_the_day(at: At) -> None:
    case = at("noticed")
    case.story.hear(waived=())
    case.story.review_defence()
    case.story.ask_review()
    case.story.review()
    case.story.discuss()
    paper = case.story.draw("decision_approval", handler_opinion="建议处罚。")
    case.story.sign(paper, "handler", "handler", "officer")
    send = reverse("paper_act", args=[paper.id, "send"])
    told = case.browser("handler").post(send)
    assert told.status_code == 409
    assert "听证" in words(told)
    assert "2026-03-18" in words(told)
    assert "要求听证期限" in words(case.browser("handler").get(page(case, "case_decision")))
    case.clock.move(days=9)
    assert case.browser("handler").post(send).status_code == 302


def test_nothing_is_decided_against_a_party_that_died(at: At) -> None:
    case = at("approved")
    record_party_death(
        actor=case.world["handler"],
        party_id=Party.objects.get().id,
        died_on=clock.local_date(clock.now()) - dt.timedelta(days=1),
        proof="注销登记证明",
    )
    shown = words(case.browser("handler").get(page(case, "case_decision")))
    assert "死亡或者终止，不能再对其作出处罚决定" in shown
    told = case.browser("handler").post(page(case, "case_decision"), {"type": "penalty_decision"})
    assert told.status_code == 409
    assert "虚构市样例装饰有限公司" in words(told)
    assert not Paper.objects.filter(type="penalty_decision").exists()


def test_a_paper_issued_twice_at_the_same_moment_is_issued_once(at: At) -> None:
    case = at("approved")
    paper = case.story.draw("penalty_decision")
    address = reverse("paper_act", args=[paper.id, "issue"])
    start, answers = threading.Barrier(2), []

    def press(client: Client) -> None:
        start.wait()
        answers.append(client.post(address))
        connection.close()

    clients = [case.browser(who) for who in ("handler", "officer")]
    hands = [threading.Thread(target=press, args=[client]) for client in clients]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(one.status_code for one in answers) == [302, 409]
    refused = next(one for one in answers if one.status_code == 409)
    issued = Paper.objects.get(id=paper.id)
    assert issued.number is not None
    assert "这份文书已经制作完成" in words(refused)
    assert NumberSeries.objects.get(type="penalty_decision").last == 1


def test_what_the_pages_cost_is_fixed(at: At) -> None:
    case = at("reviewed")
    client = case.browser("handler")
    for name in ("case_decision", "case_discussion", "case_notice", "case_review"):
        few = queries(client, page(case, name))
        case.story.draw("evidence_statement")
        assert queries(client, page(case, name)) == few < 110, name
