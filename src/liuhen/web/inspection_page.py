"""The page of one inspection: its steps from approval to the result made public, and their forms.

Not for draws and plans (`inspections`), nor for what is done on the spot (`activities`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.inspections import (
    corrected,
    record_inspection_result,
    still_open,
    transfer_to_lead,
)
from liuhen.assembly.document_types import document_type
from liuhen.cases.choices import (
    CORRECTION,
    INSPECTION_MODES,
    INSPECTION_OUTCOMES,
    TRANSFER,
)
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.compliance.queries import findings_of_case
from liuhen.documents.models import Service
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.activity_forms import kind_name
from liuhen.web.case_acts import case_frame, may_post
from liuhen.web.drawing import drawing_page
from liuhen.web.inspection_forms import ResultForm, TransferForm
from liuhen.web.one_form import OneForm, posted
from liuhen.web.paper_step import paper_step
from liuhen.web.publications import publication_card
from liuhen.web.simple_signing import strokes_in
from liuhen.web.steps import activity_href, told_duty
from liuhen.web.templatetags.wording import instant

APPROVAL, NOTICE, RESULT = "inspection_approval", "inspection_notice", "inspection_result_notice"
ORDER, REINSPECTION = "correction_notice", "reinspection"
_DRAWN = (APPROVAL, NOTICE, RESULT, ORDER)
_VISITS = ("inspection", "promise_supervision", REINSPECTION)
_CLOCKS = frozenset(
    {"start_approved", "emergency_approval_made_up", "inspection_published_in_time"}
)


def inspection_case(person: Person, case_id: UUID) -> Case:
    """A visible inspection. Raises `Refused("record.not_found")`."""
    case = visible_case(person, case_id)
    if case.kind != Case.Kind.INSPECTION:
        raise Refused("record.not_found")
    return case


@signed_in
def case_inspection(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Where the inspection stands, and drawing up its papers."""
    person = person_of(request)
    case = inspection_case(person, case_id)

    told = {**_stands(case), **_offered(person, case)}
    context = case_frame(case, "行政检查", publication=publication_card(person, case), **told)
    return drawing_page(request, case, "case_inspection.html", context)


def _stands(case: Case) -> dict[str, Any]:
    """How far the inspection is, for everybody who may see it."""
    known = case.facts["inspection"]
    visits = list(case.activities.filter(kind__in=_VISITS).order_by("started_at"))
    return {
        "plan": _plan(case, known),
        "draw": getattr(case, "drawn", None),
        "visits": [visit_line(one) for one in visits if one.kind != REINSPECTION],
        "reinspections": [visit_line(one) for one in visits if one.kind == REINSPECTION],
        "found": _found(known),
        "is_correcting": known.get("outcome") == CORRECTION,
        "is_transferring": known.get("outcome") == TRANSFER or corrected(case) is False,
        "lead": known.get("lead"),
        "lacking": still_open(case) if case.closed_at is None else [],
        "clocks": [
            told_duty(one, case.id)
            for one in findings_of_case(case)
            if one.rule in _CLOCKS and one.lamp != "grey"
        ],
    }


def _offered(person: Person, case: Case) -> dict[str, Any]:
    """The papers as steps, and what this person may do now."""
    is_open = case.closed_at is None
    may_hurry = case.initiated_at is None and is_allowed(person, "case.start_in_emergency")
    return {
        "papers": {key: served_step(person, case, key) for key in _DRAWN},
        "serve_href": reverse("service_begin", args=[case.id]),
        "start_href": reverse("activity_start", args=[case.id]),
        "may_find": is_open and is_allowed(person, "inspection.find"),
        "may_start": is_open and is_allowed(person, "activity.start"),
        "may_hurry": is_open and may_hurry,
    }


def served_step(person: Person, case: Case, type_key: str) -> dict[str, Any]:
    """A paper as a step, with its service once it is issued."""
    step = paper_step(person, case, type_key)
    step["may_draw"] = step["may_draw"] and case.closed_at is None
    if step["is_issued"]:
        step["service"] = Service.objects.filter(paper=step["row"]).order_by("served_at").first()
    return step


def _plan(case: Case, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    planned = known["planned"]
    span = "至".join(instant(clock.parse_iso(planned[key])) for key in ("started_at", "ended_at"))
    people = case.officers.filter(until=None).select_related("person").order_by("id")
    return [
        {
            "label": "检查方式",
            "value": INSPECTION_MODES[known["mode"]],
            "note": known.get("batch") or "",
        },
        {"label": "检查事项", "value": known["matter"]},
        {"label": "检查依据", "value": known["basis"]},
        {"label": "计划时间", "value": span},
        {"label": "检查人员", "value": "、".join(one.person.name for one in people)},
        {"label": "本年度", "value": f"第{known['frequency']}次"},
    ]


def _found(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    if not known.get("outcome"):
        return []
    return [
        {"label": "检查结论", "value": INSPECTION_OUTCOMES[known["outcome"]]},
        {"label": "检查结果", "value": known["result"]},
        {"label": "处理意见", "value": known["handling"]},
    ]


def visit_line(one: Any) -> dict[str, Any]:
    """An activity as a line of the page."""
    return {"row": one, "name": kind_name(one.kind), "href": activity_href(one)}


# -- forms -------------------------------------------------------------------------------------


def _page(case: Case, **page: Any) -> OneForm:
    crumbs = [
        (case.number, reverse("case", args=[case.id])),
        ("行政检查", reverse("case_inspection", args=[case.id])),
    ]
    return OneForm(crumbs=crumbs, about=f"{case.number} {case.cause}", **page)


@signed_in
def inspection_result(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What the inspection found, and how it goes on."""
    person = person_of(request)
    case = inspection_case(person, case_id)
    form = ResultForm(posted(request), initial=_known(case))

    def perform(data: dict[str, Any]) -> str:
        record_inspection_result(actor=person, case_id=case.id, **form.given())
        return reverse("case_inspection", args=[case.id])

    page = _page(
        case,
        permission="inspection.find",
        title="认定检查结果",
        submit="认定",
        success="检查结果已经认定，请制作结果告知书。",
        notes=[
            "告知被检查人以前可以再改；告知以后不能再改。",
            "责令改正的，写明行为、规定、依据、内容和期限，印在责令改正通知书上。",
            "发现违法行为应当处罚的，移送立案：登记为线索，另案办理。",
        ],
        article="8.1(5)",
    )
    return page.answer(request, form, perform)


def _known(case: Case) -> dict[str, Any]:
    known = {**case.facts.get("inspection", {}), **case.facts.get("violation", {})}
    correction = dict(case.facts.get("correction") or {})
    for key in ("due_on", "recheck_on"):
        if correction.get(key):
            correction[key] = dt.date.fromisoformat(correction[key])
    # The basis of the inspection is another than that of the order.
    return {**known, "basis": "", **correction}


@signed_in
def inspection_transfer(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Register what was found as a lead; the registrar signs its register."""
    person = person_of(request)
    case = inspection_case(person, case_id)
    may_post(request, person, "inspection.transfer")
    known = case.facts["inspection"]
    initial = {"content": known.get("result"), "registrar_opinion": "建议立案查处。"}

    def perform(data: dict[str, Any]) -> str:
        strokes = strokes_in(data.pop("registrar_strokes"))
        transfer_to_lead(actor=person, case_id=case.id, strokes=strokes, **data)
        return reverse("case_inspection", args=[case.id])

    return form_page(
        request,
        TransferForm(posted(request), initial=initial),
        "inspection_transfer.html",
        perform=perform,
        success="已登记为线索，由承办机构负责人分派。",
        context=case_frame(
            case,
            "移送立案",
            back_href=reverse("case_inspection", args=[case.id]),
            register=document_type("lead_register").title,
            signer={"role": "登记人", "name": person.name},
        ),
    )
