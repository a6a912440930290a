"""The tables of expectations, one file per article or statute: each row is one judgement."""

from collections import defaultdict
from datetime import datetime

import pytest

from liuhen.law.calendar import packaged_calendar
from liuhen.law.documentation import table_of
from liuhen.law.engine import judge
from liuhen.law.explanations import explain
from liuhen.law.findings import Finding
from liuhen.law.registry import duties_by_module, packaged_registry
from tests.law.case_tables import HERE, TableTest, table_tests

TESTS = table_tests()
_NEEDED = {"met", "breached", "unknown", "not_applicable"}


def _clocked() -> list[str]:
    """Rules with a clock; that of footage on its way is the same for all and stands in a17.toml."""
    return [
        duty.name
        for duty in packaged_registry().base
        if duty.clock is not None
        and duty.act != "upload_recording"
        and duty.name not in ("simple_case_filed_in_period", "assistance_answered_in_period")
    ]


def found_for(test: TableTest) -> Finding:
    """The one finding a row speaks of."""
    subject = test.row.get("subject")
    found = [
        each
        for each in judge(test.facts, test.at)
        if each.rule == test.rule and subject in (None, each.subject.key)
    ]
    assert len(found) == 1, [(each.subject, each.outcome) for each in found]
    return found[0]


@pytest.mark.parametrize("test", TESTS, ids=lambda test: f"{test.table}-{test.rule}-{test.says}")
def test_the_rule_comes_out_as_the_table_says(test: TableTest) -> None:
    finding = found_for(test)
    text = explain(finding)
    assert finding.outcome.value == test.expect, (text, finding.missing, finding.facts_used)
    for name, value in (
        ("due", finding.due_at),
        ("changes", finding.changes_at),
        ("curable", finding.is_curable),
        ("code", finding.explanation.code),
        ("severity", finding.severity.value),
        ("confirm", finding.needs_confirmation),
    ):
        if name in test.row:
            assert value == test.row[name], name
    assert text and "{" not in text


@pytest.mark.parametrize("rule", [duty.name for duty in packaged_registry().base])
def test_every_rule_has_rows_for_met_breached_unknown_and_not_applicable(rule: str) -> None:
    outcomes = {test.expect for test in TESTS if test.rule == rule}
    assert outcomes >= _NEEDED - _impossible(rule)


@pytest.mark.parametrize("rule", _clocked())
def test_every_rule_with_a_clock_of_its_own_has_a_pending_row(rule: str) -> None:
    assert "pending" in {test.expect for test in TESTS if test.rule == rule}


@pytest.mark.parametrize("rule", _clocked())
def test_the_last_lawful_instant_of_every_clock_is_still_in_time_and_the_next_is_late(
    rule: str,
) -> None:
    rows = [test for test in TESTS if test.rule == rule and test.expect == "pending"]
    clocks = [(test, found) for test in rows if (found := found_for(test)).due_at is not None]
    assert clocks, "no pending row in which the clock runs"
    for test, finding in clocks:
        assert finding.due_at is not None and finding.changes_at is not None
        assert outcome_at(test, finding, finding.due_at) == "pending"
        assert outcome_at(test, finding, finding.changes_at) == "breached"


def outcome_at(test: TableTest, finding: Finding, at: datetime) -> str:
    """The outcome of the same duty for the same subject at another instant."""
    (found,) = (
        each
        for each in judge(test.facts, at)
        if (each.rule, each.subject) == (finding.rule, finding.subject)
    )
    return found.outcome.value


def test_every_rule_is_tested_in_the_table_the_documents_name() -> None:
    homes = {duty.name: table_of(module) for module, duty in duties_by_module()}
    rows = defaultdict(set)
    for test in TESTS:
        rows[test.rule].add(f"tests/law/tables/{test.table}.toml")
    for duty in packaged_registry().base:
        assert homes[duty.name] in rows[duty.name], duty.name
    for path in set(homes.values()):
        assert (HERE.parent.parent / path).exists()


def _impossible(rule: str) -> set[str]:
    return _WITHOUT.get(rule, set())


_WITHOUT: dict[str, set[str]] = {
    # the period is optional and none is set: what happens when one is stands in test_engine
    "simple_case_filed_in_period": {"met", "breached", "unknown"},
    "assistance_answered_in_period": {"met", "breached", "unknown"},
}


def test_the_year_tables_cover_every_day_the_tables_count_over() -> None:
    near = [test.at.date() for test in TESTS if test.at.year < 2027]
    assert all(map(packaged_calendar().is_official, near))
