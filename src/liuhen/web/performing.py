"""The page of a decision's performance: what is paid or done, its record, the way of the money.

Not for the closing that follows (`case_acts`), nor for collecting on the spot.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions import fines
from liuhen.actions.payment_plans import FORM
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.case_facts import PAYABLE_TYPES
from liuhen.documents.collection_facts import has_banked_fine
from liuhen.documents.late_payment_facts import (
    DEFERRAL,
    late_paid_fen,
    late_payment_facts,
    open_remedy,
    payments,
    plan_of,
)
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.law.vocabulary import CollectionGround
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in
from liuhen.web.case_acts import AREA, case_frame
from liuhen.web.drawing import drawn
from liuhen.web.paper_step import paper_step
from liuhen.web.simple_forms import RemoteForm

RECORD = "performance_record"
LATE = "late_penalty_decision"
COLLECTION = "fine_collection"
_DRAWN_HERE = (RECORD, FORM, LATE, COLLECTION)


class CollectForm(RemoteForm):
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
    # What is enforced was decided in the case it comes from.
    is_decided = decision is not None or case.procedure == Case.Procedure.ENFORCEMENT
    left = fines.left_to_pay(case, decision) if decision is not None else 0
    late = late_row(case, decision) if decision is not None else None
    posted = request.POST if request.method == "POST" else None
    if posted is not None and posted.get("type") in _DRAWN_HERE:
        return HttpResponseRedirect(drawn(person, case.id, posted["type"]))
    is_late = posted is not None and posted.get("purpose") == "late"
    is_fine = left > 0 or is_late

    def perform(data: dict[str, Any]) -> str:
        _perform(person, case, data, is_fine=is_fine, is_late=is_late)
        return reverse("case_performance", args=[case.id])

    context = case_frame(
        case,
        "履行情况",
        decision=decision,
        is_fine=is_fine,
        is_decided=is_decided,
        is_remote=decision is not None
        and decision.data.get("collection_ground") == CollectionGround.REMOTE,
        may_record=is_decided and is_allowed(person, "performance.record"),
        may_bank=is_allowed(person, "fine.bank"),
        **_told(person, case, left, late),
    )
    return form_page(
        request,
        _form(posted, left) if is_fine else PerformanceForm(posted),
        "case_performance.html",
        perform=perform,
        success="已登记。",
        context=context,
    )


def _told(person: Person, case: Case, left: int, late: Mapping[str, Any] | None) -> dict[str, Any]:
    """What was paid and done, what is owed, and the papers about paying later or too late."""
    performed = list(case.performances.order_by("performed_at", "id"))
    return {
        "left_yuan": left / 100 if left > 0 else None,
        "performed": [_performed(case, one) for one in performed],
        "record": _record(person, case) if performed else None,
        "plan": plan_rows(case),
        "late": late,
        "late_form": CollectForm(auto_id="late_%s"),
        "steps": _later_steps(person, case, left, late),
    }


def plan_rows(case: Case) -> list[dict[str, Any]]:
    """The parts of the plan granted, each with its day and whether payments cover it."""
    paid, planned, rows = sum(fen for _, fen in payments(case)), 0, []
    for number, (fen, due_on) in enumerate(plan_of(case), start=1):
        planned += fen
        is_paid = paid >= planned
        is_over = not is_paid and due_on < clock.local_date(clock.now())
        rows.append(
            {"number": number, "yuan": fen / 100, "due_on": due_on}
            | {"is_paid": is_paid, "is_over": is_over}
        )
    return rows


def late_row(case: Case, decision: Paper) -> dict[str, Any] | None:
    """What is owed for delay today, what of it is paid; None while nothing is overdue."""
    late = late_payment_facts(case, decision, clock.local_date(clock.now()))
    if not late:
        return None
    left = late["amount_fen"] - late_paid_fen(case)
    return {
        "from_on": late["from_on"],
        "yuan": late["amount_fen"] / 100,
        "left_yuan": max(left, 0) / 100,
        "is_stopped": open_remedy(case) is not None,
    }


def _later_steps(
    person: Person, case: Case, left: int, late: Mapping[str, Any] | None
) -> list[dict[str, Any]]:
    """Papers about money: paying later or too late of an ordinary penalty, and what was paid."""
    if case.kind != Case.Kind.PENALTY:
        return []
    is_ordinary = case.procedure == Case.Procedure.ORDINARY
    types = (FORM, DEFERRAL, LATE, COLLECTION) if is_ordinary else (COLLECTION,)
    shown = [paper_step(person, case, key) for key in types]
    offered = {FORM: left > 0, DEFERRAL: False, LATE: late is not None}
    offered[COLLECTION] = has_banked_fine(case)
    return [one for one in shown if one["paper"] or (offered[one["type"]] and not one["needs"])]


def _form(posted: QueryDict | None, left: int) -> CollectForm:
    return CollectForm(posted, initial={"amount": f"{left / 100:.2f}"})


def _record(person: Person, case: Case) -> dict[str, Any] | None:
    """The record of the performance of an ordinary penalty; other procedures have none."""
    is_ordinary = case.kind == Case.Kind.PENALTY and case.procedure == Case.Procedure.ORDINARY
    return paper_step(person, case, RECORD) if is_ordinary else None


def _perform(
    person: Person, case: Case, data: dict[str, Any], *, is_fine: bool, is_late: bool
) -> None:
    if not is_fine:
        fines.record_performance(actor=person, case_id=case.id, note=data["note"])
        return
    collect = fines.collect_late_penalty if is_late else fines.collect_fine
    collect(
        actor=person,
        case_id=case.id,
        amount_fen=int(data["amount"] * 100),
        receipt_number=data["receipt_number"],
        performed_at=data["performed_at"],
        **({} if is_late else {key: data[key] for key in ("requested", "is_on_water")}),
    )


def _performed(case: Case, one: Any) -> dict[str, Any]:
    """One payment or performance, with the next step of money collected on the spot."""
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
    landed = {"landed_at": _landed_at(request)} if step == "hand-in" else {}
    return act_and_return(
        request,
        lambda: perform(actor=person, performance_id=performance_id, **landed),
        success=success,
        then=reverse("case_performance", args=[case.id]),
    )


def _landed_at(request: HttpRequest) -> dt.datetime | None:
    """When money taken on the water came ashore, as typed; the act refuses what it can't be."""
    try:
        landed: dt.datetime | None = forms.DateTimeField().clean(request.POST.get("landed_at"))
    except forms.ValidationError:
        return None
    return landed
