"""Stored gaps follow what recordings leave uncovered, and keep their identity."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from liuhen.media.coverage import difference, intersection, union
from liuhen.recordings.gaps import Span, settle

spans = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 20)).map(lambda p: (p[0], p[0] + p[1])),
    max_size=6,
).map(lambda some: [(a, b) for a, b in union(some)])


def after(stored: dict[int, Span], uncovered: list[Span]) -> list[Span]:
    """The open gaps once a settlement is carried out."""
    settled = settle(stored, uncovered)
    left = {key: settled.moved.get(key, span) for key, span in stored.items()}
    for key in settled.filled:
        del left[key]
    return sorted([*left.values(), *(span for _, span in settled.split), *settled.opened])


@given(spans, spans)
def test_after_settling_the_open_gaps_are_exactly_what_is_uncovered(
    before: list[Span], now: list[Span]
) -> None:
    gaps = after(dict(enumerate(before)), now)
    assert union(gaps) == union(now)
    for first, second in pairwise(gaps):
        assert first[1] <= second[0], "two rows claim the same millisecond"


@given(spans, spans)
def test_what_was_no_gap_before_comes_as_a_new_row_that_nobody_has_explained(
    before: list[Span], now: list[Span]
) -> None:
    settled = settle(dict(enumerate(before)), now)
    assert union(settled.opened) == difference(now, before)
    kept = [*settled.moved.values(), *(span for _, span in settled.split)]
    assert not intersection(kept, settled.opened)


@given(spans)
def test_settling_twice_changes_nothing_more(now: list[Span]) -> None:
    settled = settle(dict(enumerate(now)), now)
    assert not (settled.filled or settled.moved or settled.split or settled.opened)


def test_footage_in_the_middle_leaves_one_row_moved_and_one_split_off_with_its_explanation() -> (
    None
):
    settled = settle({"row": (0, 100)}, [(0, 40), (60, 100)])
    assert settled.moved == {"row": (0, 40)}
    assert settled.split == [("row", (60, 100))]
    assert not settled.opened and not settled.filled


def test_a_gap_wholly_covered_later_is_filled() -> None:
    assert settle({"row": (0, 100)}, []).filled == ["row"]
