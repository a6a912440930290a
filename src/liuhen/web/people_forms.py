"""Forms on people, units, devices and offences. They check shape only; rules are the acts'."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet

from liuhen.cases.models import Case
from liuhen.cases.offence_table import LARGEST, read_table
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Device, Office, Person, Unit
from liuhen.web.one_form import PlacedForm

# Without letters and figures that look alike when read out or copied from a slip of paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"

PROFILE = (
    ("authority", "文书上的机关名称", 120),
    ("phone", "联系电话", 40),
    ("address", "地址", 200),
    ("payee", "罚款缴款账户", 200),
    ("review_body", "行政复议机关", 120),
    ("court", "行政诉讼管辖法院", 120),
)


def suggested_password() -> str:
    """A password to hand over on paper: four groups of four, about 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def _day(label: str, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def _password(label: str, help_text: str) -> forms.CharField:
    """Shown, not dotted: the administrator has to pass it on."""
    attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    return forms.CharField(
        label=label, strip=False, widget=forms.TextInput(attrs=attrs), help_text=help_text
    )


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg] # generic in its stubs only
    """One of the units."""

    def __init__(self, label: str = "机构", **options: Any) -> None:
        chosen = {"empty_label": "请选择", **options}
        super().__init__(Unit.objects.order_by("code"), label=label, **chosen)


def people_by_unit(persons: Iterable[Person]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices of persons, grouped by their units in the order given."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for person in persons:
        unit = person.unit.name if person.unit else "未定机构"
        groups.setdefault(unit, []).append((str(person.id), f"{person.name}（{person.username}）"))
    return list(groups.items())


def _active_people() -> QuerySet[Person]:
    people = Person.objects.filter(is_active=True, nature=Person.Nature.HUMAN)
    return people.select_related("unit").order_by("unit__code", "username")


class PersonSearch(forms.Form):
    """What to show of the list."""

    q = forms.CharField(label="姓名或者登录名", max_length=60, required=False)
    unit = UnitChoice(required=False, empty_label="全部机构")


class PersonForm(PlacedForm):
    """A new person."""

    halves = frozenset({"username", "name"})

    name = forms.CharField(label="姓名", max_length=60)
    username = forms.CharField(
        label="登录名", max_length=60, help_text="英文字母、数字、点、横线，登记后不能更改"
    )
    unit = UnitChoice("所在机构")
    password = _password("初始密码", "已随机生成，可以改写；至少 10 个字符。请当面交给本人")


class UnitForm(PlacedForm):
    """A new unit."""

    halves = frozenset({"code", "kind", "number_prefix", "phone", "review_body", "court"})
    field_order = ("code", "kind", "name", "authority", "number_prefix", "phone")

    code = forms.CharField(label="代码", max_length=20, help_text="例如 ZD1，登记后不能更改")
    kind = forms.ChoiceField(label="性质", choices=Unit.Kind.choices)
    name = forms.CharField(label="名称", max_length=120)
    number_prefix = forms.CharField(
        label="机关代字", max_length=20, required=False, help_text="文号的开头，例如“虚城管”"
    )

    powers = forms.MultipleChoiceField(
        label="强制职权",
        required=False,
        choices=Unit.Power.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="按职权清单勾选，须有法律、法规依据",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key, label, length in PROFILE:
            self.fields[key] = forms.CharField(label=label, max_length=length, required=False)
        self.order_fields(self.field_order)

    def profile(self) -> dict[str, str]:
        """What papers print of the unit, as cleaned."""
        return {key: self.cleaned_data[key] for key, _, _ in PROFILE}


class UnitChangeForm(UnitForm):
    """What may change of a unit."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        del self.fields["code"], self.fields["kind"]


REMEDY_KINDS = (("", "全部案件"), *Case.Kind.choices)


class RemedyBodiesForm(PlacedForm):
    """Who reviews the acts of a unit, from which day on, of which kind of case."""

    halves = frozenset({"since", "kind"})

    since = _day("从哪一天起")
    kind = forms.ChoiceField(label="案件种类", choices=REMEDY_KINDS, required=False)
    review_body = forms.CharField(label="行政复议机关", max_length=120)
    court = forms.CharField(label="行政诉讼管辖法院", max_length=120)


class OfficeForm(PlacedForm):
    """An office from now on."""

    halves = frozenset({"kind", "until"})

    kind = forms.ChoiceField(
        label="职务", choices=[c for c in Office.Kind.choices if c[0] != Office.Kind.SYSTEM]
    )
    until = _day("任职至", required=False, help_text="含当日；不定期限的留空")
    unit = UnitChoice("任职机构")


class CertificateForm(PlacedForm):
    """An enforcement certificate; its last day is asked as it is printed."""

    halves = frozenset({"valid_from", "last_day"})

    number = forms.CharField(label="执法证号", max_length=40)
    issuer = forms.CharField(label="发证机关", max_length=120)
    valid_from = _day("有效期自")
    last_day = _day("有效期至", help_text="含当日，照证件填写")


class QualificationForm(PlacedForm):
    """A legal professional qualification."""

    number = forms.CharField(label="法律职业资格证号", max_length=60)


class NewPasswordForm(PlacedForm):
    """A password set by the administrator."""

    new = _password("新密码", "已随机生成，可以改写；至少 10 个字符。请当面交给本人")


class ReasonForm(PlacedForm):
    """Why something ends."""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class HolderForm(PlacedForm):
    """Who gets a device."""

    holder = forms.ChoiceField(label="持有人")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = ("", "请选择")
        self.fields["holder"].choices = [chosen, *people_by_unit(_active_people())]  # type: ignore[attr-defined]


class DeviceForm(HolderForm):
    """A new device."""

    halves: ClassVar[frozenset[str]] = frozenset({"serial", "kind"})
    field_order = ("serial", "kind", "model", "unit", "holder")

    serial = forms.CharField(
        label="序列号", max_length=60, help_text="与设备写入文件的一致，采集时据此识别"
    )
    kind = forms.ChoiceField(label="类别", choices=Device.Kind.choices)
    model = forms.CharField(label="型号", max_length=80, required=False)
    unit = UnitChoice("所属机构")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["holder"].required = False
        self.fields["holder"].help_text = "没有发放的，不选"


class SettleForm(PlacedForm):
    """Which registered device a strange camera is."""

    device = forms.ModelChoiceField(
        label="实际是哪台设备", queryset=Device.objects.none(), empty_label="请选择"
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["device"]
        field.queryset = Device.objects.filter(is_in_service=True).order_by("serial")  # type: ignore[attr-defined]


class FaultForm(PlacedForm):
    """What a device does not do any more, and since when that is known."""

    description = forms.CharField(
        label="故障情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    found_at = forms.DateTimeField(
        label="发现时间", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )


class MendForm(PlacedForm):
    """How a fault was mended."""

    remedy = forms.CharField(
        label="处理情况", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class OffenceForm(PlacedForm):
    """An offence with the words papers use."""

    halves = frozenset({"code"})

    code = forms.CharField(label="编号", max_length=40)
    cause = forms.CharField(label="案由", max_length=200)
    breached = forms.CharField(
        label="违反的规定",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="写明法律、法规名称和条款项",
    )
    basis = forms.CharField(
        label="处罚依据", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    conditions = forms.CharField(
        label="适用简易程序的条件",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不适用简易程序的，留空",
    )
    correction = forms.CharField(
        label="责令改正内容",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class OffenceTableForm(PlacedForm):
    """A table of offences as a file; what is wrong with its rows is said row by row."""

    content = forms.FileField(
        label="清单文件",
        help_text=f"Excel（.xlsx）或者 CSV，不超过 {LARGEST // 1024**2} MB",
        error_messages={"empty": "文件是空的，请重新选择。"},
    )

    def clean(self) -> dict[str, Any]:
        """Read the table, so that its faults are shown with the form."""
        data: dict[str, Any] = super().clean() or {}
        file = data.get("content")
        if file is not None:
            try:
                table = read_table(file.read(LARGEST + 1), file.name)
            except Refused as refused:
                told = explain(refused)
                raise forms.ValidationError(f"{told.message}{told.remedy}") from refused
            if table.faults:
                raise forms.ValidationError(list(table.faults))
            data["offences"] = table.offences
        return data
