"""A break in a recording has its paper: resumed or not, drawn up on the page of the gaps."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from liuhen.actions.bookmarks import make_bookmark
from liuhen.actions.paper_drafts import revise_paper
from liuhen.actions.papers import issue_paper
from liuhen.actions.recordings import explain_recording_gap, report_gap
from liuhen.compliance.models import Finding
from liuhen.demo.footage import film
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.documents.models import Paper
from liuhen.recordings.models import Gap, Recording
from tests.actions.ordinary import refusal
from tests.web.conftest import Browser, words


def test_a_break_has_the_statement_that_fits_it_and_the_departments_head_reads_the_second(
    browser: Browser, ordinary: OrdinaryCase
) -> None:
    filmed = filmed_with(ordinary, 30, [(8_000, 14_000), (20_000, 42_000)])
    scene = filmed.activity
    assert scene is not None
    first, last = Gap.objects.filter(activity=scene, filled_at=None).order_by("started_at")
    page = reverse("case_gaps", args=[ordinary.case_id])
    addresses = [
        reverse("case_gap_statement", args=[ordinary.case_id, gap.id]) for gap in (first, last)
    ]
    handler = browser("handler")
    assert addresses[0] not in words(handler.get(page)), "nobody has explained it yet"
    assert handler.post(addresses[0]).status_code == 409

    actor = ordinary.world["handler"]
    for gap, told in ((first, True), (last, None)):
        explain_recording_gap(
            actor=actor,
            gap_id=gap.id,
            cause="fault",
            explanation="电池接触不良，自动关机。",
            is_told_on_resumption=told,
        )
    shown = words(handler.get(page))
    assert all(address in shown for address in addresses)
    assert "尚未登记向部门负责人的报告" in shown
    wrong = refusal(ordinary.draw, "impossibility_statement", scene, subject_id=first.id)
    assert wrong.code == "gap.resumed"

    assert handler.post(addresses[0]).status_code == 302
    interrupted = Paper.objects.get(type="interruption_statement")
    told = interrupted.data
    assert (interrupted.activity_id, interrupted.subject_id) == (scene.id, first.id)
    assert (told["reason"], told["reporter"]) == ("fault", actor.name)
    assert "已在恢复后的画面开头说明" in told["explained_on_resuming"]
    assert refusal(drawn_again, ordinary, first).code == "gap.stated"
    ordinary.sign(interrupted, "officer", "handler", "officer")
    assert ordinary.issue(interrupted).state == Paper.State.ISSUED
    assert statement(last) == "pending", "what was written of one break is not of the other"

    head = ordinary.world["unit_head"]
    report_gap(actor=actor, gap_id=last.id, reported_to=head, reported_at=ordinary.clock())
    assert handler.post(addresses[1]).status_code == 302
    stopped = Paper.objects.get(type="impossibility_statement")
    assert stopped.data["reported_to"] == head.name
    fields = {"measures": "改用手机继续拍摄，并作文字记录。"}
    revise_paper(actor=actor, paper_id=stopped.id, version=1, fields=fields)
    ordinary.sign(stopped, "officer", "handler", "officer")
    assert refusal(issue_paper, actor=actor, paper_id=stopped.id).code == "paper.needs_approval"
    ordinary.send(stopped)
    assert ordinary.waiting().office == "department_head"
    ordinary.answer("unit_head", "情况属实，已安排更换设备。")
    stopped.refresh_from_db()
    assert stopped.state == Paper.State.ISSUED
    assert stopped.data["department_opinion"]["text"] == "情况属实，已安排更换设备。"
    assert statement(last) == "met"
    assert "无法继续音像记录情况说明" in words(handler.get(page))


def filmed_with(ordinary: OrdinaryCase, seconds: int, pauses: list[tuple[int, int]]) -> Recording:
    """The film, with pauses in ms, of an inspection that lasted so many seconds."""
    ordinary.until_initiated()
    scene = ordinary.begin("inspection")
    ordinary.clock.move(seconds=seconds)
    scene = ordinary.end(scene)
    ordinary.clock.move(minutes=30)
    now = ordinary.clock()
    return film(ordinary.world, scene, officer="handler", pauses=pauses, returned_at=now)


def drawn_again(ordinary: OrdinaryCase, gap: Gap) -> object:
    return ordinary.draw("interruption_statement", gap.activity, subject_id=gap.id)


def statement(gap: Gap) -> str:
    """What the duty of a written statement comes to for a gap."""
    found = Finding.objects.get(rule="break_statement_written", subject_id=str(gap.id))
    return str(found.outcome)


@pytest.mark.parametrize(("after", "is_offered"), [(-1, False), (0, True), (60, True), (61, False)])
def test_what_is_marked_at_the_start_of_resumed_footage_is_offered_as_the_explanation(
    browser: Browser, ordinary: OrdinaryCase, after: int, is_offered: bool
) -> None:
    filmed = filmed_with(ordinary, 90, [(8_000, 14_000)])
    gap = Gap.objects.get(activity=filmed.activity, filled_at=None)
    assert filmed.started_at is not None
    at = gap.ended_at - filmed.started_at + dt.timedelta(seconds=after)
    make_bookmark(
        actor=ordinary.world["handler"],
        recording_id=filmed.id,
        kind="interruption",
        at_ms=round(at.total_seconds() * 1000),
        note="电池耗尽，已更换",
    )
    page = words(browser("handler").get(reverse("case_gaps", args=[ordinary.case_id])))
    assert ("恢复记录的开头已标记" in page) is is_offered
    assert ("电池耗尽，已更换</textarea>" in page) is is_offered
    gap.refresh_from_db()
    assert gap.is_told_on_resumption is None, "a person says so, no machine"
