"""Pages on which the later acts of a case are done: filing, fines, closing, binding, hand-over.

Each shows what the act needs and posts to exactly one act at a time. Not for the spot
(`simple_procedure`) or for recordings (`recordings`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions import explanations, fines
from liuhen.actions.archive import bind_case, hand_over_case_file, receive_case_file
from liuhen.actions.closing import propose_closing
from liuhen.actions.filing import ask_filing
from liuhen.archive.models import CaseFile
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.compliance.queries import explanations_of_case, findings_of_case
from liuhen.documents.case_facts import DECISION_TYPES
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in
from liuhen.web.steps import duty

_AREA = forms.Textarea(attrs={"rows": 3})


def _case_context(case: Case, title: str, **more: Any) -> dict[str, Any]:
    href = reverse("case", args=[case.id])
    crumbs = [
        {"label": "案件", "href": reverse("cases")},
        {"label": case.number, "href": href},
        {"label": title},
    ]
    return {"case": case, "case_href": href, "title": title, "crumbs": crumbs, **more}


# -- filing ------------------------------------------------------------------------------------


@signed_in
def filing(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Send a simple case to the unit's head for filing."""
    person = person_of(request)
    case = visible_case(person, case_id)
    if request.method == "POST":
        return act_and_return(
            request,
            lambda: ask_filing(actor=person, case_id=case.id),
            success="已报请备案，等待承办机构负责人办理。",
            then=reverse("case", args=[case.id]),
        )
    paper = case.papers.filter(type="simple_case_filing").exclude(state=Paper.State.VOID).first()
    return render(request, "case_filing.html", _case_context(case, "备案", paper=paper))


# -- performance -------------------------------------------------------------------------------


class CollectForm(forms.Form):
    """A fine that was paid."""

    amount = forms.DecimalField(label="缴款金额", max_digits=9, decimal_places=2)
    receipt_number = forms.CharField(label="票据号", max_length=60)


class PerformanceForm(forms.Form):
    """A decision performed in another way."""

    note = forms.CharField(label="履行情况", widget=_AREA, max_length=2000)


@signed_in
def performance(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What of the decision is performed, and recording more of it."""
    person = person_of(request)
    case = visible_case(person, case_id)
    decision = case.papers.filter(type__in=DECISION_TYPES, state=Paper.State.ISSUED).first()
    fine = decision.data.get("amount") if decision else None
    performed = list(case.performances.order_by("performed_at"))
    is_fine = bool(fine) and not performed
    initial = {"amount": fine / 100} if fine else {}
    form: forms.Form = (
        CollectForm(request.POST or None, initial=initial)
        if is_fine
        else PerformanceForm(request.POST or None)
    )

    def perform(data: dict[str, Any]) -> str:
        if is_fine:
            fines.collect_fine(
                actor=person,
                case_id=case.id,
                amount_fen=int(data["amount"] * 100),
                receipt_number=data["receipt_number"],
            )
        else:
            fines.record_performance(actor=person, case_id=case.id, note=data["note"])
        return reverse("case_performance", args=[case.id])

    context = _case_context(case, "履行情况", performed=performed, is_fine=is_fine)
    return form_page(
        request,
        form,
        "case_performance.html",
        perform=perform,
        success="已登记。",
        context=context,
    )


def _money_act(name: str) -> Callable[..., Any]:
    return {"hand-in": fines.hand_in_fine, "bank": fines.bank_fine}[name]


@signed_in
@require_POST
def money(request: HttpRequest, case_id: UUID, performance_id: UUID, step: str) -> HttpResponse:
    """Hand in or bank money that was collected on the spot."""
    person = person_of(request)
    case = visible_case(person, case_id)
    return act_and_return(
        request,
        lambda: _money_act(step)(actor=person, performance_id=performance_id),
        success="已登记。",
        then=reverse("case_performance", args=[case.id]),
    )


# -- closing -----------------------------------------------------------------------------------


class ClosingForm(forms.Form):
    """The closing report."""

    summary = forms.CharField(label="案情及经过", widget=_AREA, max_length=8000)
    reason = forms.ChoiceField(
        label="结案理由",
        choices=[
            ("performed", "行政处罚决定已经全部履行"),
            ("enforced", "行政处罚决定已经强制执行完毕"),
            ("terminated", "案件调查或者执行终结"),
            ("other", "其他依法应当结案的情形"),
        ],
    )
    remedy_state = forms.CharField(label="行政复议、行政诉讼情况", max_length=500)
    handler_opinion = forms.CharField(label="经办人意见", widget=_AREA, max_length=2000)
    handler_strokes = forms.CharField(widget=forms.HiddenInput, required=False)


@signed_in
def closing(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write the closing report; what stands in the way is named before anything is typed."""
    person = person_of(request)
    case = visible_case(person, case_id)
    open_duties = [
        duty(finding, case.id)
        for finding in findings_of_case(case)
        if finding.lamp == "red" and not finding.is_acknowledged
    ]
    initial = {
        "remedy_state": "当事人未申请行政复议，未提起行政诉讼。",
        "handler_opinion": "处罚决定已经履行，建议结案。",
    }

    def perform(data: dict[str, Any]) -> str:
        strokes = _strokes(data.pop("handler_strokes"))
        propose_closing(actor=person, case_id=case.id, strokes=strokes, **data)
        return reverse("case", args=[case.id])

    context = _case_context(
        case,
        "报请结案",
        open_duties=open_duties,
        signer={"role": "经办人", "name": person.name},
    )
    return form_page(
        request,
        ClosingForm(request.POST or None, initial=initial),
        "case_closing.html",
        perform=perform,
        success="结案报告已报送委领导。",
        context=context,
    )


def _strokes(text: str) -> list[Any]:
    try:
        found = json.loads(text or "[]")
    except ValueError as error:
        raise Refused("signature.unreadable") from error
    if not isinstance(found, list) or not found:
        raise Refused("signature.empty")
    return found


# -- explanations ------------------------------------------------------------------------------


class ExplanationForm(forms.Form):
    """A written explanation of one breach that can't be made good."""

    about = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(label="书面说明", widget=_AREA, max_length=4000)


@signed_in
def explain(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What can't be made good: explain it, and acknowledge explanations."""
    person = person_of(request)
    case = visible_case(person, case_id)
    written = list(explanations_of_case(case))
    told = {(one.rule, one.subject_id) for one in written}
    left = [
        {"duty": duty(f, case.id), "about": f"{f.rule}|{f.subject_id}"}
        for f in findings_of_case(case)
        if f.lamp == "red" and not f.is_curable and (f.rule, f.subject_id) not in told
    ]

    def perform(data: dict[str, Any]) -> str:
        rule, _, subject = data["about"].partition("|")
        explanations.explain_gap(
            actor=person, case_id=case.id, rule=rule, subject_id=subject, text=data["text"]
        )
        return reverse("case_explanations", args=[case.id])

    return form_page(
        request,
        ExplanationForm(request.POST or None),
        "case_explanations.html",
        perform=perform,
        success="说明已记录，等待负责人知悉。",
        context=_case_context(case, "书面说明", left=left, written=written),
    )


@signed_in
@require_POST
def acknowledge(request: HttpRequest, case_id: UUID, explanation_id: UUID) -> HttpResponse:
    """Take note of an explanation, as the leader."""
    person = person_of(request)
    case = visible_case(person, case_id)
    return act_and_return(
        request,
        lambda: explanations.acknowledge_explanation(actor=person, explanation_id=explanation_id),
        success="已知悉，并列入执法监督线索。",
        then=reverse("case_explanations", args=[case.id]),
    )


# -- archive -----------------------------------------------------------------------------------


class BindingForm(forms.Form):
    """Who checked the file."""

    checked_by = forms.ModelChoiceField(label="检查人", queryset=Person.objects.none())

    def __init__(self, *args: Any, case: Case, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        heads = holders(Office.Kind.UNIT_HEAD, case.unit)
        keepers = holders(Office.Kind.RECORDS_MANAGER)
        chosen = Person.objects.filter(id__in=heads) | Person.objects.filter(id__in=keepers)
        field = self.fields["checked_by"]
        field.queryset = chosen.exclude(id=person.id).order_by("name")  # type: ignore[attr-defined]
        field.label_from_instance = lambda p: p.name  # type: ignore[attr-defined]


@signed_in
def binding(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Bind the file, or look at the bound one."""
    person = person_of(request)
    case = visible_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        bind_case(actor=person, case_id=case.id, checked_by=data["checked_by"])
        return reverse("case_binding", args=[case.id])

    return form_page(
        request,
        BindingForm(request.POST or None, case=case, person=person),
        "case_binding.html",
        perform=perform,
        success="已立卷。",
        context=_case_context(case, "立卷", file=CaseFile.objects.filter(case=case).first()),
    )


class HandOverForm(forms.Form):
    """The unit's own copy (Art. 38)."""

    is_unit_copy_kept = forms.BooleanField(label="承办机构已复制一份自行保存", required=False)


class ReceiveForm(forms.Form):
    """The archive's number."""

    archive_number = forms.CharField(label="归档号", max_length=60)


@signed_in
def hand_over(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Hand the file over, or receive it in the archive room."""
    person = person_of(request)
    case = visible_case(person, case_id)
    file = CaseFile.objects.filter(case=case).first()
    is_handed_over = file is not None and file.handed_over_at is not None
    form_class = ReceiveForm if is_handed_over else HandOverForm
    form: forms.Form = form_class(request.POST or None)

    def perform(data: dict[str, Any]) -> str:
        if is_handed_over:
            receive_case_file(actor=person, case_id=case.id, archive_number=data["archive_number"])
        else:
            hand_over_case_file(actor=person, case_id=case.id, **data)
        return reverse("case_hand_over", args=[case.id])

    return form_page(
        request,
        form,
        "case_hand_over.html",
        perform=perform,
        success="已登记。",
        context=_case_context(case, "移交归档", file=file),
    )
