"""Files into which a camera split one recording are joined: one begins where the other ends."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from liuhen.actions.docking import dock_folder
from liuhen.actions.recordings import state_time
from liuhen.demo.people import World
from liuhen.jobs.media import read_recording, read_waiting_recordings
from liuhen.recordings.models import Recording
from tests.recordings import samples
from tests.world import MORNING

SERIAL = "DEMO-0001"
# 08:00 on the authority's wall clock, an hour before `MORNING`.
START = MORNING - dt.timedelta(hours=1)


def put(folder: Path, *names: str) -> None:
    for seed, name in enumerate(names, 1):
        # Sound without a tag of its own: only the name tells when.
        shutil.copy(samples.untagged(seed=seed), folder / name)


def parts() -> list[Recording]:
    return list(Recording.objects.order_by("name"))


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("times", [("080000", "080000", "080000"), ("080000", "080004", "080009")])
def test_parts_are_joined_in_whatever_order_they_are_read(
    world: World, tmp_path: Path, times: tuple[str, ...], order: tuple[int, ...]
) -> None:
    put(tmp_path, *(f"{SERIAL}_20260310{t}_{n:03d}.wav" for n, t in enumerate(times, 1)))
    dock_folder(tmp_path, SERIAL, actor=world.system)
    waiting = parts()
    for number in order:
        assert read_recording(str(waiting[number].id))
    first, second, third = parts()
    assert (first.follows, second.follows, third.follows) == (None, first, second)
    assert first.started_at == START
    assert second.started_at == first.ended_at and third.started_at == second.ended_at
    assert third.ended_at == START + dt.timedelta(seconds=12)


def test_a_part_that_begins_long_after_is_a_recording_of_its_own(
    world: World, tmp_path: Path
) -> None:
    put(tmp_path, f"{SERIAL}_20260310080000_001.wav", f"{SERIAL}_20260310080008_002.wav")
    dock_folder(tmp_path, SERIAL, actor=world.system)
    read_waiting_recordings()
    second = parts()[1]
    assert second.follows is None
    assert second.started_at == START + dt.timedelta(seconds=8)


def test_parts_of_another_camera_and_other_numbers_are_not_joined(
    world: World, tmp_path: Path
) -> None:
    for serial in ("DEMO-0001", "DEMO-0002"):
        (tmp_path / serial).mkdir()
    put(tmp_path / "DEMO-0001", "DEMO-0001_20260310080000_001.wav")
    shutil.copy(samples.untagged(seed=5), tmp_path / "DEMO-0002/DEMO-0002_20260310080004_002.wav")
    shutil.copy(samples.untagged(seed=6), tmp_path / "DEMO-0001/DEMO-0001_20260310080004_003.wav")
    for serial in ("DEMO-0001", "DEMO-0002"):
        dock_folder(tmp_path / serial, serial, actor=world.system)
    read_waiting_recordings()
    assert {one.follows for one in parts()} == {None}


def test_a_time_that_a_person_stated_is_left_alone(world: World, tmp_path: Path) -> None:
    put(tmp_path, f"{SERIAL}_20260310080000_001.wav", f"{SERIAL}_20260310080004_002.wav")
    dock_folder(tmp_path, SERIAL, actor=world.system)
    first, second = parts()
    read_recording(str(second.id))
    stated = START - dt.timedelta(hours=2)
    state_time(
        actor=world["officer"],
        recording_id=second.id,
        started_at=stated,
        ended_at=stated + dt.timedelta(seconds=4),
        reason="设备时钟慢",
    )
    read_recording(str(first.id))
    second.refresh_from_db()
    assert (second.started_at, second.follows) == (stated, None)


# names that only count: the times have to show it


def counted(folder: Path, number: int) -> Path:
    (found,) = folder.glob(f"DCIM/100MEDIA/MOV_{number:04d}.*")
    return found


def write_times(folder: Path, *ms: int) -> None:
    """When the camera's own clock says that each of the files was last written to."""
    for number, at in enumerate(ms, 1):
        ns = at * 1_000_000
        os.utime(counted(folder, number), ns=(ns, ns))


def dock_and_read(world: World, folder: Path, *, is_last_first: bool = False) -> list[Recording]:
    dock_folder(folder, SERIAL, actor=world.system)
    for one in sorted(parts(), key=lambda row: row.name, reverse=is_last_first):
        assert read_recording(str(one.id))
    return parts()


@pytest.mark.parametrize("is_last_first", [False, True])
def test_numbered_files_that_say_one_goes_on_where_the_other_ends_are_joined(
    world: World, tmp_path: Path, *, is_last_first: bool
) -> None:
    samples.split(tmp_path, 4, 3, 2, begins_at=START)
    first, second, third = dock_and_read(world, tmp_path, is_last_first=is_last_first)
    assert (first.follows, second.follows, third.follows) == (None, first, second)
    assert (first.started_at, second.started_at) == (START, first.ended_at)
    assert third.started_at == second.ended_at == START + dt.timedelta(seconds=7)


@pytest.mark.parametrize(("pause", "is_joined"), [(2, True), (3, False), (-2, True), (-3, False)])
def test_numbered_files_are_joined_up_to_two_seconds_apart_by_the_times_in_them(
    world: World, tmp_path: Path, pause: int, *, is_joined: bool
) -> None:
    samples.split(tmp_path, 4, 4, begins_at=START)
    later = tmp_path / "later"
    begins = START + dt.timedelta(seconds=4 + pause)
    samples.split(later, 1, 4, begins_at=begins - dt.timedelta(seconds=1))
    counted(later, 2).rename(counted(tmp_path, 2))
    shutil.rmtree(later)
    first, second = dock_and_read(world, tmp_path)
    assert second.follows == (first if is_joined else None)
    assert second.started_at == (first.ended_at if is_joined else begins)


WRITTEN = int(START.timestamp() * 1000)


@pytest.mark.parametrize("is_last_first", [False, True])
@pytest.mark.parametrize(
    ("written", "is_joined"),
    [(6_000, True), (6_001, False), (2_000, True), (1_999, False)],
)
def test_numbered_files_without_a_time_are_joined_when_they_were_written_one_after_the_other(
    world: World, tmp_path: Path, written: int, *, is_joined: bool, is_last_first: bool
) -> None:
    samples.split(tmp_path, 4, 4, begins_at=None, suffix="avi")
    write_times(tmp_path, WRITTEN, WRITTEN + written)
    first, second = dock_and_read(world, tmp_path, is_last_first=is_last_first)
    assert second.follows == (first if is_joined else None)
    assert (first.started_at, second.started_at) == (None, None), "no clock tells when it was"
    assert second.written_at is not None


def test_a_clock_that_stood_still_joins_nothing(world: World, tmp_path: Path) -> None:
    samples.split(tmp_path, 1, 1, begins_at=None, suffix="avi")
    write_times(tmp_path, 315_532_800_000, 315_532_800_000)
    assert {one.follows for one in dock_and_read(world, tmp_path)} == {None}


def test_times_in_the_files_that_contradict_when_they_were_written_join_nothing(
    world: World, tmp_path: Path
) -> None:
    samples.split(tmp_path, 4, begins_at=START)
    samples.split(tmp_path / "later", 1, 4, begins_at=START + dt.timedelta(hours=1))
    shutil.move(counted(tmp_path / "later", 2), tmp_path / "DCIM/100MEDIA")
    shutil.rmtree(tmp_path / "later")
    write_times(tmp_path, WRITTEN, WRITTEN + 4_000)
    assert {one.follows for one in dock_and_read(world, tmp_path)} == {None}


def test_a_number_that_is_missing_and_the_next_number_of_other_files_join_nothing(
    world: World, tmp_path: Path
) -> None:
    samples.split(tmp_path, 4, 4, 4, begins_at=START)
    inside = tmp_path / "DCIM/100MEDIA"
    (inside / "MOV_0002.MP4").rename(inside / "SND_0002.MP4")
    assert {one.follows for one in dock_and_read(world, tmp_path)} == {None}


def test_photos_that_were_taken_one_after_the_other_are_no_parts(
    world: World, tmp_path: Path
) -> None:
    inside = tmp_path / "DCIM/100MEDIA"
    inside.mkdir(parents=True)
    for number in (1, 2):
        photo = inside / f"IMG_{number:04d}.JPG"
        photo.write_bytes(samples.photo().read_bytes() + bytes([number]))
    assert {one.follows for one in dock_and_read(world, tmp_path)} == {None}


def test_a_time_no_calendar_has_is_no_time_of_writing(world: World, tmp_path: Path) -> None:
    samples.split(tmp_path, 1, begins_at=None, suffix="avi")
    os.utime(counted(tmp_path, 1), ns=(0, 10**18 * 9))
    (one,) = dock_and_read(world, tmp_path)
    assert one.written_at is None or one.written_at.year > 2200
