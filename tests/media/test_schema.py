"""The child's answer is read strictly: what was promised passes unchanged, nothing else does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.media import schema


@dataclass(frozen=True)
class Inner:
    word: Literal["a", "b"]
    pair: tuple[int, int]


@dataclass(frozen=True)
class Outer:
    count: int
    is_so: bool
    text: str
    maybe: int | None
    inner: tuple[Inner, ...]
    one: Inner | None


GOOD: dict[str, Any] = {
    "count": 3,
    "is_so": True,
    "text": "好",
    "maybe": None,
    "inner": [{"word": "a", "pair": [1, 2]}],
    "one": {"word": "b", "pair": [3, 4]},
}


def test_what_was_promised_is_read_and_written_back() -> None:
    built = schema.read(Outer, GOOD)
    assert built == Outer(3, True, "好", None, (Inner("a", (1, 2)),), Inner("b", (3, 4)))
    assert schema.plain(built) == GOOD


@pytest.mark.parametrize(
    "change",
    [
        {"count": "3"},
        {"count": 3.0},
        {"count": True},
        {"count": None},
        {"count": 2**53},
        {"is_so": 1},
        {"text": 5},
        {"text": "a\x00"},
        {"text": "a\nb"},
        {"text": "\ud800"},
        {"text": "x" * (schema.MAX_TEXT + 1)},
        {"maybe": "x"},
        {"inner": {}},
        {"inner": [{"word": "c", "pair": [1, 2]}]},
        {"inner": [{"word": "a", "pair": [1]}]},
        {"inner": [{"word": "a", "pair": [1, 2, 3]}]},
        {"inner": [{"word": "a"}]},
        {"one": {"word": "a", "pair": [1, 2], "more": 1}},
        {"more": 1},
    ],
)
def test_anything_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(schema.SchemaError):
        schema.read(Outer, GOOD | change)


def test_the_longest_text_and_largest_number_pass() -> None:
    edge = {"text": "x" * schema.MAX_TEXT, "count": 2**53 - 1}
    assert schema.read(Outer, GOOD | edge).count == 2**53 - 1


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(schema.SchemaError):
        schema.read(Outer, value)


@given(st.text(max_size=400))
def test_cleaned_text_always_passes(raw: str) -> None:
    assert schema.read(Outer, GOOD | {"text": schema.clean_text(raw)})
