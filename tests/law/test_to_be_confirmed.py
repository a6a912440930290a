"""Every figure marked as from memory: what it decides says so, until the authority has set it."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from functools import cache

import pytest

from liuhen.compliance.shown import shown
from liuhen.compliance.stored import body_text, finding_from
from liuhen.law import explain, judge
from liuhen.law.findings import Finding, Outcome
from liuhen.law.parameters import Override, packaged_parameters
from tests.law.case_tables import TableTest, table_tests

MARK = "待本机关确认"
NAMES = sorted(
    name
    for name, one in packaged_parameters().table.items()
    if any(dated.confidence == "M" for dated in one.values)
)
# What the authority sets instead, so that it makes the difference.
OTHERWISE: dict[str, int | str] = {
    "order55.check_lead": 1,
    "order55.check_lead_prolonged": 1,
    "order55.decision_prolonged": 1,
    "order55.decision_prolonged_again": 1,
    "order55.jurisdiction_dispute": 1,
    "order55.not_counted": "testing",
    "order55.publish": 1,
    "penalty_law.hearing_fine_organisation": 10_000_000,
    "penalty_law.hearing_fine_person": 10_000_000,
    "publication.inspection": 1,
}
# Facts by the time the law judges: the days a check was prolonged by, the days left out.
STATED = {"order55.check_lead_prolonged", "order55.not_counted"}


@cache
def figured() -> list[tuple[TableTest, Finding]]:
    """Every finding of the tables' cases that rests on a figure."""
    return [
        (test, found)
        for test in table_tests()
        for found in judge(test.facts, test.at)
        if found.parameters_used
    ]


def judged() -> list[tuple[TableTest, Finding]]:
    """Those of the tables' own rules that rest on a figure to be confirmed."""
    return [
        (test, found)
        for test, found in figured()
        if found.rule == test.rule and found.needs_confirmation
    ]


def deciding(name: str) -> list[tuple[TableTest, Finding]]:
    return [
        (test, found)
        for test, found in judged()
        if name in {used.name for used in found.parameters_used}
    ]


def test_every_figure_names_the_rules_that_read_it_and_no_other() -> None:
    read: dict[str, set[str]] = defaultdict(set)
    set_here = (
        found
        for test in table_tests()
        if test.figures
        for found in judge(test.facts, test.at, overrides=test.figures)
    )
    for found in (*(found for _, found in figured()), *set_here):
        for used in found.parameters_used:
            read[used.name].add(found.rule)
    table = packaged_parameters().table.items()
    named = {name: set(one.rules) for name, one in table if one.rules and not one.is_fixed}
    assert named == dict(read)


def test_the_figures_from_memory_are_those_of_our_list() -> None:
    assert set(OTHERWISE) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_figure_from_memory_decides_is_marked_in_every_form_it_is_shown(name: str) -> None:
    rows = deciding(name)
    assert {found.outcome for _, found in rows} >= {Outcome.MET, Outcome.BREACHED}, name
    for test, found in rows:
        words = shown(found, test.at, None)
        assert MARK in explain(found) and MARK in words.text and MARK in words.reason
        assert words.needs_confirmation
        (told,) = (
            one for one in words.parameters if one.label == packaged_parameters().table[name].title
        )
        assert told.needs_confirmation
        # As a stored row gives it back.
        kept = finding_from(json.loads(body_text(found)), found.judged_at)
        assert MARK in shown(kept, test.at, None).text


@pytest.mark.parametrize("name", sorted({*NAMES} - STATED))
def test_what_the_authority_set_decides_otherwise_and_is_marked_no_more(name: str) -> None:
    rows, day = deciding(name), dt.date(2024, 11, 29)
    set_anew = [Override(name, OTHERWISE[name], day, reason="本机关文件")]
    mine = [Override(name, packaged_parameters().on(name, day).value, day, reason="本机关文件")]
    others = [
        Override(other, packaged_parameters().on(other, day).value, day, reason="本机关文件")
        for other in NAMES
        if other != name
    ]
    changes = 0
    for test, found in rows:
        assert not again(test, found, mine + others).needs_confirmation
        changes += again(test, found, set_anew).outcome is not found.outcome
    assert changes, f"{name}: no row in which another figure gives another outcome"


def again(test: TableTest, found: Finding, overrides: list[Override]) -> Finding:
    (one,) = (
        each
        for each in judge(test.facts, test.at, overrides=overrides)
        if (each.rule, each.subject) == (found.rule, found.subject)
    )
    return one


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_set_from_a_later_day_leaves_what_was_before_as_it_was(name: str) -> None:
    later = [Override(name, OTHERWISE[name], dt.date(2027, 6, 1), reason="本机关文件")]
    for test, found in deciding(name):
        assert again(test, found, later).canonical() == found.canonical()
