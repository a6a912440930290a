"""Pages on which a person says which device a strange camera is. Not for docking it (`docking`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.strange_cameras import assign_strange_camera, confirm_strange_camera
from liuhen.kernel.refusals import Refused
from liuhen.people.doubts import Doubt
from liuhen.people.models import Device
from liuhen.people.queries import require, visible_devices
from liuhen.web.acting import person_of, signed_in
from liuhen.web.device_page import compared_words
from liuhen.web.one_form import OneForm, posted
from liuhen.web.people_forms import DeviceForm, SettleForm


@signed_in
def assign(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """It is a device that is registered."""
    found = _visible(request, device_id)

    def perform(data: dict[str, Any]) -> str:
        to = assign_strange_camera(found.id, data["device"].id, actor=person_of(request))
        return reverse("device", args=[to.id])

    page = OneForm(
        permission="device.register",
        title="认定为已登记的设备",
        about=f"{found.serial}：{found.get_doubt_display()}",
        submit="认定",
        success="已认定，采集的记录归入所选设备。",
        crumbs=_crumbs(found),
        notes=[
            *filter(None, [compared_words(found)]),
            "请核对机身上的序列号。认定后，从它采集的记录都归入所选设备；没有摄录人的，记为该设备的领用人。",
            "记录的时间不因此改变；需要更正的，在记录页面说明时间。",
        ],
        article="39",
        is_grave=True,
    )
    return page.answer(request, SettleForm(posted(request)), perform)


@signed_in
def confirm(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """It is a device of its own, which nobody registered."""
    found = _visible(request, device_id)

    def perform(data: dict[str, Any]) -> str:
        holder = data.pop("holder")
        confirm_strange_camera(
            actor=person_of(request),
            device_id=found.id,
            holder_id=UUID(holder) if holder else None,
            **data,
        )
        return reverse("device", args=[found.id])

    page = OneForm(
        permission="device.register",
        title="登记为新设备",
        about=f"{found.serial}：{found.get_doubt_display()}",
        submit="登记",
        success="设备已登记，采集的记录仍归它。",
        crumbs=_crumbs(found),
        notes=["请核对机身上的序列号；序列号登记后不能更改。"],
        article="39",
    )
    is_own_serial = found.doubt == Doubt.UNREGISTERED
    initial = {"serial": found.serial if is_own_serial else "", "unit": found.unit_id}
    return page.answer(request, DeviceForm(posted(request), initial=initial), perform)


def _visible(request: HttpRequest, device_id: UUID) -> Device:
    actor = person_of(request)
    require(actor, "device.register")
    found = visible_devices(actor).filter(id=device_id).first()
    if found is None:
        raise Refused("record.not_found")
    if not found.is_strange:
        raise Refused("device.settled", serial=found.serial)
    return found


def _crumbs(found: Device) -> list[tuple[str, str]]:
    return [("执法设备", reverse("devices")), (found.serial, reverse("device", args=[found.id]))]
