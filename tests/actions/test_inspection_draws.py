"""Objects and officers are both drawn by a seed nobody could choose, recorded for every file."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest

from liuhen.actions import inspection_draws as acts
from liuhen.actions.draw_footage import share_draw_footage
from liuhen.cases.draws import result_of
from liuhen.cases.models import Activity, Case, InspectionDraw
from liuhen.cases.queries import filmed_activity, visible_cases
from liuhen.compliance.models import Finding
from liuhen.demo.footage import film
from liuhen.demo.inspection_case import OBJECTS, announce, draw
from liuhen.demo.people import World
from liuhen.demo.simple_case import ink
from liuhen.jobs.judging import judge_due_cases
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Checkpoint, Entry
from liuhen.ledger.sequencing import sequence_all
from tests.actions.ordinary import refusal

OUT = {"certificate": "虚证000001", "object": "", "reason": "曾在该单位任职"}


def told(world: World, announced: InspectionDraw, by: str = "handler") -> dict[str, Any]:
    return {"actor": world[by], "draw_id": announced.id}


def begin(world: World, announced: InspectionDraw, **changes: Any) -> InspectionDraw:
    given = {"second": world["officer"], "place": "二楼会议室", "witness": "程见证"}
    return acts.begin_draw(**told(world, announced), **{**given, **changes})


def least(seed: str, names: list[str], count: int) -> list[str]:
    """The draw done again by hand: the smallest digests of `seed:name`."""
    return sorted(names, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).hexdigest())[
        :count
    ]


def test_both_lists_are_fixed_before_the_seed_and_anybody_can_draw_again(
    world: World, stopped: FrozenClock
) -> None:
    announced = announce(world, stopped, size=2)
    assert refusal(begin, world, announced).code == "draw.unsequenced"
    cases = draw(world, stopped, announced)
    announced.refresh_from_db()
    assert announced.checkpoint_size is not None
    checkpoint = Checkpoint.objects.get(size=announced.checkpoint_size)
    assert announced.seed == bytes(checkpoint.root).hex()
    names = least(announced.seed, [one["name"] for one in OBJECTS], 2)
    assert [case.parties.get().name for case in cases] == names
    certificates = {one["certificate"]: one["id"] for one in announced.officers_listed}
    for case, name in zip(cases, names, strict=True):
        drawn = least(f"{announced.seed}:{name}", list(certificates), 2)
        carried = {str(one) for one in case.officers.values_list("person_id", flat=True)}
        assert carried == {certificates[one] for one in drawn}
        assert str(case.handler_id) == certificates[drawn[0]]


def test_every_case_drawn_holds_the_draw_and_its_minutes_signed_by_three(
    world: World, stopped: FrozenClock
) -> None:
    cases = draw(world, stopped, announce(world, stopped, size=2))
    for case in cases:
        shown = case.activities.get()
        assert shown.kind == "double_random_draw" and shown.ended_at is not None
        minutes = case.papers.get(type="random_draw_minutes")
        assert (minutes.state, minutes.activity_id) == ("issued", shown.id)
        assert len(minutes.data["result"]) == 2
        names = set(minutes.signatures.values_list("role", "name"))
        assert names == {("officer", "王承办"), ("officer", "张示例"), ("witness", "程见证")}
        assert case.stage == "draw"
    assert Entry.objects.get(event="inspection_draw.drawn").case_id is None


def test_an_officer_in_conflict_is_never_drawn_for_that_object(
    world: World, stopped: FrozenClock
) -> None:
    out = {"certificate": "虚证000001", "object": OBJECTS[0]["name"], "reason": "配偶任职于该单位"}
    announced = announce(world, stopped, size=4, exclusions=[out])
    draw(world, stopped, announced)
    announced.refresh_from_db()
    by_object = {one.object["name"]: one for one in result_of(announced)}
    kept_out = by_object[OBJECTS[0]["name"]].officers
    assert "虚证000001" not in {one["certificate"] for one in kept_out}
    minutes = Case.objects.first().papers.get(type="random_draw_minutes")  # type: ignore[union-attr]
    assert "配偶任职于该单位" in minutes.data["excluded"]


def test_with_as_many_left_as_are_drawn_it_goes_on_and_with_one_fewer_not(
    world: World, stopped: FrozenClock
) -> None:
    announce(world, stopped, exclusions=[OUT])
    two = [OUT, {**OUT, "certificate": "虚证000002"}]
    few = refusal(announce, world, stopped, exclusions=two)
    assert (few.code, few.data["left"], few.data["asked"]) == ("draw.few_officers", 1, 2)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"matter": " "}, "draw.incomplete"),
        ({"objects": [{"name": "甲", "address": ""}]}, "draw.incomplete"),
        ({"objects": [OBJECTS[0], OBJECTS[0]]}, "draw.repeated"),
        ({"size": 5}, "draw.size"),
        ({"size": 0}, "draw.size"),
        ({"officers_each": 1}, "officer.alone"),
        (
            {"exclusions": [{"certificate": "虚证000001", "object": "", "reason": ""}]},
            "draw.exclusion",
        ),
        ({"exclusions": [{"certificate": "无", "object": "", "reason": "是"}]}, "draw.exclusion"),
    ],
)
def test_lists_that_nothing_can_be_drawn_from_are_refused(
    world: World, stopped: FrozenClock, changes: dict[str, Any], code: str
) -> None:
    assert refusal(announce, world, stopped, **changes).code == code
    assert not InspectionDraw.objects.exists()


def test_the_time_planned_lies_ahead_and_has_a_length(world: World, stopped: FrozenClock) -> None:
    now = stopped()
    past = {"planned_from": now - dt.timedelta(seconds=1)}
    assert refusal(announce, world, stopped, **past).code == "draw.span"
    none = {"planned_from": now, "planned_until": now}
    assert refusal(announce, world, stopped, **none).code == "draw.span"
    announce(world, stopped, planned_from=now, planned_until=now + dt.timedelta(seconds=1))


def test_a_draw_has_two_drawers_a_witness_and_its_steps_in_order(
    world: World, stopped: FrozenClock
) -> None:
    announced = announce(world, stopped, size=2)
    sequence_all()
    by = told(world, announced)
    assert refusal(acts.draw_inspections, **by).code == "draw.not_begun"
    assert refusal(begin, world, announced, second=world["handler"]).code == "officer.alone"
    assert refusal(begin, world, announced, witness="张示例").code == "draw.witness"
    assert refusal(begin, world, announced, place=" ").code == "place.missing"
    begin(world, announced, second=world["officer3"])
    assert refusal(begin, world, announced).code == "draw.begun"
    assert refusal(acts.draw_inspections, **by).code == "draw.too_fast"
    inks: dict[str, Any] = {"drawer_strokes": [ink(1), ink(2)], "witness_strokes": ink(3)}
    assert refusal(acts.record_draw, **by, **inks).code == "draw.not_drawn"
    stopped.move(seconds=1)
    acts.draw_inspections(**by)
    assert refusal(acts.draw_inspections, **by).code == "draw.drawn"
    unsigned = {**inks, "witness_strokes": []}
    assert refusal(acts.record_draw, **by, **unsigned).code == "signature.empty"
    acts.record_draw(**by, **inks)
    assert refusal(acts.record_draw, **by, **inks).code == "draw.recorded"
    # the minutes are a record in words; what the measures ask for beside them is footage
    scene = Activity.objects.filter(kind=acts.KIND).order_by("id")[0]
    stopped.move(hours=25)
    judge_due_cases()
    assert recorded(scene) == "breached"
    # the drawers have the footage, though the cases drawn are not theirs
    others = Activity.objects.filter(kind=acts.KIND).exclude(id=scene.id)
    assert refusal(share_draw_footage, **by).code == "draw.no_footage"
    film(world, scene, officer="officer3", returned_at=stopped())
    assert recorded(scene) == "met"
    outsider = told(world, announced, by="officer2")
    assert refusal(share_draw_footage, **outsider).code == "draw.not_drawer"
    shared = share_draw_footage(**by)
    assert {one.activity_id for one in shared} == set(others.values_list("id", flat=True))
    assert len({one.original_id for one in shared}) == 1
    assert {recorded(one) for one in others} == {"met"}
    assert refusal(share_draw_footage, **by).code == "draw.footage_shared"
    assert not visible_cases(world["officer3"]).exists(), "and see no more than before"
    for one in ("archivist", "legal"):
        assert refusal(filmed_activity, world[one], scene.id).code == "record.not_found"


def recorded(scene: Activity) -> str:
    """What the duty to record a draw comes to."""
    rule = "inspection_activity_recorded"
    return str(Finding.objects.get(rule=rule, subject_id=str(scene.id)).outcome)


def test_a_draw_of_another_unit_does_not_exist(world: World, stopped: FrozenClock) -> None:
    announced = announce(world, stopped)
    sequence_all()
    found = refusal(acts.draw_inspections, **told(world, announced, by="legal"))
    assert found.code == "permission.missing"
    world["handler"].unit = world.units["FZ"]
    assert refusal(begin, world, announced).code == "record.not_found"
