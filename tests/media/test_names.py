"""Names for people: one line, no tricks, no path, never too long."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liuhen.media.names import display_name


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("现场检查.mp4", "现场检查.mp4"),
        ("检查😀.mp4", "检查😀.mp4"),
        ("a/b\\c.mp4", "a_b_c.mp4"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("gpj.\u202emp4", "gpj.mp4"),
        ("\u200f\u2066x\u2069.mp4", "x.mp4"),
        ("line\nbreak\ttab\x00null.mp4", "line break tabnull.mp4"),
        ("a\u2028b\u3000c.mp4", "a b c.mp4"),
        ("e\u0301.mp4", "é.mp4"),
        ('what?*<>|:".mp4', "what_______.mp4"),
        ("con.txt", "_con.txt"),
        ("LPT1", "_LPT1"),
        ("console.txt", "console.txt"),
        (".hidden", "hidden"),
        ("ends with dot. ", "ends with dot"),
        ("", "未命名"),
        ("..", "未命名"),
        ("\u202e", "未命名"),
        ("录像.mp4".encode("gb18030"), "录像.mp4"),
        ("录像.mp4".encode("gb18030").decode("utf-8", "surrogateescape"), "录像.mp4"),
        ("录像.mp4".encode(), "录像.mp4"),
    ],
)
def test_a_name_is_shown_safely(raw: str | bytes, shown: str) -> None:
    assert display_name(raw) == shown


def test_a_long_name_keeps_its_suffix_within_255_bytes() -> None:
    exact = "x" * 251 + ".mp4"
    assert display_name(exact) == exact
    assert display_name("x" + exact) == exact
    shown = display_name("汉" * 200 + ".mp4")
    assert shown.endswith("汉.mp4") and len(shown.encode()) == 253
    assert len(display_name("😀" * 100).encode()) == 252
    assert len(display_name("a." + "b" * 300).encode()) == 255


@given(st.one_of(st.text(max_size=120), st.binary(max_size=300)))
@example("a" * 254 + "é")
@example("con" + "." * 300 + "txt")
@example("\ud800")
@example("0\u0345" * 130)
def test_every_name_has_a_safe_form_that_stays(raw: str | bytes) -> None:
    shown = display_name(raw)
    assert shown and len(shown.encode()) <= 255
    assert shown == unicodedata.normalize("NFC", shown)
    assert not set(shown) & set('\\/:*?"<>|')
    assert all(unicodedata.category(char)[0] != "C" for char in shown)
    assert shown[0] != "." and shown[-1] not in ". "
    assert display_name(shown) == shown
