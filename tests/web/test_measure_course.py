"""A seizure through its pages: from its opening out of nothing to the archived package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse

from liuhen.actions.people import change_unit
from liuhen.archive.models import CaseFile
from liuhen.cases.models import Case
from liuhen.demo import coercion_words as said
from liuhen.demo.people import PROFILE, World
from liuhen.kernel import clock
from tests.web.clerk import Clerk
from tests.web.conftest import Browser, words
from tests.world import MORNING

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


def items() -> dict[str, str]:
    """The list as its form sends it."""
    rows = enumerate(said.ITEMS)
    return {f"items.{n}.{key}": value for n, row in rows for key, value in row.items()}


def test_a_seizure_goes_from_its_opening_to_the_archived_package(
    world: World, clerk: Clerk, tmp_path: Path
) -> None:
    clerk.post("measure_open", {**OPENED, "officers": clerk.officers})
    page = clerk.page("case_course")
    assert "拟采取的措施" in page  # the form of approval waits for it
    clerk.post("measure_state", STATED, clerk.case.id)
    form = clerk.draw("coercion_approval")
    clerk.fill(form, handler_opinion="情况属实，建议扣押。")
    clerk.approve(form)
    clerk.clock.move(hours=1)

    scene = clerk.begin("sealing_or_seizure", said.PLACE)
    told = {"recorder": world["officer"].name, "rights_told": "已告知", **said.SCENE}
    clerk.post("activity_describe", told, scene.id)
    clerk.clock.move(seconds=8)
    decision = clerk.issue(clerk.draw("seizure_decision"))
    listed = clerk.draw("seizure_list")
    span = {"span.started_at": "2026-03-10T10:00:00", "span.ended_at": "2026-03-10T10:00:08"}
    clerk.fill(listed, **items(), **span)
    listed = clerk.issue(listed)
    record = clerk.draw("coercion_scene_record")
    clerk.fill(record, **span)
    clerk.issue(record)
    handed = {"recipient": said.PERSON, "place": said.PLACE}
    for paper in (decision, listed):
        clerk.post("hand_over_paper", handed, paper.id)
    clerk.end(scene)
    page = clerk.page("case_course")
    assert "查封扣押" in page and "30" in page
    assert words(clerk.client.get(reverse("case", args=[clerk.case.id]))).count("is-red") == 0

    clerk.clock.move(days=5)
    cost = {"amount": "120.00", "payee": "虚构市示例仓储有限公司", "note": "五日保管费"}
    clerk.post("measure_cost", cost, clerk.case.id)
    lifting = clerk.draw("seizure_lifting")
    clerk.fill(lifting, reason=said.LIFTING)
    lifting = clerk.issue(lifting)
    clerk.serve(lifting, receiver="representative")
    back = {"recipient": said.PERSON, "note": "逐件清点，完好。"}
    clerk.post("measure_return", back, clerk.case.id)
    assert "没有妨碍结案的事项" in clerk.page("case_closing")
    clerk.archive(
        summary="违法行为已经改正，解除扣押并返还。", reason="other", number="虚档2026-0101"
    )

    file = CaseFile.objects.get()
    assert (file.archive_number, clerk.case.stage) == ("虚档2026-0101", "hand_over")
    assert clerk.packed(tmp_path / "package")


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
        actor=world["operator"],
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
