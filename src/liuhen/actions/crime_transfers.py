"""A suspected crime found in a case under way: reported, decided, handed to the police, answered.

Transfer rules 5 to 12; Art. 11. Not for a lead that is transferred before a case is initiated
(`lead_outcomes`). What is kept and how far it is: `documents.crime_transfers`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.asking import ask
from liuhen.actions.drawing_up import draw_up
from liuhen.actions.materials import keep_material
from liuhen.actions.parties import open_case
from liuhen.actions.simple_procedure import figure
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.documents.crime_transfers import (
    ANSWERS,
    CONTESTS,
    KIND,
    Row,
    crime_transfers,
    is_declined,
    last_transfer,
    stage_of,
)
from liuhen.documents.models import Material, Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

LETTER = "crime_transfer_letter"


@act(permission="crime.report", event="crime.reported")
def report_crime(
    draft: Draft, *, actor: Person, case_id: UUID, to: str, facts: str, officers: Collection[UUID]
) -> Approval:
    """Report a suspected crime to the head: which facts, to which police; two officers check it.

    Raises:
        Refused: `record.not_found`, `case.closed`, `crime.not_initiated`, `crime.under_way`,
            `crime.incomplete`, `crime.officers`, `approval.pending`, `approval.no_route`.
    """
    case = open_case(draft, case_id)
    if case.kind != Case.Kind.PENALTY or case.initiated_at is None:
        raise Refused("crime.not_initiated")
    rows = crime_transfers(case)
    if rows and stage_of(rows[-1]) == "reported" and is_declined(case):
        rows = rows[:-1]  # the head returned it: the ledger keeps what was reported
    if rows and stage_of(rows[-1]) != "resumed":
        raise Refused("crime.under_way")
    if not (to.strip() and facts.strip()):
        raise Refused("crime.incomplete")
    carried = case.officers.filter(until=None, person_id__in=officers).select_related("person")
    names = [one.person.name for one in carried.order_by("id")]
    least = int(figure("transfer.officers_minimum", draft.at))
    if len(names) < least:
        raise Refused("crime.officers", least=least)
    row = {
        "to": to.strip(),
        "reason": facts.strip(),
        "officers": names,
        "reported_at": clock.iso(draft.at),
    }
    _put(draft, case, [*rows, row])
    team = "、".join(names)
    said = f"{facts.strip()}\n拟移送：{to.strip()}。专案组：{team}。"
    return ask(
        draft,
        case,
        kind=KIND,
        subject=case,
        opinion=said,
        circumstances={"is_suspected_crime": True},
    )


def decide_transfer(draft: Draft, case: Case, approval: Approval) -> None:
    """The head approves: the letter to the police is drawn up; nothing is punished meanwhile."""
    _tell(draft, case, decided_at=clock.iso(draft.at))
    draw_up(draft, case, LETTER)


@act(permission="crime.transfer", event="crime.handed_over")
def hand_over_crime(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    receiver: str,
    receipt: str,
    handed_over_at: dt.datetime | None = None,
    content: bytes | None = None,
) -> Case:
    """Record that the police took the letter and what goes with it, and signed the receipt.

    `content` is the receipt as a file; None when they refused to sign one.

    Raises:
        Refused: `record.not_found`, `case.closed`, `crime.step`, `crime.no_letter`,
            `crime.incomplete`, `crime.time`, `material.incomplete`, `material.too_large`,
            `storage.full`.
    """
    case, row = _at(draft, case_id, "decided")
    letter = case.papers.filter(type=LETTER, state=Paper.State.ISSUED)
    if not letter.filter(issued_at__gte=clock.parse_iso(row["decided_at"])).exists():
        raise Refused("crime.no_letter")
    _refuse_blank(receiver, receipt)
    at = _checked_time(draft, handed_over_at, row["decided_at"])
    kept = _kept(draft, case, "移送回执", content, at)
    return _tell(
        draft,
        case,
        **({"receipt_file": kept} if kept else {}),
        handed_over_at=clock.iso(at),
        receiver=receiver.strip(),
        receipt=receipt.strip(),
    )


@act(permission="crime.transfer", event="crime.answered")
def record_police_answer(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    answer: str,
    note: str,
    answered_at: dt.datetime | None = None,
    content: bytes | None = None,
) -> Case:
    """Record what the police wrote: filed, refused, or sent on to those who are competent.

    Refused, the case waits until the refusal is contested or the case resumed. Sent on, the
    answer is still awaited. `content` is their paper as a file, None while it is still to come.

    Raises:
        Refused: `record.not_found`, `case.closed`, `crime.step`, `crime.answer`,
            `crime.incomplete`, `crime.time`, `material.incomplete`, `material.too_large`,
            `storage.full`.
    """
    case, row = _at(draft, case_id, "handed_over", "refused")
    if answer not in ANSWERS:
        raise Refused("crime.answer")
    if stage_of(row) == "refused" and "contest" not in row:
        raise Refused("crime.step")
    _refuse_blank(note)
    at = _checked_time(draft, answered_at, row.get("contested_at") or row["handed_over_at"])
    kept = _kept(draft, case, ANSWERS[answer], content, at)
    told = {"answer_file": kept} if kept else {}
    if "contest" in row:
        told["contest_ended_at"] = clock.iso(at)
    return _tell(
        draft,
        case,
        **told,
        answer=answer,
        answered_at=clock.iso(at),
        answer_note=note.strip(),
    )


@act(permission="crime.transfer", event="crime.contested")
def contest_police_answer(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    contest: str,
    note: str,
    contested_at: dt.datetime | None = None,
) -> Case:
    """Record that reconsideration or supervision by the procuratorate was asked for (rules 9).

    Raises:
        Refused: `record.not_found`, `case.closed`, `crime.step`, `crime.contest`,
            `crime.incomplete`, `crime.time`.
    """
    case, row = _at(draft, case_id, "refused")
    if contest not in CONTESTS:
        raise Refused("crime.contest")
    _refuse_blank(note)
    at = _checked_time(draft, contested_at, row["answered_at"])
    told = {"contest": contest, "contested_at": clock.iso(at), "contest_note": note.strip()}
    standing = {key: value for key, value in row.items() if key != "contest_ended_at"}
    return _put(draft, case, [*crime_transfers(case)[:-1], standing | told])


@act(permission="crime.transfer", event="crime.things_handed_over")
def hand_over_things(
    draft: Draft, *, actor: Person, case_id: UUID, note: str, things_at: dt.datetime | None = None
) -> Case:
    """Record that things and material went to the police once they filed a case (rules 12).

    Raises:
        Refused: `record.not_found`, `case.closed`, `crime.step`, `crime.incomplete`,
            `crime.time`.
    """
    case, row = _at(draft, case_id, "filed")
    _refuse_blank(note)
    at = _checked_time(draft, things_at, row["answered_at"])
    return _tell(draft, case, things_at=clock.iso(at), things_note=note.strip())


@act(permission="crime.transfer", event="crime.case_resumed")
def resume_case(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    note: str,
    returned_at: dt.datetime | None = None,
) -> Case:
    """Go on with the case: the police refused it for good, or gave a filed one back (rules 10, 13).

    `returned_at` is when a filed one came back, the present when not given; a refused one was back
    with the refusal. The days of the decision count again from then.

    Raises:
        Refused: `record.not_found`, `case.closed`, `crime.step`, `crime.incomplete`,
            `crime.time`.
    """
    case, row = _at(draft, case_id, "refused", "things")
    _refuse_blank(note)
    told = {"resumed_at": clock.iso(draft.at), "resumed_note": note.strip()}
    if stage_of(row) == "things":
        told["returned_at"] = clock.iso(_checked_time(draft, returned_at, row["things_at"]))
    return _tell(draft, case, **told)


def _at(draft: Draft, case_id: UUID, *stages: str) -> tuple[Case, Row]:
    """The locked open case and its transfer, which is at one of these stages."""
    case = open_case(draft, case_id)
    row = last_transfer(case)
    if row is None or stage_of(row) not in stages:
        raise Refused("crime.step")
    return case, row


def _refuse_blank(*texts: str) -> None:
    if not all(text.strip() for text in texts):
        raise Refused("crime.incomplete")


def _checked_time(draft: Draft, at: dt.datetime | None, after: str) -> dt.datetime:
    found = at or draft.at
    if not clock.parse_iso(after) <= found <= draft.at:
        raise Refused("crime.time")
    return found


def _kept(
    draft: Draft, case: Case, name: str, content: bytes | None, at: dt.datetime
) -> str | None:
    """The paper that came from the police, kept and tied to our letter; its id."""
    if content is None:
        return None
    letter = case.papers.filter(type=LETTER, state=Paper.State.ISSUED).order_by("issued_at").last()
    assert letter is not None  # nothing is handed over without one
    material = keep_material(
        draft,
        case,
        Material.Kind.TRANSFER_REPLY,
        name=name,
        content=content,
        received_from=crime_transfers(case)[-1]["to"],
        received_at=at,
        subject_id=letter.id,
    )
    return str(material.id)


def _tell(draft: Draft, case: Case, **known: Any) -> Case:
    rows = crime_transfers(case)
    return _put(draft, case, [*rows[:-1], rows[-1] | known])


def _put(draft: Draft, case: Case, rows: list[dict[str, Any]]) -> Case:
    case.facts = {**case.facts, "crime_transfers": rows}
    case.save(update_fields=["facts"])
    draft.about(case)
    draft.note(**rows[-1])
    return case
