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
from liuhen.law.calendar import start_of_day
from liuhen.law.facts import Handling
from liuhen.law.moments import Moment
from liuhen.law.vocabulary import NOT_YET, HandlingWay

LIFTING, HANDLING, RECORD = "19", "seizure_handling", "49"
ENTRUSTMENT = "auction_entrustment"


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
    done = _stated(rows, row, "done")
    return Handling(
        key=row.id,
        way=way,
        decided_at=row.instant("issued_at") or proposed_at,
        is_grounded=bool(data.get(_GROUNDS[way])) if way in _GROUNDS else None,
        told_at=served_at(rows, row),
        done_at=parse_iso(done["at"]) if done else NOT_YET,
        recorded_at=_papered_at(rows, row, RECORD),
        **_auction(rows, row, done),
    )


def _auction(rows: CaseRows, row: Row, done: dict[str, Any] | None) -> dict[str, Any]:
    """The fine a thing is auctioned for, as of the decision, and what followed."""
    if _way(row) is not HandlingWay.AUCTION:
        return {}
    fine = _stated(rows, row, "fines") or {}
    served, due, ended = (fine.get(key) for key in ("served_on", "due_on", "reminder_ended_at"))
    decided = row.instant("issued_at")
    paid = parse_iso(fine["paid_at"]) if fine.get("paid_at") else None
    paid_in = (done or {}).get("paid_in_on")
    return {
        "fine_served_on": dt.date.fromisoformat(served) if served else None,
        "fine_due_on": dt.date.fromisoformat(due) if due else None,
        "is_fine_open": None if not fine else not _is_before(paid, decided),
        "is_fine_contested": _is_contested(fine, decided),
        "is_fine_remedy_told": fine.get("remedies_told") is not False,
        "may_enforce": fine.get("may_enforce"),
        "reminder_ended_at": parse_iso(ended) if ended else NOT_YET,
        "entrusted_at": _papered_at(rows, row, ENTRUSTMENT),
        "paid_in_at": start_of_day(dt.date.fromisoformat(paid_in)) if paid_in else NOT_YET,
    }


def _is_contested(fine: dict[str, Any], decided: dt.datetime | None) -> bool | None:
    """Whether review or suit was begun by the decision; as it was noted before they were told."""
    if "remedies" not in fine:
        return fine.get("is_contested")
    begun = [start_of_day(dt.date.fromisoformat(one["began_on"])) for one in fine["remedies"]]
    return any(_is_before(at, decided) for at in begun)


def _is_before(at: dt.datetime | None, decided: dt.datetime | None) -> bool:
    return at is not None and (decided is None or at <= decided)


# What of the decision's fields it rests on.
_GROUNDS = {
    HandlingWay.CONFISCATION: "penalty_number",
    HandlingWay.DESTRUCTION: "basis",
    HandlingWay.AUCTION: "fine_number",
}


def _way(row: Row) -> HandlingWay | None:
    if law_type(row.text("type")) == LIFTING:
        return HandlingWay.LIFTING
    return member(HandlingWay, row.stated("data").get("way"))


def _numbers(row: Row) -> Iterator[str]:
    found = row.stated("data").get("items")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict) and str(each.get("number") or "").strip():
            yield str(each["number"]).strip()


def _stated(rows: CaseRows, row: Row, what: str) -> dict[str, Any] | None:
    """What the case knows of a decision: how it was "done", which of the "fines" it recovers."""
    stated = rows.case.stated("facts").get("coercion")
    known = stated.get(what) if isinstance(stated, dict) else None
    found = known.get(row.id) if isinstance(known, dict) else None
    return found if isinstance(found, dict) else None


def _papered_at(rows: CaseRows, paper: Row, kind: str) -> Moment:
    """When the first paper of a kind about a decision was issued."""
    found = [
        row.moment("issued_at")
        for row in rows.all("papers")
        if law_type(row.text("type")) == kind
        and row.text("state") == "issued"
        and row.reference("subject_id") == paper.id
    ]
    return min(found, default=NOT_YET)
