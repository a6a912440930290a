"""The tables of expectations, one file per article or statute: each row is one judgement."""

from collections import defaultdict
from datetime import datetime, timedelta
from string import Formatter

import pytest

from liuhen.law.calendar import packaged_calendar
from liuhen.law.documentation import table_of
from liuhen.law.engine import judge
from liuhen.law.explanations import explain, template_of, values_of
from liuhen.law.findings import Finding
from liuhen.law.registry import duties_by_module, packaged_registry
from tests.law.case_tables import HERE, TableTest, facts_from, moved, table_tests, wrong
from tests.law.kinds_of_rows import holes, rows_of

TESTS = table_tests()
DAY = timedelta(days=1)


def _named(test: TableTest) -> str:
    return f"{test.table}-{test.rule}-{test.says}"


def _clocked() -> list[str]:
    return [duty.name for duty in packaged_registry().base if duty.clock is not None]


def found_for(test: TableTest) -> Finding:
    """The one finding a row speaks of."""
    subject = test.row.get("subject")
    found = [
        each
        for each in judge(test.facts, test.at, overrides=test.figures)
        if each.rule == test.rule and subject in (None, each.subject.key)
    ]
    assert len(found) == 1, [(each.subject, each.outcome) for each in found]
    return found[0]


@pytest.mark.parametrize("test", TESTS, ids=_named)
def test_the_rule_comes_out_as_the_table_says(test: TableTest) -> None:
    finding = found_for(test)
    text = explain(finding)
    assert wrong(finding, test.row) == [], (text, finding.missing, finding.facts_used)
    assert text and "{" not in text
    named = (name for _, name, _, _ in Formatter().parse(template_of(finding)) if name)
    places = {name for name in named if "." not in name}  # a figure has its words of its own
    empty = {name for name in places if not values_of(finding).get(name)}
    assert not empty, (text, empty)


def test_no_duty_lacks_a_kind_of_row() -> None:
    assert holes() == {}


@pytest.mark.parametrize("test", [test for test in TESTS if "edge" in test.row], ids=_named)
def test_within_and_beyond_a_figure_come_out_differently(test: TableTest) -> None:
    edges = {row.row["edge"]: row.expect for row in rows_of(test.rule) if "edge" in row.row}
    assert edges["within"] != edges["beyond"], test.rule


@pytest.mark.parametrize("test", [test for test in TESTS if "governed_on" in test.row], ids=_named)
def test_on_the_first_day_in_force_the_duty_bites(test: TableTest) -> None:
    eve, duty = test.row["governed_on"], packaged_registry().named(test.rule)
    assert eve + DAY == duty.in_force_since
    first = judge(facts_from(moved(test.plain, DAY)), test.at + DAY, overrides=test.figures)
    assert {each.outcome.value for each in first if each.rule == test.rule} != {"not_applicable"}


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
        for each in judge(test.facts, at, overrides=test.figures)
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


def test_the_year_tables_cover_every_day_the_tables_count_over() -> None:
    near = [test.at.date() for test in TESTS if 2024 < test.at.year < 2027]
    assert all(map(packaged_calendar().is_official, near))
