"""Packets' timestamps become spans: a hole is seen, a claim of length is not believed."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from liuhen.media.timing import LONGEST_MS, MAX_SPANS, Times

TICK = Fraction(1, 1000)


def times_of(*packets: tuple[int, int]) -> Times:
    times = Times(TICK)
    for start, length in packets:
        times.add(start, length)
    return times


def spans_of(*packets: tuple[int, int], hole_ms: int = 500) -> tuple[tuple[int, int], ...]:
    layout = times_of(*packets).layout(hole_ms)
    assert layout is not None
    return layout.spans


def steady(first: int, count: int, step: int = 40) -> list[tuple[int, int]]:
    return [(first + number * step, step) for number in range(count)]


def test_steady_packets_are_one_span_up_to_the_end_of_the_last() -> None:
    assert spans_of(*steady(0, 10)) == ((0, 400),)


def test_a_hole_counts_from_exactly_its_least_length() -> None:
    before = steady(0, 10)
    assert spans_of(*before, *steady(900, 10)) == ((0, 400), (900, 1300))
    assert spans_of(*before, *steady(899, 10)) == ((0, 1299),)


def test_a_packet_that_claims_to_fill_the_hole_is_not_believed() -> None:
    assert spans_of(*steady(0, 9), (360, 5040), *steady(5400, 10)) == ((0, 400), (5400, 5800))
    assert spans_of(*steady(0, 9), (360, 900_000)) == ((0, 440),)


def test_packets_in_decoding_order_are_put_in_time_order() -> None:
    assert spans_of((0, 40), (120, 40), (40, 40), (80, 40), (160, 40)) == ((0, 200),)


def test_unknown_lengths_are_taken_from_the_neighbours() -> None:
    assert spans_of((0, 0), (40, 0), (80, 0)) == ((0, 120),)


def test_time_before_zero_is_priming_and_left_out() -> None:
    assert spans_of((-64, 64), (0, 64), (64, 64)) == ((0, 128),)


def test_nothing_and_only_priming_have_no_layout() -> None:
    assert Times(TICK).layout(500) is None
    assert times_of((-64, 64)).layout(500) is None


def test_absurd_distances_and_endless_holes_are_called_broken() -> None:
    layout = times_of(*steady(0, 3), (LONGEST_MS + 1, 40)).layout(500)
    assert layout is not None and layout.is_broken
    layout = times_of(*steady(0, 3), (LONGEST_MS - 200, 40)).layout(500)
    assert layout is not None and not layout.is_broken
    scattered = [(pair * 1000 + add, 10) for pair in range(MAX_SPANS + 1) for add in (0, 10)]
    layout = times_of(*scattered).layout(500)
    assert layout is not None and layout.is_broken and len(layout.spans) == MAX_SPANS


def test_a_timestamp_beyond_64_bits_is_left_out() -> None:
    assert spans_of((0, 40), (2**70, 40), (40, 2**63)) == ((0, 80),)


@given(st.lists(st.tuples(st.integers(-1000, 100_000), st.integers(0, 5000)), min_size=1))
def test_spans_are_ordered_apart_and_hold_every_packet_start(
    packets: list[tuple[int, int]],
) -> None:
    layout = times_of(*packets).layout(500)
    starts = {start for start, _ in packets if start >= 0}
    if layout is None:
        assert not starts
        return
    assert all(a[1] < b[0] for a, b in zip(layout.spans, layout.spans[1:], strict=False))
    assert all(any(a <= start < b for a, b in layout.spans) for start in starts)
