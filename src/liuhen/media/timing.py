"""From packet timestamps to where a track really holds something. Pure arithmetic, no media.

Not for coverage of activities (`coverage`) and not for reading packets (`inside.container`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median_low

MAX_SPANS = 10_000
LONGEST_MS = 40 * 24 * 3600 * 1000
_SAMPLE = 4096


@dataclass(frozen=True)
class Layout:
    """Where one track holds packets.

    `spans` are half-open milliseconds on the track's own clock, in order, apart from one
    another; `typical_ms` is the usual length of one packet. `is_broken` says that the
    timestamps contradict themselves (over 40 days apart, or more holes than `MAX_SPANS`).
    """

    spans: tuple[tuple[int, int], ...]
    typical_ms: int
    is_broken: bool

    @property
    def start_ms(self) -> int:
        """Start of the first span."""
        return self.spans[0][0]

    @property
    def end_ms(self) -> int:
        """End of the last span."""
        return self.spans[-1][1]


class Times:
    """Timestamps of one track's packets, gathered in any order, in ticks of `tick` seconds."""

    def __init__(self, tick: Fraction) -> None:
        self.tick = tick
        self.starts = array("q")
        self.lengths = array("q")

    def add(self, start: int, length: int) -> None:
        """One packet; a length of 0 means unknown. What overflows 64 bits is left out."""
        try:
            self.starts.append(start)
        except OverflowError:
            return
        self.lengths.append(length if 0 < length < 2**62 else 0)

    def layout(self, hole_ms: int) -> Layout | None:
        """Spans without a hole of `hole_ms` or more; None without any packet.

        A packet that claims to last far longer than its neighbours is held to last as long as
        they do: MP4 writes a hole as one long packet. Time before zero is not presented by any
        player (encoder priming) and is left out.
        """
        starts, lengths = self._ordered()
        if not starts:
            return None
        typical = self._typical(starts, lengths)
        ticks_of_hole = int(Fraction(hole_ms, 1000) / self.tick)
        found = list(self._stretches(starts, lengths, typical, max(1, ticks_of_hole)))
        spans = tuple(_joined(self._to_ms(found)))
        if not spans:
            return None
        is_broken = spans[-1][1] - spans[0][0] > LONGEST_MS or len(spans) > MAX_SPANS
        return Layout(spans[:MAX_SPANS], int(typical * self.tick * 1000), is_broken)

    def _ordered(self) -> tuple[Sequence[int], Sequence[int]]:
        if all(first <= second for first, second in pairwise(self.starts)):
            return self.starts, self.lengths
        pairs = sorted(zip(self.starts, self.lengths, strict=True))
        return [start for start, _ in pairs], [length for _, length in pairs]

    @staticmethod
    def _typical(starts: Sequence[int], lengths: Sequence[int]) -> int:
        some = starts[:_SAMPLE]
        steps = [after - before for before, after in pairwise(some) if after > before]
        return median_low(steps) if steps else max(1, lengths[0])

    @staticmethod
    def _stretches(
        starts: Sequence[int], lengths: Sequence[int], typical: int, hole: int
    ) -> Iterator[tuple[int, int]]:
        begun = starts[0]
        for before, after in pairwise(starts):
            if after - before - typical >= hole:
                yield begun, before + typical
                begun = after
        yield begun, starts[-1] + (min(lengths[-1], 2 * typical) or typical)

    def _to_ms(self, stretches: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        per_ms = self.tick * 1000
        for start, end in stretches:
            first = max(0, start * per_ms.numerator // per_ms.denominator)
            last = end * per_ms.numerator // per_ms.denominator
            if last > first:
                yield first, last


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    held: tuple[int, int] | None = None
    for span in spans:
        if held is not None and span[0] <= held[1]:
            held = held[0], max(held[1], span[1])
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held
