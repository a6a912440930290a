"""What earlier versions kept too little of is read again: times, ties and labels stay."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from liuhen.actions.camera_viewing import tie_camera_footage
from liuhen.actions.rereading import record_media_again
from liuhen.actions.taking_in import take_in_file
from liuhen.compliance.facts import facts_of_cases
from liuhen.demo.people import World
from liuhen.demo.simple_case import SimpleCase
from liuhen.host.signs import GREEN, UNKNOWN, YELLOW
from liuhen.jobs import rereading
from liuhen.jobs.examining import examine
from liuhen.jobs.rereading import read_again
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.media.probe import probe
from liuhen.recordings import media_facts
from liuhen.recordings.media_facts import account_of
from liuhen.recordings.models import Derivative, Recording
from liuhen.recordings.uploads import Intent
from liuhen.upkeep import rereading_sign as signs
from liuhen.upkeep.rereading_sign import rereading_sign
from liuhen.vault.keeping import local_store
from tests.filmed import FilmedRoom, S
from tests.recordings import samples
from tests.world import MORNING

KEPT = ("video_spans", "audio_spans")


def as_before(*args: Any) -> dict[str, Any]:
    """The account as a version wrote it that kept nothing of tracks."""
    return {key: value for key, value in account_of(*args).items() if key not in KEPT}


@pytest.fixture
def earlier(world: World, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """A film of a case, taken in by that version."""
    simple = SimpleCase(world)
    simple.start()
    intent = Intent(name="现场.mp4", activity_id=simple.activity.id)
    with monkeypatch.context() as patched:
        patched.setattr("liuhen.actions.recording_rows.account_of", as_before)
        return take_in_file(samples.video(), actor=world["officer"], intent=intent)


def tracks(recording: Recording) -> tuple[Any, Any]:
    recording.refresh_from_db()
    return recording.media.get("video_spans"), recording.media.get("audio_spans")


def told(one: Recording) -> tuple[object, ...]:
    return one.started_at, one.ended_at, one.time_source, one.labelled_at, one.activity_id


def test_a_film_of_an_earlier_version_is_read_again_and_the_law_knows(earlier: Recording) -> None:
    assert earlier.case_id is not None
    (fact,) = facts_of_cases([earlier.case_id])[earlier.case_id].recordings or ()
    assert fact.pictured is None and fact.heard is None
    before = told(earlier)
    assert read_again() == 1
    video, audio = tracks(earlier)
    assert video and audio
    assert told(earlier) == before
    (fact,) = facts_of_cases([earlier.case_id])[earlier.case_id].recordings or ()
    assert fact.pictured and fact.heard
    assert Entry.objects.filter(event="recording.read_again").count() == 1
    assert read_again() == 0, "once"


def test_what_was_read_by_this_version_is_refused(world: World, earlier: Recording) -> None:
    seen = probe(local_store().place(earlier.original_id), name=earlier.name)
    again: dict[str, Any] = {"actor": world.system, "recording_id": earlier.id, "probe": seen}
    record_media_again(**again)
    with pytest.raises(Refused, match=r"recording\.already_read"):
        record_media_again(**again)


def test_one_whose_bytes_are_lost_keeps_no_other_waiting_and_stays_unknown(
    earlier: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    local_store().place(earlier.original_id).unlink()
    assert read_again() == 0 and "is not there to be read again" in caplog.text
    assert tracks(earlier) == (None, None) and earlier.media["state"] == media_facts.READ


def test_how_far_it_is_is_a_sign_and_what_can_not_be_read_turns_it_yellow(
    earlier: Recording,
) -> None:
    assert rereading_sign().lamp == UNKNOWN, "nobody has looked"
    place = local_store().place(earlier.original_id)
    away = place.with_suffix(".away")
    place.rename(away)
    with clock.frozen(clock.now()) as stopped:
        read_again()
        sign = rereading_sign()
        assert sign.lamp == GREEN and "1 件等待补读" in sign.words and sign.figures["waiting"] == 1
        for hours, lamp in ((24, GREEN), (1, YELLOW)):
            stopped.move(hours=hours)
            read_again()
            assert rereading_sign().lamp == lamp
        assert "一天没有进展" in rereading_sign().words
        away.rename(place)
        read_again()
        sign = rereading_sign()
        assert sign.lamp == GREEN and sign.words == "没有需要补读的"
        stopped.move(hours=6)
        assert rereading_sign().lamp == GREEN
        stopped.move(seconds=1)
        assert rereading_sign().lamp == YELLOW and "久未补读" in rereading_sign().words


def test_more_than_are_counted_are_told_as_so_many_and_more(
    earlier: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in (1, 2):
        monkeypatch.setattr(rereading, "COUNTED_TO", bound)
        monkeypatch.setattr(signs, "COUNTED_TO", bound)
        monkeypatch.setattr(rereading, "PORTION_S", -1)
        read_again()
        assert ("1 件以上" in rereading_sign().words) == (bound == 1)


def test_the_sign_asks_for_one_row_however_much_waits(earlier: Recording) -> None:
    read_again()
    with CaptureQueriesContext(connection) as asked:
        rereading_sign()
    assert len(asked) == 1


def test_a_run_ends_when_its_time_is_over(
    earlier: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rereading, "PORTION_S", -1)
    assert read_again() == 0
    assert tracks(earlier) == (None, None)


def test_a_waveform_that_tells_no_long_silence_is_made_again(world: World) -> None:
    film = take_in_file(samples.video(), actor=world["officer"])
    examine(film.original_id)
    assert read_again() == 0
    rows = Derivative.objects.filter(original=film.original_id)
    rows.filter(kind="waveform").update(how={"bin_ms": 250})
    assert read_again() == 1
    assert rows.get(kind="waveform").how == {"bin_ms": 250, "long": []}
    assert rows.count() == 4


def test_footage_of_a_room_tied_before_it_was_read_is_read_and_keeps_the_recorders_times(
    world: World, footage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with clock.frozen(MORNING) as stopped:
        room = FilmedRoom(world, stopped, footage)
        hole = (room.begun + 1.4 * S, room.begun + 1.6 * S)
        (segment,) = room.take_in(room.segment(1, 2, holes=(hole,)))
        simple = SimpleCase(world)
        simple.start()
        monkeypatch.setattr("liuhen.actions.camera_viewing.PROBING", media_facts.READ)
        (tied,) = tie_camera_footage(
            actor=world["officer"],
            camera_id=room.camera.id,
            started_at=segment.started_at,
            ended_at=segment.ended_at,
            case_id=simple.case.id,
        )
    assert "video_spans" not in tied.media
    before = told(tied)
    assert read_again() == 1
    video, audio = tracks(tied)
    assert video and audio and told(tied) == before
    assert tied.media["spans"] == [[0, 400], [600, 1000]]
