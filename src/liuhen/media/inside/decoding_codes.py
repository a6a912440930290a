"""Finding codes of our clock page in pictures. Child only; nothing is followed that a code says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from typing import IO, Any, Final, cast

from PIL import Image

from liuhen.media import schema
from liuhen.media.clock_codes import LOOKED_MS, PREFIX, STEP_MS, ClockCode, ClockCodes
from liuhen.media.inside import photo
from liuhen.media.inside.picturing import frames, opened, origin_ms
from liuhen.media.inside.source import Source
from liuhen.media.limits import MAX_PHOTO_PIXELS
from liuhen.media.worker import JobRefused

# A code that fills a tenth of a picture this wide is still six pixels to the module.
_WIDEST: Final = 1600
_LONGEST: Final = 60


def prepare(arguments: dict[str, Any]) -> None:
    """Load the detector and the decoders now: nothing can be loaded once the child is confined."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    import cv2  # noqa: PLC0415 - only this child needs it
    import numpy  # noqa: PLC0415 - only this child needs it

    cv2.setNumThreads(1)
    if arguments["found"]:
        photo.prepare(arguments)
    _decoded(numpy.zeros((64, 64), numpy.uint8))


def find_clock_codes(arguments: dict[str, Any]) -> ClockCodes:
    """Job: the codes of a film's first seconds or, with `found`, of a photo. Arguments: found.

    Raises:
        JobRefused: no picture can be decoded.
    """
    pictures = _photo() if arguments["found"] else _film()
    seen = ((at, _decoded(picture)) for at, picture in pictures)
    ours = (ClockCode(at, text) for at, text in seen if text.startswith(PREFIX))
    return ClockCodes(tuple(ours))


def _film() -> Iterator[tuple[int, Any]]:
    container, stream = opened()
    origin, tick = origin_ms(container), stream.time_base or Fraction(1, 1000)
    due = 0
    for frame in frames(container, stream):
        if frame.pts is None:
            continue
        at = max(0, int(frame.pts * tick * 1000) - origin)
        if at > LOOKED_MS:
            return
        if at >= due:
            due = (at // STEP_MS + 1) * STEP_MS
            width, height = _scaled(frame.width, frame.height)
            small = frame.reformat(
                width=width, height=height, format="gray", interpolation="AREA", threads=1
            )
            yield at, small.to_ndarray()


def _photo() -> Iterator[tuple[int, Any]]:
    import numpy  # noqa: PLC0415 - loaded by prepare

    try:
        picture = Image.open(cast(IO[bytes], Source()))
        if picture.width * picture.height > MAX_PHOTO_PIXELS:
            raise JobRefused(f"declares {picture.width} x {picture.height} pixels")
        small = picture.convert("L").resize(
            _scaled(picture.width, picture.height), Image.Resampling.BOX
        )
    except photo.BROKEN as error:
        raise JobRefused(schema.clean_text(f"{type(error).__name__}: {error}")) from error
    yield 0, numpy.array(small)


def _scaled(width: int, height: int) -> tuple[int, int]:
    longest = max(width, height, _WIDEST)
    return max(1, width * _WIDEST // longest), max(1, height * _WIDEST // longest)


def _decoded(picture: Any) -> str:
    """The text of the one code that is looked for, "" without."""
    import cv2  # noqa: PLC0415 - loaded by prepare

    try:
        text, _, _ = cv2.QRCodeDetector().detectAndDecode(picture)
    except (cv2.error, UnicodeDecodeError):  # what isn't UTF-8 is no code of ours
        return ""
    return schema.clean_text(text, _LONGEST)
