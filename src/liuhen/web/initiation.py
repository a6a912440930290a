"""Starting an ordinary procedure: the approval form's content, or the emergency start (Art. 10).

Not for filling, signing or sending the form (its own pages), nor for answering it (`approvals`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from liuhen.actions.initiation import start_in_emergency
from liuhen.actions.paper_order import orders_of
from liuhen.assembly.filling import fill
from liuhen.cases.models import Case, Lead
from liuhen.cases.queries import visible_case
from liuhen.compliance.queries import findings_about
from liuhen.documents.case_facts import facts_of
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.queries import is_allowed
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.case_acts import asked_about, case_frame
from liuhen.web.drawing import draft_href, drawn, live_paper
from liuhen.web.lead_forms import AREA, ReasonForm, moment
from liuhen.web.one_form import OneForm, posted
from liuhen.web.papers import paper_line
from liuhen.web.periods import with_periods
from liuhen.web.steps import told_duty

FORM = "initiation_approval"


class InitiationForm(forms.Form):
    """What the form of initiation says beside what the case already knows."""

    cause = forms.CharField(
        label="事由（案由）", max_length=200, help_text="涉嫌什么违法行为，用一句话写"
    )
    happened_at = moment("发案时间")
    happened_place = forms.CharField(label="发案地点", max_length=200)
    summary = forms.CharField(label="案情摘要", widget=AREA, max_length=4000)
    grounds = forms.CharField(
        label="立案理由及依据",
        widget=AREA,
        max_length=4000,
        help_text="有初步证据、应当处罚、属本机关管辖、未过追责期限",
    )
    handler_opinion = forms.CharField(
        label="承办人意见", widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )


def _startable(request: HttpRequest, case_id: UUID) -> Case:
    """A case whose start is approved, or comes first in an emergency (Art. 10)."""
    case = visible_case(person_of(request), case_id)
    if not (case.is_ordinary_penalty or case.kind == Case.Kind.INSPECTION):
        raise Refused("record.not_found")
    return case


@signed_in
def case_initiation(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What must stand first, the form of initiation, and how far its approval is."""
    person, case = person_of(request), _startable(request, case_id)
    if case.kind == Case.Kind.INSPECTION:
        return HttpResponseRedirect(reverse("case_inspection", args=[case.id]))
    lead = case.leads.first()
    paper = live_paper(case, FORM)

    def perform(data: dict[str, Any]) -> str:
        if paper is not None:
            return draft_href(paper.id)  # somebody else drew it up meanwhile: there is one form
        given = {**data, "happened_at": clock.iso(data["happened_at"])}
        return drawn(person, case.id, FORM, given=given)

    return form_page(
        request,
        InitiationForm(posted(request), initial=_initial(case, lead)),
        "case_initiation.html",
        perform=perform,
        success="立案审批表已起草，请核对、签字后报送。",
        context=case_frame(
            case,
            "立案",
            lead=lead,
            needs=_needs(case, lead),
            form_of=_form_of(case, paper),
            duties=[
                told_duty(one, case.id)
                for one in findings_about("case", [case.id]).get(str(case.id), [])
                if one.clause == "10.1"
            ],
            emergency=case.circumstances.get("emergency_reason"),
            may_draw=paper is None and is_allowed(person, "paper.draw_up"),
            may_hurry=case.initiated_at is None and is_allowed(person, "case.start_in_emergency"),
        ),
    )


def _initial(case: Case, lead: Lead | None) -> dict[str, Any]:
    """What the case knows, as the form of initiation would be filled."""
    known = fill(FORM, facts_of(case, None, clock.now()))
    happened = known.get("happened_at") or (lead.received_at if lead else None)
    return {
        "cause": case.cause,
        "happened_at": happened,
        "happened_place": known.get("happened_place") or case.place,
        "summary": known.get("summary"),
        "grounds": "有初步证据证明存在违法行为，依法应当给予行政处罚，属于本机关管辖，"
        "未超过追责期限。",
        "handler_opinion": "建议立案调查。",
    }


def _needs(case: Case, lead: Lead | None) -> list[dict[str, Any]]:
    """What must stand before the form, each with the page where it is put right."""
    pages = {
        "线索核查情况": reverse("lead_check", args=[lead.id]) if lead else None,
        "当事人基本情况": reverse("case_parties", args=[case.id]),
    }
    return [
        {
            "label": need.label,
            "article": need.article,
            "is_met": need.is_met(case),
            "href": pages.get(need.label),
        }
        for need in orders_of(case)[FORM].needs
    ]


def _form_of(case: Case, paper: Paper | None) -> dict[str, Any] | None:
    """The form as the page shows it: the card, and what is asked about it."""
    if paper is None:
        return None
    return {
        "paper": paper_line(paper),
        "is_draft": paper.state == Paper.State.DRAFT,
        "href": draft_href(paper.id),
        "asked": asked_about(case, "initiation"),
    }


@signed_in
def case_emergency(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Start before the approval, which is made up within twenty-four hours."""
    person, case = person_of(request), _startable(request, case_id)

    def perform(data: dict[str, Any]) -> str:
        start_in_emergency(actor=person, case_id=case.id, **data)
        return reverse("case_initiation", args=[case.id])

    page = OneForm(
        permission="case.start_in_emergency",
        title="紧急情况先行启动",
        submit="先行启动",
        success=with_periods("程序已经启动；请在{measures.make_up_approval}内补办审批。"),
        crumbs=[
            ("案件", reverse("cases")),
            (case.number, reverse("case", args=[case.id])),
        ],
        about=case.number,
        notes=[
            "只用于不立即启动就会使违法后果扩大、证据灭失等紧急情况。",
            with_periods(
                "自启动起{measures.make_up_approval}内补办审批，期限从按下“先行启动”起算。"
            ),
            "启动后即可开展检查、询问等调查活动。",
        ],
        article="10.1",
        is_grave=True,
    )
    return page.answer(request, ReasonForm(posted(request)), perform)
