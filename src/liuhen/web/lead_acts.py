"""Pages on which something is done about one lead: handed out, checked, proposed, carried out.

Each holds one form and posts to one act. Not for reading a lead (`leads`), nor for initiating
(`initiation`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions import lead_outcomes as outcomes
from liuhen.actions import leads as acts
from liuhen.cases.lead_queries import visible_lead
from liuhen.cases.models import CaseOfficer, Lead
from liuhen.documents.jurisdiction import competent_body
from liuhen.web import lead_forms as asked
from liuhen.web.acting import person_of, signed_in
from liuhen.web.officer_forms import OfficersForm
from liuhen.web.one_form import OneForm, PlacedForm, posted, seen_version
from liuhen.web.periods import period_words, with_periods

_PROTECTED = "投诉举报人的姓名和联系方式不得向被反映人或者无关人员透露。"


def answer_on_lead(
    request: HttpRequest,
    lead: Lead,
    form: PlacedForm,
    act: Callable[..., object],
    **page: Any,
) -> HttpResponse:
    """The one form of an act on a lead, posted with the version the person has before them."""
    actor, seen = person_of(request), seen_version(request)

    def perform(data: dict[str, Any]) -> str:
        act(actor=actor, lead_id=lead.id, version=seen, **data)
        return reverse("lead", args=[lead.id])

    crumbs = [("线索", reverse("leads")), (lead.number, reverse("lead", args=[lead.id]))]
    shown = OneForm(
        crumbs=crumbs,
        about=f"{lead.number}，{lead.subject}",
        version=lead.version,
        **{"article": "11.1", **page},
    )
    return shown.answer(request, form, perform)


@signed_in
def lead_assign(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Hand a lead to a handler and officers."""
    lead = visible_lead(person_of(request), lead_id)
    carried = list(CaseOfficer.objects.filter(case=lead.case, until=None).select_related("person"))
    initial = {
        "handler": str(lead.case.handler_id) if carried else "",
        "officers": [str(one.person_id) for one in carried],
    }
    now = "、".join(one.person.name for one in carried)
    return answer_on_lead(
        request,
        lead,
        OfficersForm(posted(request), unit=lead.case.unit, initial=initial),
        acts.assign_lead,
        permission="lead.assign",
        title="分派线索",
        submit="分派",
        success="线索已分派，承办人的工作台上会出现这条线索。",
        article="12.1",
        notes=[
            f"现由{lead.case.handler.name}承办，执法人员：{now}。"
            if now
            else "还没有分派给任何人。",
            "没有被分派的人员不再看到这条线索。",
        ],
    )


@signed_in
def lead_check(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Write down what the check showed."""
    lead = visible_lead(person_of(request), lead_id)
    now = f"现在记着的核查情况：{lead.check_note}" if lead.check_note else "还没有核查记录。"
    return answer_on_lead(
        request,
        lead,
        asked.CheckForm(posted(request), initial={"check": lead.check_note}),
        acts.record_check,
        permission="lead.check",
        title="记录核查情况",
        submit="记下",
        success="核查情况已记录，请报请立案或者作其他处理。",
        notes=[now, "写得不对的，改写后再次记下；以前的内容仍可在留痕中查到。"],
    )


@signed_in
def lead_refusal(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Ask the unit's head not to take a lead up."""
    lead = visible_lead(person_of(request), lead_id)
    notes = ["按线索制作不予立案审批表，由承办机构负责人、机关负责人批准。"]
    if lead.is_named:
        notes += ["本线索为实名，批准后应当告知投诉举报人并作书面记录。", _PROTECTED]
    return answer_on_lead(
        request,
        lead,
        asked.ReasonForm(posted(request), initial={"reason": lead.outcome_reason}),
        outcomes.propose_refusal,
        permission="lead.propose",
        title="报请不予立案",
        submit="报请",
        success="已报送审批。",
        notes=notes,
    )


@signed_in
def lead_transfer(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Ask for the transfer of a lead."""
    lead = visible_lead(person_of(request), lead_id)
    initial = {
        "ground": "crime" if lead.is_suspected_crime else "jurisdiction",
        "recipient": lead.transferred_to or competent_body(lead.case),
        "reason": lead.outcome_reason,
    }

    def act(*, ground: str, **given: Any) -> object:
        return outcomes.propose_transfer(is_suspected_crime=ground == "crime", **given)

    return answer_on_lead(
        request,
        lead,
        asked.TransferForm(posted(request), initial=initial),
        act,
        permission="lead.propose",
        title="报请移送",
        submit="报请",
        success="已报送审批。",
        notes=[
            "没有管辖权的，由承办机构负责人批准。",
            with_periods("涉嫌犯罪的，还须报机关负责人决定；决定后{transfer.carry_out}内移送。"),
        ],
    )


@signed_in
def lead_prolongation(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Ask the head for more time to check."""
    lead = visible_lead(person_of(request), lead_id)
    return answer_on_lead(
        request,
        lead,
        asked.ReasonForm(posted(request)),
        acts.propose_prolongation,
        permission="lead.propose",
        title="报请延长核查时间",
        submit="报请",
        success="已报送审批；批准前仍按原期限计算。",
        notes=[
            f"情况复杂，不能在{period_words('order55.check_lead')}内核查完的，"
            f"经机关负责人批准可以延长{period_words('order55.check_lead_prolonged')}。",
            "须在原期限届满前报请并获批准，只能延长一次。",
        ],
    )


@signed_in
def lead_informing(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Record that a named complainant was told."""
    lead = visible_lead(person_of(request), lead_id)

    def act(*, at: Any, **given: Any) -> object:
        return outcomes.inform_complainant(informed_at=at, **given)

    return answer_on_lead(
        request,
        lead,
        asked.DoneForm(posted(request), initial={"at": asked.this_minute()}),
        act,
        permission="lead.inform",
        title="登记告知投诉举报人",
        submit="登记告知",
        success="已登记告知，线索登记表已制作。",
        notes=[
            f"投诉举报人：{lead.reporter_name}，{lead.reporter_contact}"
            if lead.is_named
            else "本线索没有实名投诉举报人。",
            "书面告知的，先制作《不予立案告知书》再登记，文号自动记入；用其他方式告知的，"
            "告知书草稿随登记作废。",
            "写明用什么方式、告知了什么；登记后线索登记表即行制作，不能再改。",
            _PROTECTED,
        ],
    )


@signed_in
def lead_hand_over(request: HttpRequest, lead_id: UUID) -> HttpResponse:
    """Record that a lead was handed to the body it is transferred to."""
    lead = visible_lead(person_of(request), lead_id)

    def act(*, at: Any, **given: Any) -> object:
        return outcomes.hand_over_lead(transferred_at=at, **given)

    return answer_on_lead(
        request,
        lead,
        asked.HandOverForm(posted(request), initial={"at": asked.this_minute()}),
        act,
        permission="lead.transfer",
        title="登记移送",
        submit="登记移送",
        success="已登记移送，线索登记表已制作。",
        notes=[
            f"受移送机关：{lead.transferred_to or '还没有确定'}",
            "移送书、移送函制作以后才能登记；登记后线索登记表即行制作，不能再改。",
        ],
    )
