"""What waits on My desk about breaches (Art. 47): decisions, answers, checks, reports."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liuhen.kernel import clock
from liuhen.oversight.elements import ITEMS
from liuhen.oversight.models import CorrectionOrder, Suspicion
from liuhen.oversight.queries import (
    headed_units,
    is_own,
    open_orders,
    undecided_suspicions,
    visible_reports,
)
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed

# Of each kind; the rest stands in the list.
SHOWN = 10


def breach_tasks(person: Person) -> list[dict[str, Any]]:
    """Everything about breaches that waits for an office of a person."""
    return [*_decisions(person), *_answers(person), *_checks(person), *_reports(person)]


def _decisions(person: Person) -> list[dict[str, Any]]:
    if not is_allowed(person, "breach.decide"):
        return []
    waiting = undecided_suspicions(person).filter(elements={})[:SHOWN]
    return [
        {
            **_about(row),
            "label": f"认定违规线索：{ITEMS[row.item]}",
            "lamp": "blue",
            "lamp_words": "待认定",
            "reason": row.ground[:80],
            "href": reverse("suspicion", args=[row.id]),
            "act": "认定",
        }
        for row in waiting
        if not is_own(person, row)
    ]


def _about(row: Suspicion) -> dict[str, Any]:
    case = row.case
    if case is None:
        return {"article": f"47.1({row.item})"}
    told = {"number": case.number, "cause": case.cause, "href": reverse("case", args=[case.id])}
    return {"article": f"47.1({row.item})", "case": told}


def _answers(person: Person) -> list[dict[str, Any]]:
    """Orders to the units a person heads, by their last day."""
    if not is_allowed(person, "correction.answer"):
        return []
    mine = open_orders(person).filter(answered_at=None, unit__in=headed_units(person))
    return [_order(row, "报告整改结果", "待报告", "correction_answer") for row in mine[:SHOWN]]


def _checks(person: Person) -> list[dict[str, Any]]:
    """What units reported, and what they let pass."""
    if not is_allowed(person, "breach.decide"):
        return []
    rows = open_orders(person).select_related("suspicion__case", "suspicion__unit")
    today = clock.local_date(clock.now())
    found = [
        *rows.exclude(answered_at=None)[:SHOWN],
        *rows.filter(answered_at=None, due_on__lt=today)[:SHOWN],
    ]
    return [
        _order(row, "复查整改", "待复查" if row.answered_at else "逾期未报告", "correction_check")
        for row in found
        if not is_own(person, row.suspicion) and person.id != row.answered_by_id
    ]


def _order(row: CorrectionOrder, label: str, words: str, page: str) -> dict[str, Any]:
    is_late = row.answered_at is None and clock.now() > row.due_at
    return {
        "label": f"{label} {row.number}",
        "lamp": "red" if is_late else "blue",
        "lamp_words": "逾期未报告" if is_late else words,
        "article": "47.1",
        "reason": f"{row.unit.name}，{row.demand[:60]}",
        "due_at": row.due_at if row.answered_at is None else None,
        "warn_at": None,
        "href": reverse(page, args=[row.id]),
        "act": "办理",
    }


def _reports(person: Person) -> list[dict[str, Any]]:
    """Reports that wait for a leader's decision."""
    if not is_allowed(person, "accountability.decide"):
        return []
    waiting = visible_reports(person).filter(decision="").exclude(made_by=person)[:SHOWN]
    return [
        {
            "label": f"决定责任追究 {row.number}",
            "lamp": "blue",
            "lamp_words": "待决定",
            "article": "47.1",
            "reason": f"{row.made_by.name}报告",
            "href": reverse("accountability_one", args=[row.id]),
            "act": "决定",
        }
        for row in waiting
    ]
