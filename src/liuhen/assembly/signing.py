"""Signatures, refusals to sign and seals as they stand on a paper.

Strokes are drawn as vectors and a picture is passed on as it is. Not for electronic
signatures on the file (PAdES) and not for who may sign.
"""

from __future__ import annotations

import datetime as dt
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.kernel.refusals import Refused

Stroke = Sequence[Sequence[float]]

MOST_POINTS = 20_000
_DRAWN_POINTS = 1_500
_LARGEST_PICTURE = 1_000_000  # bytes
_LARGEST_SIDE = 4_096  # pixels


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal to sign: why, and the recorder who noted it (measures 12, 16)."""

    reason: str
    noted_by: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: the signer's part in the paper, name, day, and strokes or a picture.

    `strokes` are pen strokes of points (x, y, t), y growing downwards, any unit; `picture` a
    scanned signature, PNG or JPEG. With neither, the name is printed for signing by hand; with
    `refusal`, the refusal is printed in its place. `page` is the page at whose foot it stands;
    without one it stands at the end.
    """

    role: str
    name: str
    signed_on: dt.date | None = None
    strokes: Sequence[Stroke] = ()
    picture: bytes | None = None
    refusal: Refusal | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal: the picture of a registered one, or for demonstrations its owner's name alone.

    Without a picture a round seal is drawn that says 演示专用 (demonstration only) in itself.
    """

    name: str
    png: bytes | None = None


def stroke_drawing(strokes: Sequence[Stroke]) -> str | None:
    """An SVG of the strokes, cropped to their bounds; None when there is no ink.

    Raises:
        Refused: `signature.unreadable`, a point is no pair of finite numbers or there are more
            than 20,000 of them.
    """
    lines = _points(strokes)
    count = sum(map(len, lines))
    if not count:
        return None
    if count > MOST_POINTS:
        raise Refused("signature.unreadable", points=count)
    xs = [x for line in lines for x, _ in line]
    ys = [y for line in lines for _, y in line]
    size = max(max(xs) - min(xs), max(ys) - min(ys)) or 1.0
    scale, left, top = 1_000 / size, min(xs), min(ys)
    step = math.ceil(count / _DRAWN_POINTS)
    drawn = [
        _path([((x - left) * scale, (y - top) * scale) for x, y in _thinned(line, step)])
        for line in lines
    ]
    width, height = (max(xs) - left) * scale, (max(ys) - top) * scale
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-20 -20 {width + 40:.0f} '
        f'{height + 40:.0f}"><path d="{"".join(drawn)}" fill="none" stroke="#101820" '
        'stroke-width="16" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    )


def checked_picture(picture: bytes) -> str:
    """What a picture is, "png" or "jpg", once it is whole and of a sensible size.

    Of a JPEG only beginning and end are looked at: those we print were written by our own child.

    Raises:
        Refused: `signature.unreadable`, it is neither, is over 1 MB, or a PNG of over 4,096
            pixels a side.
    """
    if len(picture) > _LARGEST_PICTURE:
        raise Refused("signature.unreadable", bytes=len(picture))
    if picture[:3] == b"\xff\xd8\xff" and picture[-2:] == b"\xff\xd9":
        return "jpg"
    if not _is_whole_png(picture):
        raise Refused("signature.unreadable", bytes=len(picture))
    width, height = _u32(picture, 16), _u32(picture, 20)
    if not (0 < width <= _LARGEST_SIDE and 0 < height <= _LARGEST_SIDE):
        raise Refused("signature.unreadable", width=width, height=height)
    return "png"


def _is_whole_png(png: bytes) -> bool:
    """Whether the chunks run from header to end, each with its right checksum."""
    at, name = 8, b""
    if png[:8] != b"\x89PNG\r\n\x1a\n" or png[12:16] != b"IHDR" or len(png) < 33:
        return False
    while at + 12 <= len(png) and name != b"IEND":
        name, end = png[at + 4 : at + 8], at + 8 + _u32(png, at)
        if end + 4 > len(png) or zlib.crc32(png[at + 4 : end]) != _u32(png, end):
            return False
        at = end + 4
    return name == b"IEND"


def _u32(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "big")


def _points(strokes: Sequence[Stroke]) -> list[list[tuple[float, float]]]:
    """The strokes that hold points; what a device sent is not trusted to be numbers."""
    try:
        return [[_point(point) for point in stroke] for stroke in strokes if len(stroke)]
    except (TypeError, ValueError, IndexError, OverflowError) as error:
        raise Refused("signature.unreadable") from error


def _point(point: Sequence[float]) -> tuple[float, float]:
    x, y = float(point[0]), float(point[1])
    if not (abs(x) < 1e6 and abs(y) < 1e6):  # false for NaN and infinities as well
        raise Refused("signature.unreadable", x=str(x), y=str(y))
    return x, y


def _thinned(line: list[tuple[float, float]], step: int) -> list[tuple[float, float]]:
    """Every `step`-th point and the last, so that a stroke keeps both ends."""
    kept = line[::step]
    return kept if (len(line) - 1) % step == 0 else [*kept, line[-1]]


def _path(line: list[tuple[float, float]]) -> str:
    start = f"M{line[0][0]:.1f} {line[0][1]:.1f}"
    if len(line) == 1:
        return f"{start}l0.1 0"  # a dot: a round cap needs some length
    return start + "".join(f"L{x:.1f} {y:.1f}" for x, y in line[1:])
