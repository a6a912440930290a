"""Acts on fines: collection, handing in, banking (Penalty Law 67–71; Art. 27, 34)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.linked_fines import tell_linked
from liuhen.actions.stages import advance
from liuhen.cases.models import Case, Performance
from liuhen.documents.case_facts import PAYABLE_TYPES
from liuhen.documents.late_payment_facts import (
    late_paid_fen,
    late_payment_facts,
    payments,
    plan_of,
)
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import CollectionGround
from liuhen.people.models import Person


@act(permission="fine.collect", event="fine.collected")
def collect_fine(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    amount_fen: int,
    receipt_number: str,
    performed_at: dt.datetime | None = None,
    requested: str = "",
    is_on_water: bool | None = None,
) -> Performance:
    """Record a fine paid, the way the decision says, against an official receipt.

    Whole, or in parts where a plan was granted; the last part performs the decision. `requested`:
    how the party asked to pay on the spot in a remote place (69); there `is_on_water` is told, too.

    Raises:
        Refused: `fine.no_decision`, `fine.amount`, `fine.receipt`, `fine.paid_already`,
            `fine.in_future`, `fine.unrequested`, `law.forbids`.
    """
    case = draft.lock_case(case_id)
    decision = _decision(case)
    left = left_to_pay(case, decision)
    if left <= 0:
        raise Refused("fine.paid_already")
    is_part = bool(plan_of(case)) and 0 < amount_fen < left
    if amount_fen != left and not is_part:
        raise Refused("fine.amount", expected=f"{left / 100:g}")
    _check_receipt(draft, receipt_number, performed_at)
    ground = decision.data.get("collection_ground") or ""
    performance = Performance.objects.create(
        case=case,
        purpose=Performance.Purpose.PART if is_part else Performance.Purpose.WHOLE,
        way=decision.data.get("collection") or Performance.Way.BANK,
        ground=ground,
        amount_fen=amount_fen,
        receipt_number=receipt_number.strip(),
        performed_at=performed_at or draft.at,
        collected_by=draft.actor,
        **_remote(ground, requested, is_on_water),
    )
    if performance.way == Performance.Way.ON_THE_SPOT:
        draft.gate("collect_on_the_spot", case)
    if not is_part:
        advance(case, "performance" if case.procedure != case.Procedure.SIMPLE else "collection")
        tell_linked(draft, case)
    draft.about(performance)
    draft.note(amount_fen=amount_fen, way=performance.way, left_fen=left - amount_fen)
    return performance


def _remote(ground: str, requested: str, is_on_water: bool | None) -> dict[str, Any]:
    """What is kept of money taken in a remote place; nothing of any other."""
    if ground != CollectionGround.REMOTE:
        return {}
    if not requested.strip() or is_on_water is None:
        raise Refused("fine.unrequested")
    return {"note": requested.strip(), "is_on_water": is_on_water}


def left_to_pay(case: Case, decision: Paper) -> int:
    """What of the fine is not paid yet, in fen."""
    return int(decision.data.get("amount") or 0) - sum(fen for _, fen in payments(case))


def _check_receipt(draft: Draft, number: str, performed_at: dt.datetime | None) -> None:
    if not number.strip():
        raise Refused("fine.receipt")
    if performed_at is not None and performed_at > draft.at:
        raise Refused("fine.in_future")


@act(permission="fine.collect", event="fine.late_collected")
def collect_late_penalty(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    amount_fen: int,
    receipt_number: str,
    performed_at: dt.datetime | None = None,
) -> Performance:
    """Record what was paid for delay: up to what is owed by the day of payment (Penalty Law 72).

    Raises:
        Refused: `fine.no_decision`, `fine.late_none`, `fine.late_amount`, `fine.receipt`,
            `fine.in_future`.
    """
    case = draft.lock_case(case_id)
    decision = _decision(case)
    _check_receipt(draft, receipt_number, performed_at)
    paid_at = performed_at or draft.at
    owed = late_payment_facts(case, decision, clock.local_date(paid_at)).get("amount_fen", 0)
    left = owed - late_paid_fen(case)
    if left <= 0:
        raise Refused("fine.late_none")
    if not 0 < amount_fen <= left:
        raise Refused("fine.late_amount", most=f"{left / 100:g}")
    performance = Performance.objects.create(
        case=case,
        purpose=Performance.Purpose.LATE,
        way=Performance.Way.BANK,
        amount_fen=amount_fen,
        receipt_number=receipt_number.strip(),
        performed_at=paid_at,
        collected_by=draft.actor,
    )
    draft.about(performance)
    draft.note(amount_fen=amount_fen)
    return performance


def _decision(case: Case) -> Paper:
    decision = case.papers.filter(type__in=PAYABLE_TYPES, state=Paper.State.ISSUED).first()
    if decision is None or not decision.data.get("amount"):
        raise Refused("fine.no_decision")
    return decision


@act(permission="performance.record", event="performance.recorded")
def record_performance(draft: Draft, *, actor: Person, case_id: UUID, note: str) -> Performance:
    """Record that a decision without a fine was performed, in words (Art. 34).

    Raises:
        Refused: `performance.empty`.
    """
    case = draft.lock_case(case_id)
    if not note.strip():
        raise Refused("performance.empty")
    performance = Performance.objects.create(
        case=case, way=Performance.Way.OTHER, performed_at=draft.at, note=note.strip()
    )
    draft.about(performance)
    return performance


def _locked(draft: Draft, performance_id: UUID) -> Performance:
    found = Performance.objects.filter(id=performance_id).values_list("case_id", flat=True).first()
    if found is None:
        raise Refused("record.not_found")
    draft.lock_case(found)
    performance = Performance.objects.get(id=performance_id)
    if performance.way != Performance.Way.ON_THE_SPOT:
        raise Refused("fine.not_on_the_spot")
    draft.about(performance)
    return performance


@act(permission="fine.hand_in", event="fine.handed_in")
def hand_in_fine(
    draft: Draft,
    *,
    actor: Person,
    performance_id: UUID,
    landed_at: dt.datetime | None = None,
) -> Performance:
    """Record that money collected on the spot reached the authority (Penalty Law 71).

    What was taken on the water is due from its landing, which is told here.

    Raises:
        Refused: `fine.not_on_the_spot`, `fine.handed_in_already`, `fine.landing`.
    """
    performance = _locked(draft, performance_id)
    if performance.handed_in_at is not None:
        raise Refused("fine.handed_in_already")
    if performance.is_on_water:
        if landed_at is None or not performance.performed_at <= landed_at <= draft.at:
            raise Refused("fine.landing")
        performance.landed_at = landed_at
    performance.handed_in_at = draft.at
    performance.save(update_fields=["handed_in_at", "landed_at"])
    return performance


@act(permission="fine.bank", event="fine.banked")
def bank_fine(draft: Draft, *, actor: Person, performance_id: UUID) -> Performance:
    """Record that the authority paid the money into the bank (Penalty Law 71).

    Raises:
        Refused: `fine.not_handed_in`, `fine.banked_already`, `fine.not_on_the_spot`.
    """
    performance = _locked(draft, performance_id)
    if performance.handed_in_at is None:
        raise Refused("fine.not_handed_in")
    if performance.banked_at is not None:
        raise Refused("fine.banked_already")
    performance.banked_at = draft.at
    performance.save(update_fields=["banked_at"])
    return performance
