"""Voices, darkness and proxies: what a recording holds where, and a copy that browsers play."""

from __future__ import annotations

import array
import datetime as dt
import math
import random
import wave
from pathlib import Path

import av
import pytest

from liuhen.kernel.refusals import Refused
from liuhen.media.pictures import darkness
from liuhen.media.probe import probe
from liuhen.media.proxy import make_proxy
from liuhen.media.scene import Scene
from liuhen.media.sound import voices
from liuhen.media.stretches import joined
from liuhen.media.synthetic import make_audio, make_video
from tests.media.conftest import Sample

RATE = 16_000
STARTED_AT = dt.datetime(2025, 3, 3, 9, 15, tzinfo=dt.UTC)


def vowels(seconds: float) -> list[float]:
    """A throat and a mouth: glottal pulses through three resonances, syllable by syllable."""
    samples, phase = [0.0] * int(RATE * seconds), 0.0
    chance = random.Random(3)
    for number in range(len(samples)):
        second = number / RATE
        phase += (120 + 20 * math.sin(2 * math.pi * 2.1 * second)) / RATE
        samples[number] = (1.0 if phase % 1 < 0.08 else 0.0) + chance.uniform(-0.01, 0.01)
    for syllable, pitches in enumerate(((730, 1090, 2440), (270, 2290, 3010), (570, 840, 2410))):
        samples = [
            resonated if int(i / RATE * 4) % 3 == syllable else plain
            for i, (plain, resonated) in enumerate(
                zip(samples, _resonances(samples, pitches), strict=True)
            )
        ]
    return [s * abs(math.sin(math.pi * 4 * i / RATE)) for i, s in enumerate(samples)]


def _resonances(samples: list[float], pitches: tuple[int, ...]) -> list[float]:
    for pitch in pitches:
        pole = math.exp(-math.pi * 90 / RATE)
        first, second = 2 * pole * math.cos(2 * math.pi * pitch / RATE), -(pole**2)
        before = [0.0, 0.0]
        heard = []
        for sample in samples:
            value = (1 - pole) * sample + first * before[0] + second * before[1]
            before = [value, before[0]]
            heard.append(value)
        samples = heard
    return samples


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of nothing, three of a voice, two of nothing."""
    voice = vowels(3)
    loudest = max(map(abs, voice))
    path = tmp_path_factory.mktemp("spoken") / "spoken.wav"
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        quiet = bytes(2 * RATE * 2)
        loud = array.array("h", (int(24_000 * one / loudest) for one in voice)).tobytes()
        sound.writeframes(quiet + loud + quiet)
    return path


def test_voices_are_found_where_somebody_speaks_and_nowhere_else(spoken: Path) -> None:
    spans = voices(spoken).spans
    assert spans, "somebody speaks"
    assert spans[0][0] >= 1800 and spans[-1][1] <= 5300
    assert sum(end - start for start, end in spans) >= 1500


def test_street_noise_is_no_voice(tmp_path: Path) -> None:
    make_audio(tmp_path / "a.wav", STARTED_AT, duration_ms=4000)
    assert voices(tmp_path / "a.wav").spans == ()


def test_what_has_no_sound_has_no_voices(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"media\.no_sound"):
        voices(sample("photo.jpg"))
    (tmp_path / "cut.mp4").write_bytes(sample("video.mp4").read_bytes()[:300])
    with pytest.raises(Refused, match=r"media\.no_sound"):
        voices(tmp_path / "cut.mp4")


def black_between(path: Path, start_s: int, end_s: int, length_s: int) -> Path:
    """A grey video that is black for a while, a key picture every half second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=4, options={"g": "2", "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(length_s * 4):
            frame = av.VideoFrame(64, 48, "yuv420p")
            luma = 16 if start_s <= number / 4 < end_s else 120
            for plane, value in zip(frame.planes, (luma, 128, 128), strict=True):
                plane.update(bytes([value]) * plane.buffer_size)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_black_for_long_is_found_and_its_length_told(tmp_path: Path) -> None:
    path = black_between(tmp_path / "a.mp4", 2, 6, 8)
    ((start, end),) = darkness(path, at_least_ms=3000).spans
    assert abs(start - 2000) <= 500 and abs(end - 6000) <= 500
    assert darkness(path, at_least_ms=5000).spans == ()


def test_a_daylight_video_is_not_black(sample: Sample) -> None:
    assert darkness(sample("video.mp4"), at_least_ms=500).spans == ()


@pytest.mark.parametrize("name", ["video.avi", "video.ts", "sound.wav"])
def test_a_proxy_plays_in_browsers_and_keeps_the_times(
    name: str, sample: Sample, tmp_path: Path
) -> None:
    made = make_proxy(sample(name), tmp_path / "proxy.mp4", height=90)
    original, copy = probe(sample(name)), probe(tmp_path / "proxy.mp4", deep=True)
    assert copy.browser_obstacle == "" and not copy.damage_count
    assert made.height == (None if name == "sound.wav" else 90)
    assert copy.duration_ms == pytest.approx(original.duration_ms, abs=300)


def test_hevc_gets_a_proxy_of_h264(tmp_path: Path) -> None:
    make_video(tmp_path / "a.mp4", Scene(STARTED_AT), duration_ms=2000, codec="hevc")
    assert probe(tmp_path / "a.mp4").browser_obstacle
    make_proxy(tmp_path / "a.mp4", tmp_path / "proxy.mp4", height=90)
    assert {t.codec for t in probe(tmp_path / "proxy.mp4").tracks} == {"h264", "aac"}


def test_what_cannot_be_decoded_leaves_no_proxy(sample: Sample, tmp_path: Path) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(sample("video.mp4").read_bytes()[:400])
    out = tmp_path / "proxy.mp4"
    with pytest.raises(Refused, match=r"media\.no_proxy"):
        make_proxy(cut, out)
    assert list(tmp_path.iterdir()) == [cut]


def test_stretches_near_one_another_are_one_and_short_ones_are_none() -> None:
    spans = [(0, 100), (150, 400), (900, 950), (2000, 2300)]
    assert joined(spans, gap_ms=100, at_least_ms=250) == ((0, 400), (2000, 2300))
    assert joined(spans, gap_ms=50, at_least_ms=250) == ((150, 400), (2000, 2300))
