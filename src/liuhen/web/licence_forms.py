"""Forms of licences that end, or stand. They check shape only; what is lawful the acts say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from liuhen.documents.licences import GROUNDS, PURPOSES
from liuhen.web.lead_forms import AREA
from liuhen.web.officer_forms import OfficersForm
from liuhen.web.one_form import PlacedForm


class EndingForm(OfficersForm):
    """Whether a licence is to be withdrawn, revoked or cancelled, on which ground, by whom."""

    handler = None  # type: ignore[assignment] # who opens the case carries it
    field_order: Any = ("purpose", *GROUNDS, "officers")
    whens: ClassVar[Mapping[str, str]] = {key: f"purpose={key}" for key in GROUNDS}

    purpose = forms.ChoiceField(
        label="办理什么",
        choices=[(key, PURPOSES[key]) for key in GROUNDS],
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for purpose, grounds in GROUNDS.items():
            self.fields[purpose] = forms.ChoiceField(
                label="法定情形",
                required=False,
                choices=[("", "请选择"), *grounds.items()],
            )
        self.order_fields(self.field_order)

    @property
    def ground(self) -> str:
        """The ground chosen for the purpose chosen; "" for none."""
        return str(self.cleaned_data.get(self.cleaned_data["purpose"], ""))


class EndingProposalForm(PlacedForm):
    """What was found of a licence that is to end, and the decision proposed."""

    NATURE: ClassVar = ("is_major", "is_complex", "has_expert_argument")
    ONLY_ENDING: ClassVar = ("content", "compensation")
    whens: ClassVar[Mapping[str, str]] = dict.fromkeys(ONLY_ENDING, "conclusion=end")

    conclusion = forms.ChoiceField(label="结论", widget=forms.RadioSelect)
    facts = forms.CharField(label="查明的事实", widget=AREA, max_length=4000)
    reasons = forms.CharField(label="理由", widget=AREA, max_length=4000)
    basis = forms.CharField(label="依据", max_length=400)
    content = forms.CharField(label="决定内容", widget=AREA, max_length=4000, required=False)
    compensation = forms.CharField(
        label="补偿或者赔偿",
        widget=AREA,
        max_length=2000,
        required=False,
        help_text="写明项目、金额和支付；不补偿的，写明理由",
    )
    terms = forms.CharField(
        label="后续要求", widget=AREA, max_length=2000, help_text="如何交回许可证、善后"
    )
    is_major = forms.BooleanField(label="属于重大决定，应当法制审核", required=False)
    is_complex = forms.BooleanField(label="情况复杂，应当集体讨论", required=False)
    has_expert_argument = forms.BooleanField(label="组织过专家论证", required=False)

    def __init__(self, *args: Any, purpose: str, **options: Any) -> None:
        super().__init__(*args, **options)
        words = PURPOSES[purpose]
        choices = [("end", words), ("stand", f"不予{words}，许可继续有效")]
        self.fields["conclusion"].choices = choices  # type: ignore[attr-defined]
        if purpose == "cancel":
            del self.fields["compensation"]
