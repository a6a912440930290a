"""Pages of copies of a case on discs: asked for, answered by the leader in charge (Art. 42, 46).

The discs are written at the machine (`commands.disc`). Not for single papers and recordings
(`party_copies`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.case_copies import answer_case_copy, ask_case_copy
from liuhen.archive.models import CaseCopy, CaseCopyRequest
from liuhen.archive.queries import visible_copy_requests
from liuhen.cases.queries import visible_case
from liuhen.kernel.refusals import Refused
from liuhen.people.queries import is_allowed
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of

TITLE = "复制到光盘"


class AskForm(PlacedForm):
    """For whom, what of it, what for."""

    recipient = forms.CharField(
        label="交给", max_length=120, help_text="来函的人民法院、复议机关，或者当事人"
    )
    audience = forms.ChoiceField(label="内容", choices=[("", "请选择"), *CaseCopy.Audience.choices])
    purpose = forms.CharField(
        label="用途",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：来函的文号和要求",
    )
    due_on = forms.DateField(
        label="收回之日",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="用后应当归还或者销毁的，写明哪一天；对方留存附卷的不填",
    )


@signed_in
@require_safe
def case_discs(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What was asked for of a case, and what became of it."""
    person = person_of(request)
    case = visible_case(person, case_id)
    page = page_of(request, visible_copy_requests(person).filter(case=case))
    may_answer, may_make = (is_allowed(person, one) for one in ("viewing.approve", "case.copy"))
    context = case_frame(
        case,
        TITLE,
        items=[
            {
                "row": one,
                "state": _state(one),
                "may_answer": may_answer and not one.outcome and one.asked_by_id != person.id,
                "may_make": may_make and one.is_waiting,
            }
            for one in page.rows
        ],
        pager=page.pager,
        may_ask=is_allowed(person, "case_copy.ask"),
    )
    return render(request, "case_discs.html", context)


def _state(one: CaseCopyRequest) -> tuple[str, str]:
    if one.outcome == CaseCopyRequest.Outcome.RETURNED:
        return "red", "不同意"
    if one.copy_id is not None:
        return "green", "已复制"
    return ("yellow", "已批准，待复制") if one.outcome else ("open", "待批准")


@signed_in
def case_disc_ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Ask for a copy."""
    person = person_of(request)
    case = visible_case(person, case_id)
    back = reverse("case_discs", args=[case.id])

    def perform(data: dict[str, Any]) -> str:
        ask_case_copy(actor=person, case_id=case.id, **data)
        return back

    page = OneForm(
        permission="case_copy.ask",
        title="申请复制案卷到光盘",
        submit="报分管负责同志",
        success="已报送，批准后由记录管理员复制。",
        crumbs=[(case.number, reverse("case", args=[case.id])), (TITLE, back)],
        about=f"{case.number} {case.cause}".strip(),
        notes=[
            "复制件含文书、音像和核验证明，在没有网络的电脑上也能打开、核验；给当事人的没有副卷。",
            "一次批准只能复制一次；交给谁、为什么、谁批准，登记并印在随盘的说明上。",
        ],
        article="42",
    )
    return page.answer(request, AskForm(posted(request)), perform)


@signed_in
@require_POST
def case_copy_answer(request: HttpRequest, copy_request_id: UUID) -> HttpResponse:
    """Approve or refuse a request."""
    person = person_of(request)
    found = visible_copy_requests(person).filter(id=copy_request_id).first()
    if found is None:
        raise Refused("record.not_found")
    outcome = request.POST.get("outcome", "")
    return act_and_return(
        request,
        lambda: answer_case_copy(
            actor=person,
            request_id=found.id,
            outcome=outcome,
            opinion=request.POST.get("opinion", ""),
        ),
        success="已同意。" if outcome == CaseCopyRequest.Outcome.APPROVED else "已答复不同意。",
        then=reverse("case_discs", args=[found.case_id]),
    )
