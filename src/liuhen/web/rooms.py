"""Pages of rooms: how their cameras are doing now, and registering. Not for days (`room_page`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.rooms import register_room
from liuhen.cameras.continuity import accounts, day_span
from liuhen.cameras.models import Camera, CameraGap, CameraState, Operation, Room
from liuhen.cameras.queries import SILENT_AFTER, Alarm, alarms, visible_rooms
from liuhen.kernel import clock
from liuhen.media.coverage import total, union
from liuhen.people.queries import is_allowed, require
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, posted
from liuhen.web.paging import page_of
from liuhen.web.room_forms import RoomForm, covered
from liuhen.web.templatetags.wording import span_words

LIST = "场所监控"


@signed_in
@require_safe
def rooms(request: HttpRequest) -> HttpResponse:
    """The rooms a person may know of, with what is wrong first."""
    person = person_of(request)
    require(person, "camera.list")
    page = page_of(request, visible_rooms(person).select_related("unit").order_by("name", "id"))
    context = {
        "alarms": [alarm_line(one) for one in alarms(person)],
        "items": _lines(page.rows),
        "pager": page.pager,
        "may_register": is_allowed(person, "room.register"),
        "crumbs": [{"label": LIST}],
    }
    return render(request, "rooms.html", context)


def alarm_line(alarm: Alarm) -> dict[str, Any]:
    """An alarm in words."""
    if alarm.camera is not None:
        room = alarm.camera.room
        cause = CameraGap.Cause(alarm.cause).label if alarm.cause else "原因未知"
        return {
            "words": f"{room.name}·{alarm.camera.view} 没有在录制：{cause}",
            "since": alarm.since,
            "href": reverse("room", args=[room.id]),
        }
    told = {
        "recorder_silent": "录制程序没有报告，监控可能没有在录制，请系统运维立即查看",
        "storage_low": f"存储空间按现在的速度只够约 {alarm.figure} 小时；"
        "系统不会自动删除任何记录，请扩充存储",
        "footage_waiting": f"有 {alarm.figure} 个片段等待入库，请系统运维查看数据库和存储",
    }
    return {"words": told[alarm.kind], "since": alarm.since, "href": None}


def cameras_of(rooms: Sequence[Room]) -> list[Camera]:
    """The cameras of rooms with their present state and operation."""
    lasting = Prefetch("operations", Operation.objects.filter(until=None), "lasting")
    listed = Camera.objects.filter(room__in=rooms).select_related("room", "device", "present_state")
    return list(listed.prefetch_related(lasting).order_by("view", "id"))


def lamp_of(camera: Camera) -> tuple[str, str]:
    """Lamp and words of a camera, now."""
    lasting: list[Operation] = getattr(camera, "lasting", [])
    if not lasting:
        return "grey", "未启用"
    state = getattr(camera, "present_state", None)
    told_at = state.seen_at if state is not None else lasting[0].since
    if clock.now() - told_at > SILENT_AFTER:
        return "red", "没有报告"
    if state is None:
        return "yellow", CameraState.State.OPENING.label
    tones = {
        CameraState.State.RECORDING: "green",
        CameraState.State.OPENING: "yellow",
        CameraState.State.DOWN: "red",
    }
    words = CameraState.State(state.state).label
    if state.state == CameraState.State.DOWN and state.cause:
        words = CameraGap.Cause(state.cause).label
    return tones[CameraState.State(state.state)], words


def _lines(rooms: Sequence[Room]) -> list[dict[str, Any]]:
    cameras = cameras_of(rooms)
    start, end = day_span(clock.local_date(clock.now()))
    today = {one.camera.id: one for one in accounts(cameras, start, end)}
    return [_line(room, [c for c in cameras if c.room_id == room.id], today) for room in rooms]


def _line(room: Room, cameras: Sequence[Camera], today: Any) -> dict[str, Any]:
    spans = [span for camera in cameras for span in today[camera.id].missing]
    missing = total(union(spans))
    return {
        "room": room,
        "href": reverse("room", args=[room.id]),
        "cameras": [
            {"camera": camera, "lamp": lamp, "words": words}
            for camera in cameras
            for lamp, words in (lamp_of(camera),)
        ],
        "is_expected": any(today[camera.id].expected for camera in cameras),
        "missing": span_words(missing / 1000) if missing else "",
    }


@signed_in
def room_register(request: HttpRequest) -> HttpResponse:
    """A new room."""
    actor = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        data["is_covered"] = covered(data["is_covered"])
        return reverse("room", args=[register_room(actor=actor, **data).id])

    page = OneForm(
        permission="room.register",
        title="登记场所",
        submit="登记",
        success="场所已登记，请登记其中的监控。",
        crumbs=[(LIST, reverse("rooms"))],
        notes=[
            "办案场所的监控应当覆盖整个场所，二十四小时不间断（办法第20条）。",
            "受理窗口的监控记录申请的接收和办理（办法第9条）。",
        ],
        article="20",
    )
    return page.answer(request, RoomForm(posted(request)), perform)
