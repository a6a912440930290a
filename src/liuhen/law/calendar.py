"""Working days and periods: when a time limit of the law ends.

For: counting days, working days, hours and months from an event, by year tables that can be
imported and compared. Not for: deciding which period applies (rules) or what time it is.

Counting (statutes.md, part 4): the day of the event is not counted; a period of days ends with the
end of its last day; a party's period that ends on a rest day runs on to the next working day, the
authority's does not. What leans on a year without an official table is marked provisional.
"""

import calendar as gregorian
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib import resources
from typing import Any

from liuhen.kernel.clock import CHINA, local_date
from liuhen.law.errors import CalendarError

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_SATURDAY = 5
_LINE = re.compile(r"line (\d+)")

DaySpan = tuple[date, date | None]
"""Half-open span of days; None = still open."""


@dataclass(frozen=True, slots=True)
class YearTable:
    """Rest days and worked weekend days of one year; `is_predicted` = not officially announced."""

    year: int
    rest: frozenset[date]
    work: frozenset[date]
    statutory: frozenset[date] | None = None
    version: str = ""
    source: str = ""
    is_predicted: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """End of a period: `due_at` is the last lawful instant (UTC), `last_on` its local day."""

    due_at: datetime
    last_on: date
    is_provisional: bool = False


def end_of_day(day: date) -> datetime:
    """Last instant (UTC, to the microsecond) of a local day."""
    return datetime.combine(day + _DAY, time(), CHINA).astimezone(UTC) - _TICK


def start_of_day(day: date) -> datetime:
    """First instant (UTC) of a local day."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


class Calendar:
    """An immutable set of year tables with the arithmetic of periods."""

    def __init__(self, tables: Iterable[YearTable]) -> None:
        """Raises CalendarError when two tables are of one year or one contradicts itself."""
        by_year: dict[int, YearTable] = {}
        for table in tables:
            if table.year in by_year:
                raise CalendarError(f"{table.year}年有两份")
            _check(table)
            by_year[table.year] = table
        self._tables: Mapping[int, YearTable] = by_year

    @property
    def tables(self) -> tuple[YearTable, ...]:
        """The tables, by year."""
        return tuple(self._tables[year] for year in sorted(self._tables))

    def with_table(self, table: YearTable) -> "Calendar":
        """A calendar in which `table` takes the place of any table of its year."""
        kept = [old for old in self._tables.values() if old.year != table.year]
        return Calendar([*kept, table])

    def is_official(self, day: date) -> bool:
        """True when the year of `day` has an officially announced table."""
        return self._is_official_year(day.year)

    def is_workday(self, day: date) -> bool:
        """True on a working day; beyond the tables, on any weekday."""
        table = self._tables.get(day.year)
        if table is not None:
            if day in table.rest:
                return False
            if day in table.work:
                return True
        return day.weekday() < _SATURDAY

    def is_statutory_holiday(self, day: date) -> bool | None:
        """True on a holiday proper (not an exchanged day); None without a table that says so."""
        table = self._tables.get(day.year)
        if table is None or table.statutory is None:
            return None
        return day in table.statutory

    def next_workday(self, day: date) -> date:
        """`day` itself when worked, else the first working day after it."""
        while not self.is_workday(day):
            day += _DAY
        return day

    def after_hours(self, started_at: datetime, hours: int) -> Deadline:
        """End of a period of consecutive hours; the last instant is exactly `hours` later."""
        due_at = started_at.astimezone(UTC) + timedelta(hours=hours)
        return Deadline(due_at, local_date(due_at))

    def after_days(
        self, started_on: date, days: int, *, rolls: bool = False, excluded: Iterable[DaySpan] = ()
    ) -> Deadline:
        """End of a period of natural days; `rolls` for a party's period, `excluded` don't count."""
        return self._ended(_count(started_on, days, tuple(excluded), _any_day), rolls)

    def after_workdays(
        self, started_on: date, days: int, *, excluded: Iterable[DaySpan] = ()
    ) -> Deadline:
        """End of a period of working days: a working day, from which nothing rolls on."""
        last = _count(started_on, days, tuple(excluded), self.is_workday)
        years = range(started_on.year, last.year + 1)
        provisional = not all(map(self._is_official_year, years))
        return Deadline(end_of_day(last), last, provisional)

    def after_months(self, started_on: date, months: int, *, rolls: bool = False) -> Deadline:
        """End of a period of months: the day of the same number, or the month's last day."""
        index = started_on.month - 1 + months
        year, month = started_on.year + index // 12, index % 12 + 1
        day = min(started_on.day, gregorian.monthrange(year, month)[1])
        return self._ended(date(year, month, day), rolls)

    def after_years(self, started_on: date, years: int, *, rolls: bool = False) -> Deadline:
        """End of a period of years: the same day of the year, 28 February for 29 February."""
        return self.after_months(started_on, 12 * years, rolls=rolls)

    def _ended(self, last: date, rolls: bool) -> Deadline:
        if not rolls:
            return Deadline(end_of_day(last), last)
        rolled = self.next_workday(last)
        provisional = not (self.is_official(last) and self.is_official(rolled))
        return Deadline(end_of_day(rolled), rolled, provisional)

    def _is_official_year(self, year: int) -> bool:
        table = self._tables.get(year)
        return table is not None and not table.is_predicted


def differences(one: Calendar, other: Calendar, year: int) -> list[date]:
    """Days of `year` on which two calendars disagree: the check against a second source."""
    day, found = date(year, 1, 1), []
    while day.year == year:
        if one.is_workday(day) != other.is_workday(day):
            found.append(day)
        day += _DAY
    return found


def tables_from_toml(text: str) -> tuple[YearTable, ...]:
    """Read year tables from the format of `years.toml`.

    Raises:
        CalendarError: the text is no such table, or a year contradicts itself; what it says is
            in Chinese, for whoever imports one.
    """
    try:
        rows = tomllib.loads(text)["year"]
        tables = tuple(_table(row) for row in rows)
    except tomllib.TOMLDecodeError as error:
        place = _LINE.search(str(error))
        at = f"（第{place[1]}行）" if place else ""
        raise CalendarError(f"不是放假安排的格式{at}") from error
    except KeyError as error:
        (name,) = error.args
        raise CalendarError(f"没有写 {name}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise CalendarError("year 应当是年份，rest、work、statutory 应当是日期的列表") from error
    Calendar(tables)
    return tables


@lru_cache(maxsize=1)
def packaged_calendar() -> Calendar:
    """The calendar of the tables in this package."""
    text = resources.files("liuhen.law").joinpath("years.toml").read_text("utf-8")
    return Calendar(tables_from_toml(text))


def _table(row: Mapping[str, Any]) -> YearTable:
    year = int(row["year"])
    statutory = row.get("statutory")
    return YearTable(
        year=year,
        rest=_days(year, row["rest"]),
        work=_days(year, row["work"]),
        statutory=None if statutory is None else _days(year, statutory),
        version=str(row.get("version", "")),
        source=str(row.get("source", "")),
        is_predicted=bool(row.get("is_predicted", False)),
    )


def _days(year: int, runs: Iterable[str]) -> frozenset[date]:
    days = set()
    for run in runs:
        first, _, last = run.partition("/")
        try:
            day = date.fromisoformat(f"{year:04d}-{first}")
            end = date.fromisoformat(f"{year:04d}-{last or first}")
        except ValueError as error:
            raise CalendarError(f"{year}年没有“{run}”这样的日期") from error
        if end < day:
            raise CalendarError(f"{year}年“{run}”的末日早于首日")
        while day <= end:
            days.add(day)
            day += _DAY
    return frozenset(days)


def _check(table: YearTable) -> None:
    for day in sorted(table.rest & table.work):
        raise CalendarError(f"{day} 既列为放假又列为上班")
    for day in table.rest | table.work | (table.statutory or frozenset()):
        if day.year != table.year:
            raise CalendarError(f"{day} 不是{table.year}年的日期")
    for day in table.work:
        if day.weekday() < _SATURDAY:
            raise CalendarError(f"{day} 列为调休上班，但不是周末")


def _any_day(day: date) -> bool:
    del day
    return True


def _count(start: date, days: int, excluded: tuple[DaySpan, ...], counts: Any) -> date:
    if days < 0:
        raise ValueError("a period can't be negative")
    if any(ended is None for _, ended in excluded):
        raise ValueError("an open suspension stops the clock: there is no last day yet")
    if counts is _any_day and not excluded:
        return start + timedelta(days=days)
    day = start
    while days:
        day += _DAY
        if counts(day) and not any(a <= day < b for a, b in excluded if b):
            days -= 1
    return day
