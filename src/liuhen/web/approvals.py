"""Pages of approval: what waits for my answer, and answering. Not for what follows (`actions`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.approvals import decide_approval
from liuhen.approvals.models import Approval
from liuhen.approvals.queries import KIND_TITLES, waiting_for
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case, visible_cases
from liuhen.compliance.queries import explanations_of_case, findings_of_case
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import require
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.paging import page_of
from liuhen.web.papers import pages_of
from liuhen.web.steps import duty


class AnswerForm(forms.Form):
    """Yes or no, with an opinion."""

    outcome = forms.ChoiceField(
        label="审批结果", choices=Approval.Outcome.choices, widget=forms.RadioSelect
    )
    opinion = forms.CharField(
        label="审批意见",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="退回的，写明需要补正什么",
    )


@signed_in
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for one of the person's offices, oldest first."""
    person = person_of(request)
    require(person, "approval.decide")
    rows = waiting_for(person).filter(case_id__in=visible_cases(person).values("id"))
    page = page_of(request, rows)
    cases = visible_cases(person).in_bulk([row.case_id for row in page.rows if row.case_id])
    items = [_item(row, cases) for row in page.rows]
    context = {"items": items, "pager": page.pager, "crumbs": [{"label": "待我审批"}]}
    return render(request, "approvals.html", context)


def _item(row: Approval, cases: dict[UUID, Case]) -> dict[str, object]:
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
    """One request: what stands behind it, the paper it is about, and the answer."""
    person = person_of(request)
    found = _visible(person, approval_id)
    assert found.case_id is not None  # `_visible` found it among the person's cases
    case = visible_case(person, found.case_id)

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
        "office": Office.Kind(found.office).label,
        "case": case,
        "may_answer": _may_answer(person, found, case),
        **_paper(found, case),
        "breaches": _breaches(case),
        "explanations": list(explanations_of_case(case)),
        "crumbs": [
            {"label": "待我审批", "href": reverse("approvals")},
            {"label": KIND_TITLES[found.kind]},
        ],
    }
    posted = request.POST if request.method == "POST" else None
    return form_page(
        request,
        AnswerForm(posted),
        "approval.html",
        perform=perform,
        success="审批已记录。",
        context=context,
    )


def _may_answer(person: Person, found: Approval, case: Case) -> bool:
    """Whether to offer the form; the act decides (`approval.own`, `approval.office`)."""
    if found.outcome or case.handler_id == person.id:
        return False
    return waiting_for(person).filter(id=found.id).exists()


def _paper(found: Approval, case: Case) -> dict[str, Any]:
    """The paper a request is about, page by page."""
    if found.subject_kind != "documents.paper":
        return {"paper": None, "pages": []}
    paper = Paper.objects.select_related("original").get(id=found.subject_id, case=case)
    return {"paper": paper, "pages": pages_of(paper)}


def _breaches(case: Case) -> list[dict[str, Any]]:
    """What the person who answers should know: breaches and clocks near their end."""
    found = [one for one in findings_of_case(case) if one.lamp in ("red", "yellow")]
    return [{**duty(one, case.id), "act": None} for one in found]
