"""Outlines of districts that the operator loads, to be drawn beneath places on a map of our own.

A file of the home, `outlines.json`; it is a picture, no record. Not for the places themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from liuhen.host.home import Home
from liuhen.host.secret_files import write_durably
from liuhen.kernel.refusals import Refused

NAME = "outlines.json"
MOST_BYTES = 20_000_000
MOST_POINTS = 20_000
_NAMES = ("name", "NAME", "名称", "fullname")


@dataclass(frozen=True)
class Outline:
    """One district: its name and its rings of (longitude, latitude), WGS 84."""

    name: str
    rings: tuple[tuple[tuple[float, float], ...], ...]


def load_outlines(home: Home, text: bytes) -> list[Outline]:
    """Take the areas of a GeoJSON file (RFC 7946) into the home, in place of those before.

    Raises:
        Refused: `outlines.invalid`, `outlines.large`.
    """
    if len(text) > MOST_BYTES:
        raise Refused("outlines.large")
    try:
        outlines = list(_areas(json.loads(text)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Refused("outlines.invalid") from None
    if not outlines:
        raise Refused("outlines.invalid")
    if sum(len(ring) for one in outlines for ring in one.rings) > MOST_POINTS:
        raise Refused("outlines.large")
    kept = [{"name": one.name, "rings": one.rings} for one in outlines]
    write_durably(home.path / NAME, json.dumps(kept, ensure_ascii=False).encode())
    return outlines


def read_outlines(home: Home) -> list[Outline]:
    """The outlines loaded; none when there is no such file."""
    with suppress(FileNotFoundError):
        return [
            Outline(
                one["name"],
                tuple(tuple((x, y) for x, y in ring) for ring in one["rings"]),
            )
            for one in json.loads((home.path / NAME).read_text("utf-8"))
        ]
    return []


def _areas(told: Any) -> Iterator[Outline]:
    kind = told["type"]
    if kind == "FeatureCollection":
        for feature in told["features"]:
            yield from _areas(feature)
    elif kind == "Feature":
        properties = told.get("properties") or {}
        name = next((str(properties[key])[:60] for key in _NAMES if properties.get(key)), "")
        if told["geometry"]:
            yield from _shapes(told["geometry"], name)
    else:
        yield from _shapes(told, "")


def _shapes(geometry: Any, name: str) -> Iterator[Outline]:
    """Areas only: lines and points are no outlines."""
    if geometry["type"] == "Polygon":
        yield Outline(name, tuple(_ring(ring) for ring in geometry["coordinates"]))
    elif geometry["type"] == "MultiPolygon":
        rings = [ring for polygon in geometry["coordinates"] for ring in polygon]
        yield Outline(name, tuple(_ring(ring) for ring in rings))
    elif geometry["type"] == "GeometryCollection":
        for one in geometry["geometries"]:
            yield from _shapes(one, name)


def _ring(told: Any) -> tuple[tuple[float, float], ...]:
    ring = tuple((float(point[0]), float(point[1])) for point in told)
    if len(ring) < 4 or not all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring):
        raise ValueError("no ring on earth")
    return ring
