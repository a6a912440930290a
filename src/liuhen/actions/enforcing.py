"""Enforcing a decision that was not performed: its case, opened from the decision it enforces.

The reminder, the decision and the application to the court are papers of that case
(`actions.coercion_order`); enforcement on the spot begins through `actions.coercion_scene`.
Coercion Law 34–54; Art. 35, 36.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.opening import nature_of, open_directly, take_over_party
from liuhen.actions.parties import open_case
from liuhen.cases.models import Case
from liuhen.cases.queries import performing
from liuhen.compliance.paper_fields import SAID_BY
from liuhen.documents.late_payment_facts import payments, plan_of, remedies_of
from liuhen.documents.models import Paper, Service
from liuhen.documents.service_days import in_effect
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person, Unit

DECISIONS = ("penalty_decision", "simple_decision", "levy_decision")


@act(permission="coercion.open", event="coercion.enforcement_opened")
def open_enforcement(
    draft: Draft,
    *,
    actor: Person,
    enforced_id: UUID,
    officers: Sequence[Person],
    nature: Collection[str] = (),
) -> Case:
    """Open a case that enforces the decision of another, which was served and not performed.

    A unit without the power of its own may still remind and apply to the court (53). `nature`:
    which of `opening.NATURE` hold.

    Raises:
        Refused: `record.not_found`, `case.closed`, `enforcement.no_decision`,
            `enforcement.unserved`, `enforcement.performed`, `enforcement.not_due`,
            `enforcement.opened`, `circumstances.unknown`, and what `opening.open_directly` refuses.
    """
    enforced = open_case(draft, enforced_id)
    owed = _owed(draft, enforced)
    case = open_directly(
        draft,
        kind=Case.Kind.COERCION,
        procedure=Case.Procedure.ENFORCEMENT,
        cause=enforced.cause,
        place=enforced.place,
        officers=officers,
        party=None,
    )
    take_over_party(case, enforced)
    unit = draft.actor.unit
    has_power = unit is not None and Unit.Power.ENFORCEMENT in unit.powers
    case.circumstances = {
        "has_coercive_power": has_power,
        "has_internal_approval": False,
        **nature_of(nature),
    }
    case.facts = {"enforced": owed}
    case.save(update_fields=["circumstances", "facts"])
    enforced.facts = {**enforced.facts, "enforcement": {"case_id": str(case.id)}}
    enforced.save(update_fields=["facts"])
    return case


def _owed(draft: Draft, enforced: Case) -> dict[str, Any]:
    """What the decision asks for, once it may be enforced."""
    issued = enforced.papers.filter(type__in=DECISIONS, state=Paper.State.ISSUED)
    decision = issued.order_by("-issued_at").first()
    if decision is None or decision.issued_at is None:
        raise Refused("enforcement.no_decision")
    if "enforcement" in enforced.facts:
        raise Refused("enforcement.opened")
    if performing(enforced).exists():
        raise Refused("enforcement.performed")
    service = in_effect(Service.objects.filter(paper=decision)).first()
    if service is None:
        raise Refused("enforcement.unserved")
    served_on = clock.local_date(service.received_at or service.served_at)
    due = first_unpaid(enforced, decision) or due_on(decision, served_on)
    if clock.local_date(draft.at) <= due:
        raise Refused("enforcement.not_due", due=due.isoformat())
    return {
        "case_id": str(enforced.id),
        "number": decision.number,
        "title": decision.document_type.title,
        "decided_on": clock.local_date(decision.issued_at).isoformat(),
        "served_on": served_on.isoformat(),
        "due_on": due.isoformat(),
        "obligation": _obligation(enforced, decision),
        "deferred_until": max((day.isoformat() for _, day in plan_of(enforced)), default=""),
        "amount_fen": _unpaid(enforced, decision),
        # An issued decision is complete, unless its type is the authority's own.
        "remedies_told": all(decision.data.get(name) for name in SAID_BY["remedies"]),
        "remedies": remedies_of(enforced),
    }


def first_unpaid(case: Case, decision: Paper) -> dt.date | None:
    """Where a plan was granted, the day of its first part that payments do not cover."""
    paid, planned = sum(fen for _, fen in payments(case)), 0
    for fen, day in plan_of(case):
        planned += fen
        if paid < planned:
            return day
    return None


def due_on(decision: Paper, served_on: dt.date) -> dt.date:
    """Last day on which a served decision may be performed of one's own accord."""
    given = decision.data.get("pay_by")
    if isinstance(given, str):
        return dt.date.fromisoformat(given)
    days = decision.data.get("payment_days")
    return served_on + dt.timedelta(days=days if isinstance(days, int) else 0)


def _unpaid(case: Case, decision: Paper) -> int | None:
    amount = decision.data.get("amount")
    return amount - sum(fen for _, fen in payments(case)) if isinstance(amount, int) else None


def _obligation(enforced: Case, decision: Paper) -> str:
    amount = _unpaid(enforced, decision)
    if amount:
        what = decision.data.get("item") or "罚款"
        return f"缴纳{what}{amount / 100:g}元"
    penalty: Mapping[str, Any] = enforced.facts.get("penalty") or {}
    return str(penalty.get("proposed") or decision.data.get("correction") or enforced.cause)


def note_reminder(draft: Draft, paper: Paper) -> None:
    """Let the case whose decision is enforced know that its party was reminded (Art. 35)."""
    enforced = (paper.case.facts.get("enforced") or {}).get("case_id")
    if paper.type != "reminder" or enforced is None:
        return
    origin = draft.lock_case(UUID(enforced))
    noted = {**(origin.facts.get("enforcement") or {}), "reminded_at": clock.iso(draft.at)}
    origin.facts = {**origin.facts, "enforcement": noted}
    origin.save(update_fields=["facts"])
    draft.entry.case_id = paper.case_id
