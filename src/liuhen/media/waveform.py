"""The loudness of a recording as numbers, and its silences. Pure arithmetic, no decoding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

FULL_SCALE = 32768
# -50 dB below full scale: quieter than a quiet room through a body-worn camera's microphone.
SILENCE = 104


@dataclass(frozen=True)
class Waveform:
    """Peaks of a sound track on the file's timeline.

    Attributes:
        bin_ms: milliseconds per value.
        peaks: largest absolute sample of each bin, 0..32768; 0 where nothing was recorded.
        failed_packets: packets that could not be decoded.
    """

    bin_ms: int
    peaks: tuple[int, ...]
    failed_packets: int

    def shrunk(self, points: int) -> tuple[int, ...]:
        """At most `points` values for drawing, each the peak of its share, 0..100."""
        count = len(self.peaks)
        points = max(1, min(points, count))
        edges = [count * number // points for number in range(points + 1)]
        return tuple(min(100, max(self.peaks[a:b]) * 100 // FULL_SCALE) for a, b in pairwise(edges))

    def silences(self, at_least_ms: int, below: int = SILENCE) -> tuple[tuple[int, int], ...]:
        """Half-open spans in milliseconds, at least so long, in which no peak reaches `below`."""
        return tuple(
            (start, end) for start, end in self._quiet(below) if end - start >= at_least_ms
        )

    def _quiet(self, below: int) -> Iterator[tuple[int, int]]:
        at = 0
        for is_quiet, group in groupby(self.peaks, lambda peak: peak < below):
            length = sum(1 for _ in group)
            if is_quiet:
                yield at * self.bin_ms, (at + length) * self.bin_ms
            at += length
