"""Pages on which cameras are registered, changed, put in and out of service; gaps explained."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions import rooms as acts
from liuhen.actions.camera_footage import explain_camera_gap
from liuhen.cameras.models import Camera, Room
from liuhen.cameras.queries import visible_camera, visible_camera_gap, visible_room
from liuhen.kernel import clock
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.one_form import OneForm, posted
from liuhen.web.room_forms import (
    CameraChangeForm,
    CameraForm,
    CoverageForm,
    GapForm,
    ReasonForm,
    covered,
)
from liuhen.web.room_page import exact
from liuhen.web.rooms import LIST

_ADDRESS_NOTES = (
    "摄像机应当使用固定的 IP 地址，地址须在系统运维设定的监控网段内。",
    "口令加密保存，登记后不再显示，也不进入留痕。",
    "启用后即开始录制，至停用前都应当不间断；中断会自动登记。",
)


def _crumbs(room: Room) -> list[tuple[str, str]]:
    return [(LIST, reverse("rooms")), (room.name, reverse("room", args=[room.id]))]


def _room_href(camera: Camera) -> str:
    return reverse("room", args=[camera.room_id])


@signed_in
def room_coverage(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """State whether the cameras show the whole room."""
    actor = person_of(request)
    room = visible_room(actor, room_id)

    def perform(data: dict[str, Any]) -> str:
        is_covered = covered(data["is_covered"])
        acts.state_room_coverage(actor=actor, room_id=room.id, is_covered=is_covered)
        return reverse("room", args=[room.id])

    page = OneForm(
        permission="room.register",
        title="确认监控覆盖范围",
        submit="确认",
        success="已登记。",
        crumbs=_crumbs(room),
        notes=["请到现场或者通过实时画面逐一查看，确认没有拍不到的地方。"],
        article="20",
    )
    known = {None: "", True: "yes", False: "no"}[room.is_covered]
    form = CoverageForm(posted(request), initial={"is_covered": known})
    return page.answer(request, form, perform)


@signed_in
def camera_register(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """A new camera of a room."""
    actor = person_of(request)
    room = visible_room(actor, room_id)

    def perform(data: dict[str, Any]) -> str:
        acts.register_camera(actor=actor, room_id=room.id, **data)
        return reverse("room", args=[room.id])

    page = OneForm(
        permission="camera.register",
        title="登记监控",
        submit="登记",
        success="监控已登记，启用后开始录制。",
        crumbs=_crumbs(room),
        notes=_ADDRESS_NOTES,
        article="20",
        about=room.name,
    )
    return page.answer(request, CameraForm(posted(request)), perform)


@signed_in
def camera_change(request: HttpRequest, camera_id: UUID) -> HttpResponse:
    """Another address, login or place of a camera."""
    actor = person_of(request)
    camera = visible_camera(actor, camera_id)

    def perform(data: dict[str, Any]) -> str:
        if data.pop("keeps") and not data["password"]:
            data["password"] = None
        acts.change_camera(actor=actor, camera_id=camera.id, **data)
        return _room_href(camera)

    page = OneForm(
        permission="camera.register",
        title=f"修改监控：{camera.device.serial}",
        submit="保存",
        success="已保存，录制程序随即按新的地址连接。",
        crumbs=_crumbs(camera.room),
        notes=_ADDRESS_NOTES,
    )
    return page.answer(request, CameraChangeForm(posted(request), camera=camera), perform)


@signed_in
@require_POST
def camera_start(request: HttpRequest, camera_id: UUID) -> HttpResponse:
    """Put a camera in service."""
    actor = person_of(request)
    camera = visible_camera(actor, camera_id)
    return act_and_return(
        request,
        lambda: acts.put_camera_in_service(actor=actor, camera_id=camera.id),
        success="监控已启用。",
        then=_room_href(camera),
    )


@signed_in
def camera_stop(request: HttpRequest, camera_id: UUID) -> HttpResponse:
    """Take a camera out of service."""
    actor = person_of(request)
    camera = visible_camera(actor, camera_id)

    def perform(data: dict[str, Any]) -> str:
        acts.take_camera_out_of_service(actor=actor, camera_id=camera.id, **data)
        return _room_href(camera)

    page = OneForm(
        permission="camera.register",
        title=f"停用监控：{camera.device.serial}",
        submit="停用",
        success="监控已停用，已录制的片段照常保存。",
        crumbs=_crumbs(camera.room),
        notes=["办案场所使用期间，监控不得停用（办法第20条）。"],
        article="20",
        is_grave=True,
    )
    return page.answer(request, ReasonForm(posted(request)), perform)


@signed_in
def camera_gap(request: HttpRequest, gap_id: UUID) -> HttpResponse:
    """Explain why a camera did not record."""
    actor = person_of(request)
    gap = visible_camera_gap(actor, gap_id)

    def perform(data: dict[str, Any]) -> str:
        explain_camera_gap(actor=actor, gap_id=gap.id, **data)
        day = clock.local_date(gap.started_at)
        return f"{_room_href(gap.camera)}?day={day.isoformat()}"

    until = exact(gap.ended_at) if gap.ended_at else "尚未恢复"
    page = OneForm(
        permission="camera.explain_gap",
        title="说明监控中断",
        submit="保存说明",
        success="说明已保存。",
        crumbs=_crumbs(gap.camera.room),
        notes=["中断不会因为说明而消失；说明记入留痕，供监督检查。"],
        article="20",
        about=f"{gap.camera.view}，{exact(gap.started_at)} 至 {until}，{gap.get_cause_display()}",
    )
    form = GapForm(posted(request), initial={"explanation": gap.explanation})
    return page.answer(request, form, perform)
