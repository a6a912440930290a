"""Who was told of the right to a hearing on a licence, and its announcement, from rows to facts.

Each is told by the notice addressed to them that is served; interested persons also otherwise, as
an act of ours recorded it. Not for the hearing and its papers (`hearing_facts`).
"""

from __future__ import annotations

from typing import Any

from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.service_facts import served_at
from liuhen.compliance.simple_facts import noted_instant
from liuhen.law.moments import Moment
from liuhen.law.phrases import first_at
from liuhen.law.vocabulary import NOT_YET, PartyRole

RIGHT_NOTICE = "licence_hearing_right_notice"


def told_at(rows: CaseRows, party: Row) -> Moment:
    """When a party of an application was told that it may ask for a hearing."""
    told = [
        served_at(rows, paper)
        for paper in rows.all("papers")
        if paper.text("type") == RIGHT_NOTICE
        and paper.text("state") == "issued"
        and is_addressed_to(rows, paper, party)
    ]
    if party.text("role") == PartyRole.INTERESTED:
        known = rows.case.stated("facts").get("licence") or {}
        told.append(noted_instant((known.get("hearing_told") or {}).get(party.id) or {}, "at"))
    return first_at(told) or (None if None in told else NOT_YET)


def is_addressed_to(rows: CaseRows, paper: Row, party: Row) -> bool:
    """Whether a paper goes to this party: an interested person's names it, all others are the
    party's own."""
    others = {row.id for row in interested(rows)}
    named = paper.reference("subject_id")
    return named == party.id if party.id in others else named not in others


def interested(rows: CaseRows) -> list[Row]:
    """The interested persons of a case."""
    return [row for row in rows.all("parties") if row.text("role") == PartyRole.INTERESTED]


def announced_at(known: dict[str, Any]) -> Moment:
    """When the hearing was announced to the public, by what is known of the licence."""
    return noted_instant(known.get("hearing_announced") or {}, "at")
