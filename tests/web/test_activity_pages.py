"""Activities on the spot through their pages: begun, described, recorded, ended, in any order."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from liuhen.actions.bookmarks import Thing, list_scene_item, make_bookmark, withdraw_bookmark
from liuhen.actions.paper_drafts import revise_paper
from liuhen.actions.people import revoke_certificate
from liuhen.actions.taking_in import take_in_file
from liuhen.cases.models import Activity
from liuhen.compliance.models import Finding
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.recordings.models import Recording
from liuhen.recordings.uploads import Intent
from tests.recordings import samples
from tests.web.conftest import Browser, hand_in, words
from tests.web.test_lists_and_counts import queries


@pytest.fixture
def initiated(ordinary: OrdinaryCase) -> OrdinaryCase:
    """A case whose investigation may begin."""
    ordinary.until_initiated()
    ordinary.clock.move(hours=1)
    return ordinary


def start(
    browser: Browser, story: OrdinaryCase, kind: str = "inspection", **changes: Any
) -> tuple[int, str]:
    pair = [str(story.world[name].id) for name in ("handler", "officer")]
    data = {
        "place": "虚构市示例区样板路东侧空地",
        "is_on_site": "yes",
        "officers": pair,
        "is_certificate_shown": "on",
        **changes,
    }
    address = f"{reverse('activity_start', args=[story.case.id])}?kind={kind}"
    answer = browser("handler").post(address, data, follow=True)
    return answer.status_code, words(answer)


def on(browser: Browser, name: str, key: UUID, **data: Any) -> tuple[int, str]:
    answer = browser("handler").post(reverse(name, args=[key]), data, follow=True)
    return answer.status_code, words(answer)


def typed(instant: dt.datetime) -> str:
    return f"{clock.local(instant):%Y-%m-%dT%H:%M}"


def test_an_inspection_is_begun_described_recorded_and_ended_from_a_phone(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    listed = words(browser("handler").get(reverse("case_activities", args=[initiated.case.id])))
    assert "?kind=inspection" in listed
    assert "同步录音录像" in listed
    status, page = start(browser, initiated)
    found = Activity.objects.get()
    assert status == 200
    assert "检查、勘验已开始" in page
    assert "证号 虚证000003" in page
    assert found.certificate_shown_at == found.started_at
    shown = {"recorder": "张示例", "rights_told": "已告知。", "content": "垃圾约二十立方米。"}
    status, page = on(browser, "activity_describe", found.id, **shown, has_conflict="no")
    found.refresh_from_db()
    assert found.facts == {**shown, "has_conflict": False}
    address = reverse("activity_paper", args=[found.id, "inspection_record"])
    answer = browser("handler").post(address)
    paper = Paper.objects.get(type="inspection_record")
    assert answer.headers["Location"] == reverse("paper_edit", args=[paper.id])
    assert (paper.data["content"], paper.data["recorder"]) == ("垃圾约二十立方米。", "张示例")
    initiated.clock.move(minutes=10)
    status, page = on(browser, "activity_end", found.id)
    assert "活动已结束" in page
    assert "覆盖 0.0%" in page
    assert reverse("case_gaps", args=[initiated.case.id]) in page
    late = on(browser, "activity_describe", found.id, content="补记。")
    assert late[0] == 409
    assert "这项执法活动已经结束，不能再补记步骤" in late[1]


def test_what_nobody_answered_stays_unsaid(initiated: OrdinaryCase, browser: Browser) -> None:
    start(browser, initiated)
    found = Activity.objects.get()
    on(browser, "activity_describe", found.id, content="垃圾一堆。", is_uncooperative="")
    found.refresh_from_db()
    assert found.facts == {"content": "垃圾一堆。"}
    on(browser, "activity_describe", found.id, content="", is_uncooperative="yes")
    found.refresh_from_db()
    assert found.facts == {"content": "", "is_uncooperative": True}
    assert on(browser, "activity_describe", found.id, recorder="路人甲")[0] == 400


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"is_certificate_shown": ""}, 409, "尚未向当事人出示执法证件"),
        ({"place": ""}, 400, "有 1 项需要改正后才能提交"),
        ({"officers": []}, 400, "请选择执法人员"),
        ({"started_at": "2026-03-10T08:59"}, 400, "早于收到线索的时间"),
        ({"started_at": "2026-03-11T09:00"}, 400, "开始时间不能晚于现在"),
        ({"is_dangerous": "yes"}, 400, "没有写明标明或者解除危险情况的理由"),
    ],
)
def test_a_start_that_breaks_a_rule_is_refused_and_nothing_typed_is_lost(
    initiated: OrdinaryCase,
    browser: Browser,
    changes: dict[str, Any],
    status: int,
    said: str,
) -> None:
    answered, page = start(browser, initiated, **{"danger_reason": " ", **changes})
    assert (answered, said in page) == (status, True), page
    assert ("样板路东侧空地" in page) or not changes.get("place", True)
    assert not Activity.objects.exists()


def test_one_officer_or_one_without_a_certificate_begins_nothing(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    world = initiated.world
    status, page = start(browser, initiated, officers=[str(world["handler"].id)])
    assert (status, "执法人员不得少于二人" in page) == (409, True)
    revoke_certificate(
        actor=world["security"],
        certificate_id=world["officer2"].certificates.get().id,
        reason="调离",
    )
    pair = [str(world[name].id) for name in ("handler", "officer2")]
    status, page = start(browser, initiated, officers=pair)
    assert (status, "李示例没有在有效期内的执法证件" in page) == (409, True)
    assert "办法第12条" in page
    initiated.clock.move(days=365 * 3)
    page = words(
        browser("handler").get(
            f"{reverse('activity_start', args=[initiated.case.id])}?kind=inquiry"
        )
    )
    assert "王承办（证件已过期）" in page
    assert start(browser, initiated, "inquiry")[0] == 409


def test_nobody_is_at_two_places_and_a_part_belongs_to_its_whole(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    start(browser, initiated)
    whole = Activity.objects.get()
    status, page = start(browser, initiated, "inquiry")
    assert (status, "王承办此时正在另一项活动（检查、勘验）中" in page) == (409, True)
    status, page = start(browser, initiated, "evidence_collection", within=str(whole.id))
    assert status == 200
    assert "属于" in page
    assert reverse("activity", args=[whole.id]) in page


def test_a_danger_is_flagged_with_a_reason_in_ones_own_name(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    start(browser, initiated)
    found = Activity.objects.get()
    assert on(browser, "activity_danger", found.id, is_dangerous="yes", reason=" ")[0] == 400
    status, page = on(
        browser, "activity_danger", found.id, is_dangerous="yes", reason="当事人情绪激动。"
    )
    assert status == 200
    assert "危险现场" in page
    assert "当事人情绪激动。（王承办）" in page


def test_recordings_that_wait_are_tied_to_the_activity(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    start(browser, initiated)
    found = Activity.objects.get()
    address = reverse("activity_recordings", args=[found.id])
    assert "没有可以关联的音像" in words(browser("handler").get(address))
    taken = [hand_in(initiated.world, seed, officer="handler") for seed in (1, 2, 3)]
    assert on(browser, "activity_recordings", found.id)[0] == 400
    wanted = [str(one.id) for one in taken[:2]]
    status, page = on(browser, "activity_recordings", found.id, recordings=wanted)
    assert (status, "已关联" in page) == (200, True)
    assert Recording.objects.filter(activity=found).count() == 2
    others = hand_in(initiated.world, 9, officer="officer2")
    assert on(browser, "activity_recordings", found.id, recordings=[str(others.id)])[0] == 400


def test_activities_told_out_of_order_are_each_taken_or_clearly_refused(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    """Spans that fit and as many that collide with one of them; forty of them in tests/actions."""
    client, listed = browser("handler"), reverse("case_activities", args=[initiated.case.id])
    opened = clock.now().replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    initiated.clock.move(days=2)
    fitting = [opened + dt.timedelta(hours=hour) for hour in range(7)]
    told = [*fitting, *(begin + dt.timedelta(minutes=10) for begin in fitting)]
    random.Random(7).shuffle(told)
    taken: list[tuple[dt.datetime, dt.datetime]] = []
    few = 0
    for begin in told:
        ending = begin + dt.timedelta(minutes=30)
        given = {"is_on_site": "no", "started_at": typed(begin)}
        status, page = start(browser, initiated, "inquiry", **given)
        if any(a <= begin < b for a, b in taken):
            assert status == 409
            assert "正在另一项活动（调查询问）中" in page
            assert "办法第12条" in page
            continue
        running = Activity.objects.get(ended_at=None)
        later = [a for a, _ in taken if begin < a < ending]
        if later:
            status, page = on(browser, "activity_end", running.id, ended_at=typed(ending))
            assert status == 409
            assert "不能同时还在这项活动中" in page
            assert typed(ending) in page
            ending = min(later)
        assert on(browser, "activity_end", running.id, ended_at=typed(ending))[0] == 200
        taken.append((begin, ending))
        few = few or queries(client, listed)
    assert len(taken) >= 7
    spans = sorted(taken)
    assert sorted(Activity.objects.values_list("started_at", "ended_at")) == spans
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    page = words(client.get(listed))
    shown = [page.index(f"{clock.local(begin):%Y-%m-%d %H:%M} 至") for begin, _ in spans]
    assert shown == sorted(shown)
    assert queries(client, listed) == few


def test_an_activity_is_begun_by_officers_and_shown_to_who_sees_the_case(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    start(browser, initiated)
    found = Activity.objects.get()
    page, listed = (
        reverse("activity", args=[found.id]),
        reverse("case_activities", args=[initiated.case.id]),
    )
    begin = f"{reverse('activity_start', args=[initiated.case.id])}?kind=inquiry"
    for address in (page, listed):
        assert {who: browser(who).get(address).status_code for who in ("head", "officer2")} == {
            "head": 200,
            "officer2": 404,
        }
    assert reverse("activity_end", args=[found.id]) not in words(browser("head").get(page))
    assert browser("head").get(begin).status_code == 403
    assert browser("head").get(reverse("activity_end", args=[found.id])).status_code == 403
    assert browser("handler").get(begin.replace("inquiry", "handling_room")).status_code == 404


def test_one_activitys_page_takes_as_many_queries_for_one_record_as_for_ten(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    start(browser, initiated)
    found = Activity.objects.get()
    client, address = browser("handler"), reverse("activity", args=[found.id])
    hand_in(initiated.world, 1, found, officer="handler")
    browser("handler").post(reverse("activity_paper", args=[found.id, "inspection_record"]))
    few = queries(client, address)
    for seed in range(2, 10):
        hand_in(initiated.world, seed, found, officer="handler")
    initiated.sign(Paper.objects.get(type="inspection_record"), "officer", "handler", "officer")
    assert queries(client, address) == few


def test_marks_tell_what_the_footage_of_a_scene_shows(
    initiated: OrdinaryCase, browser: Browser
) -> None:
    start(browser, initiated)
    found = Activity.objects.get()
    begun = found.started_at
    initiated.clock.move(seconds=samples.SECONDS)
    intent = Intent(name="scene.mp4", activity_id=found.id, started_at=begun, ended_at=clock.now())
    handler = initiated.world["handler"]
    recording = take_in_file(samples.video(), actor=handler, intent=intent)
    on(browser, "activity_end", found.id)
    address = reverse("activity", args=[found.id])
    page = words(browser("handler").get(address))
    assert "画面内容核对" in page and page.count("未标记</span>") == 7
    marks = {}
    for kind in ("certificate", "surroundings", "people", "things", "handling"):
        marks[kind] = make_bookmark(actor=handler, recording_id=recording.id, kind=kind, at_ms=1500)
    page = words(browser("handler").get(address))
    assert page.count("已标记</span>") == 5 and "1.500秒" in page
    scene = Finding.objects.get(rule="scene_contents_captured", subject_id=str(found.id))
    assert scene.outcome == "met"
    withdraw_bookmark(actor=handler, bookmark_id=marks["things"].id)
    scene.refresh_from_db()
    assert scene.outcome == "unknown"


@pytest.mark.parametrize(
    ("kind", "type_key", "field"),
    [
        ("evidence_collection", "evidence_list", "rows"),
        ("sampling", "sampling_notice", "samples"),
        ("preservation", "preservation_notice", "items"),
    ],
)
def test_what_is_taken_is_listed_on_a_paper_drawn_up_from_its_activity(
    browser: Browser, initiated: OrdinaryCase, kind: str, type_key: str, field: str
) -> None:
    start(browser, initiated, kind)
    activity = Activity.objects.get(kind=kind)
    list_scene_item(
        actor=initiated.world["handler"],
        item_id=new_id(),
        activity_id=activity.id,
        thing=Thing("建筑垃圾样品", "二袋", clock.now(), "外观完好"),
    )
    page = words(browser("handler").get(reverse("activity", args=[activity.id])))
    address = reverse("activity_paper", args=[activity.id, type_key])
    assert address in page
    if kind == "preservation":
        refused = browser("handler").post(address)
        assert refused.status_code == 409 and "先行登记保存审批表" in words(refused)
        approve_preservation(browser, initiated)
    assert browser("handler").post(address).status_code == 302
    paper = Paper.objects.get(type=type_key)
    assert paper.activity_id == activity.id
    assert [row["name"] for row in paper.data[field]] == ["建筑垃圾样品"]
    page = words(browser("handler").get(reverse("activity", args=[activity.id])))
    assert address not in page


def approve_preservation(browser: Browser, story: OrdinaryCase) -> None:
    """The form drawn up on the page that the case's next step leads to, sent and answered."""
    papers, draw = (
        reverse(name, args=[story.case_id]) for name in ("case_papers", "case_paper_draw")
    )
    step = words(browser("handler").get(reverse("case", args=[story.case_id])))
    assert papers in step and "报批先行登记保存" in step
    assert "先行登记保存审批表" in words(browser("handler").get(papers))
    assert browser("handler").post(draw, {"type": "preservation_approval"}).status_code == 302
    form = Paper.objects.get(type="preservation_approval")
    row = {"number": "1", "name": "建筑垃圾样品", "kind": "物品", "specification": "袋装"}
    given: dict[str, Any] = {
        "reason": "可能灭失",
        "items": [{**row, "quantity": "二袋"}],
        "keeping": "存放于本机关仓库",
        "handler_opinion": "建议保存。",
    }
    revise_paper(actor=story.by["actor"], paper_id=form.id, version=1, fields=given)
    story.send(form)
    story.answer("unit_head")
    story.answer("head")


def test_leave_not_to_record_is_asked_for_on_the_page_of_the_activity(
    browser: Browser, initiated: OrdinaryCase
) -> None:
    start(browser, initiated)
    activity = Activity.objects.get(kind="inspection")
    page = reverse("activity", args=[activity.id])
    address = reverse("activity_paper", args=[activity.id, "recording_exemption"])
    assert address in words(browser("handler").get(page))
    assert browser("handler").post(address).status_code == 302
    paper = Paper.objects.get(type="recording_exemption")
    assert paper.activity_id == activity.id
    assert address not in words(browser("handler").get(page))
