"""Entries: what is written reads back, and only the canonical bytes are an entry."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID

import pytest

from liuhen.kernel import canonical
from liuhen.kernel.refusals import Refused
from liuhen.tlog.entry import EntryBody, ImageDigest, parse_entry

BODY = EntryBody(
    id=UUID("01900000-0000-7000-8000-000000000001"),
    event="recording.stored",
    actor_id=UUID("01900000-0000-7000-8000-000000000002"),
    actor_name="王某",
    at=dt.datetime(2026, 3, 2, 6, 30, 0, 250_000, tzinfo=dt.UTC),
    case=UUID("01900000-0000-7000-8000-000000000003"),
    subject={"kind": "recording", "id": "01900000-0000-7000-8000-000000000004"},
    data={"size": 1024, "nested": [1, None, True, {"名": "值"}]},
    images=(
        ImageDigest("recordings_recording", "4", "ab" * 32, None),
        ImageDigest("cases_case", "3", "cd" * 32, "ef" * 32),
    ),
)
RAW = BODY.encode()
VALUE: dict[str, Any] = json.loads(RAW)


def test_an_entry_reads_back() -> None:
    assert parse_entry(RAW) == BODY


def test_an_entry_without_case_and_with_its_way_in_reads_back() -> None:
    body = EntryBody(**{**vars(BODY), "case": None, "images": (), "via": {"door": "web"}})
    assert parse_entry(body.encode()) == body


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        RAW + b"\n",
        b" " + RAW,
        RAW[:-1],
        RAW.replace(b'"v":1', b'"v":1.0'),
        RAW.replace(b'"v":1', b'"v":1,"v":1'),
        RAW.replace(b'"size":1024', b'"size":9007199254740992'),
        RAW.replace(b'"size":1024', b'"size":' + b"9" * 5000),
        RAW.replace(b'"size":1024', b'"size":NaN'),
        RAW.replace("值".encode(), b"\\u503c"),
        RAW.replace("值".encode(), b"\\ud800"),
        RAW.decode().encode("utf-16"),
        b"[" * 60_000,
    ],
)
def test_any_other_spelling_is_no_entry(raw: bytes) -> None:
    with pytest.raises(Refused) as refusal:
        parse_entry(raw)
    assert refusal.value.code == "entry.malformed"
    assert refusal.value.data["what"] == "canonical JSON"


@pytest.mark.parametrize(
    ("member", "found", "what"),
    [
        ("v", 2, "v"),
        ("v", True, "v"),
        ("id", "01900000000070008000000000000001", "id"),
        ("id", 1, "id"),
        ("event", "Recording.Stored", "event"),
        ("event", "stored", "event"),
        ("event", "a.b.c", "event"),
        ("actor", {"id": "x", "name": "y"}, "actor id"),
        ("actor", {"id": VALUE["id"]}, "actor"),
        ("actor", {"id": VALUE["id"], "name": "y", "more": "z"}, "actor"),
        ("actor", {"id": VALUE["id"], "name": 1}, "actor name"),
        ("at", "2026-03-02T06:30:00Z", "at"),
        ("at", "2026-03-02T14:30:00.250000+08:00", "at"),
        ("at", 0, "at"),
        ("case", "", "case"),
        ("subject", None, "subject"),
        ("subject", {"kind": "x"}, "subject"),
        ("data", [], "data"),
        ("images", {}, "images"),
        ("images", [None], "image 0"),
        ("images", [{**VALUE["images"][0], "sha256": None}], "image 0"),
        ("images", [VALUE["images"][0], {**VALUE["images"][0], "previous": "AB" * 32}], "image 1"),
        ("images", [{**VALUE["images"][0], "row": 4}], "image 0"),
        ("via", {}, "via"),
        ("via", {"door": 1}, "via door"),
        ("more", 1, "members"),
    ],
)
def test_a_malformed_entry_is_refused_by_name(member: str, found: object, what: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_entry(canonical.dumps({**VALUE, member: found}))
    assert (refusal.value.code, refusal.value.data["what"]) == ("entry.malformed", what)


@pytest.mark.parametrize("member", sorted(VALUE))
def test_no_member_may_be_missing(member: str) -> None:
    with pytest.raises(Refused, match="members"):
        parse_entry(canonical.dumps({k: v for k, v in VALUE.items() if k != member}))


def test_an_entry_of_65535_bytes_is_the_longest() -> None:
    room = 65_535 - len(EntryBody(**{**vars(BODY), "data": {"x": ""}}).encode())
    longest = EntryBody(**{**vars(BODY), "data": {"x": "a" * room}}).encode()
    assert len(longest) == 65_535
    assert parse_entry(longest).data["x"] == "a" * room
    with pytest.raises(Refused) as refusal:
        EntryBody(**{**vars(BODY), "data": {"x": "a" * (room + 1)}}).encode()
    assert refusal.value.code == "entry.too_long"
    assert refusal.value.data == {"size": 65_536, "limit": 65_535}
    with pytest.raises(Refused, match=r"entry\.too_long"):
        parse_entry(longest + b" ")
