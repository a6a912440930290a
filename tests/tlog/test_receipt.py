"""Receipts: one spelling, signed, and never to be taken for a checkpoint."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liuhen.kernel.refusals import Refused
from liuhen.tlog.checkpoints import parse_checkpoint
from liuhen.tlog.keys import Signer
from liuhen.tlog.notes import sign_note
from liuhen.tlog.receipt import Receipt, open_receipt, parse_receipt, sign_receipt

SIGNER = Signer("log.example/demo", bytes(range(32)))
AT = dt.datetime(2026, 3, 2, 6, 30, 0, 250_000, tzinfo=dt.UTC)
RECEIPT = Receipt("log.example/demo", "ab" * 32, 1024, AT, "现场检查.mp4", "DSJ-0001")
RAW = sign_receipt(RECEIPT, SIGNER).encode()
names = st.text(st.characters(codec="utf-8"))
lines = st.text(st.characters(codec="utf-8", min_codepoint=32), min_size=1)


def test_the_text_has_the_seven_lines_of_the_format() -> None:
    assert RECEIPT.text == (
        "liuhen receipt v1\nlog.example/demo\n" + "ab" * 32 + "\n1024\n"
        '2026-03-02T06:30:00.250000Z\n"现场检查.mp4"\nDSJ-0001\n'
    )


@given(
    lines,
    st.integers(0, 2**63 - 1),
    st.datetimes(timezones=st.just(dt.UTC)).filter(lambda at: at.year >= 1000),
    names,
    st.one_of(st.none(), lines.filter(lambda line: line != "-")),
)
def test_any_receipt_reads_back(
    origin: str, size: int, at: dt.datetime, name: str, device: str | None
) -> None:
    receipt = Receipt(origin, "0" * 64, size, at, name, device)
    opened = open_receipt(sign_receipt(receipt, SIGNER), [SIGNER.verifier])
    assert opened.receipt == receipt


def test_a_name_is_kept_composed_and_its_control_characters_escaped() -> None:
    composed = Receipt("o", "0" * 64, 1, AT, "e\u0301\n\t\u2028😀.mp4")
    assert composed.original_name == "é\n\t\u2028😀.mp4"
    assert composed.text.split("\n")[5] == '"é\\n\\t\u2028😀.mp4"'
    assert parse_receipt(composed.text) == composed


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    east = AT.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert Receipt("o", "0" * 64, 1, east, "n").text == Receipt("o", "0" * 64, 1, AT, "n").text


@given(st.integers(0, len(RAW) - 1), st.integers(1, 255))
@settings(max_examples=300)
def test_any_altered_byte_is_found(place: int, mask: int) -> None:
    altered = bytearray(RAW)
    altered[place] ^= mask
    with pytest.raises(Refused, match=r"note\."):
        open_receipt(bytes(altered), [SIGNER.verifier])


def test_a_receipt_is_no_checkpoint_and_a_checkpoint_no_receipt() -> None:
    sly = Receipt("7", "0" * 64, 1, AT, "n")
    with pytest.raises(Refused, match=r"checkpoint\.malformed"):
        parse_checkpoint(sly.text)
    text = "liuhen receipt v1\n7\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n1\n"
    text += '2026-03-02T06:30:00.250000Z\n"n"\n-\n'
    parse_checkpoint(text)
    with pytest.raises(Refused, match="sha256"):
        open_receipt(sign_note(text, SIGNER), [SIGNER.verifier])


GOOD = RECEIPT.text.split("\n")


@pytest.mark.parametrize(
    ("line", "found", "what"),
    [
        (0, "liuhen receipt v2", "first line"),
        (1, "", "origin"),
        (2, "AB" * 32, "sha256"),
        (2, "ab" * 31, "sha256"),
        (3, "01", "size"),
        (3, "-1", "size"),
        (3, "9" * 30, "size"),
        (4, "2026-03-02T06:30:00Z", "received at"),
        (4, "2026-03-02T14:30:00.250000+08:00", "received at"),
        (4, "2026-02-30T06:30:00.250000Z", "received at"),
        (4, "0001-01-01T00:00:00.000000+23:59", "received at"),
        (4, "yesterday", "received at"),
        (5, "name", "original name"),
        (5, '"e\u0301"', "original name"),
        (5, '"\\u0041"', "original name"),
        (5, '"\\ud800"', "original name"),
        (5, "1", "original name"),
        (5, "", "original name"),
        (6, "", "device serial"),
    ],
)
def test_a_malformed_receipt_is_refused_by_name(line: int, found: str, what: str) -> None:
    text = "\n".join([*GOOD[:line], found, *GOOD[line + 1 :]])
    with pytest.raises(Refused) as refusal:
        parse_receipt(text)
    assert refusal.value.code == "receipt.malformed"
    assert what in refusal.value.data["what"]


def test_a_receipt_has_seven_lines_exactly() -> None:
    for text in ("", RECEIPT.text[:-1], RECEIPT.text + "more\n", "\n".join(GOOD[:6]) + "\n"):
        with pytest.raises(Refused, match="number of lines"):
            parse_receipt(text)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"origin": "two\nlines"}, "origin"),
        ({"sha256": "xyz"}, "sha256"),
        ({"size": -1}, "size"),
        ({"size": 2**63}, "size"),
        ({"received_at": dt.datetime(2026, 3, 2)}, "received at"),  # noqa: DTZ001 - naive on purpose
        ({"original_name": "\udcff"}, "original name"),
        ({"device_serial": "-"}, "device serial"),
        ({"device_serial": ""}, "device serial"),
        ({"device_serial": "a\tb"}, "device serial"),
    ],
)
def test_a_receipt_that_could_not_be_read_back_can_t_be_made(
    changes: dict[str, object], what: str
) -> None:
    values = {"origin": "o", "sha256": "0" * 64, "size": 1, "received_at": AT, "original_name": "n"}
    with pytest.raises(Refused) as refusal:
        Receipt(**{**values, **changes})  # type: ignore[arg-type]
    assert what in refusal.value.data["what"]
