"""Loudness over time: beats where they are, silence where nothing was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liuhen.kernel.refusals import Refused
from liuhen.media.sound import waveform
from liuhen.media.synthetic import make_audio, make_video
from liuhen.media.waveform import FULL_SCALE, SILENCE, Waveform
from tests.media.conftest import Sample
from tests.media.samples import SCENE, STARTED_AT


@pytest.mark.parametrize("name", ["video.mp4", "video.mkv", "video.avi", "video.ts", "video.webm",
                                  "sound.mp3", "sound.wav", "sound.m4a"])  # fmt: skip
def test_each_second_begins_with_its_beat(name: str, sample: Sample) -> None:
    measured = waveform(sample(name))
    assert len(measured.peaks) == pytest.approx(40, abs=2)
    for second in range(4):
        loud = max(measured.peaks[second * 10 : second * 10 + 3])
        quiet = max(measured.peaks[second * 10 + 5 : second * 10 + 9])
        assert 7000 < loud < 11_000 and quiet < 1000
    assert measured.failed_packets == 0


def test_a_pause_in_the_recording_is_silent_at_its_place(tmp_path: Path) -> None:
    make_video(tmp_path / "paused.mp4", SCENE, duration_ms=8000, pauses=[(3000, 6000)])
    assert waveform(tmp_path / "paused.mp4").silences(1000) == ((3100, 6000),)


def test_bins_are_as_fine_as_asked(tmp_path: Path) -> None:
    make_audio(tmp_path / "a.wav", STARTED_AT, duration_ms=2000)
    assert len(waveform(tmp_path / "a.wav", bin_ms=10).peaks) == 200
    assert len(waveform(tmp_path / "a.wav", bin_ms=1000).peaks) == 2
    with pytest.raises(ValueError, match="bins"):
        waveform(tmp_path / "a.wav", bin_ms=9)


def test_what_has_no_sound_is_refused(sample: Sample, tmp_path: Path) -> None:
    make_video(tmp_path / "silent.mp4", SCENE, duration_ms=1000, has_sound=False)
    (tmp_path / "text.wav").write_text("no sound", "utf-8")
    for path in (
        tmp_path / "silent.mp4",
        sample("photo.jpg"),
        tmp_path / "text.wav",
        tmp_path / "-",
    ):
        with pytest.raises(Refused) as refused:
            waveform(path)
        assert refused.value.code == "media.no_sound" and refused.value.data["cause"]


def test_a_silence_counts_from_exactly_its_least_length_and_level() -> None:
    drawn = Waveform(100, (500, SILENCE - 1, SILENCE - 1, SILENCE, 0, 500), 0)
    assert drawn.silences(200) == ((100, 300),)
    assert drawn.silences(100) == ((100, 300), (400, 500))
    assert drawn.silences(201) == ()


@given(st.lists(st.integers(0, FULL_SCALE), min_size=1, max_size=300), st.integers(1, 400))
def test_a_shrunk_waveform_keeps_the_loudest(peaks: list[int], points: int) -> None:
    shrunk = Waveform(100, tuple(peaks), 0).shrunk(points)
    assert len(shrunk) == min(points, len(peaks))
    assert max(shrunk) == max(peaks) * 100 // FULL_SCALE
