"""Places as a drawing of our own: near ones drawn as one spot, districts beneath where loaded.

Nothing is fetched from outside. Not for where a record was made (`recordings.positions`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from liuhen.host.outlines import Outline, read_outlines

WIDTH = 720
# Degrees of latitude the drawing shows at least: about a kilometre.
_LEAST = 0.01
_MARGIN, _CELLS = 0.12, 16
_FLATTEST, _TALLEST = 0.5, 1.0
_METRES_PER_DEGREE = 111_320
_SMALLEST, _LARGEST = 7, 22
# An outline is drawn whole when the places in it take up this share of its sides.
_FITTING = 0.4
SPOTS_LISTED, LINES = 30, 4


@dataclass(frozen=True)
class Point:
    """A record at a place, its title and where it is looked at."""

    latitude: float
    longitude: float
    title: str
    href: str


@dataclass(frozen=True)
class _View:
    """What part of the earth is drawn: west, north, degrees to pixels in both directions."""

    west: float
    north: float
    across: float
    down: float
    height: int

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - self.west) * self.across, (self.north - latitude) * self.down


def places(points: Sequence[Point], *, unknown: int) -> dict[str, Any]:
    """What `parts/places.html` draws; `unknown` records have no coordinates."""
    if not points:
        return {"map": None, "rows": [], "unknown": unknown}
    outlines = read_outlines(settings.HOME)
    view = _view(_box(points, outlines))
    spots = [_spot(view, number, group) for number, group in enumerate(_groups(points, view), 1)]
    return {
        "map": {
            "width": WIDTH,
            "height": view.height,
            "outlines": list(_areas(view, outlines)),
            "spots": spots,
            "scale": _scale(view),
        },
        "rows": spots[:SPOTS_LISTED],
        "has_outlines": bool(outlines),
        "unknown": unknown,
    }


@dataclass(frozen=True)
class _Box:
    """A part of the earth, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, one: Point) -> bool:
        is_between = self.west <= one.longitude <= self.east
        return is_between and self.south <= one.latitude <= self.north

    def around(self, other: _Box) -> _Box:
        return _Box(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
        )

    def fills(self, other: _Box) -> bool:
        """Whether it takes up enough of another for both to be drawn whole."""
        is_wide = self.east - self.west >= _FITTING * (other.east - other.west)
        return is_wide and self.north - self.south >= _FITTING * (other.north - other.south)


def _box(points: Sequence[Point], outlines: Iterable[Outline]) -> _Box:
    """All points, and the outlines that they fill."""
    norths = [one.latitude for one in points]
    easts = [one.longitude for one in points]
    of_points = box = _Box(min(easts), min(norths), max(easts), max(norths))
    for outline in outlines:
        xs = [x for ring in outline.rings for x, _ in ring]
        ys = [y for ring in outline.rings for _, y in ring]
        whole = _Box(min(xs), min(ys), max(xs), max(ys))
        if of_points.fills(whole) and any(map(whole.holds, points)):
            box = box.around(whole)
    return box


def _view(box: _Box) -> _View:
    """A part of the earth with a margin, true to scale in the middle of the drawing."""
    middle = (box.south + box.north) / 2, (box.west + box.east) / 2
    shrink = max(math.cos(math.radians(middle[0])), 0.05)
    tall = max(box.north - box.south, _LEAST) * (1 + 2 * _MARGIN)
    wide = max((box.east - box.west) * shrink, _LEAST) * (1 + 2 * _MARGIN)
    ratio = min(max(tall / wide, _FLATTEST), _TALLEST)
    wide = max(wide, tall / ratio)
    down = WIDTH / wide
    height = round(WIDTH * ratio)
    return _View(
        middle[1] - wide / shrink / 2, middle[0] + height / down / 2, down * shrink, down, height
    )


def _groups(points: Iterable[Point], view: _View) -> list[list[Point]]:
    """Points that would be drawn over one another, the fullest first."""
    cell, cells = WIDTH / _CELLS, dict[tuple[int, int], list[Point]]()
    for one in points:
        x, y = view.at(one.longitude, one.latitude)
        cells.setdefault((int(x // cell), int(y // cell)), []).append(one)
    return sorted(cells.values(), key=lambda group: -len(group))


def _spot(view: _View, number: int, group: Sequence[Point]) -> dict[str, Any]:
    latitude = sum(one.latitude for one in group) / len(group)
    longitude = sum(one.longitude for one in group) / len(group)
    x, y = view.at(longitude, latitude)
    return {
        "place": f"spot-{number}",
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "r": f"{min(_SMALLEST + 3 * math.log2(len(group)), _LARGEST):.1f}",
        "number": len(group),
        "words": f"{latitude:.5f}, {longitude:.5f}",
        "lines": [{"title": one.title, "href": one.href} for one in group[:LINES]],
        "more": max(len(group) - LINES, 0),
    }


def _areas(view: _View, outlines: Iterable[Outline]) -> Iterable[dict[str, str]]:
    """The outlines that reach into the drawing, as paths."""
    for one in outlines:
        rings = [[view.at(*point) for point in ring] for ring in one.rings]
        xs = [x for ring in rings for x, _ in ring]
        ys = [y for ring in rings for _, y in ring]
        if max(xs) < 0 or min(xs) > WIDTH or max(ys) < 0 or min(ys) > view.height:
            continue
        drawn = "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in ring)}Z" for ring in rings)
        place = {"x": f"{max(min(xs), 0) + 8:.1f}", "y": f"{max(min(ys), 0) + 20:.1f}"}
        yield {"name": one.name, "d": drawn, **place}


def _scale(view: _View) -> dict[str, Any]:
    """A bar of a round length, at most a quarter of the drawing."""
    metres = WIDTH / 4 / view.down * _METRES_PER_DEGREE
    power = 10 ** math.floor(math.log10(metres))
    length = max(one * power for one in (1, 2, 5) if one * power <= metres)
    width = length / _METRES_PER_DEGREE * view.down
    words = f"{length // 1000:.0f} 千米" if length >= 1000 else f"{length:.0f} 米"
    return {"width": f"{width:.1f}", "words": words, "text_x": f"{width + 6:.1f}"}
