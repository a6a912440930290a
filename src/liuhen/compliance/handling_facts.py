"""What was decided on things that were sealed or seized, from rows to facts.

A decision is an issued paper that names things by their number on the list; that it was carried out
stands in the case's facts. Not for the taking itself (`procedure_facts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from liuhen.compliance.paper_facts import law_type
from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import member
from liuhen.compliance.service_facts import served_at
from liuhen.kernel.clock import parse_iso
from liuhen.law.facts import Handling
from liuhen.law.moments import Moment
from liuhen.law.vocabulary import NOT_YET, HandlingWay

LIFTING, HANDLING, RECORD = "19", "seizure_handling", "49"


def handlings(rows: CaseRows, proposed_at: dt.datetime | None = None) -> tuple[Handling, ...]:
    """Decisions on what was taken. With `proposed_at` a draft counts as made at that instant."""
    return tuple(_handling(rows, row, proposed_at) for row in _decisions(rows, proposed_at))


def disposed_at(rows: CaseRows, lists: list[Row]) -> Moment:
    """When the last thing of these lists was decided upon; a sale only changes it into money.

    Without a list it is the first lifting: what was taken in an emergency may never have had one.
    """
    final = [row for row in _decisions(rows) if _way(row) is not HandlingWay.SALE]
    left = {number for row in lists for number in _numbers(row)}
    if not left:
        return next((row.moment("issued_at") for row in final), NOT_YET)
    for row in final:
        left -= set(_numbers(row))
        if not left:
            return row.moment("issued_at")
    return NOT_YET


def _decisions(rows: CaseRows, proposed_at: dt.datetime | None = None) -> list[Row]:
    """Oldest first; a paper that another corrects is left out."""
    corrected = rows.corrected()
    states = ("issued",) if proposed_at is None else ("issued", "draft")
    found = [
        row
        for row in rows.all("papers")
        if law_type(row.text("type")) in (LIFTING, HANDLING)
        and row.text("state") in states
        and row.id not in corrected
    ]
    return sorted(found, key=lambda row: (str(row.instant("issued_at")), row.id))


def _handling(rows: CaseRows, row: Row, proposed_at: dt.datetime | None) -> Handling:
    way, data = _way(row), row.stated("data")
    done = _done(rows, row)
    return Handling(
        key=row.id,
        way=way,
        decided_at=row.instant("issued_at") or proposed_at,
        is_grounded=bool(data.get(_GROUNDS[way])) if way in _GROUNDS else None,
        told_at=served_at(rows, row),
        done_at=parse_iso(done["at"]) if done else NOT_YET,
        recorded_at=_recorded_at(rows, row),
    )


# What of the decision's fields it rests on.
_GROUNDS = {HandlingWay.CONFISCATION: "penalty_number", HandlingWay.DESTRUCTION: "basis"}


def _way(row: Row) -> HandlingWay | None:
    if law_type(row.text("type")) == LIFTING:
        return HandlingWay.LIFTING
    return member(HandlingWay, row.stated("data").get("way"))


def _numbers(row: Row) -> Iterator[str]:
    found = row.stated("data").get("items")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict) and str(each.get("number") or "").strip():
            yield str(each["number"]).strip()


def _done(rows: CaseRows, row: Row) -> dict[str, Any] | None:
    stated = rows.case.stated("facts").get("coercion")
    done = stated.get("done") if isinstance(stated, dict) else None
    found = done.get(row.id) if isinstance(done, dict) else None
    return found if isinstance(found, dict) else None


def _recorded_at(rows: CaseRows, paper: Row) -> Moment:
    found = [
        row.moment("issued_at")
        for row in rows.all("papers")
        if law_type(row.text("type")) == RECORD
        and row.text("state") == "issued"
        and row.reference("subject_id") == paper.id
    ]
    return min(found, default=NOT_YET)
