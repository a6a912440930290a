"""Forms of inspections and draws. They check shape only; what is lawful is the acts' business."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from liuhen.cases.choices import CORRECTION, INSPECTION_MODES, INSPECTION_OUTCOMES
from liuhen.cases.models import Party
from liuhen.kernel import clock
from liuhen.people.models import Person, Unit
from liuhen.people.queries import valid_certificate
from liuhen.web.lead_forms import AREA, moment
from liuhen.web.officer_forms import OfficersForm, officer_choices
from liuhen.web.one_form import PlacedForm

_PARTS = re.compile(r"[，,\t]")
EVERY_OBJECT = "全部"


def lines_of(text: str) -> list[tuple[int, list[str]]]:
    """The lines of a pasted list that say something, each with its number and its parts."""
    listed = enumerate(text.splitlines(), start=1)
    return [(row, [p.strip() for p in _PARTS.split(line)]) for row, line in listed if line.strip()]


def day_field(label: str, **options: Any) -> forms.DateField:
    """A local day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class _PlannedForm(OfficersForm):
    """What is inspected, on which basis, when, by whom."""

    handler = None  # type: ignore[assignment] # how Django leaves a field out
    matter = forms.CharField(label="检查事项", max_length=200)
    basis = forms.CharField(
        label="检查依据", max_length=400, help_text="法律、法规、规章的名称和条款"
    )
    planned_from = moment("计划检查起")
    planned_until = moment("计划检查止")


class AnnounceForm(_PlannedForm):
    """Both lists of a draw, who is kept out of them, and how much is drawn."""

    field_order = (
        *("matter", "basis", "planned_from", "planned_until", "objects", "officers"),
        *("exclusions", "size", "officers_each"),
    )
    halves = frozenset({"planned_from", "planned_until", "size", "officers_each"})

    objects = forms.CharField(
        label="检查对象名录",
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="每行一个：名称，统一社会信用代码（可以不写），地址",
    )
    exclusions = forms.CharField(
        label="因利害关系回避",
        max_length=8000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"每行一条：姓名，检查对象（“{EVERY_OBJECT}”为全部对象），理由",
    )
    size = forms.IntegerField(label="抽取户数", min_value=1, max_value=20)
    officers_each = forms.IntegerField(label="每户检查人数", min_value=2, max_value=9, initial=2)

    def clean_objects(self) -> list[dict[str, str]]:
        """The objects line by line."""
        rows = []
        for row, parts in lines_of(self.cleaned_data["objects"]):
            if len(parts) == 2:
                parts = [parts[0], "", parts[1]]
            if len(parts) != 3 or not (parts[0] and parts[2]):
                raise forms.ValidationError(f"第{row}行要有名称和地址，用逗号隔开。")
            rows.append(dict(zip(("name", "identity_number", "address"), parts, strict=True)))
        return rows

    def clean_exclusions(self) -> list[dict[str, str]]:
        """Who is kept out of what, and why, by the certificate of the person named."""
        officers: list[Person] = self.cleaned_data.get("officers") or []
        rows = []
        for row, parts in lines_of(self.cleaned_data["exclusions"]):
            named = [one for one in officers if parts and one.name == parts[0]]
            if len(parts) != 3 or len(named) != 1:
                raise forms.ValidationError(
                    f"第{row}行要有姓名、检查对象和理由，姓名须在勾选的执法人员中。"
                )
            about = "" if parts[1] == EVERY_OBJECT else parts[1]
            held = valid_certificate(named[0], clock.local_date(clock.now()))
            number = held.number if held else ""
            rows.append({"certificate": number, "object": about, "reason": parts[2]})
        return rows


class PlanForm(_PlannedForm):
    """One object inspected without a draw."""

    field_order = (
        *(
            "mode",
            "licence_number",
            "matter",
            "basis",
            "planned_from",
            "planned_until",
            "party_kind",
            "party_name",
        ),
        *("identity_kind", "identity_number", "representative", "phone", "address", "officers"),
    )
    halves = frozenset(
        {
            *("planned_from", "planned_until", "identity_kind", "identity_number"),
            *("representative", "phone"),
        }
    )
    whens: ClassVar[Mapping[str, str]] = {"representative": "party_kind=organisation"}

    mode = forms.ChoiceField(
        label="检查方式",
        widget=forms.RadioSelect,
        choices=[(key, label) for key, label in INSPECTION_MODES.items() if key != "random"],
    )
    licence_number = forms.CharField(
        label="许可证编号",
        max_length=80,
        required=False,
        help_text="对被许可人的监督检查填写；检查情况和处理结果供公众查阅",
    )
    party_kind = forms.ChoiceField(
        label="被检查人", choices=Party.Kind.choices, widget=forms.RadioSelect
    )
    party_name = forms.CharField(label="姓名或者名称", max_length=200)
    identity_kind = forms.ChoiceField(
        label="证件类别", required=False, choices=[("", "暂不填写"), *Party.IdentityKind.choices]
    )
    identity_number = forms.CharField(label="证件号码", max_length=40, required=False)
    representative = forms.CharField(label="法定代表人或者负责人", max_length=60, required=False)
    phone = forms.CharField(label="电话", max_length=40, required=False)
    address = forms.CharField(label="检查地点", max_length=200)

    def given(self) -> dict[str, Any]:
        """What `plan_inspection` takes."""
        data = dict(self.cleaned_data)
        names = ("identity_kind", "identity_number", "representative", "phone")
        party = {key: data.pop(key) for key in names}
        party |= {"kind": data.pop("party_kind"), "name": data.pop("party_name")}
        place = data.pop("address")
        return {**data, "place": place, "party": {**party, "address": place}}


class BeginForm(PlacedForm):
    """Who draws, in front of whom, where."""

    halves = frozenset({"second", "witness"})
    second = forms.TypedChoiceField(label="第二抽取人", empty_value=None)
    witness = forms.CharField(label="见证人", max_length=60, help_text="抽取人以外的人")
    place = forms.CharField(label="抽取地点", max_length=200)

    def __init__(self, *args: Any, unit: Unit, actor: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        known = officer_choices(unit)
        field: Any = self.fields["second"]
        others = [(key, words) for key, (one, words) in known.items() if one.id != actor.id]
        field.choices = [("", "请选择"), *others]
        field.coerce = lambda key: known[key][0]


class ResultForm(PlacedForm):
    """What the inspection found, and the order to correct when there is one."""

    halves = frozenset({"due_on", "recheck_on"})
    whens: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("facts", "breached", "basis", "content", "due_on", "recheck_on"), f"outcome={CORRECTION}"
    )

    outcome = forms.ChoiceField(
        label="检查结论", choices=list(INSPECTION_OUTCOMES.items()), widget=forms.RadioSelect
    )
    result = forms.CharField(
        label="检查结果", widget=AREA, max_length=4000, help_text="印在结果告知书上"
    )
    handling = forms.CharField(
        label="处理意见", widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
    facts = forms.CharField(label="违法行为", widget=AREA, max_length=4000, required=False)
    breached = forms.CharField(label="违反的规定", max_length=400, required=False)
    basis = forms.CharField(label="责令改正的依据", max_length=400, required=False)
    content = forms.CharField(label="改正内容", widget=AREA, max_length=4000, required=False)
    due_on = day_field("改正期限", required=False)
    recheck_on = day_field("复查日期", required=False)

    def given(self) -> dict[str, Any]:
        """What `record_inspection_result` takes."""
        data = dict(self.cleaned_data)
        correction = {key: data.pop(key) for key in self.whens}
        return {**data, "correction": correction if data["outcome"] == CORRECTION else None}


class TransferForm(forms.Form):
    """The lead that the inspection found."""

    content = forms.CharField(label="线索内容", widget=AREA, max_length=4000)
    registrar_opinion = forms.CharField(
        label="登记人意见", widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )
    registrar_strokes = forms.CharField(widget=forms.HiddenInput, required=False)


class PublishForm(PlacedForm):
    """Where and when a result was made public."""

    where = forms.CharField(label="在哪里公开", max_length=200, help_text="网站或者公告栏的名称")
    address = forms.CharField(label="网址", max_length=400, required=False)
    published_at = moment("公开时间", required=False, help_text="不填为现在")


class WithholdingForm(PlacedForm):
    """By which provision a result is kept from the public."""

    reason = forms.CharField(
        label="依据和理由",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        help_text="法律、行政法规的条款，或者涉及哪一类秘密、隐私",
    )


class WithdrawalForm(PlacedForm):
    """Why and when what was made public was taken back."""

    reason = forms.CharField(
        label="撤回的理由",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="同时在公开的地方说明理由",
    )
    withdrawn_at = moment("撤回时间", required=False, help_text="不填为现在")
