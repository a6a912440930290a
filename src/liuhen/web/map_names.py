"""Districts on a drawing: where a name finds room among the spots, in which one a point lies.

Plain arithmetic on rings of points. Not for what is drawn (`places_map`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

Ring = Sequence[tuple[float, float]]
# Where it lies on a line, from where to where.
Stretch = tuple[float, float]

_LINES = 15
# Half the height of a line of text, with a little air.
_HALF = 12
# What the scale takes at the foot of the drawing.
_FOOT = 34


def holds(rings: Iterable[Ring], x: float, y: float) -> bool:
    """Whether a point lies within; a ring in a ring is a hole."""
    return sum(crossing < x for crossing in _crossings(rings, y)) % 2 == 1


def room_for_name(
    rings: Sequence[Ring], spots: Sequence[tuple[float, float, float]], width: float, height: float
) -> tuple[float, float, float] | None:
    """The middle of the widest place for a line of text, and its width; None where none is.

    Within the rings and the drawing, clear of the spots (x, y, radius).
    """
    ys = [y for ring in rings for _, y in ring]
    top, bottom = max(min(ys), 0), min(max(ys), height - _FOOT)
    best: tuple[float, float, float] | None = None
    for number in range(1, _LINES + 1):
        y = top + (bottom - top) * number / (_LINES + 1)
        if y < _HALF:
            continue
        for begin, end in _free(rings, spots, width, y):
            if best is None or end - begin > best[2]:
                best = ((begin + end) / 2, y, end - begin)
    return best


def _crossings(rings: Iterable[Ring], y: float) -> list[float]:
    """Where a horizontal line crosses the rings, from left to right."""
    return sorted(
        x0 + (y - y0) / (y1 - y0) * (x1 - x0)
        for ring in rings
        for (x0, y0), (x1, y1) in pairwise(ring)
        if (y0 <= y) != (y1 <= y)
    )


def _free(
    rings: Sequence[Ring], spots: Iterable[tuple[float, float, float]], width: float, y: float
) -> list[Stretch]:
    """The stretches of a line of text at a height that cross neither border nor spot."""
    free: list[Stretch] = [(0, width)]
    for line in (y - _HALF, y, y + _HALF):
        found = _crossings(rings, line)
        free = _common(free, list(zip(found[::2], found[1::2], strict=False)))
    for x, spot_y, radius in spots:
        if abs(spot_y - y) < radius + _HALF:
            free = _common(free, [(0, x - radius), (x + radius, width)])
    return free


def _common(some: list[Stretch], others: list[Stretch]) -> list[Stretch]:
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [(begin, end) for begin, end in both if begin < end]
