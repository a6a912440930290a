"""Pages of recording devices: which there are, and who carries them. Not for their footage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.devices import hand_out_device, return_device
from liuhen.actions.people import register_device
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Device, DeviceFault
from liuhen.people.queries import is_allowed, require, visible_devices
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.one_form import OneForm, posted
from liuhen.web.paging import page_of
from liuhen.web.people_forms import DeviceForm, HolderForm

_LIST = "执法设备"
SHOWN = (("", "全部"), ("out", "已发放"), ("in", "未发放"))


@signed_in
@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """The devices one may see, by serial number."""
    actor = person_of(request)
    require(actor, "device.list")
    show, text = request.GET.get("show", ""), request.GET.get("q", "").strip()[:60]
    rows = visible_devices(actor).select_related("unit", "holder")
    rows = rows.annotate(
        broken=Exists(DeviceFault.objects.filter(device=OuterRef("id"), mended_at=None))
    )
    if show in ("out", "in"):
        rows = rows.filter(holder__isnull=show == "in")
    if text:
        rows = rows.filter(Q(serial__icontains=text) | Q(holder__name__icontains=text))
    page = page_of(request, rows.order_by("serial"))
    context = {
        "items": [_line(device) for device in page.rows],
        "may_hand_out": is_allowed(actor, "device.hand_out"),
        "may_measure": is_allowed(actor, "device.measure_clock"),
        "filters": SHOWN,
        "show": show if show in dict(SHOWN) else "",
        "text": text,
        "pager": page.pager,
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "devices.html", context)


def _line(device: Device) -> dict[str, Any]:
    step = "device_return" if device.holder_id else "device_hand_out"
    return {"row": device, "href": reverse(step, args=[device.id])}


@signed_in
def device_register(request: HttpRequest) -> HttpResponse:
    """A new device."""
    actor = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        holder = data.pop("holder")
        register_device(actor=actor, holder_id=UUID(holder) if holder else None, **data)
        return reverse("devices")

    page = OneForm(
        permission="device.register",
        title="登记设备",
        submit="登记",
        success="设备已登记。",
        crumbs=[(_LIST, reverse("devices"))],
        notes=["采集时按序列号识别；没有登记的设备先入库，列为待认定。序列号登记后不能更改。"],
        article="39",
    )
    return page.answer(request, DeviceForm(posted(request)), perform)


@signed_in
def device_hand_out(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Give a device to a person."""
    actor = person_of(request)
    device = Device.objects.filter(id=device_id).first()
    if device is None:
        raise Refused("record.not_found")

    def perform(data: dict[str, Any]) -> str:
        hand_out_device(actor=actor, device_id=device.id, holder_id=UUID(data["holder"]))
        return reverse("devices")

    page = OneForm(
        permission="device.hand_out",
        title=f"发放设备：{device.serial}",
        submit="发放",
        success="设备已发放。",
        crumbs=[(_LIST, reverse("devices"))],
        notes=["持有人对设备和其中尚未存入的记录负责，直到登记交回。"],
    )
    return page.answer(request, HolderForm(posted(request)), perform)


@signed_in
@require_POST
def device_return(request: HttpRequest, device_id: UUID) -> HttpResponse:
    """Take a device back."""
    actor = person_of(request)
    return act_and_return(
        request,
        lambda: return_device(actor=actor, device_id=device_id),
        success="设备已交回。",
        then=reverse("devices"),
    )
