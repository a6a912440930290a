"""Damage inside pictures and sound: found by decoding everything, with its place in time."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from threading import Event

import pytest

from liuhen.actions.recordings import take_in_recording
from liuhen.actions.taking_in import take_in_file
from liuhen.demo.people import World
from liuhen.host.signs import GREEN, UNKNOWN, YELLOW
from liuhen.jobs import damage as job
from liuhen.jobs.damage import COUNTED_EVERY, look_through_original, look_through_waiting
from liuhen.jobs.media import read_recording
from liuhen.kernel import clock, portions
from liuhen.recordings.damage import damage_told, not_looked_through, unsure_in
from liuhen.recordings.intake import copy_in
from liuhen.recordings.models import Derivative
from liuhen.recordings.uploads import Intent
from liuhen.upkeep.damage_sign import LATE, SILENT, damage_sign
from liuhen.vault.keeping import local_store
from liuhen.vault.models import StoreState
from liuhen.vault.queries import TAKING_IN
from tests.recordings import samples
from tests.world import MORNING


def hurt(tmp_path: Path) -> Path:
    """A film whose middle lost four thousand bytes, of the length it had."""
    raw = bytearray(samples.video().read_bytes())
    middle = len(raw) // 2
    raw[middle : middle + 4000] = bytes(4000)
    path = tmp_path / "hurt.mp4"
    path.write_bytes(raw)
    return path


def test_damage_inside_a_film_is_found_with_its_place_in_time(world: World, tmp_path: Path) -> None:
    film = take_in_file(hurt(tmp_path), actor=world["officer"])
    assert film.media["findings"] == [], "its packets are all there"
    assert damage_told(film) is None
    assert look_through_waiting() == 1
    told = damage_told(film)
    assert told is not None and told.is_whole and told.count >= 1
    length = film.media["duration_ms"]
    assert told.stretches and all(
        0 <= one.start_ms <= one.end_ms <= length for one in told.stretches
    )
    assert {one.track for one in told.stretches} <= {"video", "audio"}
    assert look_through_waiting() == 0, "once"


def test_a_whole_film_has_none_and_a_photo_is_not_looked_through(world: World) -> None:
    film = take_in_file(samples.video(), actor=world["officer"])
    take_in_file(samples.photo(), actor=world["officer"])
    assert look_through_waiting() == 1
    told = damage_told(film)
    assert told is not None and (told.count, told.stretches, told.is_whole) == (0, (), True)
    assert told.unsure == ("h264", "aac")


def test_only_codings_with_checksums_hide_nothing(world: World) -> None:
    photo = take_in_file(samples.photo(), actor=world["officer"])
    assert unsure_in(photo) == ("jpeg",)
    photo.media["found"] = "png"
    assert unsure_in(photo) == ()


def test_lost_bytes_keep_no_other_waiting_and_wait_themselves(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(job, "BATCH", 1)
    first = take_in_file(samples.untagged(1), actor=world["officer"])
    second = take_in_file(samples.untagged(2), actor=world["officer"])
    local_store().place(first.original_id).unlink()
    assert look_through_waiting() == 1 and "can't be looked through" in caplog.text
    assert damage_told(second) is not None and damage_told(first) is None
    assert [one.original_id for one in not_looked_through()] == [first.original_id]


def test_a_run_ends_when_its_time_is_over_or_its_worker_ends_and_the_next_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in (1, 2):
        take_in_file(samples.untagged(seed), actor=world["officer"])
    monkeypatch.setattr(job, "PORTION_S", -1)
    assert look_through_waiting() == 0
    assert StoreState.objects.get(store="looked_through").waiting == 2
    monkeypatch.setattr(job, "PORTION_S", 240)
    monkeypatch.setattr(portions, "_ending", Event())
    portions.end_soon()
    assert look_through_waiting() == 0
    portions._ending.clear()
    assert look_through_waiting() == 2
    state = StoreState.objects.get(store="looked_through")
    assert (state.waiting, state.done, state.found) == (0, 2, 0), "added to what was counted"


def test_what_is_settled_is_not_looked_for_again_but_what_was_read_late_is(world: World) -> None:
    settled = StoreState.objects.filter(store="looked_through.1")
    with clock.frozen(MORNING) as stopped:
        early = take_in_file(samples.untagged(1), actor=world["officer"])
        received = copy_in(samples.untagged(2), "late.mp4")
        late = take_in_recording(
            actor=world["officer"],
            received=received,
            intent=Intent(name="late.mp4"),
            probe=None,
            head=received.path.read_bytes()[:64],
        )
        stopped.move(hours=3)
        new = take_in_file(samples.untagged(3), actor=world["officer"])
        assert look_through_waiting() == 2
        assert settled.get().settled_until == late.stored_at, "its file is not read yet"
        assert read_recording(str(late.id))
        assert [one.id for one in not_looked_through()] == [late.id]
        assert look_through_waiting() == 1
        assert settled.get().settled_until == stopped.instant - TAKING_IN
        Derivative.objects.filter(original__in=[early.original_id, new.original_id]).delete()
        assert [one.id for one in not_looked_through()] == [new.id], "within the last hour"


def test_what_an_older_version_looked_through_is_looked_through_again(world: World) -> None:
    film = take_in_file(samples.video(), actor=world["officer"])
    assert look_through_original(film.original_id)
    row = Derivative.objects.get(original=film.original_id, kind="damage")
    row.how["reader"] = 0
    row.save()
    assert look_through_waiting() == 1
    assert Derivative.objects.get(id=row.id).how["reader"] == 1


def test_how_far_it_is_is_a_sign(world: World) -> None:
    assert damage_sign().lamp == UNKNOWN
    film = take_in_file(samples.video(), actor=world["officer"])
    look_through_waiting()
    sign = damage_sign()
    assert sign.lamp == GREEN and "1 件录音录像中已从头到尾解码 1 件" in sign.words
    now = clock.now()
    state = StoreState.objects.filter(store="looked_through")
    state.update(waiting=1, oldest_at=now - LATE + dt.timedelta(minutes=1))
    assert damage_sign().lamp == GREEN
    state.update(oldest_at=now - LATE - dt.timedelta(minutes=1))
    assert damage_sign().lamp == YELLOW
    state.update(waiting=0, oldest_at=None, tried_at=now - SILENT - dt.timedelta(minutes=1))
    assert damage_sign().lamp == YELLOW and "久未通读" in damage_sign().words
    Derivative.objects.filter(original=film.original_id, kind="damage").update(
        how={"reader": 1, "count": 3, "is_whole": True, "stretches": []}
    )
    look_through_waiting()
    assert "损坏处" not in damage_sign().words, "all there are is counted once a day"
    state.update(well_at=now - COUNTED_EVERY - dt.timedelta(minutes=1))
    look_through_waiting()
    assert "1 件有损坏处" in damage_sign().words
