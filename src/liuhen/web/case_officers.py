"""Who carries a case: the officers with their certificates, since when; changing them.

Not for who is present at one activity (`activities`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.case_officers import change_officers
from liuhen.cases.models import Case, CaseOfficer
from liuhen.cases.queries import visible_case
from liuhen.kernel import clock
from liuhen.people.queries import is_allowed
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.officer_forms import OfficersForm, certificate_lamp, certificate_words
from liuhen.web.one_form import OneForm, posted

_TITLE = "办案人员"


class ChangeForm(OfficersForm):
    """Who carries the case from now on, and why it changes."""

    reason = forms.CharField(
        label="变更理由", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )


@signed_in
@require_safe
def case_officers(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Who carries the case now, and who did before."""
    person = person_of(request)
    case = visible_case(person, case_id)
    rows = case.officers.select_related("person__unit").prefetch_related("person__certificates")
    listed = [_line(case, row) for row in rows.order_by("since", "id")]
    context = case_frame(
        case,
        _TITLE,
        officers=[one for one in listed if one["row"].until is None],
        former=[one for one in listed if one["row"].until is not None],
        may_change=case.closed_at is None and is_allowed(person, "case.change_officers"),
    )
    return render(request, "case_officers.html", context)


def _line(case: Case, row: CaseOfficer) -> dict[str, Any]:
    certificates, today = list(row.person.certificates.all()), clock.local_date(clock.now())
    return {
        "row": row,
        "is_handler": row.person_id == case.handler_id and row.until is None,
        "lamp": certificate_lamp(certificates, today),
        "words": certificate_words(certificates, today),
    }


@signed_in
def case_officers_change(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Let other officers carry the case."""
    person = person_of(request)
    case = visible_case(person, case_id)
    list_href = reverse("case_officers", args=[case.id])
    carried = case.officers.filter(until=None).values_list("person", flat=True)
    initial = {
        "handler": str(case.handler_id),
        "officers": [str(one) for one in carried],
    }

    def perform(data: dict[str, Any]) -> str:
        change_officers(actor=person, case_id=case.id, **data)
        return list_href

    page = OneForm(
        permission="case.change_officers",
        title="变更办案人员",
        submit="变更",
        success="办案人员已变更，立即生效。",
        crumbs=[(case.number, reverse("case", args=[case.id])), (_TITLE, list_href)],
        about=f"{case.number}，现由{case.handler.name}承办",
        notes=[
            "调查取证的执法人员不得少于两人，都要持有有效执法证件。",
            "退出的人员不再看到本案，以前办理的记录不变；正在参加的活动先要结束。",
            "承办人变更的，未完成的事项和期限由新的承办人接着办理。",
        ],
        article="12.1",
        is_grave=True,
    )
    form = ChangeForm(posted(request), unit=case.unit, initial=initial)
    return page.answer(request, form, perform)
