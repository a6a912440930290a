"""The page of one recording device: its holder, how its clock drifts, its faults.

Its newest footage is named, so that somebody can tell whose a strange one is. Not for lists and for
handing out (`devices`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.devices import mend_device, report_device_fault, retire_device
from liuhen.kernel.refusals import Refused
from liuhen.people.doubts import Doubt
from liuhen.people.models import ClockReading, Device, DeviceFault, Person
from liuhen.people.queries import is_allowed, require, visible_devices
from liuhen.recordings.own_clock import correctable, together
from liuhen.recordings.queries import visible_recordings
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, posted
from liuhen.web.people_forms import FaultForm, MendForm, ReasonForm
from liuhen.web.templatetags.wording import clock_offset

READINGS, FAULTS, FILES = 60, 50, 5
WIDTH, HEIGHT, MARGIN = 640, 120, 8
_MS_A_DAY = 86_400_000


@signed_in
@require_safe
def device(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """One device."""
    actor = person_of(request)
    found = _visible(request, device_id)
    newest = list(
        found.clock_readings.select_related("measured_by").order_by("-measured_at")[:READINGS]
    )
    files = visible_recordings(actor).filter(device=found)
    filmed = [one.filmed_in for one in newest if one.filmed_in is not None]
    context = {
        "found": found,
        "compared": compared_words(found),
        "files": list(files.order_by("-stored_at")[:FILES]),
        "files_count": files.count(),
        "drift": drift_of(newest[::-1]),
        "to_correct": _to_correct(actor, newest),
        "readings": newest,
        "seen": set(visible_recordings(actor).filter(id__in=filmed).values_list("id", flat=True)),
        "faults": list(
            found.faults.select_related("reported_by", "mended_by").order_by("-found_at")[:FAULTS]
        ),
        "may": {
            act: is_allowed(actor, f"device.{act}") for act in ("report_fault", "mend", "register")
        },
        "crumbs": [{"label": "执法设备", "href": reverse("devices")}, {"label": found.serial}],
    }
    return render(request, "device.html", context)


def compared_words(found: Device) -> str:
    """Of a twin that waits to be settled, what its times say beside the device it claims to be."""
    other = Device.objects.filter(serial=found.claims).first()
    if not found.is_strange or found.doubt != Doubt.TWIN or other is None:
        return ""
    told = together(found, other)
    if not told.ours or not told.theirs:
        return f"还不能与 {other.serial} 的记录比对：没有读出时间，或者时间相差一天以上。"
    compared = f"按设备自己的时钟，与 {other.serial} 的记录（{told.ours} 件与 {told.theirs} 件）"
    if told.at_once:
        return (
            f"{compared}有 {told.at_once} 处同时摄录：一台设备一般不会同时录两段，多半是两台设备。"
        )
    return f"{compared}没有同时摄录的，可能是同一台设备的两张存储卡；请核对实物后认定。"


def _to_correct(actor: Person, newest: Sequence[ClockReading]) -> int:
    """How many recordings the newest reading would time anew, for who may state times."""
    if not newest or not is_allowed(actor, "recording.state_time"):
        return 0
    return len(correctable(visible_recordings(actor), newest[0]))


@dataclass(frozen=True)
class Drift:
    """A clock's deviation over time, drawn: points of an SVG line, the zero line, and in words.

    `a_day` is how far it ran off in a day between the first and the last reading; None when they
    lie less than a day apart.
    """

    points: str
    zero_y: float
    newest: str
    a_day: str | None


def drift_of(readings: Sequence[ClockReading]) -> Drift | None:
    """The drift told by readings in their order of time; None without any."""
    if not readings:
        return None
    first, last = readings[0], readings[-1]
    lasted = (last.measured_at - first.measured_at).total_seconds() or 1
    offsets = [one.offset_ms for one in readings]
    high, low = max(*offsets, 0), min(*offsets, 0)
    scale = (HEIGHT - 2 * MARGIN) / ((high - low) or 1)
    places = [
        (
            MARGIN
            + (WIDTH - 2 * MARGIN) * (one.measured_at - first.measured_at).total_seconds() / lasted,
            MARGIN + (high - one.offset_ms) * scale,
        )
        for one in readings
    ]
    a_day = None
    if lasted * 1000 >= _MS_A_DAY:
        a_day = clock_offset((last.offset_ms - first.offset_ms) * _MS_A_DAY / (lasted * 1000))
    return Drift(
        points=" ".join(f"{x:.1f},{y:.1f}" for x, y in places),
        zero_y=MARGIN + high * scale,
        newest=clock_offset(last.offset_ms),
        a_day=a_day,
    )


@signed_in
def device_fault(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Report that a device does not work."""
    found = _visible(request, device_id)

    def perform(data: dict[str, Any]) -> str:
        report_device_fault(actor=person_of(request), device_id=found.id, **data)
        return reverse("device", args=[found.id])

    page = OneForm(
        permission="device.report_fault",
        title="报修设备",
        about=found.serial,
        submit="报修",
        success="故障已登记。",
        crumbs=_crumbs(found),
        notes=[
            "报修后、修复前，这台设备不计入本机构的配备。",
            "设备里还有没存入的记录时，请先设法采集，不要自行拆卸或者清除。",
        ],
        article="5",
    )
    return page.answer(request, FaultForm(posted(request)), perform)


@signed_in
def device_mend(request: HttpRequest, fault_id: UUID) -> HttpResponse:
    """Put down that a fault is mended."""
    actor = person_of(request)
    require(actor, "device.mend")
    fault = DeviceFault.objects.select_related("device").filter(id=fault_id).first()
    if fault is None:
        raise Refused("record.not_found")

    def perform(data: dict[str, Any]) -> str:
        mend_device(actor=actor, fault_id=fault_id, **data)
        return reverse("device", args=[fault.device_id])

    page = OneForm(
        permission="device.mend",
        title="登记修复",
        about=f"{fault.device.serial}：{fault.description}",
        submit="已修复",
        success="修复已登记。",
        crumbs=_crumbs(fault.device),
        notes=["时钟修理过的，请随后重新测定时钟偏差。"],
    )
    return page.answer(request, MendForm(posted(request)), perform)


@signed_in
def device_retire(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Take a device out of service for good."""
    found = _visible(request, device_id)

    def perform(data: dict[str, Any]) -> str:
        retire_device(actor=person_of(request), device_id=found.id, **data)
        return reverse("device", args=[found.id])

    page = OneForm(
        permission="device.register",
        title="停用设备",
        about=found.serial,
        submit="停用",
        success="设备已停用。",
        crumbs=_crumbs(found),
        notes=["停用后不能再发放，也不计入配备；它摄录的记录和登记都保留。"],
        is_grave=True,
    )
    return page.answer(request, ReasonForm(posted(request)), perform)


def _visible(request: HttpRequest, device_id: UUID) -> Device:
    actor = person_of(request)
    require(actor, "device.list")
    found = visible_devices(actor).select_related("unit", "holder").filter(id=device_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def _crumbs(found: Device) -> list[tuple[str, str]]:
    return [("执法设备", reverse("devices")), (found.serial, reverse("device", args=[found.id]))]
