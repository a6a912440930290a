"""Which facets of time a record bears, and which a question asks for."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.kernel.clock import CHINA
from liuhen.search.stretches import begin_of_third, stretch_facets, time_facets

INSTANTS = st.datetimes(
    *(dt.datetime(year, 1, 1) for year in (1950, 2150)),  # noqa: DTZ001 - given one below
    timezones=st.sampled_from([dt.UTC, CHINA]),
)
FIRST, LAST = dt.datetime(1970, 1, 1, tzinfo=CHINA), dt.datetime(2100, 1, 1, tzinfo=CHINA)


@given(since=INSTANTS | st.none(), until=INSTANTS | st.none(), at=INSTANTS)
def test_a_record_within_bears_one_of_those_asked_for(
    since: dt.datetime | None, until: dt.datetime | None, at: dt.datetime
) -> None:
    is_within = (since is None or since <= at) and (until is None or at < until)
    if is_within:
        assert len(time_facets(at) & set(stretch_facets(since, until))) == 1


@given(since=INSTANTS, until=INSTANTS, at=INSTANTS)
def test_a_record_of_another_third_of_a_month_bears_none(
    since: dt.datetime, until: dt.datetime, at: dt.datetime
) -> None:
    told = [
        min(max(one, FIRST), LAST - dt.timedelta(days=1)).astimezone(CHINA)
        for one in (since, until, at)
    ]
    thirds = [(one.year, one.month, one.day > 10, one.day > 20) for one in told]
    if not thirds[0] <= thirds[2] <= thirds[1]:
        assert not time_facets(at) & set(stretch_facets(since, until))


@given(since=INSTANTS | st.none(), until=INSTANTS | st.none())
def test_few_are_asked_for_however_long_the_stretch(
    since: dt.datetime | None, until: dt.datetime | None
) -> None:
    assert len(stretch_facets(since, until)) <= 2 * (2 + 11 + 9) + 13


@pytest.mark.parametrize(
    ("since", "until", "asked"),
    [
        ((2026, 11, 30), (2026, 12, 1), ["=third:2026-11-3", "=third:2026-12-1"]),
        (
            (2026, 10, 11),
            (2026, 11, 21),
            ["=third:2026-10-2", "=third:2026-10-3", "=month:2026-11"],
        ),
        ((2026, 1, 1), (2026, 12, 31), ["=year:2026"]),
        ((2025, 12, 31), (2027, 1, 1), ["=third:2025-12-3", "=year:2026", "=third:2027-01-1"]),
        ((2019, 12, 31), (2030, 1, 1), ["=third:2019-12-3", "=decade:2020", "=third:2030-01-1"]),
    ],
)
def test_whole_months_years_and_decades_are_asked_for_as_such(
    since: tuple[int, int, int], until: tuple[int, int, int], asked: list[str]
) -> None:
    start, end = (dt.datetime(*one, tzinfo=CHINA) for one in (since, until))
    assert stretch_facets(start, end) == asked


def test_a_month_is_that_of_the_authority_s_calendar() -> None:
    late = dt.datetime(2026, 10, 31, 16, 0, tzinfo=dt.UTC)
    assert "=month:2026-11" in time_facets(late)
    assert "=month:2026-10" in time_facets(late - dt.timedelta(microseconds=1))


@pytest.mark.parametrize(("day", "third"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (31, 3)])
def test_the_last_third_of_a_month_is_as_long_as_the_month(day: int, third: int) -> None:
    at = dt.datetime(2026, 10, day, tzinfo=CHINA)
    assert f"=third:2026-10-{third}" in time_facets(at)
    began = begin_of_third(at.astimezone(dt.UTC) + dt.timedelta(hours=23))
    assert began == dt.datetime(2026, 10, 10 * third - 9, tzinfo=CHINA)
