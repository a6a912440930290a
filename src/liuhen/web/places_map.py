"""Places as a drawing of our own: near ones drawn as one spot, districts beneath where loaded.

Nothing is fetched from outside. Not for where a record was made (`recordings.positions`), nor for
where the name of a district finds room (`map_names`).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from liuhen.host.outlines import Outline, read_outlines
from liuhen.web.map_names import holds, room_for_name

WIDTH = 720
# Degrees of latitude the drawing shows at least: about a kilometre.
_LEAST = 0.01
_MARGIN, _CELLS = 0.12, 16
_FLATTEST, _TALLEST = 0.5, 1.0
_METRES_PER_DEGREE = 111_320
_SMALLEST, _LARGEST = 7, 22
# How wide a name is drawn, a sign of it on a screen and on a phone.
_SIGN, _WIDE_SIGN = 14, 24
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
    groups = _apart(_groups(points, view))
    spots = [_spot(number, group, outlines) for number, group in enumerate(groups, 1)]
    return {
        "map": {
            "width": WIDTH,
            "height": view.height,
            "outlines": list(_areas(view, outlines, [one.circle for one in groups])),
            "spots": spots,
            "scale": _scale(view),
        },
        "rows": spots[:SPOTS_LISTED],
        "districts": _by_district(spots) if outlines else [],
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


@dataclass
class _Group:
    """Points drawn as one spot, each with where it lies in the drawing."""

    points: list[Point]
    places: list[tuple[float, float]]

    def __len__(self) -> int:
        return len(self.points)

    @property
    def circle(self) -> tuple[float, float, float]:
        """The middle of the spot, and its radius."""
        x = sum(x for x, _ in self.places) / len(self)
        y = sum(y for _, y in self.places) / len(self)
        return x, y, min(_SMALLEST + 3 * math.log2(len(self)), _LARGEST)

    def touches(self, other: _Group) -> bool:
        """Whether the two spots would lie over one another."""
        (x, y, radius), (its_x, its_y, its_radius) = self.circle, other.circle
        return math.hypot(its_x - x, its_y - y) < radius + its_radius


def _groups(points: Iterable[Point], view: _View) -> list[_Group]:
    """Points in the squares of a grid."""
    cell, cells = WIDTH / _CELLS, dict[tuple[int, int], _Group]()
    for one in points:
        x, y = view.at(one.longitude, one.latitude)
        group = cells.setdefault((int(x // cell), int(y // cell)), _Group([], []))
        group.points.append(one)
        group.places.append((x, y))
    return list(cells.values())


def _apart(groups: list[_Group]) -> list[_Group]:
    """Groups whose spots lie clear of one another, the fullest first."""
    apart: list[_Group] = []
    for group in sorted(groups, key=len, reverse=True):
        near = next((one for one in apart if one.touches(group)), None)
        if near is None:
            apart.append(group)
        else:
            near.points += group.points
            near.places += group.places
    # a spot that took another in has grown, and may touch a third now
    return apart if len(apart) == len(groups) else _apart(apart)


def _spot(number: int, group: _Group, outlines: Iterable[Outline]) -> dict[str, Any]:
    latitude = sum(one.latitude for one in group.points) / len(group)
    longitude = sum(one.longitude for one in group.points) / len(group)
    x, y, radius = group.circle
    return {
        "place": f"spot-{number}",
        "x": f"{x:.1f}",
        "y": f"{y:.1f}",
        "r": f"{radius:.1f}",
        "number": len(group),
        "words": f"{latitude:.5f}, {longitude:.5f}",
        "district": next((o.name for o in outlines if holds(o.rings, longitude, latitude)), ""),
        "lines": [{"title": one.title, "href": one.href} for one in group.points[:LINES]],
        "more": max(len(group) - LINES, 0),
    }


def _by_district(spots: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """How many of the records drawn lie in each district, the most first."""
    counts = Counter[str]()
    for one in spots:
        counts[one["district"]] += one["number"]
    return counts.most_common()


def _areas(
    view: _View, outlines: Iterable[Outline], spots: Sequence[tuple[float, float, float]]
) -> Iterable[dict[str, Any]]:
    """The outlines that reach into the drawing, as paths, their names where there is room."""
    for one in outlines:
        rings = [[view.at(*point) for point in ring] for ring in one.rings]
        xs = [x for ring in rings for x, _ in ring]
        ys = [y for ring in rings for _, y in ring]
        if max(xs) < 0 or min(xs) > WIDTH or max(ys) < 0 or min(ys) > view.height:
            continue
        drawn = "".join(f"M{'L'.join(f'{x:.1f} {y:.1f}' for x, y in ring)}Z" for ring in rings)
        area: dict[str, Any] = {"name": one.name, "d": drawn, "label": None}
        room = room_for_name(rings, spots, WIDTH, view.height)
        if one.name and room is not None and room[2] >= len(one.name) * _SIGN:
            is_wide = room[2] >= len(one.name) * _WIDE_SIGN
            area["label"] = {"x": f"{room[0]:.1f}", "y": f"{room[1]:.1f}", "is_wide": is_wide}
        yield area


def _scale(view: _View) -> dict[str, Any]:
    """A bar of a round length, at most a quarter of the drawing."""
    metres = WIDTH / 4 / view.down * _METRES_PER_DEGREE
    power = 10 ** math.floor(math.log10(metres))
    length = max(one * power for one in (1, 2, 5) if one * power <= metres)
    width = length / _METRES_PER_DEGREE * view.down
    words = f"{length // 1000:.0f} 千米" if length >= 1000 else f"{length:.0f} 米"
    return {"width": f"{width:.1f}", "words": words, "text_x": f"{width + 6:.1f}"}
