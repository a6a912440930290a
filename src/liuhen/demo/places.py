"""Where the streets of the fictional city lie, and the outlines of its districts.

The streets are invented and stand on a grid of our own; cameras of the demonstration write these
coordinates into their files, as real ones do. Not for reading them (`recordings.positions`).
"""

from __future__ import annotations

import json
import re

# Where each street begins (latitude, longitude), and how far on one number of a house is.
_STREETS = {
    "样板路": ((39.9310, 116.4820), (0.00000, 0.00022)),
    "演示街": ((39.9385, 116.4885), (0.00016, 0.00000)),
    "试验里": ((39.9262, 116.4975), (0.00030, 0.00018)),
    "试验路": ((39.9450, 116.4790), (0.00000, 0.00030)),
    "示例东路": ((39.9348, 116.5010), (0.00020, 0.00000)),
    "示例西路": ((39.9422, 116.4725), (0.00020, 0.00000)),
}
_DISTRICTS = {
    "示例区": ((116.4660, 39.9200), (116.5050, 39.9540)),
    "演练区": ((116.5050, 39.9200), (116.5300, 39.9540)),
}


def position_of(place: str) -> tuple[float, float] | None:
    """Latitude and longitude of an address on one of the streets; None for anywhere else."""
    for street, (begin, step) in _STREETS.items():
        if street in place:
            told = re.search(rf"{street}(\d+)", place)
            number = int(told[1]) if told else 1
            return begin[0] + number * step[0], begin[1] + number * step[1]
    return None


def outlines() -> bytes:
    """The two districts as GeoJSON, plain rectangles."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": {"type": "Polygon", "coordinates": [_ring(*corners)]},
        }
        for name, corners in _DISTRICTS.items()
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def _ring(low: tuple[float, float], high: tuple[float, float]) -> list[list[float]]:
    (west, south), (east, north) = low, high
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return [list(corner) for corner in corners]
