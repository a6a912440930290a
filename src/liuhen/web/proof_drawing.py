"""An inclusion path as a drawing: from the entry's leaf up to the signed root, level by level.

The roots are computed here once more by RFC 9162, section 2.1.3.2, so that the drawing shows what
anybody who climbs the path gets. Not for deciding whether a proof holds (`tlog.verification`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

WIDTH, ROW, BOX, HIGH = 360, 58, 104, 26
_CENTRE = WIDTH // 2
_SIDES = {True: 4, False: WIDTH - BOX - 4}


@dataclass(frozen=True)
class Level:
    """One step up: what was computed so far, the hash of the path, on which side it stands."""

    number: int
    own: str
    other: str
    is_other_left: bool
    above: str

    @property
    def words(self) -> str:
        """The step for those who read rather than look."""
        pair = (self.other, self.own) if self.is_other_left else (self.own, self.other)
        return f"{pair[0][:8]}… 与 {pair[1][:8]}… 合并，得到 {self.above[:8]}…"


def climb(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> list[Level]:
    """The levels from the leaf to the root; the last one's `above` is the root.

    A path of the wrong length gives other levels than the tree has: its root then is another.
    """
    place, last, own = index, size - 1, leaf
    levels = []
    for number, other in enumerate(path, start=1):
        is_left = bool(place & 1) or place == last
        if is_left:
            above = _node(other, own)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            above = _node(own, other)
        levels.append(Level(number, own.hex(), other.hex(), is_left, above.hex()))
        place, last, own = place >> 1, last >> 1, above
    return levels


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def drawing(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> dict[str, object]:
    """What `parts/proof_path.html` shows: boxes and lines by place, the root on top."""
    levels = climb(leaf, index, size, path)
    height = (len(levels) + 1) * ROW
    rows = [_row(level, height) for level in reversed(levels)]
    return {
        "width": WIDTH,
        "height": height,
        "box": BOX,
        "high": HIGH,
        "own_x": _CENTRE - BOX // 2,
        "centre": _CENTRE,
        "leaf": {"y": height - ROW + 16, "text_y": height - ROW + 33, "hash": leaf.hex()},
        "rows": rows,
        "levels": levels,
        "root": levels[-1].above if levels else leaf.hex(),
    }


def _row(level: Level, height: int) -> dict[str, object]:
    """The pair of one step and the box above it that both lead to."""
    below = height - level.number * ROW + 16
    above = below - ROW
    side = _SIDES[level.is_other_left]
    return {
        "level": level,
        "y": above,
        "text_y": above + 17,
        "other_x": side,
        "other_centre": side + BOX // 2,
        "other_y": below,
        "other_text_y": below + 17,
        "foot": above + HIGH,
        "hash": level.above,
    }
