"""The page of a device: whose it is, how its clock drifts, its faults; and what is refused.

Acts through their pages: report_device_fault, mend_device, retire_device.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.urls import reverse

from liuhen.actions.devices import measure_device_clock, return_device
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.clock import FrozenClock
from liuhen.ledger.models import Entry
from liuhen.oversight.unit_facts import facts_of_unit
from liuhen.people.models import Device, DeviceFault
from liuhen.web.device_page import drift_of
from tests.web.conftest import Browser, words
from tests.world import MORNING


@dataclass(frozen=True)
class Camera:
    """The officer's camera."""

    world: World
    clock: FrozenClock
    row: Device

    @property
    def address(self) -> str:
        return reverse("device", args=[self.row.id])

    @property
    def counted(self) -> int | None:
        """How many recorders its unit is held to have (Art. 5)."""
        return facts_of_unit(self.row.unit, clock.now(), 30).unit.recorders_count

    def fault(self, *, hours_ago: int = 0) -> dict[str, str]:
        found = clock.local(clock.now() - dt.timedelta(hours=hours_ago))
        return {"description": "镜头碎裂", "found_at": f"{found:%Y-%m-%dT%H:%M}"}


@pytest.fixture
def camera(world: World) -> Iterator[Camera]:
    with clock.frozen(MORNING) as stopped:
        stopped.move(days=2)
        yield Camera(world, stopped, world.devices["DEMO-0001"])


def test_who_carries_a_device_sees_it_and_who_does_not_finds_nothing(
    camera: Camera, browser: Browser
) -> None:
    assert camera.row.holder == camera.world["officer"]
    for who, status in (("officer", 200), ("unit_head", 200), ("records", 200), ("officer2", 404)):
        assert browser(who).get(camera.address).status_code == status, who
    assert browser("archivist").get(camera.address).status_code == 403
    assert "DEMO-0001" in words(browser("officer").get(reverse("devices")))
    assert "DEMO-0001" not in words(browser("officer2").get(reverse("devices")))
    assert reverse("device_register") not in words(browser("officer").get(reverse("devices")))
    assert reverse("device_register") in words(browser("records").get(reverse("devices")))


def test_the_drift_of_a_clock_is_told_by_its_readings(camera: Camera, browser: Browser) -> None:
    page = words(browser("officer").get(camera.address))
    assert "还没有测定过" in page
    for offset in (1_000, 3_000, -1_000):
        measure_device_clock(
            actor=camera.world["officer"], device_serial="DEMO-0001", offset_ms=offset
        )
        camera.clock.move(days=2)
    page = words(browser("officer").get(camera.address))
    assert "最近一次：慢 1秒" in page
    assert "平均每天 <b>慢 500 毫秒</b>" in page
    told = drift_of(list(camera.row.clock_readings.order_by("measured_at")))
    assert told is not None
    (_, one), (_, high), (_, low) = (map(float, point.split(",")) for point in told.points.split())
    assert high < one < told.zero_y < low


def test_a_broken_device_counts_as_no_equipment_until_it_is_mended(
    camera: Camera, browser: Browser
) -> None:
    officer, keeper, whole = browser("officer"), browser("records"), camera.counted
    report = reverse("device_fault", args=[camera.row.id])
    assert officer.post(report, camera.fault()).status_code == 302
    assert camera.counted == (whole or 0) - 1
    assert "待修复" in words(keeper.get(reverse("devices")))
    assert "修复执法设备 DEMO-0001" in words(keeper.get(reverse("desk")))
    assert "修复执法设备" not in words(officer.get(reverse("desk")))
    fault = DeviceFault.objects.get()
    assert Entry.objects.get(event="device.fault_reported").subject_id == str(camera.row.id)
    mend = reverse("device_mend", args=[fault.id])
    assert officer.post(mend, {"remedy": "换镜头"}).status_code == 403
    assert keeper.post(mend, {"remedy": ""}).status_code == 400
    assert keeper.post(mend, {"remedy": "换镜头"}).status_code == 302
    assert camera.counted == whole
    again = keeper.post(mend, {"remedy": "换镜头"})
    assert (again.status_code, "已经登记修复" in words(again)) == (409, True)
    assert "换镜头" in words(officer.get(camera.address))
    assert "修复执法设备" not in words(keeper.get(reverse("desk")))


@pytest.mark.parametrize("hours", [-1, 24 * 400])
def test_a_fault_is_found_after_the_registration_and_not_in_the_future(
    camera: Camera, browser: Browser, hours: int
) -> None:
    report = reverse("device_fault", args=[camera.row.id])
    refused = browser("officer").post(report, camera.fault(hours_ago=hours))
    assert (refused.status_code, "发现故障的时间" in words(refused)) == (400, True)
    assert browser("officer2").post(report, camera.fault()).status_code == 404
    assert not DeviceFault.objects.exists()


def test_a_device_is_retired_when_nobody_answers_for_it_and_then_given_to_nobody(
    camera: Camera, browser: Browser
) -> None:
    keeper, reason = browser("records"), {"reason": "丢失"}
    retire = reverse("device_retire", args=[camera.row.id])
    held = keeper.post(retire, reason)
    assert (held.status_code, "请先登记交回" in words(held)) == (409, True)
    return_device(actor=camera.world["records"], device_id=camera.row.id)
    assert keeper.post(retire, reason).status_code == 302
    assert keeper.post(retire, reason).status_code == 409
    give = reverse("device_hand_out", args=[camera.row.id])
    refused = keeper.post(give, {"holder": str(camera.world["officer"].id)})
    assert (refused.status_code, "已经停用" in words(refused)) == (409, True)
    assert "已停用" in words(keeper.get(camera.address))
