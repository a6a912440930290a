"""Services of papers, from rows to facts: their day, and the proofs their mode asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.assembly.filling import is_known
from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import member
from liuhen.kernel import clock
from liuhen.law.facts import Service
from liuhen.law.moments import Moment
from liuhen.law.vocabulary import NOT_YET, ServiceMode


def served_at(rows: CaseRows, paper: Row) -> Moment:
    """When a paper first reached its addressee."""
    served = [
        at
        for row in rows.all("services")
        if row.reference("paper_id") == paper.id
        and (at := row.instant("received_at") or row.instant("served_at")) is not None
    ]
    return min(served, default=NOT_YET)


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
    """What the mode's facts say, the day of receipt, and who signed for it.

    Signatures stand on the receipt of service or on the paper itself (Art. 28).
    """
    places = {row.reference("receipt_id"), row.reference("paper_id")}
    inks = [each for each in rows.all("signatures") if each.reference("paper_id") in places]
    # On a receipt that is frozen, a signature that isn't there will not come.
    is_final = any(
        paper.id == row.reference("receipt_id") and paper.text("state") == "issued"
        for paper in rows.all("papers")
    )
    absent = False if is_final else None
    stated = {name: _is_there(value) for name, value in row.stated("facts").items()}
    if stated.get("posted"):
        stated["posting_recorded"] = stated.get("posting_recorded") or _is_filmed(rows, row)
    return {
        "received_date_noted": row.truth("is_date_noted"),
        "recipient_signed": _is_signed_by(inks, absent, "recipient", "party"),
        "server_signed": _is_signed_by(inks, absent, "server"),
        "witness_signed": _is_signed_by(inks, absent, "witness"),
        **stated,  # a receipt signed elsewhere is stated, and bears no ink of ours
    }


def _is_filmed(rows: CaseRows, service: Row) -> bool:
    """Whether a recording shows the activity in which a notice was posted."""
    scene = service.reference("activity_id")
    return any(row.reference("activity_id") == scene for row in rows.all("recordings"))


def _is_there(value: Any) -> bool:
    """Whether a fact of a service is there: as it says itself, else when something is written."""
    return value if isinstance(value, bool) else is_known(value)


def _is_signed_by(inks: list[Row], absent: bool | None, *roles: str) -> bool | None:
    """True when one of them signed, False when one refused, else `absent`."""
    theirs = [row for row in inks if row.text("role") in roles]
    if any(not row.truth("is_refused") for row in theirs):
        return True
    return False if theirs else absent
