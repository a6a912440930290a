"""Forms on leads. They check shape only; what is lawful is the acts' business."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms

from liuhen.cases.lead_queries import LeadState
from liuhen.cases.models import Lead
from liuhen.documents.lead_answers import ANSWERS
from liuhen.kernel import clock
from liuhen.web.one_form import PlacedForm
from liuhen.web.search_form import has_a_pair

AREA = forms.Textarea(attrs={"rows": 4})
_MINUTES = "%Y-%m-%dT%H:%M"


def moment(label: str, **options: Any) -> forms.DateTimeField:
    """A date and time to the minute."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTES)
    return forms.DateTimeField(label=label, widget=widget, **options)


def this_minute() -> str:
    """The present minute, as `moment` shows it."""
    return f"{clock.local(clock.now()):{_MINUTES}}"


class LeadFilter(forms.Form):
    """What to show of the register."""

    q = forms.CharField(
        label="编号、被反映人、地点或者内容", max_length=60, required=False, validators=[has_a_pair]
    )
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), *LeadState.choices]
    )
    source = forms.ChoiceField(
        label="来源", required=False, choices=[("", "全部"), *Lead.Source.choices]
    )


class RegisterForm(forms.Form):
    """A new lead."""

    source = forms.ChoiceField(label="来源", choices=Lead.Source.choices, widget=forms.RadioSelect)
    received_at = moment("收到时间", help_text="核查期限自此起算")
    is_named = forms.ChoiceField(
        label="投诉举报人",
        required=False,
        widget=forms.RadioSelect,
        choices=[("named", "实名"), ("anonymous", "匿名")],
    )
    reporter_name = forms.CharField(label="姓名", max_length=60, required=False)
    reporter_contact = forms.CharField(label="联系方式", max_length=120, required=False)
    subject = forms.CharField(label="被反映的单位或者个人", max_length=200)
    place = forms.CharField(label="发生地点", max_length=200)
    content = forms.CharField(label="线索内容", widget=AREA, max_length=4000)
    registrar_opinion = forms.CharField(
        label="登记人意见", widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
    registrar_strokes = forms.CharField(widget=forms.HiddenInput, required=False)

    def given(self) -> dict[str, Any]:
        """What `register_lead` takes, the ink aside."""
        data = dict(self.cleaned_data)
        data.pop("registrar_strokes")
        told = {"named": True, "anonymous": False}
        return {**data, "is_named": told.get(data["is_named"])}


class CheckForm(PlacedForm):
    """What the check showed."""

    check = forms.CharField(
        label="核查情况",
        widget=AREA,
        max_length=4000,
        help_text="何时、怎样核查，核查到什么，有没有初步证据",
    )


class ReasonForm(PlacedForm):
    """Why an outcome, or more time, is asked for."""

    reason = forms.CharField(label="理由", widget=AREA, max_length=2000)


class TransferForm(ReasonForm):
    """Where a lead is to go, and why."""

    field_order = ("ground", "recipient", "reason")

    ground = forms.ChoiceField(
        label="移送事由",
        widget=forms.RadioSelect,
        choices=[("jurisdiction", "本机关没有管辖权"), ("crime", "涉嫌犯罪")],
    )
    recipient = forms.CharField(
        label="受移送机关", max_length=120, help_text="全称；涉嫌犯罪的，移送公安机关"
    )


class DoneForm(PlacedForm):
    """That something was done, when and how."""

    at = moment("时间")
    note = forms.CharField(label="方式和内容", widget=AREA, max_length=2000)


class AnswerForm(PlacedForm):
    """What the body answered that the lead was handed to, with its paper."""

    halves: ClassVar[frozenset[str]] = frozenset({"number", "at"})

    answer = forms.ChoiceField(
        label="答复", widget=forms.RadioSelect, choices=list(ANSWERS.items())
    )
    number = forms.CharField(label="文书名称和文号", max_length=120)
    at = moment("收到时间")
    note = forms.CharField(
        label="内容", widget=AREA, max_length=2000, help_text="由谁签收、答复的理由、退回的材料"
    )
    content = forms.FileField(
        label="回执、答复文书",
        help_text="扫描件或者照片，不超过 50 MB，原样保存",
        error_messages={"empty": "文件是空的，请重新选择。"},
    )


class FollowingForm(DoneForm):
    """What the authority did after the answer."""

    field_order = ("step", "at", "note")

    step = forms.ChoiceField(label="处理", widget=forms.RadioSelect)
    note = forms.CharField(label="情况说明", widget=AREA, max_length=2000)

    def __init__(self, *args: Any, steps: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["step"]
        field.choices = list(steps)
        if len(field.choices) == 1:
            field.initial = field.choices[0][0]


class HandOverForm(DoneForm):
    """That a lead was handed over."""

    note = forms.CharField(
        label="移送材料和回执", widget=AREA, max_length=2000, help_text="材料名称、份数和回执编号"
    )


class DisputeForm(DoneForm):
    """That another authority claims or declines a matter."""

    field_order = ("body", "at", "note")
    halves: ClassVar[frozenset[str]] = frozenset({"body", "at"})

    body = forms.CharField(label="对方机关", max_length=120, help_text="全称")
    note = forms.CharField(
        label="争议情况",
        widget=AREA,
        max_length=2000,
        help_text="对方也主张管辖，还是认为不属于其管辖；各自的理由和依据",
    )


class DisputeEndForm(PlacedForm):
    """How a dispute on jurisdiction ended, with its paper."""

    halves: ClassVar[frozenset[str]] = frozenset({"number", "at"})

    outcome = forms.ChoiceField(label="结果", widget=forms.RadioSelect)
    number = forms.CharField(label="文书名称和文号", max_length=120)
    at = moment("时间")
    note = forms.CharField(
        label="经过", widget=AREA, max_length=2000, help_text="何时、由谁协商，各自的意见"
    )
    content = forms.FileField(
        label="协商记录、报请文书或者指定管辖的决定",
        help_text="扫描件或者照片，不超过 50 MB，原样保存",
        error_messages={"empty": "文件是空的，请重新选择。"},
    )

    def __init__(self, *args: Any, outcomes: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["outcome"]
        field.choices = list(outcomes)
