"""The pages of inspections: the draw, and what waits for the approval. Clicked to the archive by
`tests/story/test_other_kinds.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from liuhen.cases.models import InspectionDraw
from liuhen.demo.inspection_case import BASIS, MATTER, OBJECTS
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from tests.web.conftest import Browser, words
from tests.web.walking import INK, Walk
from tests.world import MORNING

ANNOUNCED = {
    "matter": MATTER,
    "basis": BASIS,
    "planned_from": "2026-03-12T09:00",
    "planned_until": "2026-03-20T17:00",
    "objects": "\n".join(f"{one['name']}，{one['address']}" for one in OBJECTS),
    "size": "2",
    "officers_each": "2",
}


@pytest.fixture
def walk(world: World, browser: Browser) -> Iterator[Walk]:
    with clock.frozen(MORNING) as stopped:
        yield Walk(world, browser, stopped)


def officers(world: World) -> list[str]:
    return [str(world[name].id) for name in ("officer", "officer2", "handler")]


def drawn(walk: Walk, **changes: object) -> InspectionDraw:
    """A batch announced, drawn in front of a witness and recorded, page by page."""
    given: dict[str, Any] = {**ANNOUNCED, "officers": officers(walk.world), **changes}
    walk.post("draw_announce", by="unit_head", **given)
    found = InspectionDraw.objects.get()
    assert "种子还没有产生" in walk.get("inspection_draw", found.id)
    sequence_all()
    assert reverse("inspection_draw", args=[found.id]) in words(walk.browser("handler").get("/"))
    begun = {"second": str(walk.world["officer"].id), "witness": "程见证", "place": "二楼会议室"}
    walk.post("inspection_draw", found.id, **begun)
    walk.post("draw_draw", found.id)
    assert "没有看到签名笔迹" in walk.refused("inspection_draw", found.id, drawer1_strokes=INK)
    inks = {f"{name}_strokes": INK for name in ("drawer1", "drawer2", "witness")}
    walk.post("inspection_draw", found.id, **inks)
    found.refresh_from_db()
    return found


def test_what_was_drawn_is_shown_and_nobody_sets_out_before_the_approval(walk: Walk) -> None:
    found = drawn(walk, exclusions="王承办，全部，曾在相关单位任职")
    page = walk.get("inspection_draw", found.id)
    assert "曾在相关单位任职" in page and page.count("抽中") >= 2
    assert page.count("尚未存入") == found.drawn.count(), "the draw's footage is asked for"
    first = found.drawn.order_by("place")[0]
    walk.case, walk.handler = first.case, first.case.handler.username
    walk.second = "officer2" if walk.handler == "officer" else "officer"
    minutes = walk.case.papers.get(type="random_draw_minutes")
    assert minutes.data["seed"].startswith(found.seed)
    page = walk.get("case_inspection", walk.case.id)
    assert found.number in page and "检查结果告知书的送达" in page
    early = walk.refused("activity_start", walk.case.id, query="?kind=inspection", **arriving(walk))
    assert "现在还不能开始" in early and "行政检查审批" in early


def arriving(walk: Walk) -> dict[str, Any]:
    return {
        "place": "x",
        "is_on_site": "yes",
        "officers": walk.pair,
        "is_certificate_shown": "on",
    }
