"""The late payment penalty grows by the day and stops at the fine."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.law.late_payment import late_payment, late_payment_of_parts
from liuhen.law.parameters import packaged_parameters
from tests.law.test_calendar import TABLE

DUE = date(2026, 3, 10)
RATE, CAP = (
    int(packaged_parameters().on(f"penalty_law.late_penalty_{name}", DUE).value or 0)
    for name in ("rate", "cap")
)


@pytest.mark.parametrize("row", TABLE["late"], ids=lambda row: row["says"])
def test_the_penalty_is_what_was_worked_out_by_hand(row: dict[str, Any]) -> None:
    spans = [(first, end) for first, end in row.get("excluded", ())]
    owed = late_payment(row["fine"], row["due"], row["on"], rate=RATE, cap=CAP, excluded=spans)
    assert owed.amount_fen == row["amount"]
    assert owed.is_capped is row.get("capped", False)
    assert owed.from_on == row["due"] + timedelta(days=1)


@given(st.integers(0, 10**9), st.integers(-5, 400), st.integers(0, 100))
def test_it_never_falls_and_never_passes_the_fine(fine: int, days: int, more: int) -> None:
    def on(late: int) -> int:
        return late_payment(fine, DUE, DUE + timedelta(days=late), rate=RATE, cap=CAP).amount_fen

    assert 0 <= on(days) <= on(days + more) <= fine


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 20)), max_size=4))
def test_days_that_do_not_count_are_counted_out_once(spans: list[tuple[int, int]]) -> None:
    excluded = [(DUE + timedelta(days=a), DUE + timedelta(days=a + n)) for a, n in spans]
    on = DUE + timedelta(days=30)
    plain = {DUE + timedelta(days=n) for n in range(1, 31)}
    left = {day for day in plain if not any(a <= day < b for a, b in excluded)}
    assert late_payment(1, DUE, on, rate=RATE, cap=CAP, excluded=excluded).days == len(left)


def test_a_review_still_running_stops_it() -> None:
    on = DUE + timedelta(days=50)
    owed = late_payment(10000, DUE, on, rate=RATE, cap=CAP, excluded=[(DUE, None)])
    assert (owed.days, owed.amount_fen) == (0, 0)


@pytest.mark.parametrize("fine", [-1])
def test_a_negative_fine_is_no_fine(fine: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        late_payment(fine, DUE, DUE, rate=RATE, cap=CAP)


def test_each_part_counts_from_its_own_day_until_what_was_paid_covers_it() -> None:
    second = DUE + timedelta(days=30)
    parts = [(10_000, DUE), (10_000, second)]
    paid = [(DUE + timedelta(days=10), 10_000)]
    owed = late_payment_of_parts(parts, paid, second + timedelta(days=5), rate=RATE, cap=CAP)
    assert owed is not None
    # Three in the hundred a day: ten days of the first part, five of the second.
    assert (owed.from_on, owed.days, owed.amount_fen) == (DUE + timedelta(days=1), 10, 4500)
    in_time = [(DUE, 10_000), (second, 10_000)]
    assert late_payment_of_parts(parts, in_time, second, rate=RATE, cap=CAP) is None


@pytest.mark.parametrize(("paid_fen", "days"), [(9_999, 20), (10_000, 10)])
def test_a_part_is_covered_by_no_fen_less_than_it_is(paid_fen: int, days: int) -> None:
    paid = [(DUE + timedelta(days=10), paid_fen)]
    on = DUE + timedelta(days=20)
    owed = late_payment_of_parts([(10_000, DUE)], paid, on, rate=RATE, cap=CAP)
    assert owed is not None and owed.days == days
