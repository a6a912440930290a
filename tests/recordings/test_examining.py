"""What jobs make of originals: once, each with its own digest and how it was made."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from liuhen.actions.taking_in import take_in_file
from liuhen.demo.people import World
from liuhen.jobs.examining import examine, make_playable
from liuhen.kernel.digests import sha256_file
from liuhen.media.scene import Scene
from liuhen.media.synthetic import make_video
from liuhen.recordings.derivatives import read_account
from liuhen.recordings.models import Derivative, Recording
from liuhen.vault.keeping import local_store
from tests.recordings import samples
from tests.world import MORNING


def kinds(recording: Recording) -> set[str]:
    rows = Derivative.objects.filter(original_id=recording.original_id)
    for row in rows:
        assert row.sha256 == sha256_file(settings.HOME.derived_dir / row.path)
        assert row.how
    return set(rows.values_list("kind", flat=True))


def test_a_video_is_looked_at_and_listened_to_once(world: World) -> None:
    recording = take_in_file(samples.video(), actor=world["officer"])
    assert examine(recording.original_id) == 4
    assert kinds(recording) == {"contact_sheet", "waveform", "voices", "darkness"}
    assert examine(recording.original_id) == 0
    wave = read_account(recording.original_id, "waveform")
    assert wave is not None and len(wave["peaks"]) >= samples.SECONDS * 4
    assert not make_playable(recording.original_id), "browsers play it as it is"
    assert local_store().digest(recording.original_id) == recording.original_id


def test_a_sound_is_only_listened_to_and_a_photo_neither(world: World) -> None:
    sound = take_in_file(samples.sound(), actor=world["officer"])
    photo = take_in_file(samples.photo(), actor=world["officer"])
    assert (examine(sound.original_id), examine(photo.original_id)) == (2, 0)
    assert kinds(sound) == {"waveform", "voices"}


def test_what_was_deleted_is_simply_unknown_again(world: World) -> None:
    sound = take_in_file(samples.sound(), actor=world["officer"])
    examine(sound.original_id)
    row = Derivative.objects.get(kind="waveform")
    (settings.HOME.derived_dir / row.path).unlink()
    assert read_account(sound.original_id, "waveform") is None


def test_hevc_gets_a_proxy_by_a_job_of_its_own(world: World, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    make_video(path, Scene(MORNING), duration_ms=2000, codec="hevc")
    recording = take_in_file(path, actor=world["officer"])
    waiting = ProcrastinateJob.objects.values_list("task_name", "lock")
    assert ("liuhen.jobs.examining.make_playable", "proxy") in set(waiting)
    assert make_playable(recording.original_id) and not make_playable(recording.original_id)
    assert kinds(recording) == {"proxy"}


@pytest.mark.parametrize("path", [samples.truncated, samples.beheaded])
def test_a_damaged_file_fails_no_job(world: World, path: object) -> None:
    recording = take_in_file(path(), actor=world["officer"])  # type: ignore[operator]
    assert examine(recording.original_id) >= 0
    assert not make_playable(recording.original_id)
