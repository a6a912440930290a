"""A camera is erased only of what is held twice, against a signed receipt."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from tests.kill.disk import Disk, disk  # noqa: F401 - a fixture
from tests.recordings import samples

from liuhen.actions.docking import DockReport, dock_folder
from liuhen.actions.second_copies import make_missing_copies
from liuhen.demo.people import World
from liuhen.host.signs import RED, machine_signs
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.recordings.camera_folder import Outcome
from liuhen.upkeep.signs import record_signs
from liuhen.vault.checks import differences
from liuhen.vault.keeping import local_store, second_store
from liuhen.vault.models import Copy, Receipt

SERIAL = "DEMO-0001"


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "second"
    folder.mkdir()
    monkeypatch.setattr(settings, "SECOND_STORE", folder)
    return folder


@pytest.fixture
def camera(tmp_path: Path) -> Path:
    folder = tmp_path / "camera"
    folder.mkdir()
    for seed in (1, 2):
        shutil.copy(samples.video(seed=seed), folder / f"{seed}.mp4")
    (folder / "notes.txt").write_text("not a recording", encoding="utf-8")
    return folder


def dock(world: World, camera: Path, *, erase: bool = True) -> DockReport:
    return dock_folder(camera, SERIAL, actor=world.system, is_erased_after=erase)


def left(camera: Path) -> set[str]:
    return {path.name for path in camera.iterdir()}


def test_what_is_held_twice_leaves_the_camera_and_nothing_else_does(
    world: World, camera: Path, second: Path
) -> None:
    report = dock(world, camera)
    assert [one.path for one in report.outcomes if one.erased] == ["1.mp4", "2.mp4"]
    assert left(camera) == {"notes.txt"}
    told = json.loads(bytes(Entry.objects.get(event="device.erased").body))["data"]["files"]
    assert {one["path"] for one in told} == {"1.mp4", "2.mp4"}
    store = second_store()
    assert store is not None
    for one in told:
        assert store.digest(one["sha256"]) == local_store().digest(one["sha256"]) == one["sha256"]
    assert Copy.objects.filter(store="second").count() == 2
    assert Entry.objects.filter(event="copy.kept").count() == 1
    assert list(differences()) == []


def test_without_a_second_store_nothing_is_taken_in_for_erasing(world: World, camera: Path) -> None:
    with pytest.raises(Refused, match=r"storage\.second"):
        dock(world, camera)
    assert left(camera) == {"1.mp4", "2.mp4", "notes.txt"}


def test_while_the_second_store_is_full_cameras_keep_their_files(
    world: World,
    camera: Path,
    disk: Disk,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "SECOND_STORE", disk.path)
    disk.leave((camera / "1.mp4").stat().st_size + (1 << 14))
    report = dock(world, camera)
    kept = {one.path: one.kept for one in report.outcomes if one.state == "taken"}
    assert kept == {"1.mp4": "", "2.mp4": "erase.no_second_copy"}, "there is room for one"
    assert left(camera) == {"2.mp4", "notes.txt"}
    with pytest.raises(Refused, match=r"storage\.full"):
        make_missing_copies()
    assert not list(disk.path.glob(".*.part")), "nothing half written is left"
    told = {"LIUHEN_SECOND_STORE": str(disk.path)}
    (sign,) = [one for one in machine_signs(settings.HOME, told) if one.name == "disk.second"]
    assert sign.lamp == RED and sign.remedy
    disk.empty()
    assert make_missing_copies() == 1
    dock(world, camera)
    assert left(camera) == {"notes.txt"}
    assert list(differences()) == []


def test_a_file_held_from_before_is_erased_too(world: World, camera: Path, second: Path) -> None:
    dock(world, camera, erase=False)
    assert len(left(camera)) == 3
    assert make_missing_copies() == 2
    assert make_missing_copies() == 0
    dock(world, camera)
    assert left(camera) == {"notes.txt"}


def test_a_file_without_a_valid_receipt_stays(
    world: World, owner: psycopg.Connection, camera: Path, second: Path
) -> None:
    dock(world, camera, erase=False)
    digest = Receipt.objects.order_by("id")[0].original_id
    with owner.transaction():
        owner.execute("ALTER TABLE vault_receipt DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE vault_receipt SET note = replace(note, 'DEMO-0001', 'DEMO-0002')"
            " WHERE original_id = %s",
            [digest],
        )
        owner.execute("ALTER TABLE vault_receipt ENABLE TRIGGER USER")
    kept = {one.sha256: one.kept for one in dock(world, camera).outcomes if one.sha256}
    assert kept.pop(digest) == "erase.no_receipt"
    assert set(kept.values()) == {""}
    assert len(left(camera)) == 2


def test_a_file_altered_on_the_camera_since_stays(world: World, camera: Path, second: Path) -> None:
    def alter(outcome: Outcome) -> None:
        if outcome.path == "1.mp4":
            with (camera / "1.mp4").open("r+b") as stream:
                stream.write(b"other")

    report = dock_folder(camera, SERIAL, actor=world.system, is_erased_after=True, tell=alter)
    assert {one.path: one.kept for one in report.outcomes}["1.mp4"] == "dock.changed"
    assert left(camera) == {"1.mp4", "notes.txt"}


def test_a_write_protected_camera_is_told_and_stays_whole(
    world: World, camera: Path, second: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(30, "Read-only file system")

    unlink = Path.unlink
    monkeypatch.setattr(
        Path, "unlink", lambda p, **k: (refuse if p.parent == camera else unlink)(p, **k)
    )
    report = dock(world, camera)
    assert {one.kept for one in report.outcomes if one.state == "taken"} == {"erase.failed"}
    assert left(camera) == {"1.mp4", "2.mp4", "notes.txt"}


@pytest.mark.parametrize("harm", ["altered", "gone"])
def test_an_original_that_can_not_be_copied_is_told_and_the_others_are_copied(
    world: World, camera: Path, second: Path, harm: str
) -> None:
    digests = [one.sha256 for one in dock(world, camera, erase=False).outcomes if one.sha256]
    place = local_store().place(digests[0])
    raw = place.read_bytes()
    place.chmod(0o640)
    if harm == "gone":
        place.unlink()
    else:
        place.write_bytes(b"x" + raw[1:])
    assert make_missing_copies() == 1
    assert list(Copy.objects.filter(store="second").values_list("original_id", flat=True)) == [
        digests[1]
    ]
    assert not list(second.glob(".*.part")), "nothing half written is left"
    (sign,) = [one for one in record_signs() if one.name == "second"]
    assert sign.lamp == RED and digests[0][:12] in sign.words and "repair" in sign.words
    dock(world, camera)
    assert left(camera) == {"1.mp4", "notes.txt"}, "of what is held twice a camera is erased"

    place.write_bytes(raw)
    assert make_missing_copies() == 1
    assert "second" not in {one.name for one in record_signs()}


def test_a_second_copy_that_was_altered_is_found_by_verification(
    world: World, camera: Path, second: Path
) -> None:
    digest = next(one.sha256 for one in dock(world, camera).outcomes if one.sha256)
    store = second_store()
    assert store is not None
    store.place(digest).chmod(0o640)
    store.place(digest).write_bytes(b"altered")
    found = list(differences())
    assert [one.code for one in found] == ["original.altered"]
    assert found[0].last_good is not None and found[0].last_good["store"] == "second"
