"""Which clock is believed, and which never is."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.media.facts import CreationTag
from liuhen.recordings.timing import EARLIEST, TOLERANCE, TimeSource, Told, timing

RECEIVED = dt.datetime(2026, 3, 10, 4, 0, tzinfo=dt.UTC)
START = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def tag(instant: dt.datetime, *, zone_known: bool = True) -> CreationTag:
    text = instant if zone_known else instant.replace(tzinfo=None)
    return CreationTag(text.isoformat(), zone_known, "creation_time")


def test_what_a_person_states_goes_before_the_tag_and_the_name() -> None:
    told = Told(
        stated_start=START, tag=tag(START + MINUTE), named=START + 2 * MINUTE, duration_ms=1000
    )
    found = timing(told, RECEIVED)
    assert (found.source, found.started_at) == (TimeSource.STATED, START)
    assert found.ended_at == START + dt.timedelta(seconds=1)


def test_the_tag_goes_before_the_name() -> None:
    found = timing(Told(tag=tag(START), named=START + MINUTE), RECEIVED)
    assert (found.source, found.started_at) == (TimeSource.TAG, START)


def test_a_device_that_runs_ahead_is_put_back_by_its_measured_offset() -> None:
    ahead = dt.timedelta(seconds=90)
    found = timing(Told(tag=tag(START + ahead), device_offset_ms=90_000), RECEIVED)
    assert (found.source, found.started_at) == (TimeSource.TAG_CORRECTED, START)
    named = timing(Told(named=START - ahead, device_offset_ms=-90_000), RECEIVED)
    assert (named.source, named.started_at) == (TimeSource.NAME_CORRECTED, START)


@given(st.integers(-86_400_000, 86_400_000), st.integers(0, 3_600_000))
def test_the_corrected_span_is_as_long_as_the_file(offset: int, length: int) -> None:
    old = RECEIVED - dt.timedelta(days=30)
    found = timing(Told(tag=tag(old), duration_ms=length, device_offset_ms=offset), RECEIVED)
    assert found.started_at is not None and found.ended_at is not None
    assert found.started_at == old - dt.timedelta(milliseconds=offset)
    assert found.ended_at - found.started_at == dt.timedelta(milliseconds=length)


def test_a_tag_from_1970_is_marked_and_the_name_is_asked_instead() -> None:
    unset = tag(dt.datetime(1970, 1, 1, tzinfo=dt.UTC))
    alone = timing(Told(tag=unset), RECEIVED)
    assert (alone.started_at, alone.source, alone.doubts) == (None, "", ("clock_unset",))
    named = timing(Told(tag=unset, named=START), RECEIVED)
    assert (named.started_at, named.source) == (START, TimeSource.NAME)
    assert named.doubts == ("clock_unset",)


@pytest.mark.parametrize(
    ("instant", "is_believed"),
    [(EARLIEST, True), (EARLIEST - dt.timedelta(microseconds=1), False)],
)
def test_the_earliest_credible_instant_is_believed_and_the_one_before_is_not(
    instant: dt.datetime, is_believed: bool
) -> None:
    assert (timing(Told(named=instant), RECEIVED).started_at is not None) is is_believed


@pytest.mark.parametrize(
    ("beyond", "is_believed"),
    [(dt.timedelta(0), True), (dt.timedelta(microseconds=1), False)],
)
def test_a_recording_from_the_future_is_not_believed(
    beyond: dt.timedelta, is_believed: bool
) -> None:
    found = timing(Told(stated_start=RECEIVED + TOLERANCE + beyond), RECEIVED)
    assert (found.started_at is not None) is is_believed
    assert found.doubts == (() if is_believed else ("in_future",))


def test_a_recording_that_would_end_in_the_future_is_not_believed() -> None:
    found = timing(Told(tag=tag(START), duration_ms=24 * 3600 * 1000), RECEIVED)
    assert (found.started_at, found.doubts) == (None, ("in_future",))


def test_an_end_before_the_beginning_is_marked_and_the_tag_is_asked_instead() -> None:
    told = Told(stated_start=START, stated_end=START - MINUTE, tag=tag(START))
    found = timing(told, RECEIVED)
    assert (found.source, found.doubts) == (TimeSource.TAG, ("ends_before_it_begins",))


def test_local_time_written_as_utc_is_seen_by_the_name() -> None:
    as_written = START + dt.timedelta(hours=8)
    found = timing(Told(tag=tag(as_written), named=START), RECEIVED + dt.timedelta(days=1))
    assert (found.source, found.started_at) == (TimeSource.TAG, START)


def test_local_time_written_as_utc_is_seen_when_taken_at_its_word_it_lies_ahead() -> None:
    found = timing(Told(tag=tag(START + dt.timedelta(hours=8))), RECEIVED)
    assert found.started_at == START


def test_local_time_written_as_utc_is_seen_by_the_activity_it_was_tied_to() -> None:
    written, later = START + dt.timedelta(hours=8), RECEIVED + dt.timedelta(days=1)
    told = Told(tag=tag(written), duration_ms=60_000, expected=(START, START + MINUTE))
    assert timing(told, later).started_at == START
    assert timing(Told(tag=tag(written), duration_ms=60_000), later).started_at == written


def test_an_activity_never_makes_a_time() -> None:
    assert timing(Told(expected=(START, RECEIVED)), RECEIVED).started_at is None


def test_a_tag_without_zone_is_local_time() -> None:
    local = tag(START + dt.timedelta(hours=8), zone_known=False)
    assert timing(Told(tag=local), RECEIVED).started_at == START
