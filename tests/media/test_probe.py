"""Facts of whole files: what they are, how long by their packets, when, where, and pauses."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import get_args

import av
import pytest

from liuhen.media import schema
from liuhen.media.facts import FindingCode, finding_text
from liuhen.media.probe import Probe, probe
from liuhen.media.synthetic import make_video
from tests.media.conftest import Sample
from tests.media.samples import DURATION_MS, PHOTOS, PLACE, SCENE, SOUNDS, STARTED_AT, VIDEOS

FOUND = {"jpg": "jpeg"}
# A lossy sound encoder fills its last block and starts with priming; AVI counts whole frames.
SLACK_MS = 250


def codes(found: Probe) -> set[str]:
    return {finding.code for finding in found.findings}


@pytest.mark.parametrize("name", VIDEOS)
@pytest.mark.parametrize("deep", [False, True])
def test_a_whole_video_has_its_tracks_and_nothing_to_complain_of(
    name: str, deep: bool, sample: Sample
) -> None:
    found = probe(sample(name), deep=deep)
    assert found.findings == () and found.damage == ()
    assert (found.kind, found.found) == ("video", name.rpartition(".")[2])
    assert found.depth == ("frames" if deep else "packets")
    video, audio = found.tracks
    assert (video.kind, video.width, video.height) == ("video", 320, 180)
    assert video.rate_millihertz == 5000 and video.packets == DURATION_MS // 200
    assert audio.kind == "audio" and audio.channels == 1
    assert video.decoded == (video.packets if deep else None)
    for track in found.tracks:
        assert len(track.spans) == 1
        assert track.duration_ms == pytest.approx(DURATION_MS, abs=SLACK_MS)
    assert found.duration_ms == pytest.approx(DURATION_MS, abs=SLACK_MS)
    assert found.protections is not None


@pytest.mark.parametrize("name", SOUNDS)
def test_a_whole_sound_recording_is_audio(name: str, sample: Sample) -> None:
    found = probe(sample(name), deep=True)
    assert (found.kind, found.findings) == ("audio", ())
    assert found.duration_ms == pytest.approx(DURATION_MS, abs=SLACK_MS)
    assert found.tracks[0].rate_millihertz == 16_000_000
    assert found.is_playable_in_browser


@pytest.mark.parametrize("name", PHOTOS)
def test_a_whole_photo_has_size_turn_time_place_and_device(name: str, sample: Sample) -> None:
    found = probe(sample(name))
    assert (found.kind, found.findings) == ("photo", ())
    assert {found.width, found.height} == {640, 360}
    assert found.orientation == 6
    assert found.created_at(dt.UTC) == STARTED_AT
    assert found.device == "LIUHEN DEMO DEMO-0001"
    assert found.place is not None
    assert found.place.latitude_e7 == pytest.approx(PLACE[0] * 1e7, abs=100)
    assert found.place.longitude_e7 == pytest.approx(PLACE[1] * 1e7, abs=100)
    assert found.is_playable_in_browser == (not name.endswith("heic"))


@pytest.mark.parametrize("name", ["video.mp4", "video.mov", "video.mkv", "video.webm"])
def test_time_and_place_of_a_video_are_its_devices_own(name: str, sample: Sample) -> None:
    found = probe(sample(name))
    assert found.created_at(dt.UTC) == STARTED_AT
    assert found.place is not None
    assert found.place.latitude_e7 == round(PLACE[0] * 10_000_000)
    assert found.place.longitude_e7 == round(PLACE[1] * 10_000_000)


def test_a_time_without_zone_is_read_in_the_zone_given(sample: Sample, tmp_path: Path) -> None:
    bare = sample("photo.jpg").read_bytes().replace(b"+08:00", b"      ")
    (tmp_path / "photo.jpg").write_bytes(bare)
    found = probe(tmp_path / "photo.jpg")
    assert found.created is not None and not found.created.zone_known
    assert found.created_at(dt.timezone(dt.timedelta(hours=8))) == STARTED_AT


def test_a_clock_that_was_never_set_is_told(sample: Sample, tmp_path: Path) -> None:
    reset = sample("photo.jpg").read_bytes().replace(b"2025:03:03", b"1970:01:01")
    (tmp_path / "photo.jpg").write_bytes(reset)
    assert codes(probe(tmp_path / "photo.jpg")) == {"clock_unset"}


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
def test_pauses_inside_a_recording_are_spans_to_the_packet(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"paused.{suffix}"
    make_video(path, SCENE, duration_ms=9000, pauses=[(2000, 4000), (5000, 7000)])
    found = probe(path)
    assert codes(found) == {"interrupted"}
    video, audio = found.spans("video"), found.spans("audio")
    zero = video[0][0]
    exact = ((0, 2000), (4000, 5000), (7000, 9000))
    assert [(a - zero, b - zero) for a, b in video] == list(exact)
    assert len(audio) == 3
    for heard, told in zip(audio, exact, strict=True):
        assert heard[0] == pytest.approx(told[0], abs=130)
        assert heard[1] == pytest.approx(told[1], abs=130)
    longer = probe(path, hole_ms=2001)
    assert longer.findings == () and longer.spans("video") == ((zero, zero + 9000),)


def test_a_video_without_sound_has_no_sound_track(tmp_path: Path) -> None:
    make_video(tmp_path / "silent.mp4", SCENE, duration_ms=2000, has_sound=False)
    found = probe(tmp_path / "silent.mp4")
    assert found.findings == () and found.spans("audio") == ()
    assert found.spans("video") == ((0, 2000),)


def test_a_complete_index_gives_the_same_times_as_the_packets(tmp_path: Path) -> None:
    for is_first in (True, False):
        path = tmp_path / f"{is_first}.mp4"
        make_video(
            path, SCENE, duration_ms=30_000, pauses=[(9000, 12_000)], pictures_per_second=12,
            is_index_first=is_first,
        )  # fmt: skip
        by_packets, by_index = probe(path), probe(path, index_above=0)
        assert (by_packets.depth, by_index.depth) == ("packets", "index")
        assert by_index.spans("video") == by_packets.spans("video")
        assert by_index.spans("audio") == by_packets.spans("audio")
        assert by_index.findings == by_packets.findings
        assert [t.packets for t in by_index.tracks] == [t.packets for t in by_packets.tracks]


def test_a_fragmented_recording_is_read_whole(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "fragmented.mp4"
    with (
        av.open(str(sample("video.mp4"))) as whole,
        av.open(
            str(path), "w", options={"movflags": "frag_keyframe+empty_moov+default_base_moof"}
        ) as cut,
    ):
        into = {s.index: cut.add_stream_from_template(s) for s in whole.streams}
        for packet in whole.demux():
            if packet.dts is not None:
                packet.stream = into[packet.stream.index]
                cut.mux(packet)
    for found in (probe(path), probe(path, index_above=0), probe(path, deep=True)):
        assert found.findings == ()
        assert [len(track.spans) for track in found.tracks] == [1, 1]
        assert found.duration_ms == pytest.approx(DURATION_MS, abs=100)


def test_an_index_that_reaches_behind_the_end_says_truncated(tmp_path: Path) -> None:
    path = tmp_path / "cut.mp4"
    make_video(path, SCENE, duration_ms=30_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 97 // 100])
    found = probe(path, index_above=0)
    assert found.depth == "index" and found.has("truncated")
    assert found.duration_ms is not None and found.duration_ms < 30_000


@pytest.mark.parametrize(
    ("name", "renamed", "differs"),
    [
        ("video.mp4", "clip.avi", True),
        ("photo.png", "photo.jpg", True),
        ("sound.mp3", "sound.mp4", True),
        ("video.mov", "clip.mp4", False),
        ("video.mkv", "clip.webm", False),
        ("video.mp4", "CLIP.MP4", False),
        ("video.mp4", "clip", False),
    ],
)
def test_a_name_that_claims_another_type_is_told_and_content_decides(
    name: str, renamed: str, differs: bool, sample: Sample, tmp_path: Path
) -> None:
    shutil.copy(sample(name), tmp_path / renamed)
    for found in (probe(tmp_path / renamed), probe(sample(name), name=renamed)):
        assert codes(found) == ({"type_differs"} if differs else set())
        assert found.is_readable and found.found == probe(sample(name)).found


@pytest.mark.parametrize(
    ("name", "obstacle"),
    [
        ("video.mp4", ""),
        ("video.mov", ""),
        ("video.webm", ""),
        ("video.mkv", "container mkv"),
        ("video.avi", "container avi"),
        ("video.ts", "container ts"),
    ],
)
def test_what_a_browser_can_play_is_told(name: str, obstacle: str, sample: Sample) -> None:
    assert probe(sample(name)).browser_obstacle == obstacle


def test_hevc_needs_a_proxy(tmp_path: Path) -> None:
    make_video(tmp_path / "hevc.mp4", SCENE, duration_ms=1000, codec="hevc")
    found = probe(tmp_path / "hevc.mp4", deep=True)
    assert found.findings == () and found.is_readable
    assert (found.browser_obstacle, found.is_playable_in_browser) == ("codec hevc in mp4", False)


def test_a_probe_survives_being_stored(sample: Sample) -> None:
    found = probe(sample("video.mp4"))
    assert schema.read(Probe, schema.plain(found)) == found


def test_every_finding_has_its_chinese_sentence() -> None:
    for code in get_args(FindingCode):
        assert finding_text(code).endswith("。")
