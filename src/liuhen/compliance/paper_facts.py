"""What was written, served, approved and paid, from rows to facts.

Not for what a paper should hold (`assembly`, and the rules that read these facts).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from liuhen.assembly.document_types import types
from liuhen.compliance.enforcement_facts import reminded_until
from liuhen.compliance.hearing_facts import HEARING_NOTICES, hearing_called
from liuhen.compliance.paper_fields import field_states
from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import member, or_not_yet
from liuhen.compliance.simple_facts import spoken_fields
from liuhen.law.facts import (
    Acknowledgement,
    Approval,
    Collection,
    Decision,
    Paper,
    Performance,
    RefusalToSign,
    Sanction,
    Signature,
)
from liuhen.law.measures.a22 import DECISION_PAPERS
from liuhen.law.measures.a35 import REMINDER
from liuhen.law.measures.a36 import APPLICATION
from liuhen.law.vocabulary import (
    CollectionGround,
    Office,
    Opinion,
    PenaltyKind,
    SignerRole,
)

# Types whose key or number is not the law's name for them: those beyond the document catalogue, and
# those that share a number with another paper that means something else.
_NAMED_TYPES: Mapping[str, str] = {
    "enforcement_record": "17",
    "enforcement_suspension": "enforcement_suspension",
    "enforcement_termination": "enforcement_termination",
    "levy_objection_decision": "levy_objection_review",
    "levy_objection_record": "28",
    "testing_period_notice": "testing_period_notice",
    "seizure_handling": "seizure_handling",
    "special_procedure_notice": "special_procedure_notice",
    "licence_cancellation_decision": "licence_cancellation",
    "licence_certificate": "licence_certificate",
    "licence_hearing_record": "31",
    "licence_hearing_report": "32",
    "licence_hearing_notice": "30",
    "inspection_notice": "inspection_notice",
    "inspection_result_notice": "inspection_result",
    "other_decision_approval": "decision_approval",
    "other_prior_notice": "prior_notice",
    "post_register": "post_registration",
    "random_draw_minutes": "draw_record",
    "remote_service_receipt": "39",
    "rectification_answer": "correction_answer",
    "rectification_order": "correction_order",
    "simple_case_filing": "filing_record",
}
_ROLES: Mapping[str, SignerRole] = {
    **{role.value: role for role in SignerRole},
    "unit_head": SignerRole.HEAD,
    "approver": SignerRole.LEADER,
}
_OPINIONS: Mapping[str, Opinion] = {
    "approved": Opinion.APPROVED,
    "returned": Opinion.RETURNED,
    "refused": Opinion.REFUSED,
}
ON_THE_SPOT = "37"
FINING = frozenset({"36", ON_THE_SPOT})
NOT_PUNISHING = "38"
_DECISIONS = frozenset({*DECISION_PAPERS, ON_THE_SPOT, NOT_PUNISHING})


@cache
def law_type(type_key: str) -> str:
    """The law's name of a document type: its number in the catalogue, or a named type."""
    found = types().get(type_key)
    if type_key not in _NAMED_TYPES and found is not None and found.catalogue is not None:
        return str(found.catalogue)
    return _NAMED_TYPES.get(type_key, type_key)


def papers(rows: CaseRows) -> tuple[Paper, ...]:
    """The papers of the case, drafts and void ones included."""
    signed: dict[str, list[Row]] = defaultdict(list)
    for row in rows.all("signatures"):
        if row.value("page") is None:  # at the foot of a page it is a part of the one at the end
            signed[str(row.reference("paper_id"))].append(row)
    scenes = {row.id: row for row in rows.all("activities")}
    replaced = rows.corrected()
    return tuple(
        _paper(
            rows,
            row,
            signed[row.id],
            scenes.get(row.reference("activity_id") or ""),
            activity=_activity(rows, row),
            is_replaced=row.id in replaced,
        )
        for row in rows.all("papers")
    )


def _activity(rows: CaseRows, row: Row) -> str | None:
    """What a paper records; the notice of a hearing is made long before the hearing it calls."""
    if row.text("type") in HEARING_NOTICES:
        return hearing_called(rows, row) or ""
    return row.reference("activity_id")


def _paper(
    rows: CaseRows,
    row: Row,
    signed: list[Row],
    scene: Row | None,
    *,
    activity: str | None,
    is_replaced: bool,
) -> Paper:
    return Paper(
        key=row.id,
        type=law_type(row.text("type")),
        number=row.text("number"),
        made_at=_made_at(row),
        issued_at=or_not_yet(row.instant("issued_at")),
        activity=activity,
        subject_key=row.reference("subject_id") or "",
        until=_until(rows, row),
        made_on_spot=_is_made_on_spot(row, scene),
        fields=_fields(row, scene),
        signatures=tuple(_signature(each) for each in signed if not each.truth("is_refused")),
        refusals=tuple(_refusal(each) for each in signed if each.truth("is_refused")),
        is_kept=True if row.reference("original_id") else None,
        is_void=row.text("state") == "void" or is_replaced,
    )


def _made_at(row: Row) -> dt.datetime | None:
    """When it was drawn up; an application to the court is made when it is issued, not before."""
    if law_type(row.text("type")) == APPLICATION:
        return row.instant("issued_at")
    return row.instant("drawn_up_at")


def _until(rows: CaseRows, row: Row) -> dt.date | None:
    """Last day of the period a paper gives: a reminder's from its receipt, else its field."""
    if law_type(row.text("type")) == REMINDER:
        return reminded_until(rows, row)
    found = row.stated("data").get("until")
    return dt.date.fromisoformat(found) if isinstance(found, str) and found else None


def _is_made_on_spot(row: Row, scene: Row | None) -> bool | None:
    """Made at the scene while the activity went on: when it was issued, a draft when drawn up."""
    made = row.instant("issued_at") or row.instant("drawn_up_at")
    if made is None or scene is None or not scene.truth("is_on_site"):
        return None
    started, ended = scene.instant("started_at"), scene.instant("ended_at")
    if started is None:
        return None
    return started <= made and (ended is None or made <= ended)


def _fields(row: Row, scene: Row | None) -> dict[str, bool | None]:
    is_draft = row.text("state") == "draft"
    states = field_states(row.text("type"), row.stated("data"), is_draft=is_draft)
    if law_type(row.text("type")) == ON_THE_SPOT and scene is not None:
        states.update(spoken_fields(scene.stated("facts")))
    return states


def _signature(row: Row) -> Signature:
    """A signature on glass carries its instant, so it is dated."""
    return Signature(
        role=_ROLES.get(row.text("role"), SignerRole.PRESENT),
        signer=row.reference("person_id") or row.text("name"),
        signed_at=row.instant("signed_at"),
        is_dated=True,
    )


def _refusal(row: Row) -> RefusalToSign:
    return RefusalToSign(
        role=_ROLES.get(row.text("role"), SignerRole.PRESENT),
        signer=row.reference("person_id") or row.text("name"),
        refused_at=row.instant("signed_at"),
        is_noted=bool(row.reference("noted_by_id") and row.text("reason")),
        reason=row.text("reason"),
    )


def approvals(rows: CaseRows) -> tuple[Approval, ...]:
    """Answers of offices; a question still open is an answer not yet given."""
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows.all("offices"):
        held[str(row.reference("person_id"))].append(row)
    return tuple(_approval(row, held) for row in rows.all("approvals"))


def _approval(row: Row, held: Mapping[str, list[Row]]) -> Approval:
    decided, person = row.instant("decided_at"), row.reference("decided_by_id")
    return Approval(
        key=row.id,
        matter=row.text("kind"),
        subject_key=row.reference("subject_id"),
        office=member(Office, row.text("office")),
        person=person,
        opinion=_OPINIONS.get(row.text("outcome")),
        has_opinion=bool(row.text("opinion")) if decided else None,
        is_signed=True if decided else None,
        given_at=or_not_yet(decided),
        was_in_office=_was_in_office(row, held.get(person or "", []), decided),
        is_own_matter=person == row.reference("asked_by_id") if person else None,
    )


def _was_in_office(row: Row, held: list[Row], at: dt.datetime | None) -> bool | None:
    if at is None:
        return None
    return any(
        office.text("kind") == row.text("office") and _is_held_at(office, at) for office in held
    )


def _is_held_at(office: Row, at: dt.datetime) -> bool:
    since, until = office.instant("since"), office.instant("until")
    return since is not None and since <= at and (until is None or at < until)


def decisions(rows: CaseRows, proposed_at: dt.datetime | None = None) -> tuple[Decision, ...]:
    """Decisions are issued papers. With `proposed_at` a draft counts as made at that instant."""
    parties = [row for row in rows.all("parties") if row.text("role") in ("", "party")]
    replaced = rows.corrected()
    return tuple(
        Decision(
            key=row.id,
            paper=row.id,
            party=parties[0].id if len(parties) == 1 else None,
            decided_at=row.instant("issued_at") or proposed_at,
            # Only a penalty punishes; what no penalty decides is known to be none.
            sanctions=_sanctions(row.stated("data"))
            if law_type(row.text("type")) in FINING
            else (),
            due_on=_pay_by(row.stated("data")),
        )
        for row in rows.all("papers")
        if law_type(row.text("type")) in _DECISIONS
        and row.id not in replaced
        and (row.text("state") == "issued" or _is_proposed(row, proposed_at))
    )


def _pay_by(data: Mapping[str, Any]) -> dt.date | None:
    found = data.get("pay_by")
    return dt.date.fromisoformat(found) if isinstance(found, str) and found else None


def _is_proposed(paper: Row, proposed_at: dt.datetime | None) -> bool:
    return proposed_at is not None and paper.text("state") == "draft"


def _sanctions(data: Mapping[str, Any]) -> tuple[Sanction, ...] | None:
    kinds = data.get("penalty_kinds")
    if not isinstance(kinds, list):
        return None
    amount = data.get("amount")
    return tuple(
        Sanction(kind, amount if kind is PenaltyKind.FINE and isinstance(amount, int) else None)
        for each in kinds
        if (kind := member(PenaltyKind, each)) is not None
    )


def collections(rows: CaseRows) -> tuple[Collection, ...]:
    """Fines paid, on the spot or at the bank; not what things that were taken brought in."""
    decision = _one_decision(rows)
    return tuple(
        _collection(row, decision)
        for row in rows.all("performances")
        if row.value("amount_fen") is not None and row.text("way") != "other"
    )


def _collection(row: Row, decision: str | None) -> Collection:
    ground = member(CollectionGround, row.text("ground"))
    is_on_spot = row.text("way") == "on_the_spot"
    has_receipt = bool(row.text("receipt_number"))
    is_remote = ground is CollectionGround.REMOTE
    return Collection(
        key=row.id,
        decision=decision,
        is_on_spot=is_on_spot,
        ground=ground,
        is_requested=True if is_remote and row.text("note") else None,
        amount_fen=row.value("amount_fen"),
        has_official_receipt=has_receipt,
        is_on_water=row.truth("is_on_water") if is_remote else False,
        collected_at=row.instant("performed_at"),
        landed_at=or_not_yet(row.instant("landed_at")),
        handed_in_at=or_not_yet(row.instant("handed_in_at")),
        banked_at=or_not_yet(row.instant("banked_at")),
        is_process_recorded=not is_on_spot or (ground is not None and has_receipt),
    )


def performances(rows: CaseRows) -> tuple[Performance, ...]:
    """Decisions performed, in money or otherwise; a part paid performs nothing yet."""
    decision = _one_decision(rows)
    return tuple(
        Performance(
            key=row.id,
            decision=decision,
            performed_at=row.instant("performed_at"),
            is_recorded=True,
            is_material_kept=bool(row.text("receipt_number") or row.text("note")),
        )
        for row in rows.all("performances")
        if not row.text("purpose")
    )


def _one_decision(rows: CaseRows) -> str | None:
    found = decisions(rows)
    return found[0].key if len(found) == 1 else None


def acknowledgements(rows: CaseRows) -> tuple[Acknowledgement, ...]:
    """Explanations of what can't be made good, acknowledged or not yet."""
    return tuple(
        Acknowledgement(
            key=row.id,
            rule=row.text("rule"),
            subject=row.text("subject_id"),
            is_explained=True,
            acknowledged_at=or_not_yet(row.instant("acknowledged_at")),
        )
        for row in rows.all("explanations")
    )
