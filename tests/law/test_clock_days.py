"""The days of a clock as a calendar draws them; what falls away with a party that is no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from liuhen.law.calendar import packaged_calendar
from liuhen.law.clock_days import DayState, clock_days
from liuhen.law.engine import judge
from liuhen.law.lapse import has_lapsed
from liuhen.law.vocabulary import PartyRole
from tests.law.case_tables import TableTest, table_tests
from tests.law.test_tables import found_for


def row(rule: str, says: str) -> TableTest:
    (found,) = (one for one in table_tests() if (one.rule, one.says) == (rule, says))
    return found


def test_working_days_are_counted_and_days_of_rest_are_not() -> None:
    finding = found_for(row("lead_checked_in_time", "尚在核查"))
    days = clock_days(finding, packaged_calendar())
    counted = [each for each in days if each.ordinal]
    assert days[0].state is DayState.START and days[-1].state is DayState.LAST
    assert [each.ordinal for each in counted] == list(range(1, 16))
    assert sum(each.state is DayState.REST for each in days) == len(days) - 16


def test_days_with_the_police_are_drawn_as_paused_and_the_count_goes_on_after_them() -> None:
    finding = found_for(
        row("decided_in_time", "移送公安机关三十日不计入，退回后在余下的期限内决定")
    )
    days = clock_days(finding, packaged_calendar())
    paused = [each.day for each in days if each.state is DayState.PAUSED]
    assert (paused[0], paused[-1], len(paused)) == (date(2026, 4, 1), date(2026, 4, 30), 30)
    assert (days[-1].day, days[-1].ordinal) == (date(2026, 6, 30), 90)


@pytest.mark.parametrize(
    ("role", "lapses"), [(PartyRole.PARTY, True), (PartyRole.INTERESTED, False)]
)
def test_only_the_partys_own_death_lets_what_is_owed_to_it_fall_away(
    role: PartyRole, lapses: bool
) -> None:
    test = row("hearing_right_told", "尚未告知尚未决定")
    party = replace(test.facts.parties[0], role=role, died_on=date(2026, 3, 3))
    facts = replace(test.facts, parties=(party,))
    (found,) = (one for one in judge(test.facts, test.at) if one.rule == test.rule)
    assert has_lapsed(found, facts) is lapses
