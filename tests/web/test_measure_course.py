"""The pages of a seizure: what they refuse and say before. Clicked to the archive by
`tests/story/test_other_kinds.py`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import reverse

from liuhen.actions.people import change_unit
from liuhen.cases.models import Case
from liuhen.demo import coercion_words as said
from liuhen.demo.people import PROFILE, World
from liuhen.kernel import clock
from tests.web.clerk import Clerk
from tests.web.conftest import Browser
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
