"""Identity numbers and credit codes: our own arithmetic, held against a library where it agrees."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc

from liuhen.cases.identity import (
    credit_check,
    is_credit_code,
    is_resident_number,
    resident_check,
)

TODAY = dt.date(2026, 3, 10)
CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Divisions of Tianjin in force, which the library knows too.
DIVISIONS = ("120101", "120102", "120103", "120104", "120105")


@pytest.mark.parametrize(
    ("number", "is_right"),
    [
        ("11010519491231002X", True),
        ("11010519491231002x", False),
        ("110105194912310021", False),
        ("11010519490230002X", False),
        ("1101051949123100", False),
        ("11010519491231002X0", False),
        ("１1010519491231002X", False),
        ("", False),
    ],
)
def test_a_resident_number_is_eighteen_characters_with_a_day_and_a_check(
    number: str, is_right: bool
) -> None:
    assert is_resident_number(number, on=TODAY) is is_right


def resident(division: str, born: dt.date, sequence: int) -> str:
    body = f"{division}{born:%Y%m%d}{sequence:03d}"
    return body + resident_check(body)


def test_nobody_is_born_tomorrow() -> None:
    assert is_resident_number(resident("120101", TODAY, 1), on=TODAY)
    tomorrow = TODAY + dt.timedelta(days=1)
    assert not is_resident_number(resident("120101", tomorrow, 1), on=TODAY)


@settings(deadline=None)
@given(
    st.sampled_from(DIVISIONS),
    st.dates(dt.date(1930, 1, 1), dt.date(2020, 1, 1)),
    st.integers(0, 999),
    st.integers(0, 17),
    st.sampled_from("0123456789X"),
)
def test_the_library_agrees_on_resident_numbers_right_and_wrong(
    division: str, born: dt.date, sequence: int, place: int, other: str
) -> None:
    number = resident(division, born, sequence)
    assert is_resident_number(number, on=TODAY)
    assert ric.is_valid(number)
    wrong = number[:place] + other + number[place + 1 :]
    if wrong[6:14].isdigit() and wrong[6:14] <= f"{TODAY:%Y%m%d}" and wrong[:6] in DIVISIONS:
        assert is_resident_number(wrong, on=TODAY) == ric.is_valid(wrong)


@pytest.mark.parametrize(
    ("code", "is_right"),
    [
        ("11120000MB1660879L", True),
        ("11120000MB1660879M", False),
        ("11120000mb1660879l", False),
        ("11120000MB1660879", False),
        ("11120000MI1660879L", False),
        ("111200O0MB1660879L", False),
        ("", False),
    ],
)
def test_a_credit_code_is_eighteen_characters_with_a_check(code: str, is_right: bool) -> None:
    assert is_credit_code(code) is is_right


@settings(deadline=None)
@given(
    st.sampled_from("159Y"),
    st.sampled_from("1239"),
    st.sampled_from(DIVISIONS),
    st.text(CHARACTERS, min_size=9, max_size=9),
    st.sampled_from(CHARACTERS),
)
def test_the_library_agrees_on_codes_that_begin_with_eight_digits(
    department: str, kind: str, division: str, organisation: str, last: str
) -> None:
    body = department + kind + division + organisation
    code = body + credit_check(body)
    assert is_credit_code(code)
    if department != "Y":
        assert uscc.is_valid(code)
        assert is_credit_code(body + last) == uscc.is_valid(body + last)


@pytest.mark.parametrize("department", list("ANYG"))
def test_lawful_codes_that_begin_with_a_letter_pass_although_the_library_refuses_them(
    department: str,
) -> None:
    body = f"{department}1120101MA0000000"
    assert is_credit_code(body + credit_check(body))
    assert not uscc.is_valid(body + credit_check(body))
