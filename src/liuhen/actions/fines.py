"""Acts on fines: collection, handing in, banking (Penalty Law 67–71; Art. 27, 34)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.stages import advance
from liuhen.cases.models import Case, Performance
from liuhen.documents.case_facts import PAYABLE_TYPES
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
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
) -> Performance:
    """Record a fine paid, the way the decision says, against an official receipt.

    Raises:
        Refused: `fine.no_decision`, `fine.amount`, `fine.receipt`, `fine.paid_already`,
            `fine.in_future`, `law.forbids`.
    """
    case = draft.lock_case(case_id)
    decision = _decision(case)
    expected = decision.data.get("amount")
    if amount_fen != expected:
        raise Refused("fine.amount", expected=f"{(expected or 0) / 100:g}")
    if not receipt_number.strip():
        raise Refused("fine.receipt")
    if case.performances.exclude(amount_fen=None).exists():
        raise Refused("fine.paid_already")
    if performed_at is not None and performed_at > draft.at:
        raise Refused("fine.in_future")
    performance = Performance.objects.create(
        case=case,
        way=decision.data.get("collection") or Performance.Way.BANK,
        ground=decision.data.get("collection_ground") or "",
        amount_fen=amount_fen,
        receipt_number=receipt_number.strip(),
        performed_at=performed_at or draft.at,
    )
    if performance.way == Performance.Way.ON_THE_SPOT:
        draft.gate("collect_on_the_spot", case)
    advance(case, "performance" if case.procedure != case.Procedure.SIMPLE else "collection")
    draft.about(performance)
    draft.note(amount_fen=amount_fen, way=performance.way)
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
def hand_in_fine(draft: Draft, *, actor: Person, performance_id: UUID) -> Performance:
    """Record that money collected on the spot reached the authority (Penalty Law 71).

    Raises:
        Refused: `fine.not_on_the_spot`, `fine.handed_in_already`.
    """
    performance = _locked(draft, performance_id)
    if performance.handed_in_at is not None:
        raise Refused("fine.handed_in_already")
    performance.handed_in_at = draft.at
    performance.save(update_fields=["handed_in_at"])
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
