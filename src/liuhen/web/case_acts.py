"""Pages on which the later acts of a case are done: filing, closing.

Each shows what the act needs and posts to exactly one act at a time. Not for the spot
(`simple_procedure`), for performance (`performing`), for what can't be made good
(`case_explaining`) or for the archive (`case_archive`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.closing import propose_closing, propose_termination, report_type, spared_at
from liuhen.actions.enforcement_halts import terminated_at
from liuhen.actions.filing import ask_filing
from liuhen.approvals.models import Approval
from liuhen.assembly.dates import chinese_date
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case
from liuhen.cases.queries import dead_party, performing, visible_case
from liuhen.compliance.gating import way_through
from liuhen.documents.crime_transfers import transferred_for_good
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import require
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.papers import pages_of
from liuhen.web.remedies import remedy_words
from liuhen.web.simple_signing import strokes_in
from liuhen.web.steps import obstacles

AREA = forms.Textarea(attrs={"rows": 3})


def case_frame(case: Case, title: str, **more: Any) -> dict[str, Any]:
    """What every page of a case shows around its own content."""
    href = reverse("case", args=[case.id])
    crumbs = [
        {"label": "案件", "href": reverse("cases")},
        {"label": case.number, "href": href},
        {"label": title},
    ]
    return {"case": case, "case_href": href, "title": title, "crumbs": crumbs, **more}


def asked_about(case: Case, kind: str) -> dict[str, Any] | None:
    """The newest request of a kind about a case, for the page that sent it."""
    asked = Approval.objects.filter(case_id=case.id, kind=kind)
    found = asked.select_related("asked_by", "decided_by").order_by("-asked_at", "-id").first()
    if found is None:
        return None
    return {
        "approval": found,
        "office": Office.Kind(found.office).label,
        "is_open": not found.outcome,
        "is_returned": found.outcome == Approval.Outcome.RETURNED,
        "href": reverse("approval", args=[found.id]),
    }


def may_post(request: HttpRequest, person: Person, permission: str) -> None:
    """A page that only serves an act is not shown to whom the act would refuse.

    What is posted goes to the act itself, so that the try is on record.
    """
    if request.method != "POST":
        require(person, permission)


# -- filing ------------------------------------------------------------------------------------


@signed_in
def filing(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Send a simple case to the unit's head for filing."""
    person = person_of(request)
    case = visible_case(person, case_id)
    may_post(request, person, "simple_case.file")
    if case.procedure != Case.Procedure.SIMPLE:
        raise Refused("record.not_found")
    papers = case.papers.exclude(state=Paper.State.VOID).order_by("drawn_up_at")
    decision = papers.filter(type="simple_decision", state=Paper.State.ISSUED).first()
    paper = papers.filter(type="simple_case_filing").last()

    def perform(data: dict[str, Any]) -> str:
        ask_filing(actor=person, case_id=case.id)
        return reverse("case", args=[case.id])

    context = case_frame(
        case,
        "报请备案",
        decision=decision,
        asked=asked_about(case, "filing"),
        filed_at=clock.parse_iso(case.circumstances["filed_at"])
        if "filed_at" in case.circumstances
        else None,
        pages=pages_of(paper) if paper else [],
    )
    return form_page(
        request,
        forms.Form(request.POST if request.method == "POST" else None),
        "case_filing.html",
        perform=perform,
        success="已报请备案，等待承办机构负责人办理。",
        context=context,
    )


# -- closing -----------------------------------------------------------------------------------


class ClosingForm(forms.Form):
    """The closing report; the reasons are those of its paper."""

    summary = forms.CharField(label="案情及经过", widget=AREA, max_length=8000)
    reason = forms.ChoiceField(label="结案理由")
    remedy_state = forms.CharField(label="行政复议、行政诉讼情况", max_length=500)
    handler_opinion = forms.CharField(label="经办人意见", widget=AREA, max_length=2000)
    handler_strokes = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        reason = document_type(report_type(case)).field("reason")
        self.fields["reason"].choices = [(one.value, one.label) for one in reason.options]  # type: ignore[attr-defined]


class TerminationForm(forms.Form):
    """The closing report of a case whose party is no more."""

    summary = forms.CharField(label="案情及经过", widget=AREA, max_length=8000)
    reason = forms.CharField(
        label="终止理由",
        widget=AREA,
        max_length=2000,
        help_text="未作决定的，写明当事人何时死亡或者终止、没有可以继续的处理；"
        "已作决定的，写明没有遗产、没有承受义务的人",
    )
    remedy_state = forms.CharField(label="行政复议、行政诉讼情况", max_length=500)
    handler_opinion = forms.CharField(label="经办人意见", widget=AREA, max_length=2000)
    handler_strokes = forms.CharField(widget=forms.HiddenInput, required=False)


# Cases that end otherwise than by somebody performing a decision.
_WITHOUT_PERFORMANCE = frozenset({Case.Kind.INSPECTION, Case.Kind.LICENSING})


def _is_ended(case: Case) -> bool:
    """Whether it came to an end without a performance of its own."""
    is_penalty = case.kind == Case.Kind.PENALTY
    is_spared = is_penalty and (spared_at(case) or transferred_for_good(case)) is not None
    return case.kind in _WITHOUT_PERFORMANCE or is_spared or terminated_at(case) is not None


@signed_in
def closing(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Write the closing report; what stands in the way is named before anything is typed.

    A case whose party is no more and has not performed is ended here, with the reason.
    """
    person = person_of(request)
    case = visible_case(person, case_id)
    may_post(request, person, "case.propose_closing")
    is_penalty = case.kind == Case.Kind.PENALTY
    is_ended = _is_ended(case)
    is_performed = is_ended or performing(case).exists()
    dead = dead_party(case)
    is_ending = is_penalty and dead is not None and not is_performed
    sent = request.POST if request.method == "POST" else None
    form: forms.Form = (
        TerminationForm(sent, initial=_initial_ending(case))
        if is_ending
        else ClosingForm(sent, initial=_initial_closing(case), case=case)
    )

    def perform(data: dict[str, Any]) -> str:
        strokes = strokes_in(data.pop("handler_strokes"))
        propose = propose_termination if is_ending else propose_closing
        propose(actor=person, case_id=case.id, strokes=strokes, **data)
        return reverse("case", args=[case.id])

    gate = "terminate" if is_ending or transferred_for_good(case) is not None else "close"
    context = case_frame(
        case,
        "报请终止案件" if is_ending else "报请结案",
        obstacles=obstacles(way_through(gate, case.id), case.id),
        is_performed=is_performed,
        dead=dead if is_ending else None,
        asked=asked_about(case, "closing"),
        signer={"role": "经办人", "name": person.name},
    )
    return form_page(
        request,
        form,
        "case_closing.html",
        perform=perform,
        success="报告已报送委领导。",
        context=context,
    )


def _course(case: Case) -> str:
    """The course of another kind of case: its papers in the order they were issued."""
    issued = case.papers.filter(state=Paper.State.ISSUED).order_by("issued_at")
    steps = (
        f"{chinese_date(clock.local_date(paper.issued_at))}制作《{paper.document_type.title}》"
        for paper in issued
        if paper.issued_at is not None
    )
    return "；".join(steps) + "。"


def _initial_closing(case: Case) -> dict[str, str]:
    is_penalty = case.kind == Case.Kind.PENALTY
    reason, opinion = _ENDINGS[is_penalty, is_penalty and spared_at(case) is not None]
    if transferred_for_good(case) is not None:
        reason, opinion = "transferred", "案件已移送公安机关立案侦查，建议结案。"
    return {
        "summary": _summary(case) if is_penalty else _course(case),
        "reason": reason,
        "remedy_state": remedy_words(case),
        "handler_opinion": opinion,
    }


# Reason and opinion to begin with, by whether it is a penalty and whether nobody is punished.
_ENDINGS = {
    (True, False): ("performed", "处罚决定已经履行，建议结案。"),
    (True, True): ("no_penalty", "不予处罚决定已经送达，建议结案。"),
    (False, False): ("other", "已经依法办结，建议结案。"),
}


def _initial_ending(case: Case) -> dict[str, str]:
    return {
        "summary": case.facts.get("course") or _summary(case),
        "remedy_state": "没有行政复议、行政诉讼。",
        "handler_opinion": "当事人死亡或者终止，本案不能继续办理，建议终止。",
    }


def _summary(case: Case) -> str:
    """The course of a case from what was stated of it, to be gone over by the handler."""
    if course := case.facts.get("course"):
        return str(course)
    stated = case.activities.order_by("started_at").values_list("facts", flat=True).first() or {}
    facts, party = stated.get("facts_text", ""), case.parties.first()
    if not facts or party is None:
        return ""
    day = clock.local(case.started_at)
    words = f"{chinese_date(day)}，执法人员在{case.place}发现：{facts}"
    return f"{words.rstrip('。')}。执法人员适用简易程序，对{party.name}当场作出处罚决定。"
