"""Words to grams: what is stored always answers what is asked of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.search.grams import (
    asked_of_place,
    is_moved,
    is_near,
    letters,
    normal,
    of_place,
    pairs,
    runs,
)

TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@given(TEXTS, st.data())
def test_every_part_of_a_run_is_found_by_its_grams(text: str, data: st.DataObject) -> None:
    for run in runs(text):
        start = data.draw(st.integers(0, len(run) - 1))
        end = data.draw(st.integers(start + 1, len(run)))
        asked = run[start:end]
        assert pairs(asked) <= pairs(text)
        assert asked_of_place(asked) <= of_place(text)
        assert set(asked) == letters(asked) <= letters(text)
        assert asked in normal(text)


def test_a_place_is_asked_for_by_fours_where_it_has_them() -> None:
    assert asked_of_place("样板路8号 丙小区 甲区 乙") == {
        *("place:样板路8", "place:板路8号", "place:丙小", "place:小区", "place:甲区"),
    }


def test_fours_that_share_more_than_a_character_at_their_ends_say_the_same() -> None:
    told = {one: is_moved("place:样板路8", one) for one in ("place:板路8号", "place:路8号门")}
    assert told == dict.fromkeys(told, True)
    for other in ("place:8号门前", "place:乙样板路", "样板", "party:板路8号"):
        assert is_moved("place:样板路8", other) is (other == "place:乙样板路"), other


@given(TEXTS)
def test_the_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("虚城管案〔2026〕0011号", "虚城管案 2026 0011号"),
        ("ＡＢＣ　Road", "abc road"),
        ("50%_\\'; DROP", "50 drop"),
        ("。，！", ""),
    ],
)
def test_width_case_and_marks_make_no_difference(text: str, expected: str) -> None:
    assert normal(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "near"),
    [
        ("刘样例", "刘样例", True),
        ("刘样例", "刘样列", True),
        ("刘样例", "刘例样", True),
        ("刘样例", "刘样", True),
        ("刘样例", "刘某样例", True),
        ("刘样例", "马样列", False),
        ("刘样例", "例样刘", False),
        ("刘样例", "刘", False),
    ],
)
def test_names_are_near_by_one_character(one: str, other: str, near: bool) -> None:
    assert is_near(one, other) is near
    assert is_near(other, one) is near
