"""How loud a recording is over time. Child only; not for speech."""

from __future__ import annotations

from array import array
from fractions import Fraction
from typing import Any, Final

from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from liuhen.media.inside.source import Source
from liuhen.media.inside.strictness import UNREADABLE, cause_of, open_container
from liuhen.media.waveform import Waveform
from liuhen.media.worker import JobRefused

_RATE: Final = 8000
_LONGEST_BINS: Final = 900_000


def measure_waveform(arguments: dict[str, Any]) -> Waveform:
    """Job: the peak of every `bin_ms` milliseconds of the first sound track.

    Raises:
        JobRefused: there is no sound track, or nothing of it can be decoded.
    """
    bin_ms: int = arguments["bin_ms"]
    try:
        container = open_container(Source())
    except UNREADABLE as error:
        raise JobRefused(cause_of(error, [])) from error
    if not container.streams.audio:
        raise JobRefused("no track of sound")
    stream = container.streams.audio[0]
    stream.codec_context.thread_count = 1
    origin = Fraction(max(0, container.start_time or 0), 1_000_000)
    peaks, failed, resampler = array("i"), 0, AudioResampler("s16", "mono", _RATE)
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
            if packet is None:
                break
            for frame in packet.decode():
                _measure(frame, resampler, origin, bin_ms, peaks)
        except UNREADABLE:
            failed += 1
            resampler = AudioResampler("s16", "mono", _RATE)
            if failed > _LONGEST_BINS:
                break
    if not peaks:
        raise JobRefused("no sound could be decoded")
    return Waveform(bin_ms, tuple(peaks), failed)


def _measure(
    frame: AudioFrame, resampler: AudioResampler, origin: Fraction, bin_ms: int, peaks: array[int]
) -> None:
    if frame.pts is None or frame.time_base is None:
        return
    starts_at = (frame.pts * frame.time_base - origin) * 1000
    per_bin = _RATE * bin_ms // 1000
    at = max(0, int(starts_at * _RATE / 1000))
    for part in resampler.resample(frame):
        samples = array("h", bytes(part.planes[0])[: part.samples * 2])
        done = 0
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
