"""The page on which recordings taken in earlier get their times by a later reading of the clock.

Not for measuring it (`clock_page`, `docking`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.clock_corrections import correct_by_clock
from liuhen.people.queries import require, visible_clock_reading
from liuhen.recordings.models import Recording
from liuhen.recordings.own_clock import correctable
from liuhen.recordings.queries import visible_recordings
from liuhen.recordings.timing import Timing
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, posted
from liuhen.web.people_forms import ReasonForm
from liuhen.web.templatetags.wording import clock_offset, instant, instant_exact

PERMISSION = "recording.state_time"


class CorrectForm(ReasonForm):
    """Which recordings, and why."""

    field_order = ("recordings", "reason")
    recordings = forms.MultipleChoiceField(
        label="更正哪些记录的时间",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一件记录。"},
        help_text="列出两次测定之间、时间按设备时钟记的；由它们续录的分段一并更正",
    )

    def __init__(self, *args: Any, offered: list[tuple[Recording, Timing]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["recordings"]
        field.choices = [(str(one.id), _change(one, found)) for one, found in offered]  # type: ignore[attr-defined]
        field.initial = [str(one.id) for one, _ in offered]


def _change(one: Recording, found: Timing) -> str:
    before = instant_exact(one.started_at) if one.started_at else "时间未知"
    assert found.started_at is not None
    return f"{one.name}：{before} 改为 {instant_exact(found.started_at)} 起"


@signed_in
def clock_correct(request: HttpRequest, reading_id: int) -> HttpResponse:
    """Choose among what the reading would change."""
    actor = person_of(request)
    require(actor, PERMISSION)
    reading = visible_clock_reading(actor, reading_id)
    home, serial = reverse("device", args=[reading.device_id]), reading.device.serial
    measured = f"{instant(reading.measured_at)} 测定，{clock_offset(reading.offset_ms)}"

    def perform(data: dict[str, Any]) -> str:
        chosen = [UUID(one) for one in data["recordings"]]
        correct_by_clock(
            actor=actor, reading_id=reading_id, recording_ids=chosen, reason=data["reason"]
        )
        return home

    page = OneForm(
        permission=PERMISSION,
        title="按这次测定更正时间",
        about=f"{serial}：{measured}",
        submit="更正时间",
        success="时间已更正，覆盖情况已重新计算。",
        crumbs=[("执法设备", reverse("devices")), (serial, home)],
        notes=[
            "原件不变，更正前的时间、依据的测定和理由都记入账本。",
            "由人说明过时间的记录、固定监控和手机直接拍摄的，不在其中。",
        ],
        article="18",
    )
    offered = correctable(visible_recordings(actor), reading)
    return page.answer(request, CorrectForm(posted(request), offered=offered), perform)
