"""Forms of suspected breaches and correction orders. They check shape only; rules are the acts'."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from liuhen.oversight.elements import ANSWERS, ITEMS, LABELS, elements_of
from liuhen.oversight.models import Suspicion
from liuhen.people.models import Person
from liuhen.web.one_form import PlacedForm
from liuhen.web.people_forms import UnitChoice


class RegisterForm(PlacedForm):
    """What was learned, and whom it concerns."""

    halves: ClassVar[frozenset[str]] = frozenset({"unit", "case_number"})

    item = forms.TypedChoiceField(
        label="情形", coerce=int, choices=[("", "请选择"), *ITEMS.items()]
    )
    unit = UnitChoice("涉及的机构", required=False, empty_label="按案件确定")
    case_number = forms.CharField(label="涉及的案号", max_length=60, required=False)
    person = forms.ModelChoiceField(
        Person.objects.filter(nature=Person.Nature.HUMAN).order_by("name"),
        label="涉及的人员",
        required=False,
        empty_label="还不清楚",
    )
    ground = forms.CharField(
        label="依据的事实",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="什么时间、什么事、从哪里得知",
    )


class DecideForm(PlacedForm):
    """Each element with an answer and its reason."""

    def __init__(self, *args: Any, found: Suspicion, **options: Any) -> None:
        super().__init__(*args, **options)
        self.item = found.item
        for element in elements_of(found.item):
            known = found.elements.get(element, {})
            self.fields[f"{element}_answer"] = forms.ChoiceField(
                label=LABELS[element],
                choices=list(ANSWERS.items()),
                widget=forms.RadioSelect,
                initial=known.get("answer"),
            )
            self.fields[f"{element}_reason"] = forms.CharField(
                label="理由",
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=known.get("reason", ""),
            )

    def elements(self) -> dict[str, dict[str, str]]:
        """What was typed, as the act takes it."""
        data = self.cleaned_data
        return {
            str(one): {"answer": data[f"{one}_answer"], "reason": data[f"{one}_reason"]}
            for one in elements_of(self.item)
        }


class OrderForm(PlacedForm):
    """What is to be put right, by when, by whom if that is not known yet."""

    halves: ClassVar[frozenset[str]] = frozenset({"due_on", "unit"})

    demand = forms.CharField(
        label="整改要求", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    due_on = forms.DateField(
        label="整改期限",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="含当日；条文没有规定天数，由监督机构确定",
    )
    unit = UnitChoice("整改单位")

    def __init__(self, *args: Any, found: Suspicion, **options: Any) -> None:
        super().__init__(*args, **options)
        if found.unit_id is not None:
            del self.fields["unit"]


class AnswerForm(PlacedForm):
    """What was done, and what keeps it from happening again."""

    done = forms.CharField(
        label="整改情况", max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    measures = forms.CharField(
        label="防止再次发生的措施", max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class CheckForm(PlacedForm):
    """Settled, or again with a new day."""

    whens: ClassVar[Mapping[str, str]] = {"due_on": "is_settled=no"}

    is_settled = forms.ChoiceField(
        label="复查结果",
        choices=[("yes", "整改到位，了结"), ("no", "没有整改到位，另定期限")],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="复查情况",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="没有整改到位的，写明还要改什么；新的通知书照此写",
    )
    due_on = forms.DateField(
        label="新的期限",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
