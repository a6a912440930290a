"""The days of a clock as a calendar draws them; what falls away with a party that is no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from liuhen.kernel.clock import local_date
from liuhen.law.calendar import end_of_day, packaged_calendar
from liuhen.law.clock_days import ClockDay, DayState, clock_days, months_of
from liuhen.law.engine import judge
from liuhen.law.facts import CaseFacts
from liuhen.law.findings import Finding, Outcome
from liuhen.law.lapse import has_lapsed
from liuhen.law.moments import Moment
from liuhen.law.vocabulary import NOT_YET, PartyRole
from tests.law.case_tables import TableTest, case_named, changed, facts_from, table_tests
from tests.law.test_tables import found_for

TRANSFERRED = datetime(2026, 3, 20, 1, 0, tzinfo=UTC)


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
    months = months_of(days)
    assert [(one.year, one.month) for one in months] == [(2026, n) for n in range(3, 7)]
    drawn = [[cell[0].day for week in one.weeks for cell in week if cell] for one in months]
    assert drawn == [list(range(1, last + 1)) for last in (31, 30, 31, 30)]
    assert {len(week) for one in months for week in one.weeks} == {7}


@pytest.mark.parametrize(("length", "is_drawn"), [(0, False), (1, True), (400, True), (401, False)])
def test_a_clock_of_up_to_four_hundred_days_is_drawn(length: int, is_drawn: bool) -> None:
    finding = found_for(row("lead_checked_in_time", "尚在核查"))
    assert finding.clock_started_at is not None
    last = local_date(finding.clock_started_at) + timedelta(days=length)
    days = clock_days(replace(finding, due_at=end_of_day(last)), packaged_calendar())
    assert bool(days) is is_drawn and (not days or days[-1].day == last)


def test_a_month_that_holds_only_the_last_day_is_drawn() -> None:
    days = [
        ClockDay(date(2026, 3, 31), DayState.START),
        ClockDay(date(2026, 4, 1), DayState.LAST, 1),
    ]
    assert [(one.year, one.month) for one in months_of(days)] == [(2026, 3), (2026, 4)]


def test_what_has_no_clock_draws_none() -> None:
    finding = found_for(row("lead_checked_in_time", "尚在核查"))
    for lacking in (replace(finding, clock_started_at=None), replace(finding, due_at=None)):
        assert clock_days(lacking, packaged_calendar()) == ()
    assert months_of(()) == ()


def test_days_with_the_police_are_drawn_from_a_stored_finding_as_from_a_fresh_one() -> None:
    finding = found_for(
        row("decided_in_time", "移送公安机关三十日不计入，退回后在余下的期限内决定")
    )
    written = tuple(
        replace(each, value=each.value.isoformat()) if isinstance(each.value, date) else each
        for each in finding.facts_used
    )
    stored = replace(finding, facts_used=written)
    assert written != finding.facts_used
    assert clock_days(stored, packaged_calendar()) == clock_days(finding, packaged_calendar())


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


@pytest.mark.parametrize(("given_back_at", "lapses"), [(NOT_YET, True), (TRANSFERRED, False)])
def test_what_went_to_the_police_for_good_lapses_and_what_they_gave_back_does_not(
    given_back_at: Moment, lapses: bool
) -> None:
    test = row("hearing_right_told", "尚未告知尚未决定")
    assert test.facts.leads is not None
    lead = replace(
        test.facts.leads[0],
        transferred_at=TRANSFERRED,
        crime_filed_at=TRANSFERRED,
        things_handed_over_at=TRANSFERRED,
        given_back_at=given_back_at,
    )
    facts = replace(test.facts, leads=(lead,))
    (found,) = (one for one in judge(test.facts, test.at) if one.rule == test.rule)
    assert has_lapsed(found, facts) is lapses


@pytest.mark.parametrize(("seconds", "lapses"), [(-1, False), (0, True), (1, True)])
def test_what_was_breached_before_the_transfer_stays_a_breach(seconds: int, lapses: bool) -> None:
    test = row("hearing_right_told", "尚未告知尚未决定")
    assert test.facts.leads is not None
    gone = ("transferred_at", "crime_filed_at", "things_handed_over_at")
    lead = replace(test.facts.leads[0], **dict.fromkeys(gone, TRANSFERRED))
    facts = replace(test.facts, leads=(lead,))
    (found,) = (one for one in judge(test.facts, test.at) if one.rule == test.rule)
    due_at = TRANSFERRED + timedelta(seconds=seconds)
    late = replace(found, outcome=Outcome.BREACHED, due_at=due_at)
    assert has_lapsed(late, facts) is lapses
    assert not has_lapsed(replace(late, due_at=None), facts)


DEAD = {"parties.p1.died_on": date(2026, 3, 3)}


def dead(**change: object) -> CaseFacts:
    """The facts of an ordinary penalty whose party died, with changes by path."""
    facts: CaseFacts = facts_from(changed(case_named("ordinary"), DEAD | change))
    return facts


def unmet(rule: str, outcome: Outcome = Outcome.BREACHED) -> Finding:
    """A finding of a rule that is not met and has no clock."""
    found = found_for(row("hearing_right_told", "尚未告知尚未决定"))
    return replace(found, rule=rule, outcome=outcome, due_at=None)


def test_stages_a_case_passes_by_lapse_where_no_decision_was_made() -> None:
    stages = unmet("stages_recorded_in_text")
    assert has_lapsed(stages, dead(**{"decisions.d1": "absent"}))
    assert not has_lapsed(stages, dead())


@pytest.mark.parametrize(
    ("outcome", "lapses"),
    [(Outcome.UNKNOWN, True), (Outcome.BREACHED, False), (Outcome.PENDING, False)],
)
def test_what_only_a_decision_would_ask_is_asked_no_more_and_what_is_known_stays(
    outcome: Outcome, lapses: bool
) -> None:
    assert has_lapsed(unmet("expert_argument_minuted", outcome), dead()) is lapses


def test_what_is_owed_whether_the_party_lives_or_not_never_lapses() -> None:
    for outcome in (Outcome.BREACHED, Outcome.PENDING, Outcome.UNKNOWN):
        assert not has_lapsed(unmet("file_bound", outcome), dead())


def test_nothing_lapses_while_the_party_lives_nor_what_is_met() -> None:
    pending = unmet("hearing_right_told", Outcome.PENDING)
    assert has_lapsed(pending, dead())
    assert not has_lapsed(replace(pending, outcome=Outcome.MET), dead())
    assert not has_lapsed(pending, dead(**{"parties.p1.died_on": "absent"}))
