"""The docking page: connected cameras, beginning one, progress and what is missing."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from liuhen.actions.docking import dock_folder
from liuhen.demo.people import World
from liuhen.jobs import media as jobs
from liuhen.kernel import clock
from liuhen.people.models import Device
from liuhen.recordings.models import Docking, Recording
from tests.recordings import samples
from tests.web.conftest import Browser, words

CAMERA = "DEMO-0001_20260310090000.mp4"


@pytest.fixture
def station(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A station with one camera that has a recording, and one empty mount point."""
    monkeypatch.setattr(settings, "DOCK_FOLDERS", [tmp_path])
    (tmp_path / "usb1").mkdir()
    (tmp_path / "usb2").mkdir()
    shutil.copy(samples.video(), tmp_path / "usb1" / CAMERA)
    return tmp_path


def run_job(**wanted: object) -> bool:
    """What the worker does with the one docking job that waits."""
    (job,) = ProcrastinateJob.objects.filter(task_name="liuhen.jobs.media.dock")
    assert job.args.items() >= wanted.items()
    return jobs.dock(**job.args)


def test_a_connected_camera_is_listed_with_the_device_its_names_tell(
    station: Path, browser: Browser
) -> None:
    page = words(browser("officer").get("/docking/"))
    assert "usb1" in page and "usb2" not in page
    assert "文件名显示是设备 DEMO-0001" in page
    assert "清除设备中的文件" not in page, "without a second store nothing is offered for erasing"


def test_a_docking_begun_on_the_page_is_done_by_a_job_and_shown(
    station: Path, browser: Browser, world: World
) -> None:
    told = {"device": "DEMO-0001", "shown_at": "2026-03-10T09:00:05"}
    answer = browser("officer").post("/docking/usb1/", told)
    assert answer.status_code == 302
    device = world.devices["DEMO-0001"]
    device.refresh_from_db()
    assert device.clock_offset_ms == 5000
    assert run_job(device="DEMO-0001", is_erased_after=False)
    assert Recording.objects.get().device == device
    fragment = words(browser("officer").get("/docking/", headers={"HX-Request": "true"}))
    assert "全部入库" in fragment and "应有 1 个" in fragment and "<html" not in fragment


def test_what_is_missing_is_named_with_what_to_do(
    station: Path, browser: Browser, world: World
) -> None:
    (station / "usb1" / "empty.mp4").touch()
    dock_folder(station / "usb1", "DEMO-0001", actor=world["officer"])
    page = words(browser("officer").get("/docking/"))
    assert "有文件未入库" in page and "empty.mp4" in page and "0 字节" in page


def test_what_is_left_on_a_camera_is_counted_by_kind_and_adds_up(
    station: Path, browser: Browser, world: World
) -> None:
    camera = station / "usb1"
    for name in (".hidden.mp4", "a.THM", "b.THM", "Thumbs.db"):
        (camera / name).write_bytes(b"small")
    dock_folder(camera, "DEMO-0001", actor=world["officer"])
    page = words(browser("officer").get("/docking/"))
    assert "设备上共有 5 个文件" in page and "应有 1 个" in page and "全部入库" in page
    assert "不属音像而未采集：设备附属文件 2 个，系统文件 1 个，隐藏文件 1 个" in page
    assert "“.hidden.mp4”是隐藏文件，没有采集" in page and "a.THM" not in page
    Docking.objects.update(left_out=None)
    page = words(browser("officer").get("/docking/"))
    assert "设备上共有" not in page, "an earlier version did not count them"


def test_a_docking_that_was_killed_is_told_as_cut_off(
    station: Path, browser: Browser, world: World
) -> None:
    dock_folder(station / "usb1", "DEMO-0001", actor=world["officer"])
    Docking.objects.update(ended_at=None, seen_at=clock.now() - dt.timedelta(seconds=61))
    assert "采集中途停止" in words(browser("officer").get("/docking/"))
    Docking.objects.update(seen_at=clock.now() - dt.timedelta(seconds=59))
    assert "采集中途停止" not in words(browser("officer").get("/docking/"))


@pytest.mark.parametrize(
    ("camera", "told", "status"),
    [
        ("usb1", {"device": ""}, 400),
        ("usb1", {"device": "NO-SUCH"}, 400),
        ("usb1", {"device": "DEMO-0001", "shown_at": "gestern"}, 400),
        ("usb1", {"device": "DEMO-0001", "shown_at": "1800-01-01T00:00:00"}, 400),
        ("usb2", {"device": "DEMO-0001"}, 400),
        ("..", {"device": "DEMO-0001"}, 400),
    ],
)
def test_a_wrong_form_begins_nothing(
    station: Path, browser: Browser, camera: str, told: dict[str, str], status: int
) -> None:
    assert browser("officer").post(f"/docking/{camera}/", told).status_code == status
    assert not ProcrastinateJob.objects.filter(task_name="liuhen.jobs.media.dock").exists()


def test_who_may_not_dock_sees_no_page_and_others_see_their_units_devices_only(
    station: Path, browser: Browser, world: World
) -> None:
    assert browser("operator").get("/docking/").status_code == 403
    dock_folder(station / "usb1", "DEMO-0001", actor=world.system)
    device = world.devices["DEMO-0001"]
    strangers = [n for n, p in world.people.items() if p.unit_id != device.unit_id]
    assert strangers
    shown = {name: browser(name).get("/docking/") for name in world.people}
    for name, answer in shown.items():
        if answer.status_code == 200 and name != "records":
            is_own = world[name].unit_id == device.unit_id
            assert ("全部入库" in words(answer)) == is_own, name


def test_a_camera_nobody_registered_is_begun_shown_and_assigned_on_pages(
    station: Path, browser: Browser, world: World
) -> None:
    (station / "usb1" / CAMERA).rename(station / "usb1" / "STRANGE-1_20260310090000.mp4")
    officer, records = browser("officer"), browser("records")
    assert "文件名显示是设备 STRANGE-1，没有登记在用" in words(officer.get("/docking/"))
    assert officer.post("/docking/usb1/", {"is_unknown": "on"}).status_code == 302
    assert run_job(device="STRANGE-1")
    page = words(officer.get("/docking/"))
    assert "待认定" in page and "序列号没有登记" in page and "由记录管理员认定是哪台设备" in page
    strange = Device.objects.get(serial="STRANGE-1")
    address = reverse("device", args=[strange.id])
    assert address in records.get("/docking/").content.decode()
    assert "待认定" in words(records.get(reverse("devices")))
    shown, to = words(records.get(address)), world.devices["DEMO-0002"]
    assert "认定为已登记的设备" in shown and "STRANGE-1_20260310090000.mp4" in shown
    assert "没有您能看到的记录" in words(records.get(reverse("device", args=[to.id])))
    assign = reverse("device_assign", args=[strange.id])
    assert officer.get(assign).status_code in {403, 404}
    assert records.post(assign, {"device": ""}).status_code == 400
    answer = records.post(assign, {"device": str(to.id)})
    assert (answer.status_code, answer["Location"]) == (302, reverse("device", args=[to.id]))
    assert Recording.objects.get().device == to
    assert "待认定" not in words(records.get(address))
    assert records.get(assign).status_code == 409


def test_a_camera_nobody_registered_is_registered_on_its_page(
    station: Path, browser: Browser, world: World
) -> None:
    dock_folder(station / "usb1", "STRANGE-1", actor=world.system)
    strange = Device.objects.get(serial="STRANGE-1")
    confirm = reverse("device_confirm", args=[strange.id])
    records = browser("records")
    assert "STRANGE-1" in words(records.get(confirm))
    told = {"serial": "STRANGE-1", "kind": "body_camera", "unit": str(world.units["ZD1"].id)}
    assert records.post(confirm, told | {"serial": "DEMO-0001"}).status_code == 409
    assert records.post(confirm, told).status_code == 302
    strange.refresh_from_db()
    assert strange.is_in_service and not strange.is_strange


def test_a_device_and_that_nobody_knows_it_is_a_contradiction(
    station: Path, browser: Browser
) -> None:
    told = {"device": "DEMO-0001", "is_unknown": "on"}
    answer = browser("officer").post("/docking/usb1/", told)
    assert answer.status_code == 400 and "请选择设备" in words(answer)
