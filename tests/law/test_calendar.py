"""Working days and the ends of periods: the vectors of the statutes, and what always holds."""

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.kernel.clock import CHINA, local_date
from liuhen.law.calendar import (
    Calendar,
    YearTable,
    differences,
    end_of_day,
    packaged_calendar,
    tables_from_toml,
)
from liuhen.law.errors import CalendarError
from liuhen.law.parameters import packaged_parameters

CALENDAR = packaged_calendar()
DAYS = st.dates(date(2021, 1, 1), date(2026, 6, 30))


TABLE = tomllib.loads((Path(__file__).parent / "vectors.toml").read_text("utf-8"))


@pytest.mark.parametrize("row", TABLE["vector"], ids=lambda row: f"{row['law']} {row['from']}")
def test_periods_end_as_worked_out_by_hand(row: dict[str, Any]) -> None:
    figure = packaged_parameters().on(row["parameter"], row["from"])
    assert (figure.value, figure.unit) == (row["length"], row["unit"])
    count = CALENDAR.after_workdays if row["unit"] == "workdays" else CALENDAR.after_days
    deadline = count(row["from"], row["length"])
    assert deadline.last_on == row["ends"]
    assert deadline.is_provisional is row.get("provisional", False)
    if row["unit"] == "days":
        rolled = CALENDAR.after_days(row["from"], row["length"], rolls=True)
        assert rolled.last_on == row.get("rolled", row["ends"])


def test_an_imported_table_settles_what_was_provisional() -> None:
    table = YearTable(
        2027, rest=frozenset({date(2027, 1, 1)}), work=frozenset({date(2027, 1, 2)}), version="n"
    )
    settled = CALENDAR.with_table(table).after_workdays(date(2026, 12, 25), 5)
    assert (settled.last_on, settled.is_provisional) == (date(2027, 1, 2), False)
    assert CALENDAR.after_workdays(date(2026, 12, 25), 5).last_on == date(2027, 1, 4)


def test_every_year_of_the_tables_agrees_with_the_second_source() -> None:
    for table in CALENDAR.tables:
        if table.is_predicted:
            continue
        day = date(table.year, 1, 1)
        while day.year == table.year:
            assert CALENDAR.is_workday(day) is chinese_calendar.is_workday(day), day
            day += timedelta(days=1)


def test_the_difference_between_two_tables_of_a_year_is_named_by_day() -> None:
    table = YearTable(2026, rest=frozenset({date(2026, 3, 4)}), work=frozenset())
    changed = differences(CALENDAR, CALENDAR.with_table(table), 2026)
    assert date(2026, 3, 4) in changed
    assert differences(CALENDAR, CALENDAR, 2026) == []
    ends = frozenset({date(2026, 1, 1), date(2026, 12, 31)})
    worked, rested = (
        Calendar([YearTable(2026, rest, frozenset())]) for rest in (frozenset(), ends)
    )
    assert differences(worked, rested, 2026) == sorted(ends)


def test_statutory_holidays_are_not_the_exchanged_days() -> None:
    assert CALENDAR.is_statutory_holiday(date(2026, 10, 3)) is True
    assert CALENDAR.is_statutory_holiday(date(2026, 10, 5)) is False
    assert CALENDAR.is_statutory_holiday(date(2021, 10, 1)) is None


@pytest.mark.parametrize(
    ("started", "months", "ends"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2026-03-15", 3, "2026-06-15"),
        ("2026-11-30", 3, "2027-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
    ],
)
def test_months_end_on_the_same_day_or_the_months_last(
    started: str, months: int, ends: str
) -> None:
    deadline = CALENDAR.after_months(date.fromisoformat(started), months)
    assert deadline.last_on == date.fromisoformat(ends)


def test_years_end_on_their_day_and_roll_off_a_holiday_only_where_that_is_asked() -> None:
    started = date(2023, 10, 1)
    assert CALENDAR.after_years(started, 3).last_on == date(2026, 10, 1)
    assert CALENDAR.after_years(started, 3, rolls=True).last_on == date(2026, 10, 8)


def test_hours_run_through_nights_and_holidays() -> None:
    deadline = CALENDAR.after_hours(datetime(2026, 9, 30, 20, 0, tzinfo=CHINA), 24)
    assert deadline.due_at == datetime(2026, 10, 1, 12, 0, tzinfo=UTC)


@given(DAYS, st.integers(0, 120))
def test_working_days_counted_back_are_the_working_days_counted_forth(
    started: date, days: int
) -> None:
    last = CALENDAR.after_workdays(started, days).last_on
    passed = [started + timedelta(days=n + 1) for n in range((last - started).days)]
    assert sum(map(CALENDAR.is_workday, passed)) == days
    assert days == 0 or CALENDAR.is_workday(last)


@given(DAYS, st.integers(0, 60), st.integers(1, 60))
def test_a_longer_period_never_ends_earlier(started: date, days: int, more: int) -> None:
    assert (
        CALENDAR.after_workdays(started, days).due_at
        < CALENDAR.after_workdays(started, days + more).due_at
    )
    assert CALENDAR.after_days(started, days).due_at < (
        CALENDAR.after_days(started, days + more).due_at
    )


@given(DAYS, st.integers(1, 60))
def test_rolling_on_never_shortens_and_ends_on_a_working_day(started: date, days: int) -> None:
    fixed = CALENDAR.after_days(started, days)
    rolled = CALENDAR.after_days(started, days, rolls=True)
    assert rolled.due_at >= fixed.due_at
    assert CALENDAR.is_workday(rolled.last_on)


@given(DAYS, st.integers(1, 40), st.integers(0, 30), st.integers(1, 20))
def test_excluded_days_inside_a_period_prolong_it_by_as_many(
    started: date, days: int, after: int, length: int
) -> None:
    first = started + timedelta(days=1 + min(after, days - 1))
    excluded = ((first, first + timedelta(days=length)),)
    prolonged = CALENDAR.after_days(started, days, excluded=excluded).last_on
    assert prolonged == started + timedelta(days=days + length)


@given(DAYS)
def test_a_day_ends_a_microsecond_before_the_next_begins(day: date) -> None:
    assert local_date(end_of_day(day)) == day
    assert local_date(end_of_day(day) + timedelta(microseconds=1)) == day + timedelta(days=1)


def test_an_open_suspension_has_no_last_day() -> None:
    with pytest.raises(ValueError, match="suspension"):
        CALENDAR.after_days(date(2026, 3, 2), 5, excluded=((date(2026, 3, 3), None),))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('[[year]]\nyear = 2027\nrest = ["01-02"]\nwork = ["01-02"]', "2027-01-02"),
        ('[[year]]\nyear = 2027\nrest = []\nwork = ["01-04"]', "2027-01-04"),
        ('[[year]]\nyear = 2027\nrest = ["02-09/02-01"]\nwork = []', "2027"),
        ('[[year]]\nyear = 2027\nrest = ["02-30"]\nwork = []', "02-30"),
        ("[[year]]\nyear = 2027\nrest = []", "work"),
        ("nothing = 1", "year"),
        ("not toml", "格式（第1行）"),
        ("year = 5", "year 应当是年份"),
        ('[[year]]\nyear = "next"\nrest = []\nwork = []', "year 应当是年份"),
        ("[[year]]\nyear = 2027\nrest = [101]\nwork = []", "日期的列表"),
        ('[[year]]\nyear = 0\nrest = ["01-01"]\nwork = []', "01-01"),
        ("[[year]]\nyear = 2027\nrest = []\nwork = []\n" * 2, "2027年有两份"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused_by_name(text: str, names: str) -> None:
    with pytest.raises(CalendarError, match=re.escape(names)) as told:
        tables_from_toml(text)
    assert re.search(r"[\u4e00-\u9fff]", str(told.value))  # whoever imports it reads why


def test_two_tables_of_one_year_are_refused_by_year() -> None:
    table = YearTable(2026, frozenset(), frozenset())
    with pytest.raises(CalendarError, match="2026"):
        Calendar([table, table])


def test_a_day_of_another_year_is_refused() -> None:
    with pytest.raises(CalendarError, match="2026-01-01"):
        Calendar([YearTable(2025, frozenset({date(2026, 1, 1)}), frozenset())])


@pytest.mark.parametrize(
    ("started", "ends", "is_provisional"),
    [
        ("2026-12-29", "2026-12-30", False),
        ("2026-12-30", "2027-01-01", True),
        ("2027-01-01", "2027-01-04", True),
    ],
)
def test_a_day_that_rolls_into_or_within_a_year_without_a_table_is_provisional(
    started: str, ends: str, is_provisional: bool
) -> None:
    table = YearTable(2026, frozenset({date(2026, 12, 31)}), frozenset())
    deadline = Calendar([table]).after_days(date.fromisoformat(started), 1, rolls=True)
    assert deadline.last_on == date.fromisoformat(ends)
    assert deadline.is_provisional is is_provisional


def test_a_negative_period_is_refused() -> None:
    assert CALENDAR.after_days(date(2026, 3, 4), 0).last_on == date(2026, 3, 4)
    for count in (CALENDAR.after_days, CALENDAR.after_workdays):
        with pytest.raises(ValueError, match="negative"):
            count(date(2026, 3, 4), -1)
