"""The late payment penalty: a share of the fine for each day, never above the fine.

Source: Penalty Law 72 (3 % a day, not above the fine, so that it is full on the 34th day), 73
(days of review and suit do not count), Coercion Law 45. Not for when it is due (`measures.a35`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from liuhen.law.calendar import DaySpan

_DAY = timedelta(days=1)
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class LatePayment:
    """What is owed beside the fine on a day: `days` counted, `amount_fen`, from which day.

    `is_capped` when another day adds nothing.
    """

    from_on: date
    days: int
    amount_fen: int
    is_capped: bool


def late_payment(
    fine_fen: int,
    due_on: date,
    on: date,
    *,
    rate: int,
    cap: int,
    excluded: Iterable[DaySpan] = (),
) -> LatePayment:
    """The penalty as of the end of a local day, for a fine due on `due_on`.

    `rate` is percent of the fine a day, `cap` percent of the fine at most, `excluded` half-open
    spans of days that do not count (an open one lasts). Parts of a fen are dropped.

    Raises:
        ValueError: the fine, the rate or the cap is negative.
    """
    if min(fine_fen, rate, cap) < 0:
        raise ValueError("fine, rate and cap can't be negative")
    first, end = due_on + _DAY, on + _DAY
    counted = _days(first, end).difference(*(_days(a, b or end) for a, b in excluded))
    most = fine_fen * cap // _PERCENT
    amount = min(fine_fen * rate * len(counted) // _PERCENT, most)
    return LatePayment(first, len(counted), amount, is_capped=amount == most)


def late_payment_of_parts(
    parts: Sequence[tuple[int, date]],
    paid: Sequence[tuple[date, int]],
    on: date,
    *,
    rate: int,
    cap: int,
    excluded: Iterable[DaySpan] = (),
) -> LatePayment | None:
    """The penalty for a fine due in parts, (fen, due day) in their order; None when none is owed.

    Each part counts from its own day until payments, (day, fen), cover it and those before it.
    """
    spans, covered, owed = tuple(excluded), 0, []
    for part_fen, due_on in parts:
        covered += part_fen
        until = min(_covered_on(paid, covered) or on, on)
        owed.append(late_payment(part_fen, due_on, until, rate=rate, cap=cap, excluded=spans))
    late = [each for each in owed if each.days]
    if not late:
        return None
    return LatePayment(
        min(each.from_on for each in late),
        max(each.days for each in late),
        sum(each.amount_fen for each in late),
        is_capped=all(each.is_capped for each in late),
    )


def _covered_on(paid: Sequence[tuple[date, int]], sum_fen: int) -> date | None:
    """The day on which payments reached a sum."""
    reached = 0
    for day, fen in sorted(paid):
        reached += fen
        if reached >= sum_fen:
            return day
    return None


def _days(first: date, end: date) -> frozenset[int]:
    """The days of [first, end)."""
    return frozenset(range(first.toordinal(), end.toordinal()))
