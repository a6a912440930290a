"""What may be asked for on the search page: the form, its words, its question (Art. 40).

Not for the answers (`search`).
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from django import forms

from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.law.procedures import courses
from liuhen.people.models import Person, Unit
from liuhen.search.grams import pairs, runs
from liuhen.search.models import Indexed
from liuhen.search.queries import QUESTION_LIMIT, Question

_ANY = [("", "不限")]


def has_a_pair(text: str) -> None:
    """Validates words to search for: signs find nothing, and one letter stands everywhere."""
    if not runs(text):
        raise forms.ValidationError("只有标点无法查找，请输入文字、字母或者数字。")
    if not pairs(text):
        raise forms.ValidationError("只有一个字无法查找，请再输入与它相邻的字。")


class SearchForm(forms.Form):
    """What to look for. Everything given must hold."""

    q = forms.CharField(
        label="关键词",
        max_length=QUESTION_LIMIT,
        required=False,
        validators=[has_a_pair],
        help_text="当事人、案号、地点、文书内容等；多个词用空格分开",
        error_messages={"max_length": f"最多{QUESTION_LIMIT}个字，请缩短后再查。"},
    )
    party = forms.CharField(label="当事人", max_length=60, required=False)
    place = forms.CharField(label="地点", max_length=60, required=False, validators=[has_a_pair])
    since = forms.DateField(
        label="日期起", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="日期止（含）", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = forms.ChoiceField(label="记录", required=False, choices=[*_ANY, *Indexed.Kind.choices])
    event = forms.ChoiceField(label="事件类型", required=False)
    case_kind = forms.ChoiceField(
        label="执法类别", required=False, choices=[*_ANY, *Case.Kind.choices]
    )
    unit = forms.ModelChoiceField(
        label="承办机构", required=False, queryset=Unit.objects.none(), empty_label="不限"
    )
    stage = forms.ChoiceField(label="案件环节", required=False)
    handler = forms.CharField(label="承办人姓名", max_length=60, required=False)
    device = forms.CharField(label="设备序列号", max_length=60, required=False)
    holder = forms.RegexField(
        "[0-9a-f]{64}",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": "按证件号码查找的地址不完整，请重新输入号码。"},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = catalogue().activities.items()
        events = [*_ANY, *((key, row.name) for key, row in rows)]
        self.fields["event"].choices = events  # type: ignore[attr-defined]
        self.fields["stage"].choices = [*_ANY, *_stages().items()]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.order_by("code")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "止日早于起日，请改正。")
        if data.get("party") and not runs(data["party"]):
            self.add_error("party", "只有标点无法查找，请输入文字、字母或者数字。")
        data["handlers"] = _named(data.get("handler", ""))
        if data.get("handler") and not data["handlers"]:
            self.add_error("handler", "没有这个姓名的人员，请写全名。")
        return data

    @property
    def has_filters(self) -> bool:
        """Whether anything but the words narrows the question."""
        return any(self.data.get(name) for name in self.fields if name != "q")

    def asked(self) -> dict[str, str]:
        """What was filled in of a valid form, as an address says it."""
        told = {name: self.data.get(name, "").strip() for name in self.fields}
        return {name: value for name, value in told.items() if value}

    def words(self) -> str:
        """What was filled in of a valid form, in words."""
        said = []
        for name in self.asked():
            value = self.cleaned_data[name]
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField) and not isinstance(
                field, forms.ModelChoiceField
            ):
                value = dict(field.choices)[value]  # type: ignore[arg-type]
            said.append("证件号码" if name == "holder" else f"{field.label}：{value}")
        return "，".join(said)

    def question(self) -> Question:
        """The question of a valid form."""
        data = self.cleaned_data
        until = data["until"]
        return Question(
            words=data["q"].strip(),
            party=data["party"].strip(),
            place=data["place"].strip(),
            kind=data["kind"],
            event=data["event"],
            case_kind=data["case_kind"],
            unit=str(data["unit"].id) if data["unit"] else "",
            stage=data["stage"],
            handlers=data["handlers"],
            device=data["device"].strip(),
            holder=data["holder"],
            since=_start(data["since"]) if data["since"] else None,
            until=_start(until + dt.timedelta(days=1)) if until else None,
        )


class NumberForm(forms.Form):
    """A party's identity number. It is posted, so that it stands in no address and no log."""

    number = forms.CharField(
        label="证件号码",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="居民身份证号码、统一社会信用代码等，须完整；号码加密保存，按检索摘要比对",
    )


def _start(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=clock.CHINA)


def _named(name: str) -> tuple[str, ...]:
    """The persons of a name, as the index knows them."""
    rows = Person.objects.filter(name=name.strip(), nature=Person.Nature.HUMAN)
    return tuple(str(one) for one in rows.values_list("id", flat=True)) if name.strip() else ()


@cache
def _stages() -> dict[str, str]:
    """Each stage by its key, in the order of the procedures, as the kinds of case call it."""
    names: dict[str, list[str]] = {}
    for course in courses().values():
        for stage in course.stages:
            told = names.setdefault(stage.key, [])
            if stage.name not in told:
                told.append(stage.name)
    return {key: "、".join(told) for key, told in names.items()}
