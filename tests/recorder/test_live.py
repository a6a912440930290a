"""The picture of now in Chromium, of cameras whose coding browsers play and of others."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse

from liuhen.actions.camera_viewing import watch_camera
from liuhen.cameras.models import Segment
from liuhen.demo.people import World
from liuhen.media.probe import probe
from liuhen.recordings.streams import streams
from liuhen.vault.models import Original
from liuhen.web.camera_live import viewers
from tests.api.conftest import Caller, Server, served_here, signed_in
from tests.media.test_child import children_of
from tests.recorder.conftest import RtspServer, Running, camera_of, until
from tests.web.driven import Phone

SHOWN = """(() => { const one = document.querySelector('.lh-camera-live video'); return {
  width: one.videoWidth, at: one.currentTime, heard: one.webkitAudioDecodedByteCount,
  seen: one.webkitDecodedFrameCount, words: document.querySelector('figcaption').textContent,
  plays: one.canPlayType('video/mp4; codecs="hvc1.1.6.L93.B0"') }; })()"""


@pytest.fixture
def server(running_world: World) -> Iterator[Server]:
    with served_here() as found:
        yield found


@pytest.fixture
def chromium(server: Server) -> Iterator[Phone]:
    driven = Phone(server.port)
    driven.start()
    yield driven
    driven.stop()


def opened(world: World, rtsp: RtspServer) -> tuple[str, str]:
    """The page and the stream of a camera that is recorded, for the head of its unit."""
    camera = camera_of(world, rtsp)
    until(Segment.objects.exists, "a segment")
    token = watch_camera(actor=world["unit_head"], camera_id=camera.id)
    return reverse("camera_live", args=[token]), reverse("camera_stream", args=[token])


def shown(chromium: Phone) -> dict[str, Any]:
    """What the page shows, once pictures move and sound is heard."""
    told: dict[str, Any] = {}
    for _ in range(600):
        told = chromium.do(lambda page: page.evaluate(SHOWN))
        if told["seen"] >= 10 and told["heard"] > 0 and told["at"] > 0.5:
            return told
        time.sleep(0.1)
    raise AssertionError(told)


@pytest.mark.parametrize(
    ("video", "sound", "words"),
    [
        ("h264", "alaw", "摄像机发送的是G.711 声音。"),
        ("hevc", "mulaw", "摄像机发送的是H.265（HEVC）画面、G.711 声音。"),
        ("h264", "aac", ""),
    ],
)
def test_pictures_move_and_sound_is_heard_whatever_the_camera_sends(
    running_world: World,
    rtsp: Callable[..., RtspServer],
    recorder: Callable[..., Running],
    chromium: Phone,
    video: str,
    sound: str,
    words: str,
) -> None:
    recorder(segment_ms=20_000)
    camera = rtsp("--video", video, "--sound", sound, "--size", "320x240")
    page, _ = opened(running_world, camera)
    chromium.open(signed_in(running_world["unit_head"]), path=page, width=1280)
    told = shown(chromium)
    assert told["width"] == 320
    said = chromium.do(lambda shown: shown.locator(".lh-card-body").inner_text())
    assert ("摄像机发送的是" in said) == bool(words) and words in said
    chromium.close()


def piece_of(call: Caller, path: str, place: Path) -> dict[str, str]:
    """The codecs of what the stream answers with, to its end."""
    status, headers, body = call("GET", path)
    assert (status, headers["content-type"]) == (200, "video/mp4")
    place.write_bytes(body)
    seen = probe(place, name="a.mp4")
    assert seen.spans("video"), "it holds pictures"
    return {track.kind: track.codec for track in seen.tracks}


def test_what_is_made_for_the_view_is_kept_nowhere_and_the_original_stays_as_sent(
    running_world: World,
    rtsp: Callable[..., RtspServer],
    recorder: Callable[..., Running],
    server: Server,
    tmp_path: Path,
) -> None:
    running = recorder(segment_ms=6000)
    _, stream = opened(running_world, rtsp("--video", "hevc", "--sound", "mulaw"))
    call = Caller(server, signed_in(running_world["unit_head"]))
    before = streams.taken
    derived = sorted(settings.HOME.derived_dir.rglob("*"))
    assert piece_of(call, stream, tmp_path / "a.mp4") == {"video": "h264", "audio": "aac"}
    kept = piece_of(call, f"{stream}?plays=hevc", tmp_path / "b.mp4")
    assert kept == {"video": "hevc", "audio": "aac"}, "of a browser that plays HEVC"
    until(lambda: streams.taken == before and not viewers.taken, "its places are free again")
    running.stop()
    assert sorted(settings.HOME.derived_dir.rglob("*")) == derived
    segments = Segment.objects.all()
    assert {one.media["tracks"][0]["codec"] for one in segments} == {"hevc"}
    assert set(Original.objects.values_list("sha256", flat=True)) == {
        one.original_id for one in segments
    }


def test_who_finds_all_places_taken_is_told_and_who_stops_looking_ends_the_child(
    running_world: World,
    rtsp: Callable[..., RtspServer],
    recorder: Callable[..., Running],
    chromium: Phone,
) -> None:
    recorder(segment_ms=30_000)
    page, _ = opened(running_world, rtsp("--video", "hevc", "--sound", "mulaw"))
    before = showing()
    others, taken = [viewers.take() for _ in range(viewers.places)], streams.taken
    chromium.open(signed_in(running_world["unit_head"]), path=page, width=1280)
    full = "观看人数已满：同时实时查看的最多 16 人。请稍后再试，页面也会自动重试"
    chromium.do(lambda page: page.locator("figcaption", has_text=full).wait_for())
    assert streams.taken == taken, "who hands in loses no place to who waits for one"
    for one in others:
        one.release()
    shown(chromium)
    assert showing() - before
    chromium.close()
    until(lambda: not showing() - before, "the child is gone")


def showing() -> set[int]:
    """The children of this process that make something playable."""
    found = set()
    for number in children_of(os.getpid()):
        try:
            if b"liuhen.media.worker" in Path(f"/proc/{number}/cmdline").read_bytes():
                found.add(number)
        except FileNotFoundError:
            pass
    return found
