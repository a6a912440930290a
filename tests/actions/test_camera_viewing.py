"""What cameras recorded is tied to activities and cases; originals stay one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from liuhen.actions import deferring
from liuhen.actions.camera_viewing import MOST_SEGMENTS, tie_camera_footage, watch_camera
from liuhen.cameras.queries import keeping_of
from liuhen.compliance.facts import facts_of_cases
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.jobs.examining import make_playable
from liuhen.jobs.media import read_recording
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import RecordingKind
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from liuhen.recordings.models import Recording
from liuhen.vault.models import Original
from tests.filmed import FilmedRoom, S
from tests.world import MORNING


@pytest.fixture
def room(world: World, footage: bytes) -> Iterator[FilmedRoom]:
    with clock.frozen(MORNING) as stopped:
        yield FilmedRoom(world, stopped, footage)


def tie(room: FilmedRoom, start: float, end: float, **goal: Any) -> list[Recording]:
    return tie_camera_footage(
        actor=room.world["officer"],
        camera_id=room.camera.id,
        started_at=room.begun + start * S,
        ended_at=room.begun + end * S,
        **goal,
    )


def starts(room: FilmedRoom, tied: list[Recording]) -> list[float]:
    return [(one.started_at - room.begun) / S for one in tied if one.started_at]


@pytest.fixture
def case_id(room: FilmedRoom) -> UUID:
    simple = SimpleCase(room.world)
    simple.start()
    return simple.case.id


def test_every_segment_that_meets_the_span_becomes_a_recording_of_the_case(
    room: FilmedRoom, case_id: UUID
) -> None:
    room.take_in(room.segment(1, 100), room.segment(100, 200), room.segment(200, 300))
    originals = Original.objects.count()
    tied = tie(room, 150, 200.001, case_id=case_id)
    assert starts(room, tied) == [100, 200]
    assert Original.objects.count() == originals
    (first, *_) = tied
    assert (first.case_id, first.activity_id) == (case_id, None)
    assert (first.device_id, first.place) == (room.camera.device_id, "询问室")
    again = tie(room, 50, 150, case_id=case_id)
    assert starts(room, again) == [1]


def test_tied_footage_is_read_and_made_playable_as_any_recording(
    world: World, tmp_path: Path
) -> None:
    make_video(tmp_path / "a.mp4", Scene(MORNING), duration_ms=2000, codec="hevc")
    with clock.frozen(MORNING) as stopped:
        room = FilmedRoom(world, stopped, (tmp_path / "a.mp4").read_bytes())
        room.take_in(room.segment(1, 3))
        simple = SimpleCase(world)
        simple.start()
        (tied,) = tie(room, 1, 3, case_id=simple.case.id)
        span = (tied.started_at, tied.ended_at, tied.time_source)
        assert read_recording(str(tied.id))
        tied.refresh_from_db()
        (again,) = tie(room, 1, 3, activity_id=simple.activity.id)
    assert (tied.started_at, tied.ended_at, tied.time_source) == span
    assert tied.media["browser_obstacle"] and tied.media["duration_ms"] == 2000
    assert tied.media["video_spans"] and tied.media["audio_spans"]
    jobs = set(ProcrastinateJob.objects.values_list("task_name", flat=True))
    assert {deferring.MAKE_THUMBNAIL, deferring.EXAMINE, deferring.MAKE_PLAYABLE} <= jobs
    assert make_playable(tied.original_id)
    assert again.media == tied.media, "its bytes need not be read twice"


def test_a_hole_the_recorder_saw_stays_a_hole_when_the_file_is_read(
    room: FilmedRoom, case_id: UUID
) -> None:
    hole = (room.begun + 1.4 * S, room.begun + 1.6 * S)
    room.take_in(room.segment(1, 2, holes=(hole,)))
    (tied,) = tie(room, 1, 2, case_id=case_id)
    read_recording(str(tied.id))
    tied.refresh_from_db()
    assert tied.media["state"] == "read" and tied.media["spans"] == [[0, 400], [600, 1000]]


def test_the_law_hears_of_a_fixed_camera_which_nobody_has_to_bring_back(
    room: FilmedRoom, case_id: UUID
) -> None:
    room.take_in(room.segment(1, 100))
    tie(room, 1, 50, case_id=case_id)
    facts = facts_of_cases([case_id])[case_id]
    assert [one.kind for one in facts.recordings or ()] == [RecordingKind.CAMERA]


def test_what_can_not_be_tied_is_refused(room: FilmedRoom, case_id: UUID) -> None:
    room.take_in(room.segment(1, 100))

    def code(start: float, end: float, **goal: Any) -> str:
        with pytest.raises(Refused) as refused:
            tie(room, start, end, **goal)
        return refused.value.code

    assert code(100, 200, case_id=case_id) == "footage.none"
    assert code(50, 50, case_id=case_id) == "footage.span"
    assert code(1, 50) == "record.not_found"
    tie(room, 1, 50, case_id=case_id)
    assert code(1, 50, case_id=case_id) == "footage.tied_already"
    segments = [room.segment(100 + n, 101 + n) for n in range(MOST_SEGMENTS + 1)]
    for first in range(0, len(segments), 30):
        room.take_in(*segments[first : first + 30])
    assert code(100, 101 + MOST_SEGMENTS, case_id=case_id) == "footage.too_long"
    assert len(tie(room, 100, 99.5 + MOST_SEGMENTS, case_id=case_id)) == MOST_SEGMENTS


def test_footage_tied_to_nothing_is_told_when_its_period_is_over_and_stays(
    room: FilmedRoom, case_id: UUID
) -> None:
    room.take_in(room.segment(1, 100), room.segment(100, 200))
    kept = keeping_of(room.camera.room)
    assert (kept.days, kept.has_older) == (90, False)
    room.clock.set(room.begun + dt.timedelta(days=90) + 100 * S)
    assert not keeping_of(room.camera.room).has_older
    room.clock.move(seconds=1)
    assert keeping_of(room.camera.room).has_older
    tie(room, 1, 50, case_id=case_id)
    assert not keeping_of(room.camera.room).has_older


def test_only_a_camera_in_service_is_watched_by_who_may(room: FilmedRoom) -> None:
    assert watch_camera(actor=room.world["unit_head"], camera_id=room.camera.id)
    with pytest.raises(Refused, match=r"permission\.missing"):
        watch_camera(actor=room.world["officer"], camera_id=room.camera.id)
