"""Stretches of time as facets: which facets a record bears, which a question asks for. Pure.

An index of time holds every record of a year; to join it with one of words costs what the archive
has grown to. Facets are joined with words where both are stored, gram by gram.
"""

from __future__ import annotations

import datetime as dt

from liuhen.kernel import clock
from liuhen.search.grams import facet

# Thirds of a month; and those of a month, a year, a decade.
_MONTH, _YEAR, _DECADE = 3, 36, 360
# From 1970, where a clock nobody set begins, to 2099: thirds of months since the year 0.
_THIRDS = range(1970 * _YEAR, 2100 * _YEAR)


def time_facets(at: dt.datetime) -> set[str]:
    """The third of a month (旬), month, year and decade, by the authority's calendar."""
    third = _third(at)
    return {_facet(third // length * length, length) for length in (1, _MONTH, _YEAR, _DECADE)}


def stretch_facets(since: dt.datetime | None, until: dt.datetime | None) -> list[str]:
    """The fewest facets of which each record from `since` to `until` bears one.

    Whole decades, whole years of the rest, whole months, single thirds of what is left. An end that
    is not given is that of the years that are told apart; a record beyond them bears the outermost.
    """
    third = _THIRDS.start if since is None else _third(since)
    last = _THIRDS.stop - 1 if until is None else _third(until)
    found = []
    while third <= last:
        length = next(
            each
            for each in (_DECADE, _YEAR, _MONTH, 1)
            if third % each == 0 and third + each - 1 <= last
        )
        found.append(_facet(third, length))
        third += length
    return found


def begin_of_third(at: dt.datetime) -> dt.datetime:
    """When the third of a month began that an instant lies in."""
    day = clock.local_date(at)
    first = day.replace(day=min((day.day - 1) // 10, 2) * 10 + 1)
    return dt.datetime(first.year, first.month, first.day, tzinfo=clock.CHINA)


def _third(at: dt.datetime) -> int:
    day = clock.local_date(at)
    third = day.year * _YEAR + (day.month - 1) * _MONTH + min((day.day - 1) // 10, 2)
    return min(max(third, _THIRDS.start), _THIRDS.stop - 1)


def _facet(third: int, length: int) -> str:
    """That of the stretch of so many thirds which begins with this one."""
    year, month = third // _YEAR, third % _YEAR // _MONTH + 1
    if length == _DECADE:
        return facet("decade", year)
    if length == _YEAR:
        return facet("year", year)
    if length == _MONTH:
        return facet("month", f"{year}-{month:02}")
    return facet("third", f"{year}-{month:02}-{third % _MONTH + 1}")
