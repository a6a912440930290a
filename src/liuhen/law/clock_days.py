"""The days of one clock, as a calendar draws them: which count, which don't, which is the last.

For: explaining a finding to a layman. Not for: deciding when a clock ends (`calendar`, `view`).
"""

import calendar as gregorian
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from liuhen.kernel.clock import local_date
from liuhen.law.calendar import Calendar
from liuhen.law.findings import Finding

_DAY = timedelta(days=1)
MOST_DAYS = 400  # ninety, prolonged twice, and half a year that did not count
_TIMES = ("hours", "days", "workdays", "months", "years")


class DayState(StrEnum):
    """What a day is to a clock."""

    START = "start"  # the day of the event, which isn't counted
    COUNTED = "counted"
    REST = "rest"  # a rest day in a period of working days
    PAUSED = "paused"  # the clock stood still
    ROLLED = "rolled"  # after the last day, to the next working day
    LAST = "last"


@dataclass(frozen=True, slots=True)
class ClockDay:
    """One day; `ordinal` is its number in the period, 0 for one that doesn't count."""

    day: date
    state: DayState
    ordinal: int = 0


Cells = tuple[tuple[date, ClockDay | None] | None, ...]
"""One week from Monday."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month as weeks from Monday; None where a cell belongs to another month or no clock."""

    year: int
    month: int
    weeks: tuple[Cells, ...]


def clock_days(finding: Finding, calendar: Calendar) -> tuple[ClockDay, ...]:
    """The days from a finding's clock's start to its end; none without a clock or when too long."""
    if finding.clock_started_at is None or finding.due_at is None:
        return ()
    first, last = local_date(finding.clock_started_at), local_date(finding.due_at)
    if not 0 < (last - first).days <= MOST_DAYS:
        return ()
    unit = next((used.unit for used in finding.parameters_used if used.unit in _TIMES), "days")
    return tuple(_days(first, last, unit, _paused(finding), calendar))


def _days(
    first: date, last: date, unit: str, paused: Sequence[tuple[date, date]], calendar: Calendar
) -> Iterator[ClockDay]:
    yield ClockDay(first, DayState.START)
    day, ordinal = first, 0
    while day < last:
        day += _DAY
        if any(start <= day < end for start, end in paused):
            state = DayState.PAUSED
        elif unit == "workdays" and not calendar.is_workday(day):
            state = DayState.REST
        else:
            ordinal += 1
            state = DayState.COUNTED
        if day == last:
            state = DayState.LAST
        yield ClockDay(day, state, ordinal if state in (DayState.COUNTED, DayState.LAST) else 0)


def _paused(finding: Finding) -> list[tuple[date, date]]:
    """Spans in which the clock stood still, from the facts the finding used."""
    starts: dict[str, date] = {}
    ends: dict[str, date] = {}
    for used in finding.facts_used:
        entity, _, field = used.path.partition(".")
        if entity.startswith("suspension:") and used.value is not None:
            place = starts if field == "started_on" else ends
            # a day as it is, or as a stored finding writes it
            place[entity] = date.fromisoformat(str(used.value))
    return [(day, ends[key]) for key, day in starts.items() if key in ends]


def months_of(days: Sequence[ClockDay]) -> tuple[Month, ...]:
    """The months that hold these days, whole weeks from Monday."""
    known = {one.day: one for one in days}
    return tuple(
        Month(year, month, tuple(_cells(week, month, known) for week in _weeks(year, month)))
        for year, month in dict.fromkeys((one.day.year, one.day.month) for one in days)
    )


def _weeks(year: int, month: int) -> list[list[date]]:
    return gregorian.Calendar().monthdatescalendar(year, month)


def _cells(week: list[date], month: int, known: Mapping[date, ClockDay]) -> Cells:
    return tuple((day, known.get(day)) if day.month == month else None for day in week)
