"""The page on which a room's footage is tied to an activity or a case. Not for viewing it."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.camera_viewing import tie_camera_footage
from liuhen.cameras.models import Camera, Room
from liuhen.cameras.queries import visible_room
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import visible_cases
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Person
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.rooms import LIST

# Activities offered: those within so many days around the one looked at.
_AROUND = dt.timedelta(days=2)
_MOST = 200


class TieForm(PlacedForm):
    """Which camera, from when to when, and to what."""

    halves = frozenset({"started_at", "ended_at"})

    camera = forms.ChoiceField(label="监控", widget=forms.RadioSelect)
    started_at = forms.DateTimeField(
        label="自",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )
    ended_at = forms.DateTimeField(
        label="至",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
    )
    goal = forms.ChoiceField(
        label="关联到", help_text="只列出您办理的案件；活动按开始时间排列，最近的在前"
    )

    def __init__(self, *args: Any, room: Room, person: Person, day: dt.date, **more: Any) -> None:
        super().__init__(*args, **more)
        cameras = Camera.objects.filter(room=room).select_related("device").order_by("view")
        self.fields["camera"].choices = [  # type: ignore[attr-defined]
            (str(one.id), f"{one.view}（{one.device.serial}）") for one in cameras
        ]
        self.fields["goal"].choices = [("", "请选择"), *_goals(person, day)]  # type: ignore[attr-defined]


def _goals(person: Person, day: dt.date) -> list[tuple[str, str]]:
    noon = dt.datetime.combine(day, dt.time(12), tzinfo=clock.CHINA)
    near = Activity.objects.filter(
        case__in=visible_cases(person),
        started_at__gte=noon - _AROUND,
        started_at__lte=noon + _AROUND,
    ).select_related("case")
    kinds = catalogue().activities
    goals = [
        (
            f"activity:{one.id}",
            f"{one.case.number} {kinds[one.kind].name if one.kind in kinds else one.kind}"
            f"（{clock.local(one.started_at):%m-%d %H:%M} {one.place}）",
        )
        for one in near.order_by("-started_at", "id")[:_MOST]
    ]
    open_cases = Case.objects.filter(id__in=visible_cases(person).values("id"), closed_at=None)
    goals += [
        (f"case:{one.id}", f"{one.number} {one.cause}（只归入案件）")
        for one in open_cases.order_by("-started_at", "id")[:_MOST]
    ]
    return goals


@signed_in
def tie(request: HttpRequest, room_id: UUID) -> HttpResponse:
    """Tie a span of a room's footage to an activity or a case."""
    actor = person_of(request)
    room = visible_room(actor, room_id)
    day = clock.local_date(clock.now())
    with suppress(ValueError):
        day = dt.date.fromisoformat(request.GET.get("day", ""))

    def perform(data: dict[str, Any]) -> str:
        kind, _, key = data["goal"].partition(":")
        goal = {"activity_id": UUID(key)} if kind == "activity" else {"case_id": UUID(key)}
        tied = tie_camera_footage(
            actor=actor,
            camera_id=UUID(data["camera"]),
            started_at=data["started_at"],
            ended_at=data["ended_at"],
            **goal,
        )
        return reverse("case", args=[tied[0].case_id]) + "#recordings"

    page = OneForm(
        permission="camera.tie_footage",
        title="关联监控录像",
        submit="关联",
        success="监控录像已关联，成为案件的音像记录。",
        crumbs=[(LIST, reverse("rooms")), (room.name, reverse("room", args=[room.id]))],
        notes=[
            "按整段关联，原件只有一份，不复制、不剪切。",
            "关联后随案件保存，不再按未关联片段的期限处置。",
            "查看仍须经批准并登记（办法第42条、第43条）。",
        ],
        article="9.2" if room.kind == Room.Kind.COUNTER else "20",
        about=room.name,
    )
    form = TieForm(posted(request), room=room, person=actor, day=day)
    return page.answer(request, form, perform)
