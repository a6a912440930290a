"""Segments of cameras are taken in, in any order of trouble; gaps are exact."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from liuhen.actions import rooms
from liuhen.actions.camera_footage import (
    ABSENCE,
    BATCH,
    FIRST_PICTURE,
    explain_camera_gap,
    open_camera_gap,
    take_in_segments,
)
from liuhen.cameras.models import CameraGap, Segment
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.ledger.sequencing import sequence_all
from liuhen.vault.checks import differences
from liuhen.vault.models import Receipt
from tests.filmed import FilmedRoom, S
from tests.world import MORNING


@pytest.fixture
def room(world: World, footage: bytes) -> Iterator[FilmedRoom]:
    with clock.frozen(MORNING) as stopped:
        yield FilmedRoom(world, stopped, footage)


def test_segments_that_follow_one_another_leave_no_gap(room: FilmedRoom) -> None:
    taken = room.take_in(room.segment(4, 300), room.segment(300, 600))
    assert len(taken) == Segment.objects.count() == 2
    assert room.gaps() == []
    assert Receipt.objects.count() == 2
    assert Entry.objects.filter(event="camera.segments_stored").count() == 1
    sequence_all()
    assert list(differences()) == []


def test_what_lies_between_two_segments_is_a_gap_to_the_millisecond(room: FilmedRoom) -> None:
    room.take_in(room.segment(1, 10.001))
    room.take_in(room.segment(12.5, 20, before="lost"), room.segment(20, 30))
    assert room.gaps() == [(10.001, 12.5, "lost")]


def test_a_gap_is_told_while_it_lasts_and_closed_by_the_next_segment(room: FilmedRoom) -> None:
    room.take_in(room.segment(1, 10))
    system, camera_id = room.world.system, room.camera.id
    told = open_camera_gap(actor=system, camera_id=camera_id, cause="lost")
    assert room.gaps() == [(10, None, "lost")]
    again = open_camera_gap(actor=system, camera_id=camera_id, cause="unreachable")
    assert again == told
    room.take_in(room.segment(70.25, 80, before="lost"))
    assert room.gaps() == [(10, 70.25, "lost")]


def test_a_segment_stored_late_does_not_close_the_gap_behind_it(room: FilmedRoom) -> None:
    room.take_in(room.segment(1, 10))
    late = room.segment(10, 14)
    room.take_in(late)
    open_camera_gap(actor=room.world.system, camera_id=room.camera.id, cause="lost")
    assert take_in_segments(actor=room.world.system, segments=[late]) == []
    assert room.gaps() == [(14, None, "lost")]
    assert Segment.objects.count() == 2


def test_the_first_picture_may_take_a_minute_and_not_longer(room: FilmedRoom) -> None:
    late = FIRST_PICTURE / S
    room.take_in(room.segment(late, late + 10))
    assert room.gaps() == []


def test_a_first_picture_that_took_longer_leaves_a_gap_from_the_start(room: FilmedRoom) -> None:
    late = FIRST_PICTURE / S + 0.001
    room.take_in(room.segment(late, late + 10, before="unreachable"))
    assert room.gaps() == [(0, late, "unreachable")]


def test_a_camera_that_never_sent_anything_has_a_gap_since_it_was_put_in_service(
    room: FilmedRoom,
) -> None:
    open_camera_gap(actor=room.world.system, camera_id=room.camera.id, cause="unreachable")
    assert room.gaps() == [(0, None, "unreachable")]


def test_what_no_recorder_was_there_to_see_has_a_gap_of_its_own(room: FilmedRoom) -> None:
    room.take_in(room.segment(1, 10))
    came = 10 + ABSENCE / S + 0.001
    watched = room.begun + came * S
    room.take_in(room.segment(90, 99, before="unreachable", watched_since=watched))
    assert room.gaps() == [(10, came, "recorder_stopped"), (came, 90, "unreachable")]


def test_a_recorder_that_comes_back_soon_has_none(room: FilmedRoom) -> None:
    room.take_in(room.segment(1, 10))
    watched = room.begun + 10 * S + ABSENCE
    room.take_in(room.segment(90, 99, before="unreachable", watched_since=watched))
    assert room.gaps() == [(10, 90, "unreachable")]
    again = room.begun + 500 * S
    room.take_in(room.segment(500, 600, before="recorder_stopped", watched_since=again))
    assert room.gaps()[1:] == [(99, 500, "recorder_stopped")]


def test_a_lasting_gap_begins_where_a_recorder_came_to_see_it(room: FilmedRoom) -> None:
    room.take_in(room.segment(1, 10))
    system, camera_id = room.world.system, room.camera.id
    watched = room.begun + 3600 * S
    open_camera_gap(actor=system, camera_id=camera_id, cause="unreachable", watched_since=watched)
    assert room.gaps() == [(10, 3600, "recorder_stopped"), (3600, None, "unreachable")]
    room.take_in(room.segment(4000, 4010, before="unreachable", watched_since=watched))
    assert room.gaps() == [(10, 3600, "recorder_stopped"), (3600, 4000, "unreachable")]


def test_holes_inside_a_segment_are_gaps_and_its_account_leaves_them_out(room: FilmedRoom) -> None:
    hole = (room.begun + 3 * S, room.begun + 5.5 * S)
    (taken,) = room.take_in(room.segment(1, 10, holes=(hole,)))
    assert room.gaps() == [(3, 5.5, "pictures_missing")]
    assert taken.media["spans"] == [[0, 2000], [4500, 9000]]


def test_what_was_not_in_service_is_no_gap(room: FilmedRoom) -> None:
    room.take_in(room.segment(1, 10))
    actor, camera_id = room.world["records"], room.camera.id
    rooms.take_camera_out_of_service(actor=actor, camera_id=camera_id, reason="装修")
    room.clock.set(room.begun + 500 * S)
    rooms.put_camera_in_service(actor=actor, camera_id=camera_id)
    room.take_in(room.segment(505, 600))
    assert room.gaps() == []


def test_a_gap_that_lasts_ends_when_the_camera_is_taken_out_of_service(room: FilmedRoom) -> None:
    room.take_in(room.segment(1, 10))
    open_camera_gap(actor=room.world.system, camera_id=room.camera.id, cause="lost")
    room.clock.set(room.begun + 60 * S)
    rooms.take_camera_out_of_service(
        actor=room.world["records"], camera_id=room.camera.id, reason="更换"
    )
    assert room.gaps() == [(10, 60, "lost")]
    with pytest.raises(Refused, match=r"camera\.not_in_service"):
        open_camera_gap(actor=room.world.system, camera_id=room.camera.id, cause="lost")


def test_a_whole_batch_fits_into_the_ledgers_longest_entry(room: FilmedRoom) -> None:
    segments = [
        room.segment(number, number + 0.5, before="lost", holes=())
        for number in range(1, BATCH + 1)
    ]
    assert len(room.take_in(*segments)) == BATCH
    assert CameraGap.objects.count() == BATCH - 1


def test_an_act_run_again_after_a_kill_finds_the_bytes_in_the_vault(room: FilmedRoom) -> None:
    segment = room.segment(1, 10)
    room.take_in(segment)
    assert not segment.received.path.exists()
    assert take_in_segments(actor=room.world.system, segments=[segment]) == []


def test_a_gap_is_explained_by_who_answers_for_the_room(room: FilmedRoom) -> None:
    room.take_in(room.segment(1, 10))
    gap = open_camera_gap(actor=room.world.system, camera_id=room.camera.id, cause="lost")
    head = room.world["unit_head"]
    with pytest.raises(Refused, match=r"gap\.explanation"):
        explain_camera_gap(actor=head, gap_id=gap.id, explanation=" ")
    with pytest.raises(Refused, match=r"permission\.missing"):
        explain_camera_gap(actor=room.world["officer"], gap_id=gap.id, explanation="停电")
    explain_camera_gap(actor=head, gap_id=gap.id, explanation="楼内停电，9时15分恢复。")
    gap.refresh_from_db()
    assert (gap.explained_by, gap.explanation) == (head, "楼内停电，9时15分恢复。")


def test_people_do_not_store_segments(room: FilmedRoom) -> None:
    with pytest.raises(Refused, match=r"permission\.missing"):
        take_in_segments(actor=room.world["records"], segments=[room.segment(1, 10)])


def test_a_camera_that_is_not_there_has_no_gap(room: FilmedRoom) -> None:
    with pytest.raises(Refused, match=r"record\.not_found"):
        open_camera_gap(actor=room.world.system, camera_id=new_id(), cause="lost")
