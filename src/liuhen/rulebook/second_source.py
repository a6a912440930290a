"""A second source for a year's holidays: the tables the library chinesecalendar carries.

For: comparing an imported table, so that a slip of a hand is seen. Not for: deciding; the
authority's table counts.
"""

from __future__ import annotations

import datetime as dt

import chinese_calendar
from chinese_calendar.constants import holidays, workdays

from liuhen.law.calendar import YearTable

NAME = "chinesecalendar"


def second_source_of(year: int) -> tuple[str, YearTable | None]:
    """The library's name and table of a year, or ("", None) when it doesn't know the year."""
    try:
        chinese_calendar.is_workday(dt.date(year, 1, 1))
    except NotImplementedError:
        return "", None
    return NAME, YearTable(
        year=year,
        rest=frozenset(day for day in holidays if day.year == year),
        work=frozenset(day for day in workdays if day.year == year),
        version=NAME,
        source=NAME,
    )
