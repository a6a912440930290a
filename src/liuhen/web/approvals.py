"""Pages of approval: what waits for my answer, answering, asking another office instead.

Not for what follows from an answer (`actions`), nor for legality reviews, which are answered
aspect by aspect (`reviewing`).
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.approvals import BY_REVIEW, decide_approval, reroute_approval
from liuhen.actions.asking import OPINION_FIELDS
from liuhen.approvals.models import Approval
from liuhen.approvals.queries import KIND_TITLES
from liuhen.cases.models import Case
from liuhen.cases.queries import requests_to_answer, visible_case, visible_cases
from liuhen.compliance.queries import explanations_of_case, findings_of_case
from liuhen.documents.models import Paper, Signature
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Office, Person
from liuhen.people.queries import is_allowed, require
from liuhen.web.acting import form_page, person_of, signed_in, succeed
from liuhen.web.approval_facts import (
    case_in_short,
    clocks_of,
    offices_instead,
    route_of,
    who_is_asked,
)
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.papers import pages_of
from liuhen.web.simple_signing import strokes_in
from liuhen.web.steps import told_duty


class AnswerForm(forms.Form):
    """Yes or no, with an opinion, and a signature where a paper prints one."""

    outcome = forms.ChoiceField(
        label="审批结果", choices=Approval.Outcome.choices, widget=forms.RadioSelect
    )
    opinion = forms.CharField(
        label="审批意见",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="退回的，写明需要补正什么",
    )
    answer_strokes = forms.CharField(widget=forms.HiddenInput, required=False)


class BatchForm(forms.Form):
    """Several requests of the list, and the opinion that goes with each."""

    MOST: ClassVar[int] = 50
    chosen = forms.TypedMultipleChoiceField(coerce=UUID)
    opinion = forms.CharField(max_length=2000)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        field: Any = self.fields["chosen"]
        field.choices = [(one, one) for one in data.getlist("chosen")]

    def clean_chosen(self) -> list[UUID]:
        chosen: list[UUID] = self.cleaned_data["chosen"]
        if len(chosen) > self.MOST:
            raise forms.ValidationError("too many")
        return list(dict.fromkeys(chosen))


@signed_in
@require_safe
def approvals(request: HttpRequest) -> HttpResponse:
    """What waits for one of the person's offices, oldest first."""
    person = person_of(request)
    require(person, "approval.decide")
    page = page_of(request, requests_to_answer(person))
    cases = visible_cases(person).in_bulk([row.case_id for row in page.rows if row.case_id])
    clocks = clocks_of(page.rows)
    items = [{**_item(row, cases), **clocks.get(row.id, {})} for row in page.rows]
    context = {
        "items": items,
        "pager": page.pager,
        "has_batch": sum(item["in_batch"] for item in items) > 1,
        "crumbs": [{"label": "待我审批"}],
    }
    return render(request, "approvals.html", context)


@signed_in
@require_POST
def approvals_batch(request: HttpRequest) -> HttpResponse:
    """Approve several requests with one opinion; each is an act of its own, and so is each refusal.

    What was refused is named with its reason and still waits.
    """
    person = person_of(request)
    require(person, "approval.decide")
    form = BatchForm(request.POST)
    if not form.is_valid():
        raise Refused("approval.batch", most=BatchForm.MOST)
    done, left = 0, []
    for approval_id in form.cleaned_data["chosen"]:
        try:
            decide_approval(
                actor=person,
                approval_id=approval_id,
                outcome=Approval.Outcome.APPROVED,
                opinion=form.cleaned_data["opinion"],
            )
            done += 1
        except Refused as refused:
            left.append(_left(person, approval_id, refused))
    if done:
        succeed(request, f"已同意 {done} 件。")
    for words in left:
        messages.warning(request, words)
    return HttpResponseRedirect(reverse("approvals"))


def _left(person: Person, approval_id: UUID, refused: Refused) -> str:
    """Why one of several still waits."""
    told = explain(refused)
    try:
        found, case = visible_approval(person, approval_id)
    except Refused:
        return told.message
    return f"{KIND_TITLES[found.kind]}（{case.number}）没有办理：{told.message}{told.remedy}"


def _item(row: Approval, cases: dict[UUID, Case]) -> dict[str, Any]:
    return {
        "id": row.id,
        "in_batch": row.kind not in BY_REVIEW and row.office != Office.Kind.AUTHORITY_HEAD,
        "kind": KIND_TITLES[row.kind],
        "case": cases.get(row.case_id) if row.case_id else None,
        "asked_by": row.asked_by.name,
        "asked_at": row.asked_at,
        "opinion": row.opinion_asked,
        "href": reverse("approval", args=[row.id]),
    }


def visible_approval(person: Person, approval_id: UUID) -> tuple[Approval, Case]:
    """A request about a visible case, with the case. Raises `Refused("record.not_found")`."""
    found = (
        Approval.objects.filter(id=approval_id, case_id__in=visible_cases(person).values("id"))
        .select_related("asked_by", "decided_by")
        .first()
    )
    if found is None or found.case_id is None:
        raise Refused("record.not_found")
    return found, visible_case(person, found.case_id)


@signed_in
def approval(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """One request: what stands behind it, the paper it is about, and the answer."""
    person = person_of(request)
    found, case = visible_approval(person, approval_id)
    if found.kind in BY_REVIEW and request.method != "POST":
        return HttpResponseRedirect(reverse("legality_review", args=[found.id]))

    def perform(data: dict[str, Any]) -> str:
        decide_approval(
            actor=person,
            approval_id=found.id,
            outcome=data["outcome"],
            opinion=data["opinion"],
            strokes=strokes_in(data["answer_strokes"]) if data["answer_strokes"] else (),
        )
        return reverse("approvals")

    return form_page(
        request,
        AnswerForm(posted(request)),
        "approval.html",
        perform=perform,
        success="审批已记录。",
        context=approval_context(person, found, case),
    )


def approval_context(person: Person, found: Approval, case: Case) -> dict[str, Any]:
    """What the page of a request shows beside the form."""
    may_answer = not found.outcome and requests_to_answer(person).filter(id=found.id).exists()
    waiting = [] if found.outcome else who_is_asked(found, case)
    paper, signer = _paper(found, case)
    return {
        "approval": found,
        "kind": KIND_TITLES[found.kind],
        "office": Office.Kind(found.office).label,
        "case": case,
        "brief": case_in_short(case),
        "route": route_of(found, case),
        "waiting_for": "、".join(waiting),
        "reroute_href": _reroute_href(person, found, waiting),
        "may_answer": may_answer,
        "paper": paper,
        "pages": pages_of(paper) if paper else [],
        "signer": {"role": Office.Kind(found.office).label, "name": person.name}
        if may_answer and signer
        else None,
        "must_sign": signer == Office.Kind.AUTHORITY_HEAD,
        "breaches": _breaches(case),
        "explanations": list(explanations_of_case(case)),
        **clocks_of([found]).get(found.id, {}),
        "crumbs": [
            {"label": "待我审批", "href": reverse("approvals")},
            {"label": KIND_TITLES[found.kind]},
        ],
    }


def _reroute_href(person: Person, found: Approval, waiting: list[str]) -> str | None:
    """Where to ask another office, when nobody is left who could answer."""
    if found.outcome or waiting or not is_allowed(person, "approval.reroute"):
        return None
    return reverse("approval_reroute", args=[found.id])


def _paper(found: Approval, case: Case) -> tuple[Paper | None, str]:
    """The paper a request is about, and the office whose signature it has a place for."""
    if found.subject_kind != Paper._meta.label_lower:
        return None, ""
    paper = Paper.objects.select_related("original").get(id=found.subject_id, case=case)
    meant = found.route[found.step - 1] if found.route else found.office
    kind = paper.document_type
    is_heads = meant == Office.Kind.AUTHORITY_HEAD and kind.is_signed_by(Signature.Role.HEAD)
    has_place = OPINION_FIELDS.get(meant, "") in kind.by_key
    return paper, meant if has_place or is_heads else ""


def _breaches(case: Case) -> list[dict[str, Any]]:
    """What the person who answers should know: breaches and clocks near their end."""
    found = [one for one in findings_of_case(case) if one.lamp in ("red", "yellow")]
    return [told_duty(one, case.id) for one in found]


# -- asking another office ---------------------------------------------------------------------


class RerouteForm(PlacedForm):
    """Which office instead, and why."""

    halves: ClassVar[frozenset[str]] = frozenset()
    office = forms.ChoiceField(label="改送", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="例如：原负责人已经调离，尚未任命继任者",
    )

    def __init__(self, *args: Any, offices: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["office"].choices = offices  # type: ignore[attr-defined]


@signed_in
def approval_reroute(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Ask another office, because nobody holds the one that was asked."""
    person = person_of(request)
    found, case = visible_approval(person, approval_id)
    offices = offices_instead(found, case)
    label = Office.Kind(found.office).label
    page = OneForm(
        permission="approval.reroute",
        title="改送审批",
        submit="改送",
        success="已改送。",
        crumbs=[(KIND_TITLES[found.kind], reverse("approval", args=[found.id]))],
        notes=[
            f"“{label}”有人在任的，由其审批；其不在岗的，由其指定代行人。",
            "改送留痕，审批页面和文书上都看得到由哪一职务审批。",
            *([] if offices else [f"“{label}”没有可以改送的职务，请安全管理员任命新的任职人员。"]),
        ],
        article="24.1",
        about=f"{case.number} {case.cause}",
    )

    def perform(data: dict[str, Any]) -> str:
        reroute_approval(actor=person, approval_id=found.id, **data)
        return reverse("approval", args=[found.id])

    return page.answer(request, RerouteForm(posted(request), offices=offices), perform)
