"""Drawn people whose faces the detector finds, walking through a short film.

For benchmarks and tests; nobody of flesh and blood is needed. Not for scenes (`media.scene`).
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import av
import numpy
from PIL import Image, ImageDraw, ImageFilter

WIDE, HIGH = 480, 320
_EDGE = 120


def street(*places: tuple[float, float]) -> Image.Image:
    """A picture with a face at each of some places."""
    picture = Image.new("RGB", (WIDE, HIGH), (120, 140, 150))
    for across, down in places:
        _person(ImageDraw.Draw(picture), across, down)
    return picture.filter(ImageFilter.GaussianBlur(1))


def _person(pen: ImageDraw.ImageDraw, across: float, down: float) -> None:
    w, h = 30, 40

    def oval(x: float, y: float, broad: float, tall: float, fill: str) -> None:
        pen.ellipse((x - broad, y - tall, x + broad, y + tall), fill=fill)

    oval(across, down - 7, 1.15 * w, 1.1 * h, "#281c16")
    pen.rectangle((across - 14, down + 28, across + 14, down + 60), fill="#cda087")
    oval(across, down + 100, 66, 50, "#323c6e")
    oval(across, down, w, h, "#e0b49b")
    for side in (-1, 1):
        eye, brow = across + side * 0.42 * w, down - 0.12 * h
        oval(eye, brow, 6, 3, "#fafafa")
        oval(eye, brow, 3, 3, "#321e14")
        pen.line((eye - 8, brow - 7, eye + 8, brow - 8), fill="#322319", width=2)
    nose = [(across - 2, down - 2), (across + 4, down + 11), (across - 4, down + 11)]
    pen.polygon(nose, fill="#cd9b82")
    oval(across, down + 0.53 * h, 11, 3.5, "#b45050")


def _picture(drawn: Image.Image) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(numpy.asarray(drawn), format="rgb24")


def film(
    path: Path,
    *,
    seconds: float = 1.2,
    rate: int = 10,
    scale: int = 1,
    away: Container[int] | None = None,
    is_met: bool = False,
) -> Path:
    """Somebody walks through the picture, away for some frames, else its last three; a tone sounds.

    A face that comes back leaves the detector unsure of the frames between. `is_met`: somebody
    else comes towards them, and is never away.
    """
    count = int(seconds * rate)
    gone = range(count - 3, count) if away is None else away
    step = 12 if count * 12 < WIDE - 2 * _EDGE else (WIDE - 2 * _EDGE) / count
    with av.open(str(path), "w", format="mp4") as target:
        seen = target.add_stream("libx264", rate=rate, options={"crf": "18", "threads": "1"})
        seen.width, seen.height, seen.pix_fmt = scale * WIDE, scale * HIGH, "yuv420p"
        heard = target.add_stream("aac", rate=48_000)
        for index in range(count):
            place = (_EDGE + step * index, 110 + step * index / 6)
            meeting = [(WIDE - place[0], place[1] + 40)] if is_met else []
            drawn = street(*([] if index in gone else [place]), *meeting)
            if scale > 1:
                drawn = drawn.resize((scale * WIDE, scale * HIGH))
            target.mux(seen.encode(_picture(drawn)))
        target.mux(seen.encode(None))
        moments = numpy.arange(int(seconds * 48_000)) / 48_000
        tone = (0.5 * numpy.sin(2 * numpy.pi * 440 * moments)).astype(numpy.float32)
        for begin in range(0, len(tone), 1024):
            part = tone[begin : begin + 1024]
            frame = av.AudioFrame.from_ndarray(numpy.stack([part, part]), "fltp", "stereo")
            frame.sample_rate, frame.pts = 48_000, begin
            target.mux(heard.encode(frame))
        target.mux(heard.encode(None))
    return path
