"""Sums of money in Chinese capitals and in figures."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.assembly import chinese_amount, figures
from liuhen.assembly.amounts import LARGEST_FEN, fen
from liuhen.kernel.refusals import Refused

_VALUES = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
_PLACES = {"拾": 10, "佰": 100, "仟": 1_000}


def read_capitals(text: str) -> int:
    """An independent reader: fen from capitals, left to right, as a cashier would."""
    fen_read, total, group, digit = 0, 0, 0, 0
    for letter in text.removesuffix("整"):
        if letter in _VALUES:
            digit = _VALUES[letter]
        elif letter in _PLACES:
            group, digit = group + digit * _PLACES[letter], 0
        elif letter in "万亿":
            total += (group + digit) * (10_000 if letter == "万" else 100_000_000)
            group, digit = 0, 0
        elif letter == "元":
            fen_read, group, digit = (total + group + digit) * 100, 0, 0
        elif letter == "角":
            fen_read, digit = fen_read + digit * 10, 0
        elif letter == "分":
            fen_read, digit = fen_read + digit, 0
    return fen_read


@pytest.mark.parametrize(
    ("amount", "capitals"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (105, "壹元零伍分"),
        (150, "壹元伍角整"),
        (1_000, "壹拾元整"),
        (1_050, "壹拾元零伍角整"),
        (10_000, "壹佰元整"),
        (20_000, "贰佰元整"),
        (100_100, "壹仟零壹元整"),
        (140_950, "壹仟肆佰零玖元伍角整"),
        (168_032, "壹仟陆佰捌拾元零叁角贰分"),
        (300_000, "叁仟元整"),
        (600_714, "陆仟零柒元壹角肆分"),
        (999_999, "玖仟玖佰玖拾玖元玖角玖分"),
        (1_000_000, "壹万元整"),
        (1_000_100, "壹万零壹元整"),
        (10_700_053, "壹拾万柒仟元零伍角叁分"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (10_010_000_000, "壹亿零壹拾万元整"),
        (LARGEST_FEN, "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_an_amount_is_written_as_vouchers_want_it(amount: int, capitals: str) -> None:
    assert chinese_amount(amount) == capitals


@given(st.integers(0, LARGEST_FEN))
def test_capitals_read_back_give_the_same_amount(amount: int) -> None:
    assert read_capitals(chinese_amount(amount)) == amount


@given(st.integers(0, LARGEST_FEN))
def test_zeros_never_double_and_never_stand_before_a_unit(amount: int) -> None:
    capitals = chinese_amount(amount)
    assert "零零" not in capitals
    assert not any(f"零{unit}" in capitals for unit in "拾佰仟万亿角分")
    assert capitals.endswith(("整", "分"))


@given(st.integers(0, LARGEST_FEN))
def test_yuan_and_fen_are_the_same_money(amount: int) -> None:
    yuan = Decimal(amount) / 100
    assert chinese_amount(yuan) == chinese_amount(amount)
    assert Decimal(figures(yuan).replace(",", "")) == yuan


def test_figures_set_thousands_apart() -> None:
    assert figures(20_000) == "200.00"
    assert figures(Decimal("1234.5")) == "1,234.50"


@pytest.mark.parametrize("amount", [-1, LARGEST_FEN + 1, Decimal("-0.01"), Decimal("Infinity")])
def test_an_amount_out_of_range_is_refused(amount: int | Decimal) -> None:
    with pytest.raises(Refused) as refused:
        chinese_amount(amount)
    assert refused.value.code == "amount.out_of_range"


def test_a_broken_fen_is_refused() -> None:
    assert fen(Decimal("0.01")) == 1
    with pytest.raises(Refused) as refused:
        fen(Decimal("0.001"))
    assert refused.value.code == "amount.not_whole_fen"


@pytest.mark.parametrize("amount", [1.5, True, "200"])
def test_what_counts_no_money_is_no_amount(amount: object) -> None:
    with pytest.raises(TypeError):
        fen(amount)  # type: ignore[arg-type]
