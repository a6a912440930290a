"""The page of review and suit against a decision: recording them, and what they were in words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.remedies import end_remedy, record_remedy
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.late_payment_facts import REMEDIES, open_remedy, remedies_of
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted

_NONE = "当事人未申请行政复议，未提起行政诉讼。"
_DAY_INPUT = {"type": "date"}


class RemedyForm(PlacedForm):
    """What the party asked for, where, since when."""

    kind = forms.ChoiceField(
        label="种类", choices=list(REMEDIES.items()), widget=forms.RadioSelect()
    )
    body = forms.CharField(label="复议机关或者法院", max_length=120)
    began_on = forms.DateField(label="申请或者起诉之日", widget=forms.DateInput(attrs=_DAY_INPUT))


class RemedyEndForm(PlacedForm):
    """How it ended, and when."""

    ended_on = forms.DateField(label="结束之日", widget=forms.DateInput(attrs=_DAY_INPUT))
    result = forms.CharField(label="结果", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


def remedy_words(case: Case) -> str:
    """What review and suit there were, as the closing report says it."""
    told = [_line(row) for row in remedies_of(case)]
    return "；".join(told) + "。" if told else _NONE


def _line(row: dict[str, Any]) -> str:
    begun = f"{row['began_on']}向{row['body']}{'申请' if row['kind'] == 'review' else '提起'}"
    if "ended_on" not in row:
        return f"{begun}{REMEDIES[row['kind']]}，尚未结束"
    return f"{begun}{REMEDIES[row['kind']]}，{row['ended_on']}结束：{row['result']}"


@signed_in
def case_remedies(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record a review or a suit, or the end of the one that goes on."""
    person = person_of(request)
    case = visible_case(person, case_id)
    going_on = open_remedy(case)

    def perform(data: dict[str, Any]) -> str:
        if going_on is None:
            record_remedy(actor=person, case_id=case.id, **data)
        else:
            end_remedy(actor=person, case_id=case.id, **data)
        return reverse("case_remedies", args=[case.id])

    page = OneForm(
        permission="remedy.record",
        title="复议和诉讼",
        submit="登记结果" if going_on else "登记",
        success="已经登记。",
        crumbs=((case.number, reverse("case", args=[case.id])),),
        about=f"{case.number} {case.cause}",
        notes=(
            remedy_words(case),
            "复议、诉讼期间不计加处罚款：从申请或者起诉之日到结束之日，系统计算时自动扣除。",
        ),
        article="penalty_law:73",
    )
    form = RemedyEndForm(posted(request)) if going_on else RemedyForm(posted(request))
    return page.answer(request, form, perform)
