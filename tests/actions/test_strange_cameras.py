"""Cameras of which nobody knows which device they are: nothing is lost, a person settles it.

Acts: note_strange_camera, confirm_strange_camera, assign_footage.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse

from liuhen.actions import strange_cameras
from liuhen.actions.docking import DockReport, begin_docking, dock_folder
from liuhen.actions.strange_cameras import (
    assign_footage,
    assign_strange_camera,
    confirm_strange_camera,
)
from liuhen.demo.people import World
from liuhen.jobs.media import read_waiting_recordings
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.people.models import Device
from liuhen.recordings.camera_folder import Outcome
from liuhen.recordings.models import Docking, Recording
from liuhen.recordings.own_clock import together
from liuhen.web.device_page import compared_words
from tests.recordings import samples
from tests.web.conftest import browsers, words
from tests.world import MORNING

SERIAL, STRANGE = "DEMO-0001", "STRANGE-1"


@pytest.fixture
def cameras(tmp_path: Path) -> tuple[Path, Path]:
    """Two mounted cameras, each with a film whose name tells no device."""
    for seed, name in enumerate(("one", "two"), 1):
        (tmp_path / name).mkdir()
        shutil.copy(samples.video(seed=seed), tmp_path / name / f"街头{seed}.mp4")
    return tmp_path / "one", tmp_path / "two"


def events(event: str) -> int:
    return Entry.objects.filter(event=event).count()


def test_a_camera_nobody_registered_is_taken_in_and_stands_in_doubt(
    world: World, cameras: tuple[Path, Path]
) -> None:
    report = dock_folder(cameras[0], STRANGE, actor=world.system)
    device = Device.objects.get(serial=STRANGE)
    assert (device.doubt, device.claims, device.is_strange) == ("unregistered", STRANGE, True)
    assert not device.is_in_service, "it counts for no unit's equipment"
    assert report.doubt == "序列号没有登记" and report.is_complete
    recording = Recording.objects.get()
    assert (recording.device, recording.made_by) == (device, None)
    assert dock_folder(cameras[0], STRANGE, actor=world.system).outcomes[0].state == "held"
    assert events("device.met") == 1, "met again it is the same camera"


def test_a_camera_nothing_names_is_known_again_by_its_files(
    world: World, cameras: tuple[Path, Path]
) -> None:
    dock_folder(cameras[0], "", actor=world.system)
    shutil.copy(samples.video(seed=7), cameras[0] / "neu.mp4")
    dock_folder(cameras[0], "", actor=world.system)
    assert Device.objects.get(doubt="unrecognised").recordings.count() == 2
    dock_folder(cameras[1], "", actor=world.system)
    assert Device.objects.filter(doubt="unrecognised").count() == 2


def test_an_empty_folder_that_nothing_names_is_no_camera(world: World, tmp_path: Path) -> None:
    for take in (dock_folder, begin_docking):
        with pytest.raises(Refused) as refused:
            take(tmp_path, "", actor=world.system)
        assert refused.value.code == "dock.unnamed"
    assert not Device.objects.exclude(doubt="").exists()
    assert dock_folder(tmp_path, STRANGE, actor=world.system).doubt, "its serial names it"


@pytest.mark.parametrize("length", [60, 61])
def test_a_serial_the_register_has_no_room_for_is_taken_in_under_another(
    world: World, cameras: tuple[Path, Path], length: int
) -> None:
    dock_folder(cameras[0], "S" * length, actor=world.system)
    device = Recording.objects.get().device
    assert device is not None and device.claims == "S" * 60
    assert (device.serial == "S" * 60) == (length == 60)


def test_of_two_cameras_at_once_with_one_serial_the_second_stands_in_doubt(
    world: World, cameras: tuple[Path, Path]
) -> None:
    inner: list[DockReport] = []
    shutil.copy(samples.untagged(), cameras[1] / f"{SERIAL}_20260101090000.wav")

    def tell(outcome: Outcome) -> None:
        inner.append(dock_folder(cameras[1], SERIAL, actor=world.system))

    first = dock_folder(cameras[0], SERIAL, actor=world.system, tell=tell)
    (second,) = inner
    assert (first.device, first.doubt) == (SERIAL, "")
    assert "同时接入两处，序列号相同" in second.doubt and second.is_complete
    twin = Device.objects.get(serial=second.device)
    assert (twin.doubt, twin.claims) == ("twin", SERIAL)
    assert {one.code for one in second.outcomes} == {""}, "its files' names say what it claims"
    assert Recording.objects.filter(device=twin).count() == 2
    seen = together(twin, world.devices[SERIAL])
    assert (seen.ours, seen.theirs, seen.at_once) == (0, 0, 0), "nobody has read them yet"
    read_waiting_recordings()
    assert together(twin, world.devices[SERIAL]).at_once == 1
    page = words(browsers(world)("records").get(reverse("device", args=[twin.id])))
    assert "有 1 处同时摄录：一台设备一般不会同时录两段" in page
    another = cameras[0].parent / "three"
    another.mkdir()
    begins = MORNING + dt.timedelta(seconds=samples.SECONDS)  # just when the twin's ends
    shutil.copy(samples.video(begins), another)
    dock_folder(another, "DEMO-0002", actor=world.system)
    read_waiting_recordings()
    twin.claims = "DEMO-0002"
    assert "（2 件与 1 件）没有同时摄录的，可能是同一台设备的两张存储卡" in compared_words(twin)
    again = dock_folder(cameras[1], SERIAL, actor=world.system)
    assert again.doubt == "", "one after the other they can't be told apart"


def test_two_cameras_with_one_serial_that_begin_in_the_same_moment_are_told_apart(
    world: World, cameras: tuple[Path, Path]
) -> None:
    for seed in range(20, 32):
        for number, folder in enumerate(cameras):
            shutil.copy(samples.video(seed=seed + 20 * number), folder / f"{seed}.mp4")

    def dock(folder: Path) -> str:
        try:
            return dock_folder(folder, SERIAL, actor=world.system).doubt
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        doubts = list(pool.map(dock, cameras))
    assert Recording.objects.count() == 26
    assert sorted(doubts)[0] == "" and sorted(doubts)[1] != ""


@pytest.mark.parametrize(("silent_s", "is_twin"), [(59, True), (61, False)])
def test_a_docking_that_was_killed_makes_no_twin(
    world: World, cameras: tuple[Path, Path], silent_s: int, *, is_twin: bool
) -> None:
    dock_folder(cameras[0], SERIAL, actor=world.system)
    last = clock.now() - dt.timedelta(seconds=silent_s)
    Docking.objects.update(ended_at=None, seen_at=last)
    assert bool(dock_folder(cameras[1], SERIAL, actor=world.system).doubt) == is_twin


def test_footage_of_a_strange_camera_becomes_the_devices_it_is_in_batches(
    world: World, cameras: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strange_cameras, "AT_ONCE", 2)
    for seed in range(2, 6):
        shutil.copy(samples.video(seed=seed), cameras[0] / f"{seed}.mp4")
    dock_folder(cameras[0], "", actor=world.system)
    strange, to = Device.objects.get(doubt="unrecognised"), world.devices[SERIAL]
    assign_strange_camera(strange.id, to.id, actor=world["records"])
    assert events("device.footage_assigned") == 3
    assert {(one.device, one.made_by) for one in Recording.objects.all()} == {
        (to, world["officer"])
    }
    strange.refresh_from_db()
    assert strange.settled_at is not None and not strange.is_in_service
    entry = Entry.objects.filter(event="device.footage_assigned").order_by("recorded_at").last()
    assert entry is not None
    assert json.loads(bytes(entry.body))["data"] == {"to": SERIAL, "recordings": 1, "left": 0}
    with pytest.raises(Refused, match=r"device\.settled"):
        assign_footage(actor=world["records"], device_id=strange.id, to_id=to.id)


def test_a_strange_camera_is_registered_and_keeps_its_footage(
    world: World, cameras: tuple[Path, Path]
) -> None:
    dock_folder(cameras[0], STRANGE, actor=world.system)
    strange = Device.objects.get(serial=STRANGE)
    told = {"kind": "body_camera", "unit": world.units["ZD1"], "model": "演示型"}

    def confirm(serial: str, **more: object) -> Device:
        return confirm_strange_camera(
            actor=world["records"],
            device_id=strange.id,
            serial=serial,
            **(told | more),  # type: ignore[arg-type]
        )

    for serial, more, code in (
        (SERIAL, {}, r"device\.exists"),
        (" ", {}, r"device\.incomplete"),
        ("NEW-1", {"kind": "toaster"}, r"device\.incomplete"),
    ):
        with pytest.raises(Refused, match=code):
            confirm(serial, **more)
    device = confirm(STRANGE, holder_id=world["officer2"].id)
    assert device.is_in_service and not device.is_strange
    assert device.holder == world["officer2"]
    assert Recording.objects.get().device == device
    assert dock_folder(cameras[0], STRANGE, actor=world.system).doubt == ""


def test_who_may_not_register_devices_settles_nothing_and_nobody_during_a_docking(
    world: World, cameras: tuple[Path, Path]
) -> None:
    dock_folder(cameras[0], STRANGE, actor=world.system)
    strange, to = Device.objects.get(serial=STRANGE), world.devices[SERIAL]
    with pytest.raises(Refused, match=r"permission\.missing"):
        assign_footage(actor=world["officer"], device_id=strange.id, to_id=to.id)
    with pytest.raises(Refused, match=r"record\.not_found"):
        assign_footage(actor=world["records"], device_id=strange.id, to_id=strange.id)
    Docking.objects.update(ended_at=None, seen_at=clock.now())
    with pytest.raises(Refused, match=r"dock\.running"):
        assign_footage(actor=world["records"], device_id=strange.id, to_id=to.id)
    assert Recording.objects.get().device == strange


def test_nothing_is_erased_from_a_strange_camera(
    world: World, cameras: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("liuhen.actions.erasing.second_store", lambda: object())
    report = dock_folder(cameras[0], STRANGE, actor=world.system, is_erased_after=True)
    assert [one.kept for one in report.outcomes] == ["erase.strange"]
    assert list(cameras[0].iterdir())


def test_a_docking_of_an_unregistered_camera_begun_on_the_page_notes_it_at_once(
    world: World, cameras: tuple[Path, Path]
) -> None:
    begin_docking(cameras[0], STRANGE, actor=world["officer"], offset_ms=5_000)
    device = Device.objects.get(serial=STRANGE)
    assert device.unit == world["officer"].unit and device.clock_offset_ms == 5_000
