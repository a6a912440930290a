"""The pages of a seizure: what they refuse and say before. Clicked to the archive by
`tests/story/test_other_kinds.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from liuhen.actions.auctions import entrust_auction
from liuhen.actions.people import change_unit
from liuhen.cases.models import Case
from liuhen.demo import coercion_words as said
from liuhen.demo.coercion_case import EnforcementCase, MeasureCase
from liuhen.demo.people import PROFILE, World
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from tests.actions.coercion import unpaid
from tests.actions.test_coercion_measure import taken
from tests.web.clerk import Clerk
from tests.web.conftest import Browser
from tests.world import MORNING

PUBLIC = '<p class="lh-next-label">公开查封（扣押）决定'
OPENED = {
    "cause": "未经核准处置渣土",
    "place": said.PLACE,
    **said.PARTY,
}
STATED = {key: str(value) for key, value in said.MEASURE.items()} | {"is_spared": "on"}


@pytest.fixture
def clerk(world: World, browser: Browser) -> Iterator[Clerk]:
    with clock.frozen(MORNING) as stopped:
        yield Clerk(world, browser, stopped)


def test_what_stands_in_the_way_is_named_before_anything_is_tried(
    world: World, clerk: Clerk
) -> None:
    clerk.post("measure_open", {**OPENED, "officers": clerk.officers})
    clerk.refused("measure_state", {**STATED, "days": "0"}, clerk.case.id)
    assert "coercion" not in clerk.case.facts
    refused = clerk.refused("measure_state", {**STATED, "days": "31"}, clerk.case.id)
    assert "行政强制法第25条" in refused
    assert said.MEASURE["reason"] in refused  # what was typed is still there
    clerk.post("measure_state", STATED, clerk.case.id)
    page = clerk.page("case_course")
    assert "要先补做" in page and "尚未批准" in page
    data = {"place": said.PLACE, "is_on_site": "yes", "officers": clerk.officers}
    early = clerk.refused(
        "activity_start",
        {**data, "is_certificate_shown": "on"},
        clerk.case.id,
        query="?kind=sealing_or_seizure",
    )
    assert "行政强制法" in early


def test_a_unit_without_the_power_may_not_open_one(world: World, clerk: Clerk) -> None:
    unit = world.units["ZD1"]
    change_unit(
        actor=world["security"],
        unit_id=unit.id,
        name=unit.name,
        number_prefix=unit.number_prefix,
        profile=PROFILE,
        powers=[],
    )
    refused = clerk.refused("measure_open", {**OPENED, "officers": clerk.officers})
    assert "行政强制法第17条" in refused and not Case.objects.exists()


def test_who_has_no_part_in_the_case_does_not_see_its_course(
    clerk: Clerk, browser: Browser
) -> None:
    clerk.post("measure_open", {**OPENED, "officers": clerk.officers})
    address = reverse("case_course", args=[clerk.case.id])
    assert browser("officer2").get(address).status_code == 404
    assert browser("unit_head").get(address).status_code == 200


def test_the_page_shows_what_became_of_each_thing_and_takes_the_next_decision(
    world: World, clerk: Clerk
) -> None:
    measure = taken(MeasureCase(world, clerk.clock))
    course = clerk.page("case_course")
    assert course.count("查封（扣押）中") == 2 and "作出处理决定" in course
    publishing = reverse("case_publication", args=[measure.case.id])
    assert publishing in course and "20个工作日内公开" in course
    measure.publish()
    course = clerk.page("case_course")
    assert "已公开" in course and publishing not in course
    chosen = {"numbers": ["1"], "way": "destruction", "reason": said.CLEAR, "basis": ""}
    refused = clerk.refused("measure_handle", chosen, clerk.case.id)
    assert "依据要写明" in refused and said.CLEAR in refused
    assert "先作出处罚决定" in clerk.refused(
        "measure_handle", {**chosen, "way": "confiscation", "basis": "条例"}, clerk.case.id
    )
    odd = clerk.client.post(
        reverse("measure_handle", args=[clerk.case.id]), {**chosen, "numbers": ["9"]}
    )
    assert odd.status_code == 400
    clerk.post("measure_handle", {**chosen, "basis": said.HANDLING_BASIS}, clerk.case.id)
    paper = clerk.approve(clerk.newest("seizure_handling"))
    assert paper.number
    course = clerk.page("case_course")
    assert "销毁，尚未登记办理结果" in course and "尚未送达" in course
    done = {"person": "王承办", "note": "粉碎", "disposal": "destruction", "place": "消纳场"}
    assert "监督处理的人" in clerk.refused("measure_done", done, paper.id)
    clerk.post("measure_done", {**done, "witness": "监督示例"}, paper.id)
    course = clerk.page("case_course")
    assert "销毁，已办理" in course and "《没收物品处理记录》" in course
    assert (
        'value="1"'
        not in clerk.client.get(reverse("measure_handle", args=[clerk.case.id])).content.decode()
    )
    # Who has no part in the case finds neither page.
    for name, key in (("measure_handle", measure.case.id), ("measure_done", paper.id)):
        assert clerk.browser("officer2").get(reverse(name, args=[key])).status_code == 404


def test_once_nothing_is_kept_its_keeping_offers_nothing(world: World, clerk: Clerk) -> None:
    measure = taken(MeasureCase(world, clerk.clock))
    offered = {"stage-keeping", "stage-prolongation", "stage-disposal"}
    assert {*offered_on(clerk)} == offered  # its decision and list are made and handed over
    assert PUBLIC not in clerk.page("case")
    paper = measure.lift()
    assert offered_on(clerk) == ["stage-disposal"]  # to be served and given back
    measure.serve_on(paper)
    measure.give_back()
    assert offered_on(clerk) == [] and 'id="stage-keeping"' not in clerk.page("case_course")
    assert PUBLIC in clerk.page("case")


def offered_on(clerk: Clerk) -> list[str]:
    """The stages of the course that say they can be worked on."""
    sections = clerk.page("case_course").split('<section class="lh-card" id="')[1:]
    return [one.partition('"')[0] for one in sections if "可以办理" in one.partition("</h2>")[0]]


def test_the_result_of_an_auction_is_entered_on_its_page_and_what_goes_back_is_told(
    world: World, clerk: Clerk
) -> None:
    measure, decided = auctioned_for_a_fine(world, clerk)
    paid_in = clock.local_date(clerk.clock()).isoformat()
    sold = {
        "person": "虚构市样例拍卖行",
        "amount": "250.00",
        "receipt_number": "库0001",
        "paid_in_on": paid_in,
        "note": "公开拍卖成交，买受人已付清。",
    }
    page = clerk.page("measure_done", decided.id)
    assert "成交价（元）" in page and "缴库凭证号" in page and "余款退还当事人" in page
    for lacking in ({"amount": ""}, {"receipt_number": ""}, {"paid_in_on": ""}):
        refused = clerk.refused("measure_done", {**sold, **lacking}, decided.id)
        assert "公开拍卖成交，买受人已付清。" in refused  # what was typed is still there
    clerk.post("measure_done", sold, decided.id)
    course = clerk.page("case_course", measure.case.id)
    assert "拍卖抵缴罚款，已办理" in course and "余款50.00 元应当退还当事人" in course
    assert "虚构市样例拍卖行" in course
    entered = clerk.page("measure_done", decided.id)
    assert (
        "公开拍卖成交，买受人已付清。" in entered and "250.00 元" in entered and "库0001" in entered
    )
    assert "50.00 元" in entered and "登记</button>" not in entered
    again = clerk.client.post(reverse("measure_done", args=[decided.id]), sold)
    assert again.status_code == 409


def auctioned_for_a_fine(world: World, clerk: Clerk) -> tuple[MeasureCase, Paper]:
    """Things seized, a fine that stays unpaid after its reminder, an auctioneer entrusted."""
    measure = taken(MeasureCase(world, clerk.clock))
    fined = unpaid(world, clerk.clock, party=said.PARTY)
    clerk.clock.move(days=20)
    enforcement = EnforcementCase(world, clerk.clock)
    enforcement.open(fined)
    enforcement.remind()
    clerk.clock.move(days=40)
    number = str(fined.papers.get(type="simple_decision").number)
    decided = measure.handle("auction", "1", fine_number=number)
    measure.issue(
        entrust_auction(
            actor=world[measure.handler], paper_id=decided.id, auctioneer="虚构市样例拍卖行"
        )
    )
    return measure, decided
