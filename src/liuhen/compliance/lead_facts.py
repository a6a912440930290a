"""Facts about leads: what became of each, and of a suspected crime found in the case of one.

What the police answered to a lead that never became a case stands in the facts of its record.
Not for the other steps of a penalty (`ordinary_facts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import member, or_not_yet
from liuhen.documents.jurisdiction import DISPUTED
from liuhen.kernel import clock
from liuhen.law.facts import Lead
from liuhen.law.moments import Moment
from liuhen.law.vocabulary import NOT_YET, LeadOutcome, LeadSource

_COMPLAINED = frozenset({"complaint", "petition", "report"})


def leads(rows: CaseRows) -> tuple[Lead, ...]:
    """The leads of the case; a register issued is the written record of what became of one."""
    recorded = {
        row.reference("subject_id")
        for row in rows.all("papers")
        if row.text("type") == "lead_register" and row.instant("issued_at") is not None
    }
    proposed = [
        at
        for row in rows.all("approvals")
        if row.text("kind") == "lead_transfer" and (at := row.instant("asked_at"))
    ]
    first = min(proposed, default=NOT_YET)
    found = tuple(_lead(row, row.id in recorded, first) for row in rows.all("leads"))
    told = {**_disputed(rows), **(_crime(rows) or _answered(rows))}
    return tuple(replace(one, **told) for one in found)


def _disputed(rows: CaseRows) -> dict[str, Any]:
    """The newest dispute on jurisdiction: since when, and when it was agreed or handed on."""
    told: list[Mapping[str, Any]] = rows.case.stated("facts").get("jurisdiction") or []
    begun = [place for place, one in enumerate(told) if one["step"] == DISPUTED]
    if not begun:
        return {}
    times = [clock.parse_iso(one["at"]) for one in told[begun[-1] :]]
    return {"disputed_at": times[0], "dispute_settled_at": (*times[1:], NOT_YET)[0]}


def _answered(rows: CaseRows) -> dict[str, Any]:
    """When the police filed a lead that was handed to them, and had the things; not yet, else."""
    told: list[Mapping[str, Any]] = rows.case.stated("facts").get("lead_answers") or []
    at = {one["step"]: clock.parse_iso(one["at"]) for one in told}
    return {
        "crime_filed_at": at.get("filed", NOT_YET),
        "things_handed_over_at": at.get("things", NOT_YET),
    }


def _crime(rows: CaseRows) -> dict[str, Any]:
    """A suspected crime found in the case that came of the lead; {} for none, or one declined."""
    told: list[Mapping[str, Any]] = rows.case.stated("facts").get("crime_transfers") or []
    if not told:
        return {}
    row = told[-1]
    asked = [one for one in rows.all("approvals") if one.text("kind") == "crime_transfer"]
    newest = max(asked, key=lambda one: one.moment("asked_at"), default=None)
    if newest is not None and newest.text("outcome") == "returned":
        return {}
    moments = {
        name: clock.parse_iso(row[key]) if key in row else NOT_YET
        for name, key in _CRIME_MOMENTS.items()
    }
    if row.get("answer") != "filed":
        moments["crime_filed_at"] = NOT_YET
    return {"is_suspected_crime": True, "recipient": row["to"], **moments}


_CRIME_MOMENTS = {
    "transfer_proposed_at": "reported_at",
    "transfer_decided_at": "decided_at",
    "transferred_at": "handed_over_at",
    "crime_filed_at": "answered_at",
    "things_handed_over_at": "things_at",
    "given_back_at": "resumed_at",
}


def _lead(row: Row, is_recorded: bool, proposed_at: Moment) -> Lead:
    is_complaint = row.text("source") in _COMPLAINED
    decided = row.instant("outcome_at")
    return Lead(
        key=row.id,
        source=member(LeadSource, row.text("source")),
        received_at=row.instant("received_at"),
        is_named=row.truth("is_named") if is_complaint else False,
        outcome=member(LeadOutcome, row.text("outcome")),
        outcome_at=or_not_yet(decided),
        informed_at=or_not_yet(row.instant("informed_at")),
        is_recorded=is_recorded,
        # Somebody who proposes a transfer says which it is; nobody has proposed one until then.
        is_suspected_crime=bool(row.truth("is_suspected_crime")),
        is_outside_jurisdiction=bool(row.truth("is_outside_jurisdiction")),
        transfer_proposed_at=proposed_at,
        transfer_decided_at=or_not_yet(row.instant("transfer_decided_at")),
        transferred_at=or_not_yet(row.instant("transferred_at")),
        recipient=row.text("transferred_to"),
    )
