"""Coverage arithmetic: every millisecond of an activity is held or is in a gap, never both."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.media.coverage import (
    Coverage,
    Gap,
    Span,
    Take,
    cover,
    difference,
    instant_of,
    intersection,
    longer_than,
    milliseconds,
    overlaps,
    seams,
    span_between,
    take_of,
    total,
    union,
)

moments = st.integers(-50, 150)
spans = st.tuples(moments, moments).map(lambda pair: Span(*pair))
span_lists = st.lists(spans, max_size=12)
takes = st.lists(
    st.builds(
        Take,
        st.uuids().map(str),
        st.lists(spans, max_size=3).map(tuple),
        st.lists(spans, max_size=3).map(tuple),
    ),
    max_size=6,
)
activities = st.tuples(moments, moments).map(lambda pair: Span(min(pair), max(pair)))

HOUR = 3_600_000
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


@given(activity=activities, taken=takes, adjourned=st.lists(spans, max_size=2))
def test_gaps_and_recordings_partition_what_is_required(
    activity: Span, taken: list[Take], adjourned: list[Span]
) -> None:
    held = cover(activity, taken, adjourned)
    required = brute([activity]) - brute(adjourned)
    assert brute(list(held.required)) == required
    assert brute(list(held.gaps)) | brute(list(held.recorded)) == required
    assert not brute(list(held.gaps)) & brute(list(held.recorded))
    missing = brute([gap.span for gap in held.synchronous_gaps])
    assert missing | brute(list(held.synchronous)) == required
    assert sum(gap.span.length for gap in held.synchronous_gaps) == len(missing)
    assert not missing & brute(list(held.synchronous))


@given(activity=activities, taken=takes, order=st.randoms())
def test_the_order_of_recordings_does_not_matter(
    activity: Span, taken: list[Take], order: object
) -> None:
    shuffled = list(taken)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert cover(activity, shuffled) == cover(activity, taken)


@given(activity=activities, taken=takes, added=takes)
def test_another_recording_never_makes_more_missing(
    activity: Span, taken: list[Take], added: list[Take]
) -> None:
    before, after = cover(activity, taken), cover(activity, taken + added)
    assert brute(list(after.gaps)) <= brute(list(before.gaps))
    assert brute(list(before.synchronous)) <= brute(list(after.synchronous))
    assert (after.share(after.recorded) or 0) >= (before.share(before.recorded) or 0)


@given(activity=activities, taken=takes)
def test_the_share_is_whole_only_without_a_gap(activity: Span, taken: list[Take]) -> None:
    held = cover(activity, taken)
    share = held.share(held.recorded)
    if activity.length == 0:
        assert share is None
    else:
        assert share is not None and 0 <= share <= 10_000
        assert (share == 10_000) == (not held.gaps)


def test_a_missing_millisecond_in_a_year_keeps_the_share_from_being_whole() -> None:
    year = Span(0, 365 * 24 * HOUR)
    held = cover(year, [Take("a", (Span(1, year.end),))])
    assert held.gaps == (Span(0, 1),)
    assert held.share(held.recorded) == 9999


def in_a_row(*edges: tuple[int, int]) -> Coverage:
    return cover(Span(0, 10_000), [Take(str(at), (Span(*at),), (Span(*at),)) for at in edges])


def test_a_gap_of_exactly_the_tolerance_is_no_break_and_one_more_millisecond_is() -> None:
    held = in_a_row((0, 4000), (5000, 10_000))
    assert held.gaps == (Span(4000, 5000),)
    assert held.is_continuous(1000) and held.is_synchronous(1000)
    assert not held.is_continuous(999) and not held.is_synchronous(999)
    assert held.breaks(999) == (Span(4000, 5000),)
    assert longer_than(held.gaps, 1000) == ()


def test_recordings_that_touch_leave_no_gap() -> None:
    assert union([(0, 4000), (4000, 10_000), (12_000, 12_000)]) == (Span(0, 10_000),)
    assert in_a_row((0, 4000), (4000, 10_000)).is_continuous()


def test_sound_without_picture_is_recorded_but_not_synchronous() -> None:
    silent = Take("camera", video=(Span(0, 10_000),))
    sound = Take("recorder", audio=(Span(2000, 10_000),))
    alone, together = cover(Span(0, 12_000), [silent]), cover(Span(0, 12_000), [silent, sound])
    assert alone.gaps == together.gaps == (Span(10_000, 12_000),)
    assert alone.synchronous == ()
    assert together.synchronous == (Span(2000, 10_000),)
    assert together.synchronous_in_one == ()
    assert together.synchronous_gaps == (
        Gap(Span(0, 2000), "audio"),
        Gap(Span(10_000, 12_000), "both"),
    )
    assert cover(Span(0, 12_000), [sound]).synchronous_gaps == (
        Gap(Span(0, 2000), "both"),
        Gap(Span(2000, 10_000), "video"),
        Gap(Span(10_000, 12_000), "both"),
    )


def test_a_recorded_adjournment_is_not_missing() -> None:
    taken = [Take("morning", (Span(0, 3 * HOUR),)), Take("afternoon", (Span(5 * HOUR, 8 * HOUR),))]
    held = cover(Span(0, 8 * HOUR), taken, [(3 * HOUR, 5 * HOUR)])
    assert held.is_continuous() and held.share(held.recorded) == 10_000
    assert not cover(Span(0, 8 * HOUR), taken, [(3 * HOUR + 1, 5 * HOUR)]).is_continuous()


def test_an_activity_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        cover(Span(10, 9), [])
    with pytest.raises(ValueError, match="ends before"):
        span_between(NOON, NOON - dt.timedelta(microseconds=1))


def test_instants_become_milliseconds_by_rounding_down_alike() -> None:
    late = NOON + dt.timedelta(microseconds=999)
    assert milliseconds(late) == milliseconds(NOON)
    assert instant_of(milliseconds(NOON)) == NOON
    assert span_between(NOON, NOON + dt.timedelta(seconds=1)).length == 1000
    shanghai = NOON.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert milliseconds(shanghai) == milliseconds(NOON)
    assert Span(0, 1500).ended_at == dt.datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=dt.UTC)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        milliseconds(NOON.replace(tzinfo=None))


def test_a_fast_clock_is_corrected_backwards() -> None:
    taken = take_of("cam", NOON, [(0, 1000), (3000, 4000)], [(500, 4000)], clock_offset_ms=60_000)
    begun = milliseconds(NOON) - 60_000
    assert taken.video == (Span(begun, begun + 1000), Span(begun + 3000, begun + 4000))
    assert taken.span == Span(begun, begun + 4000)
    assert Take("nothing").span is None


def test_split_files_and_doubled_recordings_are_seen() -> None:
    first = Take("first", (Span(0, 1000),), (Span(0, 1000),))
    second = Take("second", (Span(1200, 2000),))
    third = Take("third", (Span(1900, 3000),))
    assert seams([third, second, first], 200) == (
        ("first", "second", 200),
        ("second", "third", -100),
    )
    assert seams([third, second, first], 199) == (("second", "third", -100),)
    assert overlaps([first, second, third]) == (("second", "third", Span(1900, 2000)),)
