"""Where a recording was made, as the recording itself tells: its phone, or what the file holds.

Both stand in the recording's row, bound to the ledger by its image, and are never typed in. Not
for the words of a place (`Recording.place`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from liuhen.recordings.models import Recording

_E7 = 10_000_000
_METRES_PER_DEGREE = 111_195


@dataclass(frozen=True)
class Position:
    """Degrees (WGS 84), how far off they may be in metres (None: not told), and who told them."""

    latitude: float
    longitude: float
    accuracy_m: int | None
    source: Literal["phone", "file"]

    def __str__(self) -> str:
        off = f"，误差约 {self.accuracy_m} 米" if self.accuracy_m is not None else ""
        told = {"phone": "拍摄的手机测得", "file": "文件中记载"}[self.source]
        return f"{self.latitude:.6f}, {self.longitude:.6f}（{told}{off}）"

    def metres_from(self, other: Position) -> int:
        """How far apart two positions of one city lie at least, both being off by what they say."""
        north = self.latitude - other.latitude
        east = (self.longitude - other.longitude) * math.cos(math.radians(self.latitude))
        off = (self.accuracy_m or 0) + (other.accuracy_m or 0)
        return max(0, round(math.hypot(north, east) * _METRES_PER_DEGREE) - off)


def position_of(recording: Recording) -> Position | None:
    """Where it was made; None when nothing tells it.

    The phone's own measurement comes first. 0, 0 is what devices write that know no place.
    """
    told = (recording.captured or {}).get("position")
    if told:
        where = float(told["latitude"]), float(told["longitude"])
        return _known(Position(*where, told["accuracy_m"], "phone"))
    written = recording.media.get("place")
    if written:
        where = written["latitude_e7"] / _E7, written["longitude_e7"] / _E7
        return _known(Position(*where, None, "file"))
    return None


def first_position(recordings: Iterable[Recording]) -> Position | None:
    """Of several recordings of one activity, the earliest that tells a place."""
    timed = sorted(recordings, key=lambda one: (one.started_at or one.stored_at, one.id))
    return next((found for one in timed if (found := position_of(one))), None)


def _known(position: Position) -> Position | None:
    is_place = -90 <= position.latitude <= 90 and -180 <= position.longitude <= 180
    is_null = position.latitude == 0 and position.longitude == 0
    return position if is_place and not is_null else None
