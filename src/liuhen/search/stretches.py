"""Stretches of time as facets: which facets a record bears, which a question asks for. Pure.

An index of time holds every record of a year; to join it with one of words costs what the archive
has grown to. Facets are joined with words where both are stored, gram by gram.
"""

from __future__ import annotations

import datetime as dt

from liuhen.kernel import clock
from liuhen.search.grams import facet

# From 1970, where a clock nobody set begins, to 2099: months since the year 0.
_MONTHS = range(1970 * 12, 2100 * 12)


def time_facets(at: dt.datetime) -> set[str]:
    """The month, year and decade an instant lies in, by the authority's calendar."""
    month = _month(at)
    return {_facet_of_month(month), _facet_of_year(month // 12), _facet_of_decade(month // 120)}


def stretch_facets(since: dt.datetime | None, until: dt.datetime | None) -> list[str]:
    """The fewest facets of which each record from `since` to `until` bears one.

    Whole decades, whole years of the rest, single months of what is left. An end that is not
    given is that of the years that are told apart; a record beyond them bears the outermost.
    """
    month = _MONTHS.start if since is None else _month(since)
    last = _MONTHS.stop - 1 if until is None else _month(until)
    found = []
    while month <= last:
        if month % 120 == 0 and month + 119 <= last:
            found.append(_facet_of_decade(month // 120))
            month += 120
        elif month % 12 == 0 and month + 11 <= last:
            found.append(_facet_of_year(month // 12))
            month += 12
        else:
            found.append(_facet_of_month(month))
            month += 1
    return found


def _month(at: dt.datetime) -> int:
    day = clock.local_date(at)
    return min(max(day.year * 12 + day.month - 1, _MONTHS.start), _MONTHS.stop - 1)


def _facet_of_month(month: int) -> str:
    return facet("month", f"{month // 12}-{month % 12 + 1:02}")


def _facet_of_year(year: int) -> str:
    return facet("year", year)


def _facet_of_decade(decade: int) -> str:
    return facet("decade", decade * 10)
