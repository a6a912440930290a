"""Forms of activities on the spot, and the catalogue's demands in words. They check shape only."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField

from liuhen.actions.scene_statements import AT_A_TAKING, statable
from liuhen.cases.models import Activity, Case
from liuhen.law.catalogue import ActivityKind, Code, catalogue
from liuhen.people.models import Unit
from liuhen.web.lead_forms import moment
from liuhen.web.officer_forms import OfficersForm
from liuhen.web.one_form import PlacedForm
from liuhen.web.templatetags.wording import clock_time

_CODES = {
    Code.SHOWN: "应有音像记录",
    Code.SYNCHRONOUS: "同步录音录像",
    Code.WHOLE: "全过程录音录像",
    Code.CONTINUOUS: "不间断录音录像",
    Code.WORKPLACE: "工作场所视频监控",
    Code.ROOM: "办案场所全程监控",
}
_WHENS = {
    "on_site": "在现场的",
    "in_office": "在办公场所的",
    "within_on_site": "属于现场活动一部分的",
    "dangerous": "可能危及人身财产的",
    "designated": "被指定的",
    "uncooperative": "对方不配合的",
}
_YES_NO = (("yes", "是"), ("no", "否"), ("", "没有说明"))
_TOLD = {"yes": True, "no": False}
_RIGHTS = "已告知依法享有申请回避、陈述、申辩的权利和如实回答的义务，当事人表示清楚。"


def kind_name(kind: str) -> str:
    """The name of a kind of activity."""
    row = catalogue().activities.get(kind)
    return row.name if row else kind


def demand_words(row: ActivityKind) -> str:
    """How the law asks an activity to be recorded: 在现场的同步录音录像；…"""
    return "；".join(f"{_WHENS.get(one.when, '')}{_CODES[one.code]}" for one in row.text)


# What an activity of a kind is begun with, as its facts keep it (Coercion Law 43).
_STARTED: Mapping[str, Mapping[str, forms.Field]] = {
    "enforcement": {
        "keeps_supply": forms.BooleanField(
            label="不对居民生活停止供水、供电、供热、供燃气", required=False
        ),
        "is_urgent": forms.BooleanField(
            label="情况紧急，须在夜间或者法定节假日执行", required=False
        ),
        "urgency": forms.CharField(label="紧急情况", max_length=500, required=False),
    }
}


class StartForm(OfficersForm):
    """Where an activity begins, who is there, what was shown."""

    field_order = ("place", "is_on_site", "officers", "is_certificate_shown")
    halves = frozenset({"started_at", "within"})
    whens: ClassVar[Mapping[str, str]] = {"danger_reason": "is_dangerous=yes,no"}

    handler = None  # type: ignore[assignment] # an activity has officers, no handler
    place = forms.CharField(label="地点", max_length=200)
    is_on_site = forms.TypedChoiceField(
        label="在哪里进行",
        choices=[("yes", "在现场"), ("no", "在办公场所")],
        coerce=lambda key: key == "yes",
        widget=forms.RadioSelect,
    )
    is_certificate_shown = forms.BooleanField(
        label="已向对方出示执法证件，说明身份", required=False
    )
    is_dangerous = forms.ChoiceField(
        label="可能危及人身、财产安全",
        choices=_YES_NO,
        required=False,
        widget=forms.RadioSelect,
        help_text="是的，自到达现场起不间断录音录像（办法第21条）",
    )
    danger_reason = forms.CharField(label="理由", max_length=500, required=False)
    started_at = moment("开始时间", required=False, help_text="不填为现在；事后补记的照实填写")
    within = forms.ChoiceField(
        label="属于哪项活动的一部分", required=False, help_text="单独进行的不选"
    )

    def __init__(
        self, *args: Any, case: Case, running: list[Activity], kind: str = "", **options: Any
    ) -> None:
        unit: Unit = case.unit
        super().__init__(*args, unit=unit, **options)
        whole = [(str(one.id), _running_label(one)) for one in running]
        self.fields["within"].choices = [("", "单独进行"), *whole]  # type: ignore[attr-defined]
        self.extra = tuple(_STARTED.get(kind, {}))
        for name in self.extra:
            self.fields[name] = copy.deepcopy(_STARTED[kind][name])

    def extras(self) -> list[BoundField]:
        """What this kind of activity asks for beside the others."""
        return [self[name] for name in self.extra]

    def given(self) -> dict[str, Any]:
        """What `start_activity` takes, case and kind aside."""
        data = dict(self.cleaned_data)
        danger, within = _TOLD.get(data.pop("is_dangerous")), data.pop("within")
        facts = {name: data.pop(name) for name in self.extra}
        return {**data, "is_dangerous": danger, "within_id": within or None, "facts": facts}


def _running_label(one: Activity) -> str:
    return f"{kind_name(one.kind)}（{clock_time(one.started_at)} 开始）"


_AREA = forms.Textarea(attrs={"rows": 4})
_LINES: Mapping[str, forms.Field] = {
    "person_in_charge": forms.CharField(label="现场负责人及其职务", max_length=200, required=False),
    "relation": forms.CharField(label="与本案的关系", max_length=200, required=False),
    "witness": forms.CharField(label="见证人及其单位、职务", max_length=200, required=False),
    "content": forms.CharField(
        label="现场情况",
        widget=_AREA,
        max_length=8000,
        required=False,
        help_text="看到什么、做了什么",
    ),
    "attachments": forms.CharField(label="附图、附件", max_length=500, required=False),
    "statement_text": forms.CharField(
        label="陈述申辩的内容", widget=_AREA, max_length=8000, required=False
    ),
    "statement_reasons": forms.CharField(
        label="事实和理由", widget=_AREA, max_length=4000, required=False
    ),
    "statement_exhibits": forms.CharField(label="提交的证据材料", max_length=500, required=False),
    "called": forms.CharField(
        label="通知当事人到场情况", max_length=500, required=False, help_text="不到场的，邀请见证人"
    ),
    "told": forms.CharField(
        label="当场告知的理由、依据、权利和救济途径",
        widget=_AREA,
        max_length=2000,
        required=False,
    ),
    "heard": forms.CharField(label="当事人陈述申辩", widget=_AREA, max_length=4000, required=False),
    "result": forms.CharField(label="执行结果", widget=_AREA, max_length=4000, required=False),
    "confirmation": forms.CharField(label="核对情况", max_length=300, required=False),
}
# What an activity of a kind is described by, beside who writes and what rights were told.
_DESCRIBED: Mapping[str, tuple[str, ...]] = {
    "inspection": ("person_in_charge", "witness", "content", "attachments"),
    "promise_supervision": ("person_in_charge", "witness", "content", "attachments"),
    "inquiry": ("relation",),
    "statement_and_defence": (
        "relation",
        "statement_text",
        "statement_reasons",
        "statement_exhibits",
    ),
    "sealing_or_seizure": ("called", "told", "heard", "witness", "content", "confirmation"),
    "enforcement": ("witness", "content", "result", "confirmation"),
}
_FLAGS: Mapping[str, str] = {
    "is_uncooperative": "对方不配合",
    "has_conflict": "发生争执、冲突",
    "is_sudden_incident": "属于突发事件",
}
# Asked where the footage must not break off: it goes on until the party is in the room (Art. 21).
_BROUGHT: Mapping[str, str] = {"brought_party": "把当事人带到办案场所"}
_DANGEROUS = frozenset({"enforcement", "dangerous_action"})


def _flags_of(activity: Activity) -> Mapping[str, str]:
    is_dangerous = activity.is_dangerous or activity.kind in _DANGEROUS
    owed = AT_A_TAKING if activity.kind == "sealing_or_seizure" else {}
    return {**owed, **_FLAGS, **(_BROUGHT if is_dangerous else {})}


class DescribeForm(PlacedForm):
    """What a running activity shows, as its papers print it; which fields depends on its kind."""

    halves = frozenset({"recorder", "rights_quick", "person_in_charge", "relation"})

    def __init__(self, *args: Any, activity: Activity, present: list[str], **options: Any) -> None:
        options["initial"] = _described(activity)
        super().__init__(*args, **options)
        names = [("", "请选择"), *((name, name) for name in present)]
        self.fields["recorder"] = forms.ChoiceField(label="记录人", choices=names, required=False)
        fills = {"told": {"rights_told": _RIGHTS}}
        quick = forms.Select(attrs={"data-fills": json.dumps(fills, ensure_ascii=False)})
        self.fields["rights_quick"] = forms.ChoiceField(
            label="权利告知",
            required=False,
            widget=quick,
            choices=[("", "还没有告知，或者照实填写"), ("told", "已告知，当事人表示清楚")],
        )
        self.fields["rights_told"] = forms.CharField(
            label="告知的内容和回答",
            widget=forms.Textarea(attrs={"rows": 3}),
            max_length=1000,
            required=False,
        )
        for name in _DESCRIBED.get(activity.kind, ("witness", "content")):
            self.fields[name] = copy.deepcopy(_LINES[name])
        self.flags = _flags_of(activity)
        for name, label in self.flags.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=_YES_NO, required=False, widget=forms.RadioSelect
            )

    def given(self) -> dict[str, Any]:
        """What `describe_activity` takes: lines as written, flags where somebody answered."""
        data = dict(self.cleaned_data)
        data.pop("rights_quick")
        flags = {name: _TOLD[key] for name in self.flags if (key := data.pop(name))}
        # What was never written down is not written down as empty.
        known = self.initial
        return {**flags, **{key: text for key, text in data.items() if text or known.get(key)}}


def _described(activity: Activity) -> dict[str, Any]:
    known = {True: "yes", False: "no"}
    facts = activity.facts
    flags = {name: known.get(facts.get(name), "") for name in _flags_of(activity)}
    return {**{key: text for key, text in facts.items() if isinstance(text, str)}, **flags}


class DangerForm(PlacedForm):
    """Whether an activity may endanger somebody, in one's own name."""

    is_dangerous = forms.TypedChoiceField(
        label="可能危及人身、财产安全",
        choices=[("yes", "是，标明危险"), ("no", "否，解除标明")],
        coerce=lambda key: key == "yes",
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


_SAID = (("yes", "是"), ("no", "否"))


class ExtensionForm(PlacedForm):
    """Why recordings can't be handed in within a day, and what forbids more time (Art. 39)."""

    halves: ClassVar[frozenset[str]] = frozenset({"has_conflict", "is_sudden_incident"})

    returned_at = moment("返回单位时间", help_text="设备带回单位的时刻，期限自此起算")
    has_conflict = forms.TypedChoiceField(
        label="现场发生争执、冲突", choices=_SAID, coerce=_TOLD.get, widget=forms.RadioSelect
    )
    is_sudden_incident = forms.TypedChoiceField(
        label="属于突发事件", choices=_SAID, coerce=_TOLD.get, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="特殊情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class SceneForm(PlacedForm):
    """What is true of an activity, also when it is learned later; what is left open stays."""

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.stated = statable(kind)
        for name, label in self.stated.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=_YES_NO, required=False, widget=forms.RadioSelect
            )
        self.fields["reached_room_at"] = moment(
            "带入办案场所的时间", required=False, help_text="录音录像应当持续到这一时刻"
        )
        self.fields["reason"] = forms.CharField(
            label="怎样得知、理由", max_length=500, widget=forms.Textarea(attrs={"rows": 2})
        )

    def given(self) -> dict[str, Any]:
        """What `state_scene` takes."""
        data = dict(self.cleaned_data)
        facts = {name: _TOLD[key] for name in self.stated if (key := data.pop(name))}
        return {**data, "facts": facts}


class EndForm(PlacedForm):
    """When an activity ended."""

    ended_at = moment("结束时间", required=False, help_text="不填为现在；事后补记的照实填写")


class TieForm(forms.Form):
    """Which recordings show an activity."""

    recordings = forms.MultipleChoiceField(
        label="哪些音像记录了这项活动",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一件音像。"},
    )

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["recordings"].choices = offered  # type: ignore[attr-defined]
