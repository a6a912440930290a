"""Footage of rooms that is tied to nothing goes by an approved disposal, and by nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from uuid import UUID

import pytest

from liuhen.actions.camera_viewing import tie_camera_footage
from liuhen.actions.destroying import destroy_ordered
from liuhen.actions.disposal import MOST, propose_disposal
from liuhen.archive.models import Disposal, DisposalItem
from liuhen.archive.retention import due_segments
from liuhen.cameras.models import Segment
from liuhen.cameras.queries import keeping_of
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.kernel import clock
from liuhen.ledger.sequencing import sequence_all
from liuhen.recordings.models import Recording
from liuhen.vault.checks import differences
from liuhen.vault.keeping import local_store
from tests.actions.keeping import REASON, approve, begin, code_of, switch_on
from tests.filmed import FilmedRoom, S
from tests.world import MORNING

DAYS_90 = dt.timedelta(days=90)


@pytest.fixture
def room(world: World, footage: bytes) -> Iterator[FilmedRoom]:
    with clock.frozen(MORNING) as stopped:
        yield FilmedRoom(world, stopped, footage)


def propose(room: FilmedRoom, *segments: Segment) -> Disposal:
    ids = [one.id for one in segments]
    return propose_disposal(actor=room.world["records"], segment_ids=ids, reason=REASON)


def tie(room: FilmedRoom, case_id: UUID) -> list[Recording]:
    return tie_camera_footage(
        actor=room.world["officer"],
        camera_id=room.camera.id,
        started_at=room.begun + 10 * S,
        ended_at=room.begun + 20 * S,
        case_id=case_id,
    )


@pytest.fixture
def case_id(room: FilmedRoom) -> UUID:
    simple = SimpleCase(room.world)
    simple.start()
    return simple.case.id


def test_footage_is_listed_when_the_last_day_of_its_period_is_over(room: FilmedRoom) -> None:
    (segment,) = room.take_in(room.segment(1, 100))
    switch_on(room.world, room.clock)
    records = room.world["records"]
    room.clock.set(segment.stored_at + DAYS_90)
    assert not due_segments(records, clock.now()).exists()
    room.clock.move(seconds=1)
    assert due_segments(records, clock.now()).get() == segment
    last = clock.local(segment.stored_at).date() + DAYS_90
    midnight = dt.datetime.combine(last + dt.timedelta(days=1), dt.time(), clock.CHINA)
    room.clock.set(midnight - S)
    assert code_of(lambda: propose(room, segment)) == "disposal.kept"
    room.clock.set(midnight + S)
    listed = propose(room, segment)
    item = DisposalItem.objects.get(disposal=listed)
    assert (item.level, item.until_on) == ("room", last)
    assert item.title.startswith("询问室 CAM-01_")
    assert not due_segments(records, clock.now()).exists(), "listed once"
    assert code_of(lambda: propose(room, segment)) == "disposal.listed"


def test_the_order_takes_every_byte_and_leaves_what_was_recorded_of_them(
    room: FilmedRoom, case_id: UUID
) -> None:
    first, second = room.take_in(room.segment(1, 100), room.segment(100, 200))
    switch_on(room.world, room.clock)
    room.clock.move(days=92)
    listed = propose(room, first)
    approve(room.world, listed.id)
    room.clock.move(days=31)
    begin(room.world, listed.id)
    sequence_all()
    assert destroy_ordered() == 1
    assert not local_store().has(first.original_id) and local_store().has(second.original_id)
    assert Disposal.objects.get(id=listed.id).state == Disposal.State.DESTROYED
    assert list(differences()) == []
    assert Segment.objects.count() == 2
    assert code_of(lambda: tie(room, case_id)) == "original.destroyed"
    assert keeping_of(room.camera.room).has_older, "the other one is there"


def test_footage_that_was_tied_meanwhile_is_kept(room: FilmedRoom, case_id: UUID) -> None:
    (segment,) = room.take_in(room.segment(1, 100))
    switch_on(room.world, room.clock)
    room.clock.move(days=92)
    listed = propose(room, segment)
    tie(room, case_id)
    assert code_of(lambda: approve(room.world, listed.id)) == "disposal.kept"
    assert not due_segments(room.world["records"], clock.now()).exists()
    assert local_store().has(segment.original_id)


def test_what_can_not_be_listed_is_refused(room: FilmedRoom) -> None:
    (segment,) = room.take_in(room.segment(1, 100))
    assert code_of(lambda: propose(room, segment)) == "disposal.off"
    switch_on(room.world, room.clock)
    assert code_of(lambda: propose(room)) == "disposal.empty"
    assert code_of(lambda: propose(room, segment)) == "disposal.kept"
    ids = range(1, MOST + 2)
    records = room.world["records"]
    many = code_of(propose_disposal, actor=records, segment_ids=list(ids), reason=REASON)
    assert many == "disposal.too_many"
    gone = code_of(propose_disposal, actor=records, segment_ids=[10**9], reason=REASON)
    assert gone == "record.not_found"
