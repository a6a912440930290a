"""`liuhen dock`: every file of a camera is taken in or named with the reason."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from tests.recordings import samples
from tests.world import MORNING

from liuhen.actions import docking
from liuhen.actions.devices import measure_device_clock
from liuhen.actions.docking import dock_folder, take_in_from_device
from liuhen.actions.people import register_certificate, register_device
from liuhen.actions.taking_in import take_in_file
from liuhen.commands.dock import command
from liuhen.demo.people import World
from liuhen.jobs.media import read_waiting_recordings
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.ledger.signing import signer
from liuhen.people.models import Device
from liuhen.recordings import camera_copies
from liuhen.recordings.batch import working_folder
from liuhen.recordings.camera_folder import Outcome, alone_with
from liuhen.recordings.models import Docking, Recording
from liuhen.tlog.receipt import open_receipt
from liuhen.vault.keeping import local_store

SERIAL = "DEMO-0001"


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    """A mounted camera with two videos in folders, and what cameras keep beside them."""
    day = tmp_path / "DCIM" / "20260310"
    day.mkdir(parents=True)
    shutil.copy(samples.video(), day / "DEMO-0001_20260310090000.mp4")
    shutil.copy(samples.video(seed=2), day / "街头😀.mp4")
    (day / "DEMO-0001_20260310090000.THM").write_bytes(b"small picture")
    (tmp_path / ".Trashes").mkdir()
    return tmp_path


def dock(world: World, folder: Path) -> dict[str, Outcome]:
    """What became of each file that is not left on the camera as something else."""
    report = dock_folder(folder, SERIAL, actor=world.system)
    return {one.path: one for one in report.outcomes if one.state != "left_out"}


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_recording_of_a_camera_is_taken_in_with_one_act_and_a_receipt_each(
    world: World, camera: Path
) -> None:
    outcomes = dock(world, camera)
    assert {one.state for one in outcomes.values()} == {"taken"} and len(outcomes) == 2
    for path, outcome in outcomes.items():
        assert outcome.sha256 == digest(camera / path)
        assert local_store().digest(outcome.sha256) == outcome.sha256
        receipt = open_receipt(outcome.receipt, [signer().verifier]).receipt
        assert (receipt.sha256, receipt.device_serial) == (outcome.sha256, SERIAL)
    entry = Entry.objects.get(event="device.docked")
    assert len(json.loads(bytes(entry.body))["data"]["files"]) == 2
    assert list((camera / "DCIM" / "20260310").iterdir()), "nothing on the camera is changed"


def test_docked_recordings_belong_to_the_holder_and_wait_for_reading_and_label(
    world: World, camera: Path
) -> None:
    dock(world, camera)
    for recording in Recording.objects.all():
        assert recording.made_by == world["officer"]
        assert recording.device == world.devices[SERIAL]
        assert recording.returned_at is None, "when the officer came back nobody has said"
        assert recording.media["state"] == "probing"
    assert read_waiting_recordings() == 2
    assert {one.media["state"] for one in Recording.objects.all()} == {"read"}


def test_docking_again_takes_in_only_what_is_new(world: World, camera: Path) -> None:
    dock(world, camera)
    shutil.copy(samples.video(seed=3), camera / "new.mp4")
    states = {path: one.state for path, one in dock(world, camera).items()}
    assert states.pop("new.mp4") == "taken"
    assert set(states.values()) == {"held"}
    assert Recording.objects.count() == 3


def test_the_same_bytes_twice_on_one_camera_are_one_recording(world: World, camera: Path) -> None:
    shutil.copy(camera / "DCIM" / "20260310" / "街头😀.mp4", camera / "copy.mp4")
    outcomes = dock(world, camera)
    assert sorted(one.state for one in outcomes.values()) == ["held", "taken", "taken"]
    assert Recording.objects.count() == 2


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_camera_larger_than_a_batch_is_taken_in_batch_by_batch(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(docking, "BATCH_FILES", size)
    for seed in range(3):
        shutil.copy(samples.video(seed=seed + 1), tmp_path / f"{seed}.mp4")
    assert {one.state for one in dock(world, tmp_path).values()} == {"taken"}
    assert Entry.objects.filter(event="device.docked").count() == -(-3 // size)


def test_long_paths_make_smaller_batches_so_that_no_entry_is_too_long(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docking, "BATCH_TOLD", 2_000)
    deep = tmp_path / ("长" * 80) / ("径" * 80)
    deep.mkdir(parents=True)
    for seed in range(3):
        shutil.copy(samples.video(seed=seed + 1), deep / f"{seed}.mp4")
    assert {one.state for one in dock(world, tmp_path).values()} == {"taken"}
    assert Entry.objects.filter(event="device.docked").count() == 3


def test_a_full_batch_fits_into_one_entry(world: World, tmp_path: Path) -> None:
    head = samples.photo().read_bytes()
    for number in range(docking.BATCH_FILES):
        (tmp_path / f"{number:03}.jpg").write_bytes(head + bytes([number]))
    outcomes = dock(world, tmp_path)
    assert {one.state for one in outcomes.values()} == {"taken"}
    assert Entry.objects.filter(event="device.docked").count() == 1


def test_what_was_handed_in_by_upload_before_is_held(world: World, camera: Path) -> None:
    take_in_file(samples.video(), actor=world["officer"])
    states = [one.state for one in dock(world, camera).values()]
    assert sorted(states) == ["held", "taken"]


def test_what_cannot_be_taken_in_is_named_with_its_reason_and_the_rest_is_taken(
    world: World, camera: Path
) -> None:
    (camera / "empty.mp4").touch()
    shutil.copy(samples.disguised(), camera / "notes.mp4")
    shutil.copy(samples.truncated(), camera / "truncated.mp4")
    (camera / "short.mp4").write_bytes(b"\x41" * 15)
    (camera / "words.mp4").write_bytes(b"\x41" * 16)
    (camera / "list.dat").write_text("what is on this camera\n")
    outcomes = dock(world, camera)
    assert (outcomes["empty.mp4"].state, outcomes["empty.mp4"].code) == (
        "not_taken",
        "recording.empty",
    )
    assert (outcomes["notes.mp4"].state, outcomes["notes.mp4"].code) == (
        "ignored",
        "recording.not_media",
    )
    assert outcomes["truncated.mp4"].state == "taken", "damaged media is kept as it is"
    assert outcomes["short.mp4"].state == "taken", "so is what is left of one"
    assert outcomes["list.dat"].state == "ignored"
    assert Recording.objects.count() == 4
    told = {one["path"]: one["code"] for one in Docking.objects.get().outcomes}
    assert told == {
        "empty.mp4": "recording.empty",
        "notes.mp4": "recording.not_media",
        "words.mp4": "recording.not_media",
    }


def test_what_has_no_room_is_named_while_smaller_and_held_files_do_not_wait_for_it(
    world: World, camera: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = [one.stat().st_size for one in camera.rglob("*.mp4")]
    dock(world, camera)
    shutil.copy(samples.video(seed=3), camera / "a.mp4")
    with (camera / "a.mp4").open("ab") as stream:
        stream.write(bytes(10 * sum(sizes)))
    shutil.copy(samples.video(seed=4), camera / "b.mp4")
    room = (camera / "b.mp4").stat().st_size
    monkeypatch.setattr(camera_copies, "free_room", lambda: room)
    outcomes = dock(world, camera)
    assert (outcomes["a.mp4"].state, outcomes["a.mp4"].code) == ("not_taken", "storage.full")
    assert outcomes["b.mp4"].state == "taken"
    assert sorted(one.state for one in outcomes.values()) == ["held", "held", "not_taken", "taken"]


def test_a_file_that_cannot_be_read_is_named(world: World, camera: Path, unreadable: Path) -> None:
    outcomes = dock(world, camera)
    broken = outcomes[unreadable.name]
    assert (broken.state, broken.code) == ("not_taken", "unreadable")
    assert broken.detail
    assert Recording.objects.count() == 2


# A file of the kernel's that not even root may read.
WRITE_ONLY = Path("/sys/bus/platform/drivers_probe")


@pytest.fixture
def unreadable(camera: Path) -> Iterator[Path]:
    """A file of some size whose reading fails."""
    path = camera / "broken.mp4"
    path.write_bytes(b"x" * 100)
    path.chmod(0)
    bind = ["mount", "--bind", str(WRITE_ONLY), str(path)]
    is_root = os.geteuid() == 0
    if is_root and subprocess.run(bind, capture_output=True).returncode != 0:
        pytest.skip("root reads every file that can be made here")
    yield path
    if is_root:
        subprocess.run(["umount", str(path)], check=True)


def test_names_with_emoji_direction_marks_and_slashes_of_others_are_kept_readable(
    world: World, tmp_path: Path
) -> None:
    names = ["😀🎬.mp4", "abc\u202e4pm.mp4", "反\\斜.mp4", "长" * 80 + ".mp4"]
    for seed, name in enumerate(names):
        shutil.copy(samples.video(seed=seed + 1), tmp_path / name)
    assert {one.state for one in dock(world, tmp_path).values()} == {"taken"}
    kept = set(Recording.objects.values_list("name", flat=True))
    assert "😀🎬.mp4" in kept and len(kept) == 4
    assert not any("\u202e" in name or "/" in name or "\\" in name for name in kept)


def test_links_are_not_followed_out_of_the_camera(
    world: World, camera: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    shutil.copy(samples.video(seed=5), outside / "secret.mp4")
    (camera / "link.mp4").symlink_to(outside / "secret.mp4")
    (camera / "folder").symlink_to(outside)
    assert len(dock(world, camera)) == 2


def test_a_folder_that_is_not_there_is_refused(world: World, camera: Path) -> None:
    for folder, serial, code in (
        (camera / "nowhere", SERIAL, "dock.nothing"),
        (samples.video(), SERIAL, "dock.nothing"),
    ):
        with pytest.raises(Refused) as refused:
            dock_folder(folder, serial, actor=world.system)
        assert refused.value.code == code


def test_who_may_not_dock_takes_in_nothing(world: World, camera: Path) -> None:
    with pytest.raises(Refused) as refused:
        dock_folder(camera, SERIAL, actor=world["legal"])
    assert refused.value.code == "permission.missing"
    with pytest.raises(Refused):
        device = world.devices[SERIAL]
        take_in_from_device(actor=world["legal"], device=device, files=[], makers={})
    assert not Recording.objects.exists()


def test_what_a_killed_docking_left_is_cleared_by_the_next(world: World, camera: Path) -> None:
    left = settings.HOME.intake_dir / "dock-killed"
    left.mkdir()
    (left / "half").write_bytes(b"half a file")
    with working_folder(settings.HOME.intake_dir) as at_work:
        dock(world, camera)
        assert at_work.exists(), "a docking at work is left alone"
    assert not list(settings.HOME.intake_dir.glob("dock-*"))


def test_of_many_that_begin_at_once_none_clears_the_folder_another_just_made(
    tmp_path: Path,
) -> None:
    def begins_again(_: int) -> None:
        for _ in range(40):
            with working_folder(tmp_path) as folder:
                (folder / "part").touch()

    with ThreadPoolExecutor(8) as threads:
        assert len(list(threads.map(begins_again, range(8)))) == 8
    assert not list(tmp_path.iterdir())


def test_files_in_the_vault_that_no_row_speaks_of_yet_are_taken_in_by_the_next_docking(
    world: World, camera: Path
) -> None:
    for path in camera.rglob("*.mp4"):
        copy = settings.HOME.intake_dir / path.name
        shutil.copy(path, copy)
        local_store().adopt(copy, digest(path))
    assert {one.state for one in dock(world, camera).values()} == {"taken"}


def run(folder: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        command, [str(folder), "--device", SERIAL, "--home", str(settings.HOME.path), *more]
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_the_command_reports_expected_against_taken_and_exits_0(
    world: World, camera: Path, tmp_path: Path
) -> None:
    status, said = run(camera)
    assert status == 0
    assert "应有 2 个，新入库 2 个" in said
    status, said = run(camera, "--json")
    report = json.loads(said)
    assert (status, report["expected"], report["held"], report["taken"]) == (0, 2, 2, 0)


def test_the_command_exits_1_when_something_was_not_taken(world: World, camera: Path) -> None:
    (camera / "empty.mp4").touch()
    status, said = run(camera)
    assert status == 1
    assert "未入库  empty.mp4" in said and "0 字节" in said


def test_the_command_writes_each_receipt_into_a_folder(
    world: World, camera: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("receipts") / "today"
    assert run(camera, "--receipts", str(folder))[0] == 0
    written = {path.stem for path in folder.iterdir()}
    assert written == {one.original_id for one in Recording.objects.all()}


# what is left on the camera is counted, by kind


@pytest.fixture
def crowded(camera: Path) -> Path:
    """Beside two videos and a preview: one file or more of each kind, and a folder too deep."""
    for name in ("Thumbs.db", "._街头😀.mp4", ".hidden.mp4", ".Trashes/gone.mp4", ".Trashes/list"):
        (camera / name).write_bytes(b"\0" * 20)
    (camera / "list.dat").write_text("what is on this camera\n")
    (camera / "link.mp4").symlink_to(camera / "list.dat")
    os.mkfifo(camera / "pipe")
    folder = os.open(camera, os.O_RDONLY)
    for name in ["deep", *["x" * 250] * 17]:
        os.mkdir(name, dir_fd=folder)
        below = os.open(name, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)
    return camera


def test_expected_taken_and_what_is_left_add_up_to_all_files_of_a_camera(
    world: World, crowded: Path
) -> None:
    report = dock_folder(crowded, SERIAL, actor=world.system)
    lying = sum(not name.endswith("x" * 250) for name in _names(crowded))
    assert report.kinds == {
        "not_media": 1, "companion": 1, "system": 2, "hidden": 3, "link": 1, "special": 1,
    }  # fmt: skip
    assert (len(report.of("taken")), report.kinds.total(), report.found) == (2, 9, 11)
    assert report.found == lying, "nothing on the camera is left unsaid"
    (folder,) = report.unread_folders
    assert (folder.state, folder.code, folder.detail) == (
        "not_taken", "dock.folder", "File name too long",
    )  # fmt: skip
    assert not report.is_complete, "what lies in that folder nobody knows"
    row = Docking.objects.get()
    assert row.left_out == {
        "companion": 1, "system": 2, "hidden": 3, "link": 1, "special": 1, "folder": 1,
    }  # fmt: skip
    assert (row.expected_files, row.taken, row.ignored, row.not_taken) == (4, 2, 1, 1)
    named = {one["path"]: one["code"] for one in row.outcomes}
    assert named.pop(folder.path) == "dock.folder"
    assert named == {
        ".hidden.mp4": "dock.hidden", ".Trashes/gone.mp4": "dock.hidden", "link.mp4": "dock.link",
    }  # fmt: skip


def _names(camera: Path) -> list[str]:
    """The names of all files as `find` lists them, which knows no longest path."""
    found = subprocess.run(
        ["find", str(camera), "!", "-type", "d", "-printf", "%f\\0"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    return found.stdout.split("\0")[:-1]


def test_a_hidden_folder_that_cannot_be_read_is_told_and_keeps_nothing_from_being_complete(
    world: World, crowded: Path
) -> None:
    (crowded / "deep").rename(crowded / ".deep")
    report = dock_folder(crowded, SERIAL, actor=world.system)
    assert [one.code for one in report.unread_folders] == ["dock.hidden_folder"]
    assert report.is_complete and report.found == 11


def test_the_command_tells_what_is_left_on_the_camera_by_kind(world: World, crowded: Path) -> None:
    status, said = run(crowded)
    assert status == 1, "a folder could not be read"
    assert (
        "共有 11 个文件，应有 2 个，新入库 2 个，已在库 0 个，未入库 0 个；不属音像而未采集："
        "非音像文件 1 个，设备附属文件 1 个，系统文件 2 个，隐藏文件 3 个，链接 1 个，"
        "特殊文件 1 个；"
        "1 个文件夹不能读取，其中的文件未能清点。"
    ) in said
    assert "未采集  .hidden.mp4  “.hidden.mp4”是隐藏文件" in said
    report = json.loads(run(crowded, "--json")[1])
    assert report["found"] == 11
    beside = report["ignored"] + report["left_out"] - report["unread_folders"]
    assert report["expected"] + beside == report["found"]


# several cameras, live progress, what goes wrong in between


def test_several_cameras_are_taken_in_at_once_each_known_by_its_names(
    world: World, tmp_path: Path
) -> None:
    for number, serial in enumerate(("DEMO-0001", "DEMO-0002")):
        (tmp_path / serial).mkdir()
        name = f"{serial}_20260310090000.mp4"
        shutil.copy(samples.video(seed=number + 1), tmp_path / serial / name)
    (tmp_path / "unknown").mkdir()
    shutil.copy(samples.video(seed=3), tmp_path / "unknown" / "a.mp4")
    folders = [str(tmp_path / name) for name in ("DEMO-0001", "DEMO-0002")]
    done = CliRunner().invoke(command, [*folders, "--json"])
    assert done.exit_code == 0, done.output
    assert [one["device"] for one in json.loads(done.output)] == ["DEMO-0001", "DEMO-0002"]
    serials = Recording.objects.values_list("device__serial", flat=True)
    assert set(serials) == {"DEMO-0001", "DEMO-0002"}
    done = CliRunner().invoke(command, [*folders, str(tmp_path / "unknown")])
    assert done.exit_code == 0
    assert "待认定：从文件名认不出是哪台设备" in done.output and "已在库 1 个" in done.output
    done = CliRunner().invoke(command, [*folders, str(tmp_path / "nowhere")])
    assert done.exit_code == 2
    assert "不能读取" in done.output and "已在库 1 个" in done.output


def test_the_row_of_a_docking_tells_how_far_it_is_and_what_is_missing(
    world: World, camera: Path
) -> None:
    (camera / "empty.mp4").touch()
    seen: list[int] = []
    dock_folder(
        camera,
        SERIAL,
        actor=world.system,
        tell=lambda outcome: seen.append(Docking.objects.filter(ended_at=None).count()),
    )
    row = Docking.objects.get()
    assert set(seen) == {1} and row.ended_at is not None
    assert (row.expected_files, row.taken, row.not_taken, row.held) == (3, 2, 1, 0)
    assert row.done_bytes == row.expected_bytes > 0
    assert [one["code"] for one in row.outcomes] == ["recording.empty"]


def test_one_camera_is_not_taken_in_twice_at_the_same_time(world: World, camera: Path) -> None:
    with alone_with(camera), pytest.raises(Refused, match=r"dock\.running"):
        dock(world, camera)
    assert len(dock(world, camera)) == 2


def test_a_cable_pulled_in_between_loses_nothing_and_names_what_is_missing(
    world: World, camera: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docking, "BATCH_FILES", 1)
    for seed in range(3, 9):
        shutil.copy(samples.video(seed=seed), camera / f"z{seed}.mp4")
    away = camera.with_name("away")

    def pull(outcome: Outcome) -> None:
        if outcome.state == "taken" and camera.exists():
            camera.rename(away)

    report = dock_folder(camera, SERIAL, actor=world.system, tell=pull)
    states = [one.state for one in report.outcomes if one.state != "left_out"]
    # some more were copied already while the first was taken in
    taken = states.index("not_taken")
    assert states == ["taken"] * taken + ["not_taken"] * (8 - taken) and 1 <= taken <= 5
    assert {one.code for one in report.of("not_taken")} == {"unreadable"}
    assert not report.is_complete
    away.rename(camera)
    assert {one.state for one in dock(world, camera).values()} == {"taken", "held"}
    assert Recording.objects.count() == 8


def test_a_camera_that_says_it_is_another_is_taken_in_and_told(
    world: World, tmp_path: Path
) -> None:
    shutil.copy(samples.video(), tmp_path / "DEMO-0002_20260310090000.mp4")
    (outcome,) = dock(world, tmp_path).values()
    assert (outcome.state, outcome.code, outcome.detail) == (
        "taken",
        "dock.other_device",
        "DEMO-0002",
    )
    assert Docking.objects.get().outcomes[0]["code"] == "dock.other_device"


@pytest.mark.parametrize(("valid_until", "is_known"), [("2026-03-11", True), ("2026-03-10", False)])
def test_who_bore_a_camera_that_nobody_has_is_told_by_the_certificate_in_its_files_names(
    world: World, tmp_path: Path, valid_until: str, *, is_known: bool
) -> None:
    _certify(world, valid_until)
    pool = register_device(
        actor=world.system,
        serial="POOL-1",
        kind=Device.Kind.BODY_CAMERA,
        unit=world.units["ZD1"],
        holder_id=None,
        model="演示型",
    )
    shutil.copy(samples.video(), tmp_path / "POOL-1_120456_20260310090000.mp4")
    with clock.frozen(MORNING):
        (outcome,) = dock_folder(tmp_path, pool.serial, actor=world.system).outcomes
    assert (outcome.state, outcome.code) == ("taken", "")
    assert Recording.objects.get().made_by == (world["officer2"] if is_known else None)


def test_a_camera_that_somebody_has_and_another_bore_is_taken_in_as_his_and_told(
    world: World, tmp_path: Path
) -> None:
    _certify(world, "2027-01-01")
    shutil.copy(samples.video(), tmp_path / f"{SERIAL}_120456_20260310090000.mp4")
    with clock.frozen(MORNING):
        (outcome,) = dock(world, tmp_path).values()
    assert (outcome.code, outcome.detail) == ("dock.other_officer", world["officer2"].name)
    assert Recording.objects.get().made_by == world["officer"]


def _certify(world: World, valid_until: str) -> None:
    """The second officer's certificate has a number as cameras write them."""
    register_certificate(
        actor=world.system,
        person=world["officer2"],
        number="120456",
        issuer="虚构市人民政府",
        valid_from=dt.date(2026, 1, 1),
        valid_until=dt.date.fromisoformat(valid_until),
    )


def test_the_clock_a_camera_shows_corrects_its_recordings(world: World, tmp_path: Path) -> None:
    shutil.copy(samples.sound(), tmp_path / "DEMO-0001_20260310080000.m4a")
    with clock.frozen(MORNING):
        done = CliRunner().invoke(
            command, [str(tmp_path), "--clock", "2026-03-10 09:05:00", "--json"]
        )
    assert done.exit_code == 0, done.output
    device = world.devices[SERIAL]
    device.refresh_from_db()
    assert device.clock_offset_ms == 5 * 60_000
    assert device.clock_readings.get().offset_ms == 5 * 60_000
    recording = Recording.objects.get()
    assert recording.started_at == MORNING - dt.timedelta(minutes=65)
    assert recording.time_source == "name_corrected"


@pytest.mark.parametrize("years", [-56, 20])
def test_a_clock_of_1970_or_years_ahead_is_an_offset_like_any_other(
    world: World, years: int
) -> None:
    offset = years * 365 * 86_400_000
    device = measure_device_clock(actor=world.system, device_serial=SERIAL, offset_ms=offset)
    assert device.clock_offset_ms == offset
    with pytest.raises(Refused, match=r"device\.clock"):
        measure_device_clock(actor=world.system, device_serial=SERIAL, offset_ms=10**14)


def test_an_authority_adds_its_own_file_names(world: World, tmp_path: Path) -> None:
    shutil.copy(samples.sound(), tmp_path / "执法DEMO-0001时20260310080000.m4a")
    own = settings.HOME.path / "patterns.toml"
    text = '[[pattern]]\nname = "本机关"\ntemplate = "执法{device}时{time}"\n'
    own.write_text(text, encoding="utf-8")
    try:
        assert CliRunner().invoke(command, [str(tmp_path)]).exit_code == 0
        own.write_text("[[pattern]]\nname = 1\n", encoding="utf-8")
        with pytest.raises(Refused, match=r"dock\.patterns"):
            dock(world, tmp_path)
    finally:
        own.unlink()
    assert Recording.objects.get().started_at == MORNING - dt.timedelta(hours=1)
