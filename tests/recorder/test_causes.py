"""Every cause a gap can have is brought about by a real camera; the gap is exact and told."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from django.urls import reverse

from liuhen.cameras.models import Camera, CameraGap, CameraState, Segment
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.media.probe import probe
from liuhen.vault.keeping import local_store
from tests.recorder.conftest import RtspServer, Running, camera_of, until
from tests.web.conftest import browsers, words

Cause = CameraGap.Cause


@dataclass
class Place:
    """A camera that has been recorded, and what records it now."""

    world: World
    server: RtspServer
    camera: Camera
    running: Running
    start: Callable[..., Running]

    def lasting(self) -> CameraGap:
        """The gap, once it is told."""
        until(CameraGap.objects.filter(ended_at=None).exists, "the gap is told")
        return CameraGap.objects.get(ended_at=None)

    def ended(self) -> CameraGap:
        """The gap, once footage lies on both of its sides."""

        def is_between() -> bool:
            gap = CameraGap.objects.order_by("started_at").last()
            if gap is None or gap.ended_at is None:
                return False
            return Segment.objects.filter(started_at__gte=gap.ended_at).exists()

        until(is_between, "the gap is closed")
        self.running.stop()
        return CameraGap.objects.latest("started_at")


@pytest.fixture
def place(
    running_world: World, rtsp: Callable[..., RtspServer], recorder: Callable[..., Running]
) -> Place:
    server = rtsp("--sound", "alaw")
    camera = camera_of(running_world, server)
    running = recorder(segment_ms=1000)
    until(lambda: Segment.objects.count() >= 2, "two segments")
    return Place(running_world, server, camera, running, recorder)


def breaks() -> list[tuple[dt.datetime, dt.datetime]]:
    """The stretches no picture shows, as the segments and their accounts have them."""
    held = []
    for one in Segment.objects.order_by("started_at"):
        lasts = round((one.ended_at - one.started_at) / MS)
        for begin, end in one.media.get("spans", [[0, lasts]]):
            held.append((one.started_at + begin * MS, one.started_at + end * MS))
    return [(end, start) for (_, end), (start, _) in pairwise(held) if end != start]


MS = dt.timedelta(milliseconds=1)


def assert_told(place: Place, gap: CameraGap, cause: str) -> None:
    """The gap lies exactly between what is held, and its page says why in words.

    A recorder that was away for long, on a busy machine, has its part of it before.
    """
    *own, last = CameraGap.objects.order_by("started_at")
    assert (last.id, last.cause) == (gap.id, cause)
    assert all(one.cause == Cause.RECORDER_STOPPED for one in own)
    begun = own[0].started_at if own else gap.started_at
    assert breaks() == [(begun, gap.ended_at)]
    page = words(browsers(place.world)("unit_head").get(room := address_of(place)))
    assert Cause(cause).label in page, room
    for at in (gap.started_at, gap.ended_at):
        assert at is not None and f"{clock.local(at):%H:%M:%S.%f}"[:-3] in page


def address_of(place: Place) -> str:
    return reverse("room", args=[place.camera.room_id])


def kill_readers(running: Running) -> None:
    """kill -9 of every child that reads a camera."""
    nursery = running.recorder._nursery
    assert nursery is not None
    for listed in Path(f"/proc/{nursery.process.pid}/task").glob("*/children"):
        for number in listed.read_text().split():
            os.kill(int(number), signal.SIGKILL)


# -- what happens to a camera that is being recorded ------------------------------------------


def test_a_clock_that_jumps_back_breaks_the_recording(place: Place) -> None:
    until(lambda: Segment.objects.count() >= 7, "its clock has gone so far")
    jumped = clock.now()
    place.server.say("jump -5000")
    gap = place.ended()
    assert_told(place, gap, Cause.BROKEN_TIMES)
    assert abs((gap.started_at - jumped) / MS) < 1500


def test_a_reader_that_is_killed_leaves_a_gap_and_another_goes_on(place: Place) -> None:
    killed = clock.now()
    kill_readers(place.running)
    gap = place.ended()
    assert_told(place, gap, Cause.READER_FAILED)
    assert abs((gap.started_at - killed) / MS) < 1500


@pytest.mark.parametrize("seconds", [2, 4])
def test_pictures_that_do_not_come_are_a_hole_though_the_line_stands(
    place: Place, seconds: int
) -> None:
    dropped = clock.now()
    place.server.say("drop")
    until(lambda: clock.now() - dropped > dt.timedelta(seconds=seconds), "time passes")
    place.server.say("pass")
    passed = clock.now()
    gap = place.ended()
    assert_told(place, gap, Cause.PICTURES_MISSING)
    assert gap.ended_at is not None
    assert abs((gap.started_at - dropped) / MS) < 800
    assert abs((gap.ended_at - passed) / MS) < 800


def test_a_recorder_that_is_not_running_is_the_cause_of_its_own_gap(place: Place) -> None:
    place.running.stop()
    place.running = place.start(segment_ms=1000)
    assert_told(place, place.ended(), Cause.RECORDER_STOPPED)


# -- what a camera is found to be when the recorder comes to it --------------------------------


def found(place: Place, *options: str, is_on: bool = True) -> CameraGap:
    """The camera is another when the recorder comes back; it is the old one in the end."""
    place.running.stop()
    place.server.kill()
    if is_on:
        place.server.start(*options)
    place.running = place.start(segment_ms=1000)
    lasting = place.lasting()
    state = CameraState.objects.filter(camera=place.camera, state=CameraState.State.DOWN)
    until(state.filter(cause=lasting.cause).exists, "the state is told")
    told = words(browsers(place.world)("unit_head").get(reverse("rooms")))
    assert f"没有在录制：{Cause(lasting.cause).label}" in told
    if is_on:
        place.server.kill()
    place.server.start("--sound", "alaw")
    return place.ended()


@pytest.mark.parametrize(
    ("options", "cause"),
    [
        (("--video", "none", "--sound", "alaw"), Cause.NO_PICTURE),
        (("--video", "vp8"), Cause.UNREADABLE),
        (("--user", "viewer", "--password", "word"), Cause.REJECTED),
        (("--mounts", "0"), Cause.NOT_FOUND),
    ],
)
def test_a_camera_that_sends_none_of_what_is_taken_has_a_gap_that_says_so(
    place: Place, options: tuple[str, ...], cause: str
) -> None:
    assert_told(place, found(place, *options), cause)


def test_a_camera_that_is_off_has_a_gap_that_says_so(place: Place) -> None:
    assert_told(place, found(place, is_on=False), Cause.UNREACHABLE)


# -- what is recorded as it is ----------------------------------------------------------------


def test_hevc_and_its_sound_are_recorded_as_they_are_sent(
    running_world: World, rtsp: Callable[..., RtspServer], recorder: Callable[..., Running]
) -> None:
    camera_of(running_world, rtsp("--video", "hevc", "--sound", "mulaw"))
    running = recorder()
    until(lambda: Segment.objects.count() >= 3, "three segments")
    running.stop()
    segments = list(Segment.objects.order_by("started_at"))
    assert all(one.ended_at == other.started_at for one, other in pairwise(segments))
    for one in segments:
        seen = probe(local_store().place(one.original_id), name="a.mov")
        assert {track.codec for track in seen.tracks} == {"hevc", "pcm_mulaw"}
        assert [track["codec"] for track in one.media["tracks"]] == ["hevc", "pcm_mulaw"]
        (span,) = seen.spans("video")
        assert abs(span[1] - span[0] - (one.ended_at - one.started_at) / MS) < 250
    assert not CameraGap.objects.exists()
