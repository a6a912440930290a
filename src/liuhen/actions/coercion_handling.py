"""What becomes of things sealed or seized: decided thing by thing, then carried out.

A thing is handled once; what can't be kept may be sold before, and its price takes its place.
Coercion Law 21, 27, 28, 46; Penalty Law 74. The taking itself is `actions.coercion`; the fine and
the auctioneer of an auction are `actions.auctions`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.auctions import (
    fine_to_recover,
    fines_of,
    look_again,
    refuse_unentrusted,
    set_off,
)
from liuhen.actions.coercion import change, refuse_other, stated
from liuhen.actions.drawing_up import draw_up
from liuhen.actions.paper_order import refuse_out_of_order
from liuhen.actions.parties import open_case
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case, Party, Performance
from liuhen.documents.handled_things import (
    HANDLING,
    LIFTING,
    RECORD,
    Thing,
    handling_papers,
    is_settled,
    numbers_of,
    things_of,
    way_of,
)
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import HandlingWay, PenaltyKind
from liuhen.people.models import Person

TAKEN_AWAY = frozenset({HandlingWay.CONFISCATION, HandlingWay.DESTRUCTION})
# How what was confiscated is disposed of (Penalty Law 74), as its record says it.
DISPOSALS: Mapping[str, str] = {
    "auction": "公开拍卖",
    "destruction": "销毁",
    "transfer": "移交有关部门",
    "other": "国家规定的其他方式",
}
# What a decision says besides its reason and basis, by way.
_NEEDED: Mapping[HandlingWay, str] = {
    HandlingWay.TRANSFER: "receiver",
    HandlingWay.SALE: "perishable",
    HandlingWay.AUCTION: "fine_number",
}


@act(permission="coercion.state", event="coercion.handling_proposed")
def propose_handling(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    way: str,
    numbers: Collection[str],
    reason: str,
    basis: str = "",
    penalty_number: str = "",
    receiver: str = "",
    perishable: str = "",
    fine_number: str = "",
) -> Paper:
    """Draw up what is to become of things on the list, by their numbers; the head then decides.

    `penalty_number` names the penalty that confiscates them: without it nothing is confiscated.
    `receiver` is the authority they are transferred to, `perishable` why they can't be kept,
    `fine_number` the penalty whose unpaid fine they are auctioned for.

    Raises:
        Refused: `record.not_found`, `case.closed`, `coercion.not_measure`, `paper.too_early`,
            `coercion.handling_incomplete`, `coercion.not_listed`, `coercion.handled`,
            `coercion.not_confiscated`, `coercion.no_fine`, `coercion.fine_paid`, `law.forbids`.
    """
    case = open_case(draft, case_id)
    refuse_other(case)
    if way not in set(HandlingWay):
        raise Refused("coercion.handling_incomplete")
    how = HandlingWay(way)
    type_key = LIFTING if how is HandlingWay.LIFTING else HANDLING
    refuse_out_of_order(case, type_key)
    texts = {"reason": reason, "basis": basis, "receiver": receiver, "perishable": perishable}
    given = _worded(how, {**texts, "fine_number": fine_number})
    given["items"] = [dict(one.row) for one in _chosen(case, how, numbers)]
    if how is HandlingWay.CONFISCATION and penalty_number.strip():
        given["penalty_number"] = _confiscating(case, penalty_number.strip())
    fine = fine_to_recover(case, fine_number.strip()) if how is HandlingWay.AUCTION else None
    paper = draw_up(draft, case, type_key, given=given)
    if fine is not None:
        change(case, fines={**fines_of(case), str(paper.id): fine})
    if how is not HandlingWay.LIFTING:
        draft.gate("handle_things", case)
    draft.about(paper)
    draft.note(way=way, numbers=numbers_of(paper))
    return paper


def _worded(how: HandlingWay, texts: Mapping[str, str]) -> dict[str, Any]:
    """What the decision says; a way asks for its own besides reason and basis."""
    said = {key: text.strip() for key, text in texts.items()}
    names = ["reason"] if how is HandlingWay.LIFTING else ["reason", "basis"]
    names += [_NEEDED[how]] if how in _NEEDED else []
    if not all(said[name] for name in names):
        raise Refused("coercion.handling_incomplete")
    way = {} if how is HandlingWay.LIFTING else {"way": how.value}
    return {**{name: said[name] for name in names}, **way}


def _chosen(case: Case, way: HandlingWay, numbers: Collection[str]) -> list[Thing]:
    """The things of these numbers, in the order of the list; none handled before."""
    wanted = {number.strip() for number in numbers if number.strip()}
    listed = {thing.number: thing for thing in things_of(case)}
    unlisted = wanted - listed.keys()
    if unlisted or not wanted:
        raise Refused("coercion.not_listed", numbers="、".join(sorted(unlisted)) or "（没有选择）")
    _refuse_not_open(way, [listed[number] for number in sorted(wanted)])
    return [thing for number, thing in listed.items() if number in wanted]


def _refuse_not_open(way: HandlingWay, things: Collection[Thing]) -> None:
    for thing in things:
        if not thing.is_open_to(way):
            by = thing.handled_by or thing.sold_by
            number = (by.number if by else None) or "已作出的决定"
            raise Refused("coercion.handled", number=thing.number, by=number)


def _confiscating(case: Case, number: str) -> str:
    """The number of an issued penalty against the same party that confiscates."""
    found = Paper.objects.filter(
        number=number, type="penalty_decision", state=Paper.State.ISSUED
    ).first()
    kinds = found.data.get("penalty_kinds") or [] if found else []
    names = set(case.parties.filter(role=Party.Role.PARTY).values_list("name", flat=True))
    if (
        found is None
        or PenaltyKind.CONFISCATION.value not in kinds
        or not found.case.parties.filter(role=Party.Role.PARTY, name__in=names).exists()
    ):
        raise Refused("coercion.not_confiscated", number=number)
    return number


def refuse_handled(paper: Paper) -> None:
    """Refuse a decision on a thing that is not on the list, or was handled by another meanwhile.

    Raises:
        Refused: `coercion.not_listed`, `coercion.handled`, `coercion.fine_paid`.
    """
    look_again(paper)
    others = [one for one in handling_papers(paper.case) if one.id != paper.corrects_id]
    listed = {thing.number: thing for thing in things_of(paper.case, others)}
    if not listed:
        return  # taken in an emergency and lifted before there was a list
    unlisted = set(numbers_of(paper)) - listed.keys()
    if unlisted:
        raise Refused("coercion.not_listed", numbers="、".join(sorted(unlisted)))
    _refuse_not_open(way_of(paper), [listed[number] for number in numbers_of(paper)])


@dataclass(frozen=True, slots=True)
class Done:
    """How a decision was carried out: with whom, when, where, what money came of it."""

    person: str
    note: str
    place: str = ""
    witness: str = ""
    disposal: str = ""
    amount_fen: int | None = None
    receipt_number: str = ""
    paid_in_on: dt.date | None = None


@act(permission="coercion.state", event="coercion.handling_carried_out")
def carry_out_handling(
    draft: Draft,
    *,
    actor: Person,
    paper_id: UUID,
    done: Done,
    done_at: dt.datetime | None = None,
) -> Performance:
    """Record how a decision on what was taken was carried out.

    `done.person` took the things back, bought or received them, or disposed of them. What was
    confiscated or destroyed needs a witness, a place and how; its record is drawn up to be signed.
    A sale needs its price and receipt; who gets sold things back gets no less than their price.
    An auction for a fine needs its auctioneer entrusted and its price paid into the treasury
    (`done.paid_in_on`, its number in `done.receipt_number`); the price pays the fine.

    Raises:
        Refused: `record.not_found`, `case.closed`, `coercion.not_measure`, `coercion.not_decided`,
            `coercion.carried_out`, `coercion.before_decision`, `performance.empty`,
            `fine.in_future`, `coercion.proceeds`, `coercion.price`, `coercion.witness`,
            `coercion.unentrusted`.
    """
    case, paper = _decided(draft, paper_id)
    if str(paper.id) in carried_out(case):
        raise Refused("coercion.carried_out")
    at = done_at or draft.at
    _check(draft, paper, done, at)
    _refuse_short(case, paper, done)
    row = _entered(done, at)
    if way_of(paper) is HandlingWay.AUCTION:
        row |= _paid_in(draft, case, paper, done, at)
    change(case, done={**carried_out(case), str(paper.id): row})
    if way_of(paper) in TAKEN_AWAY:
        _draw_record(draft, case, paper, done, at)
    performance = Performance.objects.create(
        case=case,
        way=Performance.Way.OTHER,
        amount_fen=done.amount_fen,
        receipt_number=done.receipt_number.strip(),
        performed_at=at,
        note=_told(way_of(paper), done),
    )
    if is_settled(case) and all(str(one.id) in carried_out(case) for one in handling_papers(case)):
        advance(case, "performance")
    draft.about(performance)
    draft.note(way=way_of(paper).value, numbers=numbers_of(paper))
    return performance


def _entered(done: Done, at: dt.datetime) -> dict[str, Any]:
    """What the case keeps of it, as its page shows it again."""
    return {
        "at": clock.iso(at),
        "person": done.person.strip(),
        "witness": done.witness.strip(),
        "disposal": done.disposal,
        "place": done.place.strip(),
        "amount_fen": done.amount_fen,
        "receipt_number": done.receipt_number.strip(),
        "note": done.note.strip(),
    }


def _paid_in(draft: Draft, case: Case, paper: Paper, done: Done, at: dt.datetime) -> dict[str, Any]:
    """The price pays the fine; what is over goes back to the party."""
    refuse_unentrusted(paper)
    if done.paid_in_on is None or not clock.local_date(at) <= done.paid_in_on <= clock.local_date(
        draft.at
    ):
        raise Refused("coercion.proceeds")
    surplus = set_off(draft, case, paper, int(done.amount_fen or 0), at)
    return {"paid_in_on": done.paid_in_on.isoformat(), "surplus_fen": surplus}


def _decided(draft: Draft, paper_id: UUID) -> tuple[Case, Paper]:
    """The locked case, and the decision on things that stands in it."""
    case_id = Paper.objects.filter(id=paper_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    case = open_case(draft, case_id)
    refuse_other(case)
    paper = next((one for one in handling_papers(case) if one.id == paper_id), None)
    if paper is None:
        raise Refused("coercion.not_decided")
    return case, paper


def carried_out(case: Case) -> Mapping[str, Mapping[str, Any]]:
    """How decisions were carried out, by the id of the paper."""
    found: Mapping[str, Mapping[str, Any]] = stated(case).get("done") or {}
    return found


def _check(draft: Draft, paper: Paper, done: Done, at: dt.datetime) -> None:
    if not (done.person.strip() and done.note.strip()):
        raise Refused("performance.empty")
    if at > draft.at:
        raise Refused("fine.in_future")
    if paper.issued_at is not None and at < paper.issued_at:
        raise Refused("coercion.before_decision")
    way = way_of(paper)
    is_witnessed = done.witness.strip() and done.place.strip() and done.disposal in DISPOSALS
    if way in TAKEN_AWAY and not is_witnessed:
        raise Refused("coercion.witness")
    if way is HandlingWay.DESTRUCTION and done.disposal != "destruction":
        raise Refused("coercion.witness")
    is_sold = way in (HandlingWay.SALE, HandlingWay.AUCTION) or done.disposal == "auction"
    if is_sold and not ((done.amount_fen or 0) > 0 and done.receipt_number.strip()):
        raise Refused("coercion.proceeds")


def _refuse_short(case: Case, paper: Paper, done: Done) -> None:
    """Whoever gets sold things back gets their whole price (Coercion Law 28)."""
    if way_of(paper) is not HandlingWay.LIFTING:
        return
    lifted = set(numbers_of(paper))
    owed = sum(
        int(carried_out(case).get(str(sale.id), {}).get("amount_fen") or 0)
        for sale in handling_papers(case)
        if way_of(sale) is HandlingWay.SALE and lifted.issuperset(numbers_of(sale))
    )
    if (done.amount_fen or 0) < owed:
        raise Refused("coercion.price", least=f"{owed / 100:g}")


_WORDS: Mapping[HandlingWay, str] = {
    HandlingWay.LIFTING: "领取",
    HandlingWay.CONFISCATION: "经手处理没收的财物",
    HandlingWay.DESTRUCTION: "经手销毁",
    HandlingWay.SALE: "受托拍卖或者买受",
    HandlingWay.TRANSFER: "接收移送的财物",
    HandlingWay.AUCTION: "受托拍卖，款项抵缴罚款并上缴国库",
}


def _told(way: HandlingWay, done: Done) -> str:
    money = f"金额{done.amount_fen / 100:g}元。" if done.amount_fen else ""
    return f"{done.person.strip()}{_WORDS[way]}。{money}{done.note.strip()}"


def _draw_record(draft: Draft, case: Case, paper: Paper, done: Done, at: dt.datetime) -> None:
    """The record of what was confiscated or destroyed, to be signed by handler and witness."""
    asked = Approval.objects.filter(subject_id=paper.id, outcome=Approval.Outcome.APPROVED)
    last = asked.select_related("decided_by").order_by("-step").first()
    given = {
        "decision_number": paper.number,
        "items": paper.data.get("items"),
        "way": done.disposal,
        "handled_on": clock.local_date(at).isoformat(),
        "place": done.place.strip(),
        "proceeds": done.amount_fen,
        "approver": last.decided_by.name if last and last.decided_by else None,
    }
    draw_up(draft, case, RECORD, given=given, subject_id=paper.id)
