"""How long a recording is kept: by the facts, never lowered but by two, held while one asks."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from liuhen.actions.act import Draft, act
from liuhen.actions.activities import end_activity
from liuhen.actions.initiation import state_circumstances
from liuhen.actions.investigation import describe_activity
from liuhen.actions.retention import (
    answer_retention_correction,
    ask_retention_correction,
    lift_hold,
    place_hold,
)
from liuhen.actions.scene_statements import state_scene
from liuhen.archive.models import Retention
from liuhen.archive.retention import due_recordings, kept, obstacles, simulated
from liuhen.cases.models import Activity
from liuhen.demo.ordinary_case import OrdinaryCase
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock as clocks
from liuhen.people.models import Person
from liuhen.recordings.models import Recording
from tests.actions.keeping import code_of, old_recordings
from tests.web.conftest import hand_in
from tests.world import MORNING

CALM = {"has_conflict": False, "is_sudden_incident": False, "is_uncooperative": False}


@act(permission="unit.register", event="test.basis_moved")
def move_basis(draft: Draft, *, actor: Person, retention: Retention) -> None:
    """What no act of ours does."""
    retention.basis_at = draft.at
    retention.save()


@act(permission="unit.register", event="test.lowered")
def lower(draft: Draft, *, actor: Person, retention: Retention) -> None:
    """What only two persons may do."""
    retention.level = Retention.Level.GUIDANCE
    retention.save()


def scene(ordinary: OrdinaryCase) -> Activity:
    return ordinary.begin("inspection", place="虚构路", facts={"content": "检查", **CALM})


def circumstances(ordinary: OrdinaryCase, *, is_major: bool) -> None:
    state_circumstances(
        actor=ordinary.world["handler"],
        case_id=ordinary.case.id,
        is_major=is_major,
        is_complex=False,
        is_heavier_penalty=False,
        has_expert_argument=False,
        review_grounds=[],
    )


def test_the_class_rises_with_the_facts_and_falls_only_by_two_persons(
    ordinary: OrdinaryCase,
) -> None:
    world = ordinary.world
    ordinary.until_initiated()
    activity = scene(ordinary)
    recording = hand_in(world, 77, activity, officer="handler")
    told = kept(recording)
    assert not told.is_settled, "nobody said yet whether the case is major"
    circumstances(ordinary, is_major=False)
    assert kept(recording).level == "case_file"
    assert kept(recording).until is None, "the case is open"
    assert (
        code_of(
            ask_retention_correction, actor=world["records"], recording_id=recording.id, reason="误"
        )
        == "retention.facts_stand"
    )
    describe_activity(actor=world["handler"], activity_id=activity.id, facts={"has_conflict": True})
    told = kept(recording)
    assert (told.level, told.reasons) == ("permanent", ("conflict",))
    assert "冲突" in told.why
    describe_activity(
        actor=world["handler"], activity_id=activity.id, facts={"has_conflict": False}
    )
    assert kept(recording).level == "permanent", "never lowered by itself"
    ordinary.clock.move(minutes=1)
    ordinary.end(activity)
    said: dict[str, Any] = {"actor": world["handler"], "activity_id": activity.id}
    later: dict[str, Any] = {"facts": {"has_objection": True}, "reason": "次日当事人来信投诉。"}
    assert code_of(state_scene, **said, facts={}, reason="无") == "activity.nothing_stated"
    assert code_of(state_scene, **said, **{**later, "reason": " "}) == "reason.missing"
    assert code_of(state_scene, **said, facts={"is_odd": True}, reason="无") == (
        "activity.fact_unknown"
    )
    room = {"reached_room_at": ordinary.clock(), "facts": {}, "reason": "带回。"}
    assert code_of(state_scene, **said, **room) == "activity.reached_room"
    state_scene(**said, **later)
    assert kept(recording).reasons == ("objection",)
    state_scene(**said, facts={"has_objection": False}, reason="投诉的是别人。")
    basis = Retention.objects.get(recording=recording)
    for move in (move_basis, lower):
        with pytest.raises(DatabaseError, match="liuhen"):
            move(actor=world.system, retention=basis)
    _two_persons_correct(world, recording)


def _two_persons_correct(world: World, recording: Recording) -> None:
    asked = ask_retention_correction(
        actor=world["records"], recording_id=recording.id, reason="误将他人争执记为本案冲突。"
    )
    answer: dict[str, Any] = {
        "correction_id": asked.id,
        "outcome": "confirmed",
        "opinion": "核对录像，属实。",
    }
    assert code_of(answer_retention_correction, actor=world["records"], **answer) == (
        "permission.missing"
    )
    answer_retention_correction(actor=world["supervisor"], **answer)
    assert kept(recording).level == "case_file"
    assert code_of(answer_retention_correction, actor=world["supervisor"], **answer) == (
        "retention.answered"
    )


@pytest.mark.parametrize(
    ("came_about", "level", "reasons"),
    [
        ((), "case_file", ()),
        (("is_uncooperative",), "permanent", ("uncooperative",)),
        (("has_conflict", "is_sudden_incident"), "permanent", ("conflict", "sudden")),
    ],
)
def test_on_the_spot_the_class_is_settled_by_what_the_officers_say_at_the_end(
    world: World, came_about: tuple[str, ...], level: str, reasons: tuple[str, ...]
) -> None:
    with clocks.frozen(MORNING) as clock:
        simple = SimpleCase(world)
        activity = simple.start()
        simple.violation()
        recording = hand_in(world, 78, activity)
        assert not kept(recording).is_settled, "nobody said yet how the scene was"
        clock.move(minutes=20)
        end_activity(actor=world["officer"], activity_id=activity.id, scene=came_about)
        told = kept(recording)
        assert (told.is_settled, told.level, told.reasons) == (True, level, reasons)


def test_a_period_is_over_the_day_after_its_last_and_a_simulation_changes_nothing(
    world: World,
) -> None:
    with clocks.frozen(MORNING) as clock:
        (recording,) = old_recordings(world, clock, 1)
        until = kept(recording).until
        assert until is not None
        clock.instant = until
        assert any("未满" in words for words in obstacles(recording.original_id, until))
        clock.move(seconds=1)
        assert obstacles(recording.original_id, clock.instant) == []
        person = world["records"]
        assert list(due_recordings(person, clock.instant)) == [recording]
        assert not due_recordings(world["handler"], clock.instant), "another's"
        clock.move(days=-300)
        assert not due_recordings(person, clock.instant)
        assert list(simulated(person, clock.instant, "unclassified", 1)) == [recording]
        assert not simulated(person, clock.instant, "unclassified", 2)
        assert not simulated(person, clock.instant, "guidance", 0)


def test_a_hold_stands_until_another_lifts_it(world: World) -> None:
    with clocks.frozen(MORNING) as clock:
        (recording,) = old_recordings(world, clock, 1)
        placing: dict[str, Any] = {
            "actor": world["deputy"],
            "recording_id": recording.id,
            "reason": "信访调查",
        }
        hold = place_hold(**placing)
        assert code_of(place_hold, **placing) == "hold.standing"
        assert code_of(place_hold, **{**placing, "reason": " "}) == "reason.missing"
        assert code_of(place_hold, **{**placing, "recording_id": None}) == "hold.about"
        assert not due_recordings(world["records"], clock.instant)
        assert any("信访调查" in words for words in obstacles(recording.original_id, clock.instant))
        lifting: dict[str, Any] = {"hold_id": hold.id, "reason": "信访办结"}
        assert code_of(lift_hold, actor=world["deputy"], **lifting) == "hold.own"
        assert code_of(lift_hold, actor=world["records"], **lifting) == "permission.missing"
        lift_hold(actor=world["head"], **lifting)
        assert code_of(lift_hold, actor=world["head"], **lifting) == "hold.lifted"
        assert list(due_recordings(world["records"], clock.instant)) == [recording]


def test_the_database_lets_nobody_change_when_an_original_came_in(
    world: World, owner: psycopg.Connection
) -> None:
    hand_in(world, 78)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE vault_original SET received_at = now()")
    with pytest.raises(psycopg.Error, match="liuhen"):
        owner.execute("UPDATE vault_original SET received_at = now()")
