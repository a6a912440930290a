"""Forms of a hearing. They check shape only; what is lawful is the acts' business."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from liuhen.cases.choices import HEARING_OUTCOMES
from liuhen.cases.models import Case
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders
from liuhen.web.hearing_words import words_of
from liuhen.web.lead_forms import AREA, moment
from liuhen.web.one_form import PlacedForm


class ArrangeForm(PlacedForm):
    """When, where and by whom the hearing is held."""

    halves: ClassVar[frozenset[str]] = frozenset({"held_at", "place", "chair", "clerk"})
    held_at = moment("听证时间")
    place = forms.CharField(label="听证地点", max_length=200)
    chair = forms.TypedChoiceField(
        label="主持人",
        empty_value=None,
    )
    clerk = forms.CharField(label="书记员", max_length=60)
    assessors = forms.CharField(
        label="听证员", max_length=200, required=False, help_text="没有的不填"
    )
    is_public = forms.TypedChoiceField(
        label="是否公开举行",
        widget=forms.RadioSelect,
        choices=[("yes", "公开"), ("no", "不公开")],
        coerce=lambda text: text == "yes",
    )

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        able = {str(one.id): one for one in _chairs(case)}
        words = words_of(case)
        field: Any = self.fields["chair"]
        field.help_text = words.chair_help
        field.error_messages["invalid_choice"] = words.chair_wrong
        field.choices = [("", "请选择"), *((key, one.name) for key, one in able.items())]
        field.coerce = lambda key: able[key]


def _chairs(case: Case) -> list[Person]:
    """Who may be asked to chair: legal reviewers who have never carried the case."""
    carried = case.officers.values("person")
    able = holders(Office.Kind.LEGAL_REVIEWER).exclude(id__in=carried)
    return list(able.exclude(id=case.handler_id).order_by("name"))


class OpenForm(PlacedForm):
    """Who of the investigators is there."""

    investigators = forms.TypedMultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = case.officers.filter(until=None).select_related("person").order_by("id")
        known = {str(one.person_id): one.person for one in rows}
        words = words_of(case)
        field: Any = self.fields["investigators"]
        field.label = f"到场的{words.investigators}"
        field.help_text = words.investigators_help
        field.error_messages["required"] = f"请选择到场的{words.investigators}。"
        field.choices = [(key, person.name) for key, person in known.items()]
        field.coerce = lambda key: known[key]
        field.initial = list(known)


class RecordForm(PlacedForm):
    """What happened at the hearing, in the order in which it goes."""

    rights = forms.CharField(label="权利义务告知及回避", widget=AREA, max_length=2000)
    agents = forms.CharField(
        label="委托代理人",
        max_length=200,
        required=False,
        help_text="一至二人，用顿号隔开；没有的不填",
    )
    interested = forms.CharField(
        label="到场的利害关系人", max_length=200, required=False, help_text="没有到场的不填"
    )
    investigated = forms.CharField(widget=AREA, max_length=8000)
    defended = forms.CharField(widget=AREA, max_length=8000)
    debate = forms.CharField(label="辩论", widget=AREA, max_length=8000, required=False)
    final = forms.CharField(label="最后陈述", widget=AREA, max_length=4000)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        words = words_of(case)
        self.fields["investigated"].label = words.investigated
        self.fields["defended"].label = words.defended
        if case.kind == Case.Kind.LICENSING:
            self.fields["agents"].help_text = "没有的不填"
        else:
            del self.fields["interested"]


class AdjournForm(PlacedForm):
    """Why the hearing breaks off, and when it goes on."""

    halves: ClassVar[frozenset[str]] = frozenset({"resumes_at", "resumes_in"})
    reason = forms.CharField(
        label="休庭的事由",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="例如需要通知新的证人到会、重新鉴定，当事人因不可抗力不能继续参加",
    )
    resumes_at = moment("恢复听证的时间")
    resumes_in = forms.CharField(
        label="恢复听证的地点", max_length=200, required=False, help_text="不变的不填"
    )


class EndForm(PlacedForm):
    """How the hearing ended."""

    outcome = forms.ChoiceField(
        label="听证的结果", widget=forms.RadioSelect, choices=list(HEARING_OUTCOMES.items())
    )
    note = forms.CharField(
        label="情况说明",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        required=False,
        help_text="终止听证的必须写明：怎样通知、何时到场或者退场、怎样表示撤回",
    )


class ReportForm(forms.Form):
    """The chair's report."""

    course = forms.CharField(label="听证基本情况", widget=AREA, max_length=4000)
    opinion = forms.CharField(label="主持人意见和建议", widget=AREA, max_length=4000)
    chair_strokes = forms.CharField(widget=forms.HiddenInput, required=False)
