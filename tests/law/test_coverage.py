"""Coverage arithmetic: what of an activity no recording shows."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from liuhen.law.coverage import uncovered

START = datetime(2026, 3, 4, tzinfo=UTC)


def at(seconds: int) -> datetime:
    """An instant so many seconds after the start."""
    return START + timedelta(seconds=seconds)


SPANS = st.lists(
    st.tuples(st.integers(-50, 150), st.integers(0, 60)).map(lambda p: (at(p[0]), at(p[0] + p[1]))),
    max_size=8,
)


def seconds(spans: list[tuple[datetime, datetime]]) -> set[int]:
    """Whole seconds inside the spans, counted one by one."""
    return {
        second
        for first, last in spans
        for second in range(
            int((first - START).total_seconds()), int((last - START).total_seconds())
        )
    }


@given(SPANS)
def test_what_is_uncovered_is_what_remains_second_by_second(
    held: list[tuple[datetime, datetime]],
) -> None:
    wanted = [(at(0), at(100))]
    found = uncovered(wanted, held, timedelta())
    assert seconds(found) == seconds(wanted) - seconds(held)


@given(SPANS, SPANS)
def test_more_footage_never_uncovers_anything(
    held: list[tuple[datetime, datetime]], more: list[tuple[datetime, datetime]]
) -> None:
    wanted = [(at(0), at(100))]
    few = seconds(uncovered(wanted, held, timedelta()))
    assert seconds(uncovered(wanted, held + more, timedelta())) <= few


def test_both_sides_of_the_tolerance() -> None:
    wanted, three = [(at(0), at(100))], timedelta(seconds=3)
    assert uncovered(wanted, [(at(3), at(100))], three) == []
    assert uncovered(wanted, [(at(4), at(100))], three) == [(at(0), at(4))]


def test_no_footage_leaves_the_whole_span() -> None:
    assert uncovered([(at(0), at(100))], [], timedelta(seconds=3)) == [(at(0), at(100))]
