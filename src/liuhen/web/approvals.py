"""Pages of approval: what waits for my answer, and answering. Not for what follows (`actions`)."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from liuhen.actions.approvals import decide_approval
from liuhen.approvals.models import Approval
from liuhen.approvals.queries import KIND_TITLES, waiting_for
from liuhen.cases.queries import visible_cases
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.paging import page_of


class AnswerForm(forms.Form):
    """Yes or no, with an opinion."""

    outcome = forms.ChoiceField(
        label="审批结果", choices=Approval.Outcome.choices, widget=forms.RadioSelect
    )
    opinion = forms.CharField(
        label="审批意见", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


@signed_in
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for one of the person's offices, oldest first."""
    person = person_of(request)
    rows = waiting_for(person).filter(case_id__in=visible_cases(person).values("id"))
    page = page_of(request, rows)
    cases = visible_cases(person).in_bulk([row.case_id for row in page.rows if row.case_id])
    items = [_item(row, cases) for row in page.rows]
    context = {"items": items, "pager": page.pager, "crumbs": [{"label": "待我审批"}]}
    return render(request, "approvals.html", context)


def _item(row: Approval, cases: dict[UUID, object]) -> dict[str, object]:
    return {
        "kind": KIND_TITLES[row.kind],
        "case": cases.get(row.case_id) if row.case_id else None,
        "asked_by": row.asked_by.name,
        "asked_at": row.asked_at,
        "opinion": row.opinion_asked,
        "href": reverse("approval", args=[row.id]),
    }


def _visible(person: Person, approval_id: UUID) -> Approval:
    found = (
        Approval.objects.filter(id=approval_id, case_id__in=visible_cases(person).values("id"))
        .select_related("asked_by", "decided_by")
        .first()
    )
    if found is None:
        raise Refused("record.not_found")
    return found


@signed_in
def approval(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """One request: the paper it is about, and the answer."""
    person = person_of(request)
    found = _visible(person, approval_id)
    case = visible_cases(person).select_related("unit", "handler").get(id=found.case_id)

    def perform(data: dict[str, str]) -> str:
        decide_approval(
            actor=person,
            approval_id=found.id,
            outcome=data["outcome"],
            opinion=data["opinion"],
        )
        return reverse("approvals")

    context = {
        "approval": found,
        "kind": KIND_TITLES[found.kind],
        "case": case,
        "paper_href": reverse("paper_pdf", args=[found.subject_id])
        if found.subject_kind == "documents.paper"
        else None,
        "crumbs": [
            {"label": "待我审批", "href": reverse("approvals")},
            {"label": KIND_TITLES[found.kind]},
        ],
    }
    form = AnswerForm(request.POST or None, initial={"outcome": Approval.Outcome.APPROVED})
    return form_page(
        request, form, "approval.html", perform=perform, success="审批已记录。", context=context
    )
