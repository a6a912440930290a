"""Docking: cameras that are connected, and every taking in of one, live. Not for devices' register.

The list renews itself while one runs; it is a fragment of the same page.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.docking import begin_docking
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Device, Person
from liuhen.people.queries import is_allowed, require
from liuhen.recordings.camera_folder import connected_cameras, recognised_device
from liuhen.recordings.docking_log import is_cut_off
from liuhen.recordings.models import Docking
from liuhen.recordings.queries import visible_dockings
from liuhen.recordings.wording import LEFT_ON_CAMERA
from liuhen.vault.keeping import s3_store, second_store
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.refusals import refusal_context
from liuhen.web.templatetags.wording import size

SHOWN, NAMED = 20, 10


class DockForm(forms.Form):
    """Whose camera it is, what its clock shows, and whether it is erased in the end."""

    device = forms.ModelChoiceField(
        label="设备",
        queryset=Device.objects.none(),
        to_field_name="serial",
        empty_label="请选择",
        required=False,
    )
    is_unknown = forms.BooleanField(
        label="没有登记，或者不知道是哪台设备：先入库，再由记录管理员认定", required=False
    )
    shown_at = forms.DateTimeField(
        label="设备现在显示的时间",
        required=False,
        help_text="用来测定设备时钟的偏差；看不到时留空",
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        ),
    )
    is_erased_after = forms.BooleanField(
        label="入库并有第二份副本后，清除设备中的文件", required=False
    )

    def __init__(self, *args: Any, folder: Path, **options: Any) -> None:
        options["auto_id"] = f"id_{folder.name}_%s"
        super().__init__(*args, **options)
        field = self.fields["device"]
        field.queryset = Device.objects.filter(is_in_service=True).order_by("serial")  # type: ignore[attr-defined]
        if second_store() is None and s3_store() is None:
            del self.fields["is_erased_after"]

    def clean(self) -> dict[str, Any]:
        """One of both: which device it is, or that nobody knows."""
        told = super().clean() or {}
        if "device" in told and bool(told["device"]) == told["is_unknown"]:
            self.add_error("device", "请选择设备；不知道是哪台的，勾选下面一项。")
        return told


@signed_in
@require_safe
def docking(request: HttpRequest) -> HttpResponse:
    """The page; with htmx only the list that renews itself."""
    person = person_of(request)
    require(person, "recording.dock")
    if request.headers.get("HX-Request"):
        return render(request, "parts/dockings.html", _dockings(person))
    return _page(request)


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    person = person_of(request)
    if "cameras" not in more:
        found = connected_cameras(settings.DOCK_FOLDERS)
        more["cameras"] = [_camera(folder) for folder in found]
    context = {
        **_dockings(person),
        "is_station": bool(settings.DOCK_FOLDERS),
        "can_list_devices": is_allowed(person, "device.list"),
        "crumbs": [{"label": "设备采集"}],
        **more,
    }
    return render(request, "docking.html", context, status=status)


def _camera(folder: Path, form: DockForm | None = None) -> dict[str, Any]:
    try:
        serial = recognised_device(folder)
    except Refused:
        serial = ""
    known = Device.objects.filter(serial=serial, is_in_service=True).exists()
    initial = {"device": serial if known else "", "is_unknown": bool(serial) and not known}
    return {
        "name": folder.name,
        "serial": serial,
        "is_known": known,
        "action": reverse("docking_begin", args=[folder.name]),
        "form": form or DockForm(folder=folder, initial=initial),
    }


@signed_in
@require_POST
def docking_begin(request: HttpRequest, camera: str) -> HttpResponse:
    """Begin to take in one of the connected cameras."""
    person = person_of(request)
    require(person, "recording.dock")
    connected = {folder.name: folder for folder in connected_cameras(settings.DOCK_FOLDERS)}
    if camera not in connected:
        raise Refused("dock.nothing", folder=camera)
    form = DockForm(request.POST, folder=connected[camera])
    cameras = [
        _camera(folder, form if name == camera else None) for name, folder in connected.items()
    ]
    if not form.is_valid():
        return _page(request, 400, cameras=cameras)
    told = form.cleaned_data
    try:
        serial = told["device"].serial if told["device"] else recognised_device(connected[camera])
        begin_docking(
            connected[camera],
            serial,
            actor=person,
            offset_ms=_offset(told["shown_at"]),
            is_erased_after=told.get("is_erased_after", False),
        )
    except Refused as refused:
        status = explain(refused).status
        return _page(request, status, cameras=cameras, refusal=refusal_context(refused))
    succeed(request, f"已开始采集 {serial or '待认定的设备'}。")
    return HttpResponseRedirect(reverse("docking"))


def _offset(shown_at: dt.datetime | None) -> int | None:
    if shown_at is None:
        return None
    return (shown_at - clock.now()) // dt.timedelta(milliseconds=1)


def _dockings(person: Person) -> dict[str, Any]:
    lines = [_line(row) for row in visible_dockings(person)[:SHOWN]]
    return {
        "dockings": lines,
        "is_live": any(line["state"] == "running" for line in lines),
        "may_settle": is_allowed(person, "device.register"),
    }


def _line(row: Docking) -> dict[str, Any]:
    state, left_out = _state(row), row.left_out or {}
    settled = row.taken + row.held + row.not_taken + row.ignored
    folders = left_out.get("folder", 0)
    span = (row.ended_at or row.seen_at) - row.started_at
    seconds = span.total_seconds()
    return {
        "row": row,
        "state": state,
        "percent": _percent(row, settled),
        "pace": f"{size(int(row.done_bytes / seconds))}/秒" if seconds >= 1 else "",
        "found": None if row.left_out is None else _found(row, left_out),
        "expected": row.expected_files - row.ignored - folders,
        "not_taken": row.not_taken - folders,
        "left": _left(row, left_out),
        "unread_folders": folders + left_out.get("hidden_folder", 0),
        "span": dt.timedelta(seconds=int(seconds)),
        "named": [_named(one) for one in row.outcomes[:NAMED]],
        "more": max(0, len(row.outcomes) - NAMED),
    }


def _state(row: Docking) -> str:
    if is_cut_off(row):
        return "cut_off"
    if row.ended_at is None:
        return "running"
    missing = row.expected_files - row.taken - row.held - row.ignored
    return "missing" if missing > 0 else "complete"


def _found(row: Docking, left_out: dict[str, int]) -> int:
    """How many files lie on the camera, outside folders that can't be read."""
    beside = sum(left_out.get(kind, 0) for kind in LEFT_ON_CAMERA)
    return row.expected_files - left_out.get("folder", 0) + beside


def _left(row: Docking, left_out: dict[str, int]) -> list[tuple[str, int]]:
    count = {**left_out, "not_media": row.ignored}
    return [(words, count[kind]) for kind, words in LEFT_ON_CAMERA.items() if count.get(kind)]


def _percent(row: Docking, settled: int) -> int:
    """How far, by bytes read and files settled, whichever is less told by the other."""
    by_files = settled * 100 // row.expected_files if row.expected_files else 100
    by_bytes = row.done_bytes * 100 // row.expected_bytes if row.expected_bytes else 0
    return min(100, max(by_files, by_bytes))


def _named(outcome: dict[str, Any]) -> dict[str, str]:
    if outcome["code"] == "unreadable":
        why = f"不能读取（{outcome['detail']}）。请检查设备连接后重新采集，原文件请勿删除。"
    else:
        name = Path(outcome["path"]).name
        text = explain(Refused(outcome["code"], name=name, detail=outcome["detail"]))
        why = f"{text.message}{text.remedy}"
    return {"path": outcome["path"], "why": why, "is_taken": outcome["state"] == "taken"}
