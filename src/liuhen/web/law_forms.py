"""Forms of figures and year tables. They check shape only; rules are the acts'."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from liuhen.law.parameters import Parameter
from liuhen.web.one_form import PlacedForm

EXAMPLE = """[[year]]
year = 2027
source = "国务院办公厅关于2027年部分节假日安排的通知"
rest = ["01-01/01-03"]
work = ["01-09"]
statutory = ["01-01"]
"""


def _day(label: str, help_text: str) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text)


def _reason() -> forms.CharField:
    return forms.CharField(
        label="理由和依据", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


class FigureForm(PlacedForm):
    """A figure from a day on; empty where the law sets no period."""

    halves: ClassVar[frozenset[str]] = frozenset({"value", "valid_from"})
    value: Any = forms.CharField(label="取值", max_length=40)
    valid_from = _day("生效日", "从这一天起适用")
    reason = _reason()

    def __init__(self, data: Any, *, parameter: Parameter) -> None:
        super().__init__(data)
        self._unit = parameter.unit
        if any(dated.value is None for dated in parameter.values):
            self.fields["value"].required = False
            self.fields["value"].help_text = "留空表示不设期限"
        if parameter.unit == "flag":
            choices = [("1", "是"), ("0", "否")]
            self.fields["value"] = forms.ChoiceField(label="取值", choices=choices)

    def clean_value(self) -> int | str | None:
        """A whole number unless the figure is a word; nothing where nothing was written."""
        said = str(self.cleaned_data["value"] or "").strip()
        if not said:
            return None
        if self._unit == "text":
            return said
        if not (said.isascii() and said.isdigit()) or len(said) > 10:
            raise forms.ValidationError("请填写整数。")
        return int(said)


class WithdrawForm(PlacedForm):
    """From when the law's own figure stands again, and why."""

    valid_from = _day("恢复日", "从这一天起按法定值")
    reason = _reason()


class YearTableForm(PlacedForm):
    """A year table as text, and whether its differences were looked into."""

    text = forms.CharField(
        label="放假安排",
        initial=EXAMPLE,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false", "class": "lh-mono"}),
    )
    accepts_differences = forms.BooleanField(
        label="与另一来源不一致的日期已经逐日核对", required=False
    )


class JudgementForm(PlacedForm):
    """What a person decides of a duty, and why."""

    answer = forms.ChoiceField(
        label="认定",
        choices=[
            ("fulfilled", "适用，符合要求"),
            ("broken", "适用，不符合要求"),
            ("not_applicable", "本案不适用"),
        ],
        widget=forms.RadioSelect,
    )
    reason = _reason()

    @staticmethod
    def answers(data: dict[str, Any]) -> dict[str, Any]:
        """The act's own words for what was chosen."""
        said = data["answer"]
        return {
            "is_applicable": said != "not_applicable",
            "is_fulfilled": None if said == "not_applicable" else said == "fulfilled",
            "reason": data["reason"],
        }
