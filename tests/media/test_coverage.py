"""Arithmetic of spans: every millisecond counts once."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.media.coverage import (
    Span,
    difference,
    instant_of,
    intersection,
    milliseconds,
    total,
    union,
)

moments = st.integers(-50, 150)
spans = st.tuples(moments, moments).map(lambda pair: Span(*pair))
span_lists = st.lists(spans, max_size=12)

NOON = dt.datetime(2025, 3, 3, 4, 0, tzinfo=dt.UTC)


def brute(span_list: list[Span]) -> set[int]:
    """The milliseconds of the spans, one by one."""
    return {ms for start, end in span_list for ms in range(start, end)}


@given(span_list=span_lists)
def test_a_union_holds_the_same_milliseconds_ordered_and_apart(span_list: list[Span]) -> None:
    joined = union(span_list)
    assert brute(list(joined)) == brute(span_list)
    assert union(joined) == joined
    assert all(a.end < b.start for a, b in pairwise(joined))
    assert total(span_list) == len(brute(span_list))


@given(first=span_lists, second=span_lists)
def test_intersection_and_difference_hold_exactly_their_milliseconds(
    first: list[Span], second: list[Span]
) -> None:
    assert brute(list(intersection(first, second))) == brute(first) & brute(second)
    assert brute(list(difference(first, second))) == brute(first) - brute(second)


def test_recordings_that_touch_leave_no_gap() -> None:
    assert union([(0, 4000), (4000, 10_000), (12_000, 12_000)]) == (Span(0, 10_000),)


def test_instants_become_milliseconds_by_rounding_down_alike() -> None:
    late = NOON + dt.timedelta(microseconds=999)
    assert milliseconds(late) == milliseconds(NOON)
    assert instant_of(milliseconds(NOON)) == NOON
    shanghai = NOON.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert milliseconds(shanghai) == milliseconds(NOON)
    assert Span(0, 1500).ended_at == dt.datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=dt.UTC)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        milliseconds(NOON.replace(tzinfo=None))
