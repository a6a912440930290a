"""Things seized, auctioned for a fine that stays unpaid: the fine, the auctioneer, the price.

The decision itself is proposed and carried out like any other on things (`coercion_handling`).
Coercion Law 46, 48, 49; Penalty Law 72. Not for what is confiscated and then auctioned (74).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.coercion import change, refuse_other, stated
from liuhen.actions.drawing_up import draw_up
from liuhen.actions.enforcing import due_on, first_unpaid
from liuhen.actions.fines import left_to_pay
from liuhen.actions.linked_fines import standing_of
from liuhen.actions.paper_order import refuse_out_of_order
from liuhen.actions.parties import open_case
from liuhen.actions.stages import advance
from liuhen.cases.models import Case, Party, Performance
from liuhen.cases.queries import performing
from liuhen.documents.handled_things import ENTRUSTMENT, handling_papers, way_of
from liuhen.documents.late_payment_facts import late_paid_fen, late_payment_facts
from liuhen.documents.models import Paper, Service
from liuhen.documents.service_days import in_effect
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.calendar import end_of_day
from liuhen.law.vocabulary import HandlingWay
from liuhen.people.models import Person, Unit
from liuhen.rulebook.queries import rulebook

_FINING = ("penalty_decision", "simple_decision")


def fine_to_recover(case: Case, number: str) -> dict[str, Any]:
    """A fine against the same party as it stands now, for the law's judgement of an auction.

    Raises:
        Refused: `coercion.no_fine`, `coercion.fine_paid`.
    """
    decision = _fining(case, number)
    fined = decision.case
    if performing(fined).exists() or left_to_pay(fined, decision) <= 0:
        raise Refused("coercion.fine_paid", number=number)
    return _as_it_stands(case, fined, decision)


def _as_it_stands(case: Case, fined: Case, decision: Paper) -> dict[str, Any]:
    service = in_effect(Service.objects.filter(paper=decision)).first()
    served_on = clock.local_date(service.received_at or service.served_at) if service else None
    due = None
    if served_on is not None:
        due = first_unpaid(fined, decision) or due_on(decision, served_on)
    reminded = _reminder_end(fined)
    return {
        "case_id": str(fined.id),
        "number": decision.number,
        "served_on": served_on.isoformat() if served_on else None,
        "due_on": due.isoformat() if due else None,
        "may_enforce": Unit.Power.ENFORCEMENT in case.unit.powers,
        "reminder_ended_at": clock.iso(reminded) if reminded else None,
        **standing_of(fined),
    }


def _fining(case: Case, number: str) -> Paper:
    names = set(case.parties.filter(role=Party.Role.PARTY).values_list("name", flat=True))
    issued = Paper.objects.filter(number=number, type__in=_FINING, state=Paper.State.ISSUED)
    found = issued.select_related("case").first()
    if (
        found is None
        or not found.data.get("amount")
        or not found.case.parties.filter(role=Party.Role.PARTY, name__in=names).exists()
    ):
        raise Refused("coercion.no_fine", number=number)
    return found


def _reminder_end(fined: Case) -> dt.datetime | None:
    """The end of the period that a served reminder gave; None when none was served."""
    where = {"case__facts__enforced__case_id": str(fined.id), "type": "reminder"}
    ends = []
    for paper in Paper.objects.filter(**where, state=Paper.State.ISSUED):
        service, days = in_effect(paper.services.all()).first(), paper.data.get("days")
        if service is not None and isinstance(days, int):
            received = clock.local_date(service.received_at or service.served_at)
            last = rulebook().calendar.after_days(received, days, rolls=True)
            ends.append(end_of_day(last.last_on))
    return min(ends, default=None)


def fines_of(case: Case) -> Mapping[str, Mapping[str, Any]]:
    """The fines that decisions of the case are to recover, by the id of the paper."""
    found: Mapping[str, Mapping[str, Any]] = stated(case).get("fines") or {}
    return found


def look_again(paper: Paper) -> None:
    """Before an auction is decided: refuse a fine paid meanwhile, note how it stands by now.

    Raises:
        Refused: `coercion.fine_paid`.
    """
    if way_of(paper) is HandlingWay.AUCTION:
        fine = fine_to_recover(paper.case, str(paper.data.get("fine_number")))
        change(paper.case, fines={**fines_of(paper.case), str(paper.id): fine})


@act(permission="coercion.state", event="coercion.auction_entrusted")
def entrust_auction(
    draft: Draft,
    *,
    actor: Person,
    paper_id: UUID,
    auctioneer: str,
    reserve_fen: int | None = None,
    terms: str = "",
) -> Paper:
    """Draw up the letter that entrusts an auctioneer with the things a decision names.

    Raises:
        Refused: `record.not_found`, `case.closed`, `coercion.not_measure`, `coercion.not_decided`,
            `coercion.auctioneer`, `coercion.entrusted`, `paper.too_early`.
    """
    case, decision = auction_decided(draft, paper_id)
    if not auctioneer.strip():
        raise Refused("coercion.auctioneer")
    live = case.papers.filter(type=ENTRUSTMENT, subject_id=decision.id)
    if live.exclude(state=Paper.State.VOID).exists():
        raise Refused("coercion.entrusted")
    refuse_out_of_order(case, ENTRUSTMENT)
    given = {
        "addressee": auctioneer.strip(),
        "decision_number": decision.number,
        "items": decision.data.get("items"),
        "reserve": reserve_fen,
        "terms": terms.strip() or None,
    }
    paper = draw_up(draft, case, ENTRUSTMENT, given=given, subject_id=decision.id)
    draft.about(paper)
    draft.note(auctioneer=auctioneer.strip())
    return paper


def auction_decided(draft: Draft, paper_id: UUID) -> tuple[Case, Paper]:
    """The locked case, and a decision of it to auction things for a fine."""
    case_id = Paper.objects.filter(id=paper_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    case = open_case(draft, case_id)
    refuse_other(case)
    paper = next((one for one in handling_papers(case) if one.id == paper_id), None)
    if paper is None or way_of(paper) is not HandlingWay.AUCTION:
        raise Refused("coercion.not_decided")
    return case, paper


def refuse_unentrusted(paper: Paper) -> None:
    """What nobody was entrusted with is not auctioned. Raises `coercion.unentrusted`."""
    letters = paper.case.papers.filter(type=ENTRUSTMENT, subject_id=paper.id)
    if not letters.filter(state=Paper.State.ISSUED).exists():
        raise Refused("coercion.unentrusted")


def set_off(draft: Draft, case: Case, paper: Paper, price_fen: int, at: dt.datetime) -> int:
    """Pay the fine, then what delay has cost, out of the price; what is left goes back, in fen."""
    origin = draft.lock_case(UUID(str(fines_of(case)[str(paper.id)]["case_id"])))
    if origin.closed_at is not None:
        raise Refused("case.closed")
    decision = origin.papers.get(number=paper.data["fine_number"], state=Paper.State.ISSUED)
    # What delay costs is counted before the fine is paid: afterwards nothing is overdue.
    counted = late_payment_facts(origin, decision, clock.local_date(at))
    late = max(0, int(counted.get("amount_fen", 0)) - late_paid_fen(origin))
    fine = left_to_pay(origin, decision)
    paid, delayed = min(price_fen, fine), min(max(0, price_fen - fine), late)
    whole = Performance.Purpose.WHOLE if paid == fine else Performance.Purpose.PART
    for purpose, fen in ((whole, paid), (Performance.Purpose.LATE, delayed)):
        if fen > 0:
            Performance.objects.create(
                case=origin,
                purpose=purpose,
                way=Performance.Way.OTHER,
                amount_fen=fen,
                performed_at=at,
                note=f"以{paper.number}拍卖查封（扣押）的财物所得款项抵缴。",
            )
    if whole == Performance.Purpose.WHOLE:
        advance(origin, "performance")
    draft.entry.case_id = case.id
    return price_fen - paid - delayed
