"""Fixed cameras are recorded without a break, and what breaks is known to the millisecond."""

from __future__ import annotations

import datetime as dt
import signal
from collections.abc import Callable
from itertools import pairwise

import pytest
from django.conf import settings

from liuhen.cameras.models import CameraGap, CameraState, Segment
from liuhen.cameras.segment_files import folder_of
from liuhen.demo.people import World
from liuhen.ledger.sequencing import sequence_all
from liuhen.media.probe import probe
from liuhen.vault.checks import differences
from liuhen.vault.keeping import local_store
from tests.recorder.conftest import RtspServer, Running, camera_of, until


def span_ms(a: dt.datetime, b: dt.datetime) -> int:
    return round((b - a) / dt.timedelta(milliseconds=1))


def test_segments_follow_one_another_without_a_gap(
    running_world: World, rtsp: Callable[..., RtspServer], recorder: Callable[..., Running]
) -> None:
    camera = camera_of(running_world, rtsp("--sound", "alaw"))
    running = recorder()
    until(lambda: Segment.objects.count() >= 4, "four segments")
    state = CameraState.objects.get(camera=camera)
    assert state.state == CameraState.State.RECORDING
    running.stop()
    segments = list(Segment.objects.order_by("started_at"))
    for one, other in pairwise(segments):
        assert one.ended_at == other.started_at
    assert CameraGap.objects.count() == 0
    assert all(one.has_audio for one in segments)
    for one in segments:
        seen = probe(local_store().place(one.original_id), name="a.mov")
        assert {track.codec for track in seen.tracks} == {"h264", "pcm_alaw"}
        spans = seen.spans("video")  # none in one of a single picture, by which a stop may end
        assert len(spans) <= 1
        seen_ms = sum(end - start for start, end in spans)
        assert abs(seen_ms - span_ms(one.started_at, one.ended_at)) < 250
    sequence_all()
    assert list(differences()) == []


def test_a_killed_camera_leaves_one_gap_with_its_cause(
    running_world: World, rtsp: Callable[..., RtspServer], recorder: Callable[..., Running]
) -> None:
    server = rtsp()
    camera = camera_of(running_world, server)
    running = recorder()
    until(lambda: Segment.objects.count() >= 2, "two segments")
    killed = server.kill()
    until(lambda: CameraGap.objects.filter(ended_at=None).count() == 1, "the gap is told")
    recording = CameraState.State.RECORDING
    until(lambda: CameraState.objects.get(camera=camera).state != recording, "the state is told")
    server.start()
    until(lambda: CameraGap.objects.filter(ended_at=None).count() == 0, "the gap is closed")
    running.stop()
    gap = CameraGap.objects.get()
    assert gap.cause == CameraGap.Cause.LOST
    before = Segment.objects.filter(started_at__lt=gap.started_at).order_by("-started_at")[0]
    assert gap.ended_at is not None
    after = Segment.objects.filter(started_at__gte=gap.ended_at).order_by("started_at")[0]
    assert (before.ended_at, after.started_at) == (gap.started_at, gap.ended_at)
    assert abs(gap.started_at.timestamp() - killed) < 1.5


def test_where_nothing_can_be_written_recording_waits_and_the_gap_says_why(
    running_world: World, rtsp: Callable[..., RtspServer], recorder: Callable[..., Running]
) -> None:
    """A full disk, as the file system tells it: no file of the camera can be made."""
    camera = camera_of(running_world, rtsp())
    running = recorder(segment_ms=1000)
    until(lambda: Segment.objects.count() >= 2, "two segments")
    folder = folder_of(settings.HOME.intake_dir, camera.id)
    aside = folder.with_suffix(".aside")
    folder.rename(aside)
    folder.write_bytes(b"")
    full = CameraState.objects.filter(camera=camera, cause=CameraGap.Cause.STORAGE_FULL)
    until(full.exists, "the state is told")
    folder.unlink()
    aside.rename(folder)
    until(CameraGap.objects.exclude(ended_at=None).exists, "the gap is closed")
    running.stop()
    assert CameraGap.objects.get().cause == CameraGap.Cause.STORAGE_FULL
    segments = list(Segment.objects.order_by("started_at"))
    joints = [(one.ended_at, other.started_at) for one, other in pairwise(segments)]
    breaks = [(end, start) for end, start in joints if end != start]
    assert breaks == list(CameraGap.objects.values_list("started_at", "ended_at"))


@pytest.mark.parametrize(
    ("number", "password", "is_on", "cause"),
    [
        (0, "right", True, ""),
        (0, "wrong", True, CameraGap.Cause.REJECTED),
        (1, "right", True, CameraGap.Cause.NOT_FOUND),
        (0, "right", False, CameraGap.Cause.UNREACHABLE),
    ],
)
def test_why_a_camera_gives_no_picture_is_told_as_it_is(
    running_world: World,
    rtsp: Callable[..., RtspServer],
    recorder: Callable[..., Running],
    number: int,
    password: str,
    is_on: bool,
    cause: str,
) -> None:
    server = rtsp("--user", "viewer", "--password", "right")
    if not is_on:
        server.kill()
    camera = camera_of(running_world, server, number, username="viewer", password=password)
    recorder()
    state = CameraState.State.OPENING if cause else CameraState.State.RECORDING
    told = CameraState.objects.filter(camera=camera, state=state, cause=cause)
    until(told.exists, "it is told")
    assert not CameraGap.objects.exists(), "nothing was owed before the first picture"


def test_a_camera_that_is_there_and_sends_nothing_is_given_up_and_asked_anew(
    running_world: World, rtsp: Callable[..., RtspServer], recorder: Callable[..., Running]
) -> None:
    server = rtsp()
    camera_of(running_world, server)
    running = recorder()
    until(lambda: Segment.objects.count() >= 2, "two segments")
    server.kill(signal.SIGSTOP)
    until(CameraGap.objects.filter(ended_at=None).exists, "the gap is told")
    server.kill(signal.SIGCONT)
    until(lambda: not CameraGap.objects.filter(ended_at=None).exists(), "the gap is closed")
    running.stop()
    assert CameraGap.objects.get().cause == CameraGap.Cause.STALLED
