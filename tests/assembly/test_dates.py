"""Days, instants and numerals as papers write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.assembly import chinese_date, chinese_instant, chinese_span, formal_date
from liuhen.assembly.dates import chinese_numeral

_DIGITS = {digit: value for value, digit in enumerate("〇一二三四五六七八九")} | {"零": 0}
_UNITS = {"十": 10, "百": 100, "千": 1_000}


def read_numeral(text: str) -> int:
    """An independent reader of plain numerals."""
    total, digit = 0, 0
    for index, letter in enumerate(text):
        if letter in _UNITS:
            total += (digit if index else 1) * _UNITS[letter]
            digit = 0
        else:
            digit = _DIGITS[letter]
    return total + digit


@pytest.mark.parametrize(
    ("number", "numeral"),
    [
        (0, "零"),
        (3, "三"),
        (10, "十"),
        (15, "十五"),
        (20, "二十"),
        (60, "六十"),
        (103, "一百零三"),
        (110, "一百一十"),
        (1_005, "一千零五"),
        (9_999, "九千九百九十九"),
    ],
)
def test_a_number_is_written_in_numerals(number: int, numeral: str) -> None:
    assert chinese_numeral(number) == numeral


@given(st.integers(0, 9_999))
def test_numerals_read_back(number: int) -> None:
    assert read_numeral(chinese_numeral(number)) == number


@pytest.mark.parametrize("number", [-1, 10_000])
def test_numerals_end_where_they_are_used(number: int) -> None:
    with pytest.raises(ValueError, match="no numeral"):
        chinese_numeral(number)


def test_a_day_in_figures_and_in_numerals() -> None:
    day = dt.date(2026, 11, 23)
    assert chinese_date(day) == "2026年11月23日"
    assert formal_date(day) == "二〇二六年十一月二十三日"
    assert formal_date(dt.date(2030, 10, 10)) == "二〇三〇年十月十日"


def test_an_instant_is_told_on_the_wall_clock_of_the_authority() -> None:
    last_of_day = dt.datetime(2026, 11, 22, 15, 59, 59, tzinfo=dt.UTC)
    assert chinese_instant(last_of_day) == "2026年11月22日23时59分"
    assert chinese_instant(last_of_day + dt.timedelta(seconds=1)) == "2026年11月23日00时00分"
    assert chinese_instant(last_of_day, seconds=True) == "2026年11月22日23时59分59秒"


def test_a_span_repeats_the_day_only_when_it_changes() -> None:
    start = dt.datetime(2026, 11, 22, 15, 0, tzinfo=dt.UTC)
    assert chinese_span(start, start + dt.timedelta(minutes=59)) == (
        "2026年11月22日23时00分至23时59分"
    )
    assert chinese_span(start, start + dt.timedelta(minutes=60)) == (
        "2026年11月22日23时00分至2026年11月23日00时00分"
    )
    assert chinese_span(start, None) == "2026年11月22日23时00分至"


def test_a_period_to_the_end_of_a_day_ends_at_its_24_00() -> None:
    start = dt.datetime(2026, 11, 21, 16, 0, tzinfo=dt.UTC)
    last = start + dt.timedelta(days=1, microseconds=-1)
    assert chinese_span(start, last) == "2026年11月22日00时00分至24时"
    assert chinese_span(start, last + dt.timedelta(days=1), seconds=True) == (
        "2026年11月22日00时00分00秒至2026年11月23日24时"
    )
    assert chinese_span(start, last - dt.timedelta(seconds=1)).endswith("至23时59分")
