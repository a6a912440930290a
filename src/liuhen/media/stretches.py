"""What was heard and seen over a recording: stretches of voice, of darkness. Pure, no decoding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_STRETCHES = 20_000
Stretch = tuple[int, int]


@dataclass(frozen=True)
class Voices:
    """Where somebody speaks, in half-open milliseconds of the file's timeline.

    A machine's guess (Silero VAD), made to find the place to listen to, never evidence.
    """

    spans: tuple[Stretch, ...]
    failed_packets: int


@dataclass(frozen=True)
class Darkness:
    """Where the picture is black, by its key pictures, in half-open milliseconds."""

    spans: tuple[Stretch, ...]
    failed_packets: int


def joined(spans: Iterable[Stretch], *, gap_ms: int, at_least_ms: int) -> tuple[Stretch, ...]:
    """Ordered stretches, those less than `gap_ms` apart made one; shorter ones left out."""
    found: list[Stretch] = []
    for start, end in spans:
        if found and start - found[-1][1] < gap_ms:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(one for one in found if one[1] - one[0] >= at_least_ms)[:MAX_STRETCHES]
