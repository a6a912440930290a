"""The register of leads: the list, a new one, one lead with what it waits for.

Not for what is done about a lead (`lead_acts`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.lead_outcomes import CRIME_LETTER, LETTER
from liuhen.actions.leads import register_lead
from liuhen.actions.paper_drafts import is_by_hand
from liuhen.approvals.models import Approval
from liuhen.approvals.queries import KIND_TITLES
from liuhen.cases.lead_queries import (
    OUTCOMES_ASKED,
    LeadState,
    leads_in_state,
    visible_lead,
    visible_leads,
)
from liuhen.cases.models import Lead
from liuhen.compliance.queries import findings_about
from liuhen.compliance.shown import ShownFinding
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import office_kinds, permissions, require
from liuhen.search.queries import found_leads, numbered
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.jurisdiction import dispute_href, dispute_step, disputes_told
from liuhen.web.lead_answers import answer_step, answers_told, new_lead_href
from liuhen.web.lead_forms import LeadFilter, RegisterForm, this_minute
from liuhen.web.paging import Page, page_of, page_of_answers
from liuhen.web.papers import paper_line
from liuhen.web.periods import with_periods
from liuhen.web.simple_signing import strokes_in
from liuhen.web.steps import told_duty

TONES = {
    **dict.fromkeys((LeadState.UNASSIGNED, LeadState.UNCHECKED, LeadState.UNDECIDED), "blue"),
    **dict.fromkeys((LeadState.STARTED, LeadState.TO_HAND_OVER, LeadState.TO_INFORM), "yellow"),
    LeadState.ASKED: "plain",
    LeadState.INITIATED: "green",
    LeadState.REFUSED: "grey",
    LeadState.TRANSFERRED: "grey",
}
LETTERS = frozenset({CRIME_LETTER, LETTER})
_RUNNING = ("red", "yellow", "open")


def state_of(lead: Lead) -> LeadState:
    """The state the query gave a lead."""
    return LeadState(lead.state)  # type: ignore[attr-defined] # annotated by `visible_leads`


# -- the list ----------------------------------------------------------------------------------


@signed_in
@require_safe
def leads(request: HttpRequest) -> HttpResponse:
    """The leads that concern the person, the latest received first."""
    person = person_of(request)
    require(person, "lead.list")
    form = LeadFilter(request.GET)
    is_right = "q" not in form.errors  # what else makes no sense in an address is left out
    wanted = form.cleaned_data
    page = _listed(request, person, wanted) if is_right else Page[Lead]([], {})
    clocks = findings_about("lead", [lead.case_id for lead in page.rows])
    context = {
        "items": [_line(lead, clocks.get(str(lead.id), [])) for lead in page.rows],
        "form": form,
        "is_filtered": not is_right or any(wanted.values()),
        "may_register": _may(office_kinds(person), "lead.register"),
        "pager": page.pager,
        "crumbs": [{"label": "线索"}],
    }
    return render(request, "leads.html", context, status=200 if is_right else 400)


def _listed(request: HttpRequest, person: Person, wanted: dict[str, Any]) -> Page[Any]:
    """A page of leads: by their own order, or those the index finds by words (`search`)."""
    text, state, source = (wanted.get(name, "") for name in ("q", "state", "source"))
    rows = visible_leads(person)
    if state:
        rows = leads_in_state(rows, state)
    if source:
        rows = rows.filter(source=source)
    told = rows.select_related("case__handler", "case__unit")
    if not text:
        return page_of(request, told.order_by("-received_at", "id"))
    answers = found_leads(person, text)
    if state or source:
        answers = answers.filter(record_id__in=rows.values("id"))
    page = page_of_answers(request, *numbered(answers))
    leads = told.in_bulk([row.record_id for row in page.rows])
    return Page([leads[row.record_id] for row in page.rows], page.pager)


def _line(lead: Lead, clocks: list[ShownFinding]) -> dict[str, Any]:
    state = state_of(lead)
    return {
        "lead": lead,
        "state": state.label,
        "tone": TONES[state],
        "clock": next((one for one in clocks if one.lamp in _RUNNING), None),
        "href": reverse("lead", args=[lead.id]),
    }


# -- a new lead --------------------------------------------------------------------------------


@signed_in
def lead_register(request: HttpRequest) -> HttpResponse:
    """Register a lead; the registrar signs on glass."""
    person = person_of(request)
    if request.method != "POST":
        require(person, "lead.register")
    posted = request.POST if request.method == "POST" else None
    form = RegisterForm(posted, initial=_offered(person, request.GET.get("from", "")))

    def perform(data: dict[str, Any]) -> str:
        strokes = strokes_in(data["registrar_strokes"])
        lead = register_lead(actor=person, strokes=strokes, **form.given())
        return reverse("lead", args=[lead.id])

    return form_page(
        request,
        form,
        "lead_register.html",
        perform=perform,
        success="线索已登记，等待承办机构负责人分派。",
        context={
            "signer": {"role": "登记人", "name": person.name},
            "crumbs": [{"label": "线索", "href": reverse("leads")}, {"label": "登记线索"}],
        },
    )


def _offered(person: Person, returned: str) -> dict[str, Any]:
    """What a new lead begins with; of one that came back from another body, what it said."""
    offered = {"received_at": this_minute(), "registrar_opinion": "建议派员核查。"}
    try:
        old = visible_lead(person, UUID(returned))
    except (ValueError, Refused):
        return offered
    came = f"移送{old.transferred_to}后退回或者不予立案，原线索{old.number}。"
    texts = {"subject": old.subject, "place": old.place, "content": f"{came}\n{old.content}"}
    return offered | texts | {"source": Lead.Source.TRANSFER}


# -- one lead ----------------------------------------------------------------------------------


@signed_in
@require_safe
def lead(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """One lead: what it says, what was found, what it waits for."""
    person = person_of(request)
    found = visible_lead(person, lead_id)
    state, offices = state_of(found), office_kinds(person)
    asked = list(_asked(found))
    papers = list(_papers(found))
    duties = findings_about("lead", [found.case_id]).get(str(found.id), [])
    carried = found.case.officers.filter(until=None).select_related("person").order_by("id")
    context = {
        "lead": found,
        "case_href": reverse("case", args=[found.case_id]),
        "state": state.label,
        "tone": TONES[state],
        "officers": "、".join(one.person.name for one in carried),
        "step": dispute_step(found, offices, duties)
        or _letter_step(papers, state, offices)
        or _step(found, state, offices, asked)
        or answer_step(found, offices),
        "answers": [*disputes_told(found), *answers_told(found)],
        "acts": _acts(found, state, offices),
        "duties": [{**told_duty(one, found.case_id), "subject": None} for one in duties],
        "approvals": [_approval(one) for one in asked],
        "papers": [paper_line(one, offices if is_by_hand(one.type) else ()) for one in papers],
        "crumbs": [{"label": "线索", "href": reverse("leads")}, {"label": found.number}],
    }
    return render(request, "lead.html", context)


@signed_in
@require_safe
def case_lead(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The lead a case began with."""
    found = visible_leads(person_of(request)).filter(case=case_id).first()
    if found is None:
        raise Refused("record.not_found")
    return HttpResponseRedirect(reverse("lead", args=[found.id]))


def _papers(found: Lead) -> Any:
    """The register, and what the decision on the lead is told and carried out by."""
    papers = found.case.papers.filter(subject_id=found.id).exclude(state=Paper.State.VOID)
    return papers.prefetch_related("signatures").select_related("original").order_by("drawn_up_at")


def _letter_step(
    papers: Sequence[Paper], state: LeadState, offices: Collection[str]
) -> dict[str, Any] | None:
    """The letter of a transfer comes before the hand-over; None once it is issued."""
    drafts = [one for one in papers if one.state == Paper.State.DRAFT and one.type in LETTERS]
    if state != LeadState.TO_HAND_OVER or not drafts or not _may(offices, "paper.draw_up"):
        return None
    return {
        "label": f"制作《{drafts[0].document_type.title}》",
        "reason": "移送已经批准，移送书已经按线索填好，请核对材料清单后制作，再移交并登记回执。",
        "article": "11.1",
        "act": "去核对",
        "href": reverse("paper_edit", args=[drafts[0].id]),
    }


def _asked(found: Lead) -> Any:
    kinds = ("initiation", "lead_prolongation", "lead_refusal", "lead_transfer")
    asked = Approval.objects.filter(case_id=found.case_id, kind__in=kinds)
    return asked.select_related("asked_by", "decided_by").order_by("asked_at", "id")


def _approval(one: Approval) -> dict[str, Any]:
    return {
        "row": one,
        "title": KIND_TITLES[one.kind],
        "office": Office.Kind(one.office).label,
        "href": reverse("approval", args=[one.id]),
    }


@dataclass(frozen=True)
class _Step:
    """What a lead waits for: the order, why, whose permission, the page, words of the button."""

    label: str
    reason: str
    permission: str
    page: str
    act: str


_STEPS: dict[LeadState, _Step] = {
    LeadState.UNASSIGNED: _Step(
        "分派线索",
        "确定承办人和两名以上执法人员进行核查。",
        "lead.assign",
        "lead_assign",
        "去分派",
    ),
    LeadState.UNCHECKED: _Step(
        "核查线索",
        "到现场或者以其他方式核查，并记下核查情况。",
        "lead.check",
        "lead_check",
        "记录核查",
    ),
    LeadState.UNDECIDED: _Step(
        "作出处理",
        "符合条件的报请立案；不立案、应当移送的，点右上方的按钮报请。",
        "paper.draw_up",
        "case_initiation",
        "报请立案",
    ),
    LeadState.STARTED: _Step(
        "补办立案审批",
        "紧急情况已经先行启动，{measures.make_up_approval}内补办审批。",
        "paper.draw_up",
        "case_initiation",
        "去补办",
    ),
    LeadState.TO_HAND_OVER: _Step(
        "移送线索",
        "移送已经批准，请移交材料并登记回执。",
        "lead.transfer",
        "lead_hand_over",
        "登记移送",
    ),
    LeadState.TO_INFORM: _Step(
        "告知投诉举报人",
        "实名投诉举报不予立案的，应当告知并作书面记录。",
        "lead.inform",
        "lead_informing",
        "登记告知",
    ),
}


def _step(
    found: Lead, state: LeadState, offices: Collection[str], asked: Sequence[Approval]
) -> dict[str, Any] | None:
    """What is next, for `parts/next_step.html`; without an address for whom it is not."""
    if state == LeadState.ASKED:
        waiting = next(one for one in asked if not one.outcome and one.kind in OUTCOMES_ASKED)
        return {
            "label": f"{KIND_TITLES[waiting.kind]}：等待{Office.Kind(waiting.office).label}审批",
            "reason": f"{waiting.asked_by.name}报送：{waiting.opinion_asked}",
            "href": reverse("approval", args=[waiting.id]),
            "act": "查看",
        }
    step = _STEPS.get(state)
    if step is None:
        return None
    shown = {
        "label": step.label,
        "reason": with_periods(step.reason),
        "article": "11.1",
        "act": step.act,
    }
    if not _may(offices, step.permission):
        who = "承办机构负责人" if step.permission == "lead.assign" else "承办人"
        return {**shown, "reason": f"由{who}办理。"}
    return {**shown, "href": _page(step.page, found)}


def _page(name: str, found: Lead) -> str:
    return reverse(name, args=[found.case_id if name.startswith("case") else found.id])


def _may(offices: Collection[str], permission: str) -> bool:
    return bool(permissions()[permission].offices & set(offices))


def _acts(found: Lead, state: LeadState, offices: Collection[str]) -> list[dict[str, str]]:
    """What else may be done about a lead now, as buttons beside its heading."""
    is_waiting = state in (LeadState.UNASSIGNED, LeadState.UNCHECKED, LeadState.UNDECIDED)
    is_given = state in (LeadState.UNCHECKED, LeadState.UNDECIDED, LeadState.STARTED)
    is_checked = state in (LeadState.UNDECIDED, LeadState.STARTED)
    is_undecided = state == LeadState.UNDECIDED
    may_last = is_waiting and found.prolonged_at is None
    offered = (
        (is_undecided, "报请不予立案", "x", "lead_refusal", "lead.propose"),
        (is_undecided, "报请移送", "send", "lead_transfer", "lead.propose"),
        (is_checked, "补充核查情况", "pencil", "lead_check", "lead.check"),
        (is_given, "重新分派", "users", "lead_assign", "lead.assign"),
        (may_last, "延长核查时间", "clock", "lead_prolongation", "lead.propose"),
        (is_waiting, "紧急启动", "flag", "case_emergency", "case.start_in_emergency"),
    )
    shown = [
        {"label": label, "icon": icon, "href": _page(name, found)}
        for applies, label, icon, name, permission in offered
        if applies and _may(offices, permission)
    ]
    others = (
        ("登记管辖争议", "scale", dispute_href(found, offices)),
        ("登记为新线索", "plus", new_lead_href(found, offices)),
    )
    return shown + [{"label": a, "icon": icon, "href": href} for a, icon, href in others if href]
