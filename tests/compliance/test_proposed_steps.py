"""A gate asked about a step that left no row yet judges the case with that step in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from liuhen.compliance.facts import facts_from
from liuhen.compliance.gating import with_the_step
from liuhen.compliance.rows import CASE_SOURCES, CaseRows
from liuhen.law import gates
from liuhen.law.engine import judge
from liuhen.law.vocabulary import Office

NOON = dt.datetime(2026, 3, 10, 4, 0, tzinfo=dt.UTC)
NIGHT = dt.datetime(2026, 3, 10, 15, 0, tzinfo=dt.UTC)
_SOURCES = {source.name: source for source in CASE_SOURCES}


def coercion(procedure: str, **circumstances: Any) -> CaseRows:
    """A case of coercion with nothing done in it."""
    rows = CaseRows()
    values = {"kind": "coercion", "procedure": procedure, "circumstances": circumstances}
    started = {"started_at": "2026-03-10T01:00:00.000000Z"}
    rows.add(_SOURCES["case"], {"id": "c", "number": "K-1", **values, **started})
    return rows


def approved(rows: CaseRows) -> CaseRows:
    """The same with the head's approval."""
    answer = {"kind": "decision", "office": Office.AUTHORITY_HEAD.value, "outcome": "approved"}
    given = {"decided_at": "2026-03-10T02:00:00.000000Z", "opinion": "同意"}
    rows.add(_SOURCES["approvals"], {"id": "a", **answer, **given})
    return rows


def stopped_by(name: str, rows: CaseRows, at: dt.datetime) -> set[str]:
    facts = with_the_step(name, rows, facts_from(rows), at)
    return {each.rule for each in gates.obstacles(name, judge(facts, at), facts, at)}


def test_a_measure_nobody_approved_is_stopped_and_an_approved_one_is_not() -> None:
    assert "measure_approved" in stopped_by("take_measure", coercion("measure"), NOON)
    assert "measure_approved" not in stopped_by("take_measure", approved(coercion("measure")), NOON)


def test_an_urgent_measure_is_not_stopped_by_the_approval_it_makes_up() -> None:
    urgent = coercion("measure", is_emergency_start=True)
    assert "measure_approved" not in stopped_by("take_measure", urgent, NOON)


@pytest.mark.parametrize(("at", "stands"), [(NOON, False), (NIGHT, True)])
def test_an_enforcement_about_to_begin_at_night_is_stopped(at: dt.datetime, stands: bool) -> None:
    found = stopped_by("enforce", coercion("enforcement"), at)
    assert ("enforcement_by_day" in found) is stands


def test_an_enforcement_in_the_partys_place_needs_its_reminder() -> None:
    case = coercion("enforcement", is_substitute=True)
    assert "substitute_performance_reminded" in stopped_by("enforce", case, NOON)


def test_an_application_to_the_court_without_a_reminder_is_stopped() -> None:
    found = stopped_by("apply_to_court", coercion("enforcement"), NOON)
    assert {"court_applied_after_reminder", "court_applied_after_remedies"} <= found
