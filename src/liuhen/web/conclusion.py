"""Concluding an investigation: facts and evidence, proposed penalty, circumstances, the report.

Not for the notice that follows, nor for filling the report (its own pages).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from liuhen.actions.findings import propose_no_penalty, propose_penalty, record_findings
from liuhen.actions.initiation import state_circumstances
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.models import Paper
from liuhen.people.queries import is_allowed
from liuhen.web import conclusion_forms as asked
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.case_acts import case_frame, may_post
from liuhen.web.course_words import is_on_course
from liuhen.web.drawing import drawn
from liuhen.web.hearing_right import hearing_words
from liuhen.web.one_form import OneForm, posted
from liuhen.web.paper_step import paper_step
from liuhen.web.reviewing import ordinary_case

REPORT = "investigation_report"
_TITLE = "调查结论"
# What issued records and footage stand for among the evidence, until somebody says what they prove.
_EVIDENCE = (
    ("inspection_record", "现场检查（勘验）笔录", "勘验笔录"),
    ("inquiry_record", "调查询问笔录", "当事人的陈述"),
)
_STATED = {
    "is_major": "重大案件",
    "is_complex": "情节复杂",
    "is_heavier_penalty": "拟给予较重处罚",
    "has_expert_argument": "组织过专家论证",
    "is_of_public_concern": "有一定社会影响，应当公开",
}


# -- where it stands ---------------------------------------------------------------------------


@signed_in
def case_conclusion(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What was found and is proposed, and the report that ends the investigation."""
    person = person_of(request)
    case = ordinary_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        return drawn(person, case.id, REPORT)

    may_record = case.closed_at is None and is_allowed(person, "case.record_findings")
    may_state = case.closed_at is None and is_allowed(person, "case.state_circumstances")
    step = paper_step(person, case, REPORT)
    return form_page(
        request,
        forms.Form(posted(request)),
        "case_conclusion.html",
        perform=perform,
        success="调查终结报告已起草，请核对、签字后制作。",
        context=case_frame(
            case,
            _TITLE,
            found=_found(case),
            evidence=case.facts.get("evidence") or [],
            proposed=_proposed(case),
            is_spared="no_penalty" in case.facts,
            stated=_stated(case),
            step=step,
            is_concluded=bool({"penalty", "no_penalty"} & set(case.facts))
            and "is_major" in case.circumstances,
            may_record=may_record,
            may_state=may_state,
        ),
    )


def _found(case: Case) -> list[dict[str, Any]]:
    found: dict[str, Any] = case.facts.get("violation") or {}
    if not found:
        return []
    return [
        {"label": "案由", "value": case.cause},
        {"label": "发生地点", "value": found.get("place")},
        {"label": "违法事实", "value": found.get("facts")},
        {"label": "违反的规定", "value": found.get("breached")},
        {"label": "案件定性", "value": found.get("characterisation")},
        {"label": "调查经过", "value": case.facts.get("course")},
    ]


def _proposed(case: Case) -> list[dict[str, Any]]:
    proposal: dict[str, Any] = case.facts.get("penalty") or {}
    if spared := case.facts.get("no_penalty"):
        return [
            {"label": "建议", "value": "不予行政处罚"},
            {"label": "理由", "value": spared["reason"]},
            {"label": "依据", "value": spared["basis"]},
            {"label": "教育情况", "value": spared["education"]},
        ]
    if not proposal:
        return []
    # asked only of a fine outside the range
    deviation = proposal.get("deviation")
    return [
        {"label": "处罚内容", "value": proposal.get("proposed")},
        {"label": "处罚依据", "value": proposal.get("basis")},
        {"label": "裁量理由", "value": proposal.get("discretion")},
        *([{"label": "偏离裁量基准的理由", "value": deviation}] if deviation else []),
        {"label": "履行方式和期限", "value": proposal.get("performance_terms")},
        {"label": "听证权利", "value": hearing_words(case)},
    ]


def _stated(case: Case) -> list[dict[str, Any]]:
    stated = case.circumstances
    if "is_major" not in stated:
        return []
    words = {True: "是", False: "否"}
    labels = dict(asked.CircumstancesForm.base_fields["review_grounds"].choices)  # type: ignore[attr-defined]
    grounds = "、".join(str(labels[one]) for one in stated.get("review_grounds") or [])
    return [
        *({"label": label, "value": words.get(stated.get(key))} for key, label in _STATED.items()),
        {"label": "应当法制审核的情形", "value": grounds or "没有"},
    ]


# -- facts and evidence ------------------------------------------------------------------------


@signed_in
def case_findings(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What the investigation found, with its evidence row by row."""
    person = person_of(request)
    case = ordinary_case(person, case_id)
    may_post(request, person, "case.record_findings")
    known = case.facts.get("evidence") or _offered(case)
    rows = asked.evidence_rows(posted(request), known)
    form = asked.FindingsForm(posted(request), initial=asked.known_findings(case))
    context = case_frame(case, "认定事实和证据", rows=rows)
    if "more" in request.POST and rows.is_valid():
        kept = asked.rows_given(rows)
        # What is typed so far is shown again, not judged.
        context["form"] = asked.FindingsForm(initial=request.POST.dict())
        context["rows"] = asked.evidence_rows(None, kept)
        return render(request, "case_findings.html", context)

    def perform(data: dict[str, Any]) -> str:
        rows.is_valid()  # every field may be blank; what is missing is the act's to say
        record_findings(actor=person, case_id=case.id, evidence=asked.rows_given(rows), **data)
        return reverse("case_conclusion", args=[case.id])

    return form_page(
        request,
        form,
        "case_findings.html",
        perform=perform,
        success="认定的事实和证据已记下。",
        context=context,
    )


def _offered(case: Case) -> list[dict[str, str]]:
    """Evidence the case holds already; what it proves is for a person to write."""
    issued = set(
        case.papers.filter(state=Paper.State.ISSUED).values_list("type", flat=True).distinct()
    )
    rows = [{"name": name, "kind": kind} for key, name, kind in _EVIDENCE if key in issued]
    if case.recordings.exists():
        rows.append({"name": "现场录音录像", "kind": "视听资料"})
    return rows


# -- penalty and circumstances -----------------------------------------------------------------


def _page(case: Case, **page: Any) -> OneForm:
    crumbs = [
        (case.number, reverse("case", args=[case.id])),
        (_TITLE, reverse("case_conclusion", args=[case.id])),
    ]
    about = f"{case.number} {case.cause}".strip()
    return OneForm(crumbs=crumbs, about=about, **page)


@signed_in
def case_penalty(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The penalty proposed."""
    person = person_of(request)
    case = ordinary_case(person, case_id)
    form = asked.PenaltyForm(posted(request), initial=asked.known_penalty(case))

    def perform(data: dict[str, Any]) -> str:
        propose_penalty(actor=person, case_id=case.id, **form.given())
        return reverse("case_conclusion", args=[case.id])

    page = _page(
        case,
        permission="case.record_findings",
        title="提出处罚建议",
        submit="记下",
        success="处罚建议已记下。",
        notes=[
            "罚款数额和处罚种类达到听证标准的，系统自动记为有听证权利。",
            "告知当事人以后，决定不能重于告知的内容。",
        ],
        article="penalty_law:57",
    )
    return page.answer(request, form, perform)


@signed_in
def case_no_penalty(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """That not to punish is proposed."""
    person = person_of(request)
    case = ordinary_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        propose_no_penalty(actor=person, case_id=case.id, **data)
        return reverse("case_conclusion", args=[case.id])

    page = _page(
        case,
        permission="case.record_findings",
        title="建议不予处罚",
        submit="记下",
        success="不予处罚的建议已记下。",
        notes=[
            "代替已经提出的处罚建议；改为处罚的，重新提出处罚建议。",
            "仍须制作调查终结报告，经机关负责人批准后制作不予行政处罚决定书并送达。",
        ],
        article="penalty_law:57.2",
    )
    form = asked.NoPenaltyForm(posted(request), initial=case.facts.get("no_penalty") or {})
    return page.answer(request, form, perform)


@signed_in
def case_circumstances(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What decides on review, discussion and approval of the case."""
    person = person_of(request)
    if is_on_course(visible_case(person, case_id)):
        return HttpResponseRedirect(reverse("case_course", args=[case_id]))
    case = ordinary_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        state_circumstances(actor=person, case_id=case.id, **data)
        return reverse("case_conclusion", args=[case.id])

    page = _page(
        case,
        permission="case.state_circumstances",
        title="确认案件情形",
        submit="确认",
        success="案件情形已确认。",
        notes=[
            "这些判断由您作出，系统据此要求法制审核、集体讨论和审批。",
            "处罚决定作出以后不能再改。",
        ],
        article="25.1",
    )
    form = asked.CircumstancesForm(posted(request), initial=asked.known_circumstances(case))
    return page.answer(request, form, perform)
