"""What the body answered that a lead was handed to before any case was initiated. Reads only.

Kept in `case.facts["lead_answers"]`, written by `actions.lead_answers`. Not for a crime found in a
case under way (`crime_transfers`, whose clocks these are too).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.cases.models import Case, Lead
from liuhen.documents.crime_transfers import ANSWERS as OF_A_CASE
from liuhen.documents.crime_transfers import CONTESTS, Row, clock_of, stage_of
from liuhen.kernel import clock

# A mere receipt leaves the answer open; what is returned is the authority's again.
ANSWERS = {"accepted": "受理、出具回执", **OF_A_CASE, "returned": "退回材料"}
THINGS = "things"
FOLLOWING = {**CONTESTS, THINGS: "移交涉案物品和材料"}


def lead_answers(case: Case) -> list[dict[str, Any]]:
    """The steps after the hand-over in their order.

    Of each `step` (a key of `ANSWERS` or `FOLLOWING`), `at` (ISO), `number`, `note`, `material`
    (id of the file that came, or "").
    """
    found: list[dict[str, Any]] = case.facts.get("lead_answers") or []
    return found


def as_transfer(lead: Lead) -> Row:
    """The hand-over of a lead as a row of `crime_transfers`, for its stages and clocks."""
    row: dict[str, Any] = {"to": lead.transferred_to}
    if lead.transferred_at is not None:
        row["handed_over_at"] = clock.iso(lead.transferred_at)
    for one in lead_answers(lead.case):
        step, at = one["step"], one["at"]
        if step in CONTESTS:
            row |= {"contest": step, "contested_at": at}
        elif step == THINGS:
            row["things_at"] = at
        else:
            row |= {"answer": step, "answered_at": at}
    return row


def lead_stage(lead: Lead) -> str:
    """handed_over (the answer is open), filed, refused, contested, things or returned."""
    row = as_transfer(lead)
    if row.get("answer") == "returned":
        return "returned"
    stage = stage_of(row)
    is_contested = stage == "refused" and row.get("contested_at", "") >= row["answered_at"]
    return "contested" if is_contested else stage


def lead_clock(lead: Lead) -> tuple[str, dt.datetime] | None:
    """What is next about a suspected crime handed over, and until when; None for none."""
    if not lead.is_suspected_crime or lead_stage(lead) in ("returned", "contested"):
        return None
    row = as_transfer(lead)
    return clock_of({key: value for key, value in row.items() if key != "contest"})
