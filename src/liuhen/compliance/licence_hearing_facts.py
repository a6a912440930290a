"""Who was told of the right to a hearing on a licence, and its announcement, from rows to facts.

The applicant is told by the notice that is served, interested persons as an act of ours recorded
it. Not for the hearing and its papers (`ordinary_facts`).
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
    known = rows.case.stated("facts").get("licence") or {}
    if party.text("role") == PartyRole.INTERESTED:
        return noted_instant((known.get("hearing_told") or {}).get(party.id) or {}, "at")
    notices = [
        served_at(rows, paper)
        for paper in rows.all("papers")
        if paper.text("type") == RIGHT_NOTICE and paper.text("state") == "issued"
    ]
    return first_at(notices) or NOT_YET


def announced_at(known: dict[str, Any]) -> Moment:
    """When the hearing was announced to the public, by what is known of the licence."""
    return noted_instant(known.get("hearing_announced") or {}, "at")
