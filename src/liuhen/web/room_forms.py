"""Forms of rooms and fixed cameras. They check shape only; the rest is the acts' business."""

from __future__ import annotations

from typing import Any

from django import forms

from liuhen.cameras.models import Camera, Room
from liuhen.web.one_form import PlacedForm
from liuhen.web.people_forms import UnitChoice

_COVERED = [("", "尚未确认"), ("yes", "覆盖整个场所"), ("no", "没有覆盖整个场所")]


def covered(value: str) -> bool | None:
    """What was chosen of whether a room is covered; None: nobody has said."""
    return {"yes": True, "no": False}.get(value)


class RoomForm(PlacedForm):
    """A new room."""

    halves = frozenset({"kind", "unit"})

    name = forms.CharField(
        label="名称", max_length=60, help_text="例如“第一询问室”“政务大厅3号窗口”"
    )
    kind = forms.ChoiceField(label="类别", choices=Room.Kind.choices)
    unit = UnitChoice("所属机构")
    is_covered = forms.ChoiceField(label="监控覆盖范围", choices=_COVERED, required=False)


class CoverageForm(PlacedForm):
    """Whether the cameras show the whole room."""

    is_covered = forms.ChoiceField(label="监控覆盖范围", choices=_COVERED, required=False)


class CameraForm(PlacedForm):
    """A new camera of a room."""

    halves = frozenset({"serial", "model", "username", "password"})

    serial = forms.CharField(label="序列号", max_length=60)
    model = forms.CharField(label="型号", max_length=80, required=False)
    view = forms.CharField(label="安装位置", max_length=60, help_text="例如“门口”“对面墙上”")
    address = forms.CharField(
        label="视频地址",
        max_length=300,
        help_text="rtsp://IP地址:端口/路径，按摄像机说明书填写；登录名和口令不写在地址里",
    )
    username = forms.CharField(label="摄像机登录名", max_length=60, required=False)
    password = forms.CharField(
        label="摄像机口令",
        max_length=120,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class CameraChangeForm(CameraForm):
    """What may change of a camera."""

    keeps = forms.BooleanField(label="口令不变", required=False, initial=True)
    field_order = ("view", "address", "username", "password", "keeps")

    def __init__(self, *args: Any, camera: Camera, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["serial"], self.fields["model"]
        for name in ("view", "address", "username"):
            self.fields[name].initial = getattr(camera, name)


class ReasonForm(PlacedForm):
    """Why a camera is taken out of service."""

    reason = forms.CharField(label="停用原因", max_length=200)


class GapForm(PlacedForm):
    """Why a camera did not record."""

    explanation = forms.CharField(
        label="说明",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="发生了什么，怎样恢复，采取了什么措施",
    )
