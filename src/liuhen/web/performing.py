"""The page of a decision's performance: what is paid or done, its record, the way of the money.

Not for the closing that follows (`case_acts`), nor for collecting on the spot.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions import fines
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.case_facts import PAYABLE_TYPES
from liuhen.documents.models import Paper
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in
from liuhen.web.case_acts import AREA, case_frame
from liuhen.web.drawing import drawn
from liuhen.web.paper_step import paper_step

RECORD = "performance_record"


class CollectForm(forms.Form):
    """A fine that was paid."""

    amount = forms.DecimalField(label="缴款金额", max_digits=9, decimal_places=2)
    receipt_number = forms.CharField(label="票据号", max_length=60)
    performed_at = forms.DateTimeField(
        label="缴款时间",
        required=False,
        help_text="不填为现在",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class PerformanceForm(forms.Form):
    """A decision performed in another way."""

    note = forms.CharField(label="履行情况", widget=AREA, max_length=2000)


@signed_in
def performance(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What of the decision is performed, and recording more of it."""
    person = person_of(request)
    case = visible_case(person, case_id)
    decision = case.papers.filter(type__in=PAYABLE_TYPES, state=Paper.State.ISSUED).first()
    fine = (decision.data.get("amount") if decision else None) or 0
    # What is enforced was decided in the case it comes from.
    is_decided = decision is not None or case.procedure == Case.Procedure.ENFORCEMENT
    performed = list(case.performances.order_by("performed_at", "id"))
    is_fine = bool(fine) and not any(one.amount_fen for one in performed)
    posted = request.POST if request.method == "POST" else None
    if posted is not None and posted.get("type") == RECORD:
        return HttpResponseRedirect(drawn(person, case.id, RECORD))

    def perform(data: dict[str, Any]) -> str:
        _perform(person, case, data, is_fine=is_fine)
        return reverse("case_performance", args=[case.id])

    context = case_frame(
        case,
        "履行情况",
        decision=decision,
        fine_yuan=fine / 100 if fine else None,
        performed=[_performed(case, one) for one in performed],
        is_fine=is_fine,
        is_decided=is_decided,
        may_record=is_decided and is_allowed(person, "performance.record"),
        may_bank=is_allowed(person, "fine.bank"),
        record=_record(person, case) if performed else None,
    )
    return form_page(
        request,
        _form(posted, fine) if is_fine else PerformanceForm(posted),
        "case_performance.html",
        perform=perform,
        success="已登记。",
        context=context,
    )


def _form(posted: QueryDict | None, fine: int) -> CollectForm:
    return CollectForm(posted, initial={"amount": f"{fine / 100:.2f}"})


def _record(person: Person, case: Case) -> dict[str, Any] | None:
    """The record of the performance of an ordinary penalty; other procedures have none."""
    is_ordinary = case.kind == Case.Kind.PENALTY and case.procedure == Case.Procedure.ORDINARY
    return paper_step(person, case, RECORD) if is_ordinary else None


def _perform(person: Person, case: Case, data: dict[str, Any], *, is_fine: bool) -> None:
    if not is_fine:
        fines.record_performance(actor=person, case_id=case.id, note=data["note"])
        return
    fines.collect_fine(
        actor=person,
        case_id=case.id,
        amount_fen=int(data["amount"] * 100),
        receipt_number=data["receipt_number"],
        performed_at=data["performed_at"],
    )


def _performed(case: Case, one: Any) -> dict[str, Any]:
    """One performance, with the next step of money collected on the spot."""
    step = None
    if one.way == one.Way.ON_THE_SPOT and one.banked_at is None:
        step = "hand-in" if one.handed_in_at is None else "bank"
    return {
        "row": one,
        "yuan": one.amount_fen / 100 if one.amount_fen else None,
        "step": step,
        "action": reverse("case_money", args=[case.id, one.id, step]) if step else None,
    }


_MONEY: dict[str, tuple[Callable[..., Any], str]] = {
    "hand-in": (fines.hand_in_fine, "已登记交至机关。"),
    "bank": (fines.bank_fine, "已登记缴付银行。"),
}


@signed_in
@require_POST
def money(request: HttpRequest, case_id: UUID, performance_id: UUID, step: str) -> HttpResponse:
    """Hand in or bank money that was collected on the spot."""
    person = person_of(request)
    case = visible_case(person, case_id)
    if step not in _MONEY or not case.performances.filter(id=performance_id).exists():
        raise Http404
    perform, success = _MONEY[step]
    return act_and_return(
        request,
        lambda: perform(actor=person, performance_id=performance_id),
        success=success,
        then=reverse("case_performance", args=[case.id]),
    )
