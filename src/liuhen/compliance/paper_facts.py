"""What was written, served, approved and paid, from rows to facts.

Not for what a paper should hold (`assembly`, and the rules that read these facts).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from liuhen.assembly.document_types import types
from liuhen.assembly.filling import is_known
from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import member, or_not_yet
from liuhen.compliance.simple_facts import spoken_fields
from liuhen.kernel import clock
from liuhen.law.facts import (
    Acknowledgement,
    Approval,
    Collection,
    Decision,
    Paper,
    Performance,
    RefusalToSign,
    Sanction,
    Service,
    Signature,
)
from liuhen.law.vocabulary import (
    CollectionGround,
    Office,
    Opinion,
    PenaltyKind,
    ServiceMode,
    SignerRole,
)

# Types beyond the document catalogue whose key is not the law's name for them.
_NAMED_TYPES: Mapping[str, str] = {"simple_case_filing": "filing_record"}
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
_DECISIONS = frozenset({"36", "37"})


@cache
def law_type(type_key: str) -> str:
    """The law's name of a document type: its number in the catalogue, or a named type."""
    found = types().get(type_key)
    if found is not None and found.catalogue is not None:
        return str(found.catalogue)
    return _NAMED_TYPES.get(type_key, type_key)


def papers(rows: CaseRows) -> tuple[Paper, ...]:
    """The papers of the case, drafts and void ones included."""
    signed: dict[str, list[Row]] = defaultdict(list)
    for row in rows.all("signatures"):
        signed[str(row.reference("paper_id"))].append(row)
    scenes = {row.id: row for row in rows.all("activities")}
    return tuple(
        _paper(row, signed[row.id], scenes.get(row.reference("activity_id") or ""))
        for row in rows.all("papers")
    )


def _paper(row: Row, signed: list[Row], scene: Row | None) -> Paper:
    issued = row.instant("issued_at")
    return Paper(
        key=row.id,
        type=law_type(row.text("type")),
        number=row.text("number"),
        made_at=row.instant("drawn_up_at"),
        issued_at=or_not_yet(issued),
        activity=row.reference("activity_id"),
        made_on_spot=_is_made_on_spot(issued, scene),
        fields=_fields(row, scene),
        signatures=tuple(_signature(each) for each in signed if not each.truth("is_refused")),
        refusals=tuple(_refusal(each) for each in signed if each.truth("is_refused")),
        is_kept=True if row.reference("original_id") else None,
        is_void=row.text("state") == "void",
    )


def _is_made_on_spot(issued: dt.datetime | None, scene: Row | None) -> bool | None:
    """Issued at a scene while the activity went on; not known while it isn't issued."""
    if issued is None or scene is None or not scene.truth("is_on_site"):
        return None
    started, ended = scene.instant("started_at"), scene.instant("ended_at")
    if started is None:
        return None
    return started <= issued and (ended is None or issued <= ended)


def _fields(row: Row, scene: Row | None) -> dict[str, bool | None]:
    """Which fields are filled. An empty field of a draft is not known: it may still be filled."""
    data = row.stated("data")
    empty = None if row.text("state") == "draft" else False
    kind = types().get(row.text("type"))
    names = {*data, *(kind.by_key if kind else ())}
    states: dict[str, bool | None] = {
        name: True if is_known(data.get(name)) else empty for name in names
    }
    for name, tells in _TOLD.items():
        states[name] = True if tells(data) else empty
    if law_type(row.text("type")) == "37" and scene is not None:
        states.update(spoken_fields(scene.stated("facts")))
        states["statement"] = True if is_known(data.get("statement_made")) else empty
    return states


def _listed(data: Mapping[str, Any], part: str) -> bool:
    people: list[Mapping[str, Any]] = data.get("officers") or []
    return bool(people) and all(is_known(one.get(part)) for one in people)


# The law's names for what our document types say under other names.
_TOLD: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "officers_count": lambda data: bool(data.get("officers")),
    "officer_names": lambda data: _listed(data, "name"),
    "certificate_numbers": lambda data: _listed(data, "certificate_number"),
    "legal_basis": lambda data: is_known(data.get("basis")),
}


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


def services(rows: CaseRows) -> tuple[Service, ...]:
    """Services of papers, with the proofs their mode asks for."""
    return tuple(
        Service(
            key=row.id,
            paper=str(row.reference("paper_id")),
            mode=member(ServiceMode, row.text("mode")),
            made_at=row.instant("served_at"),
            effective_on=_effective_on(row),
            activity=row.reference("activity_id"),
            recipient=row.text("recipient"),
            proofs=_proofs(rows, row),
        )
        for row in rows.all("services")
    )


def _effective_on(row: Row) -> dt.date | None:
    received = row.instant("received_at")
    return clock.local_date(received) if received else None


def _proofs(rows: CaseRows, row: Row) -> dict[str, bool | None]:
    """What the mode's facts say, and for service in person the day noted and the signature."""
    stated = {name: is_known(value) for name, value in row.stated("facts").items()}
    return {
        **stated,
        "received_date_noted": row.truth("is_date_noted"),
        "recipient_signed": _is_signed_for(rows, row),
    }


def _is_signed_for(rows: CaseRows, service: Row) -> bool | None:
    """Signed on the receipt of service, or by the party on the paper itself (Art. 28)."""
    places = {service.reference("receipt_id"), service.reference("paper_id")}
    inks = [row for row in rows.all("signatures") if row.reference("paper_id") in places]
    wanted = ("party", "recipient")
    if any(row.text("role") in wanted and not row.truth("is_refused") for row in inks):
        return True
    return False if any(row.text("role") in wanted for row in inks) else None


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


def decisions(rows: CaseRows) -> tuple[Decision, ...]:
    """Decisions are issued papers; a draft decides nothing."""
    parties = rows.all("parties")
    return tuple(
        Decision(
            key=row.id,
            paper=row.id,
            party=parties[0].id if len(parties) == 1 else None,
            decided_at=row.instant("issued_at"),
            sanctions=_sanctions(row.stated("data")),
        )
        for row in rows.all("papers")
        if law_type(row.text("type")) in _DECISIONS and row.text("state") == "issued"
    )


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
    """Fines paid, on the spot or at the bank."""
    decision = _one_decision(rows)
    return tuple(
        _collection(row, decision)
        for row in rows.all("performances")
        if row.value("amount_fen") is not None
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
        is_on_water=None if is_remote else False,
        collected_at=row.instant("performed_at"),
        handed_in_at=or_not_yet(row.instant("handed_in_at")),
        banked_at=or_not_yet(row.instant("banked_at")),
        is_process_recorded=not is_on_spot or (ground is not None and has_receipt),
    )


def performances(rows: CaseRows) -> tuple[Performance, ...]:
    """Decisions performed, in money or otherwise."""
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
