"""Inspections on their pages: drawn at random, carried out, told, made public, archived."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from liuhen.archive.models import CaseFile
from liuhen.cases.models import Activity, InspectionDraw
from liuhen.demo.footage import film, photograph
from liuhen.demo.inspection_case import BASIS, MATTER, OBJECTS
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from tests.web.conftest import Browser, words
from tests.web.walking import INK, Walk, packed
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


def shoot(walk: Walk, activity: Activity, *, is_filmed: bool = False) -> None:
    """Footage of an activity, handed in half an hour later."""
    walk.clock.move(minutes=30)
    take = film if is_filmed else photograph
    take(walk.world, activity, officer=walk.handler, returned_at=walk.clock())


def test_a_drawn_inspection_runs_on_its_pages_to_the_verified_package(
    walk: Walk, tmp_path: Path
) -> None:
    found = drawn(walk, exclusions="王承办，全部，曾在相关单位任职")
    page = walk.get("inspection_draw", found.id)
    assert "曾在相关单位任职" in page and page.count("抽中") >= 2
    first = found.drawn.order_by("place")[0]
    walk.case, walk.handler = first.case, first.case.handler.username
    walk.second = "officer2" if walk.handler == "officer" else "officer"
    minutes = walk.case.papers.get(type="random_draw_minutes")
    assert minutes.data["seed"].startswith(found.seed)
    shoot(walk, walk.case.activities.get())

    page = walk.get("case_inspection", walk.case.id)
    assert found.number in page and "检查结果告知书的送达" in page
    approval = walk.draw("case_inspection", "inspection_approval", handler_opinion="建议检查。")
    early = walk.refused("activity_start", walk.case.id, query="?kind=inspection", **arriving(walk))
    assert "现在还不能开始" in early and "行政检查审批" in early
    walk.send(approval)
    walk.approve("unit_head")
    walk.approve("head")
    walk.clock.move(days=2)
    notice = walk.issue(walk.draw("case_inspection", "inspection_notice"))
    shoot(walk, walk.serve(notice))
    walk.clock.move(hours=1)
    visit = walk.begin("inspection")
    told = {"recorder": walk.world[walk.second].name, "rights_told": "已告知。"}
    walk.post("activity_describe", visit.id, content="现场整洁。", **told)
    record = walk.record(visit, "inspection_record", confirmation="与所述相符。")
    walk.sign(record, person="袁代人")
    walk.issue(record)
    shoot(walk, walk.end(visit), is_filmed=True)
    result = {"outcome": "no_problem", "result": "未发现问题。", "handling": "继续保持。"}
    walk.post("inspection_result", walk.case.id, **result)
    shoot(walk, walk.serve(walk.issue(walk.draw("case_inspection", "inspection_result_notice"))))
    assert "报请结案" in walk.get("case_inspection", walk.case.id)
    walk.post("case_publication", walk.case.id, where="虚构市人民政府网站")
    walk.close()
    walk.archive("虚档〔2026〕检0001")

    page = walk.page()
    assert page.count("lh-lamp is-red") == 0
    assert walk.case.stage == "hand_over"
    assert CaseFile.objects.get().archive_number == "虚档〔2026〕检0001"
    assert packed(walk.case, tmp_path).is_valid()


def arriving(walk: Walk) -> dict[str, Any]:
    return {
        "place": "x",
        "is_on_site": "yes",
        "officers": walk.pair,
        "is_certificate_shown": "on",
    }
