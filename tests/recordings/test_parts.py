"""Files into which a camera split one recording are joined: one begins where the other ends."""

from __future__ import annotations

import datetime as dt
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
