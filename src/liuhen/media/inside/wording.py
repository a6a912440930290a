"""Reading the words in a still picture. Child only; not for what becomes of them.

The model comes with its package and is loaded before the child is confined; nothing is fetched.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Any, Final, cast

from PIL import Image, ImageDraw, ImageOps

from liuhen.media import schema
from liuhen.media.inside import photo
from liuhen.media.inside.source import Source
from liuhen.media.limits import MAX_PHOTO_PIXELS
from liuhen.media.words import LONGEST_LINE, MODELS, MOST_LINES, Line, Words
from liuhen.media.worker import JobRefused

# The detector works on at most so many pixels a side; small print of a scanned page stays legible.
_SIDE: Final = 2400

_reader: list[Any] = []


def prepare(arguments: dict[str, Any]) -> None:
    """Load decoder and models now: nothing can be loaded once the child is confined."""
    photo.prepare(arguments)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    import cv2  # noqa: PLC0415 - only this child needs it
    import rapidocr  # noqa: PLC0415 - only this child needs it

    cv2.setNumThreads(1)
    models = Path(rapidocr.__file__).parent / "models"
    options: dict[str, Any] = {f"{part}.model_path": str(models / name) for part, name in MODELS}
    options |= {
        "Global.log_level": "critical",
        "Global.max_side_len": _SIDE,
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
    reader = rapidocr.RapidOCR(params=options)
    reader(_pixels(_trial()))
    _reader.append(reader)


def read_words(arguments: dict[str, Any]) -> Words:
    """Job: the lines of a photo from top to bottom. Arguments: found (type by signature).

    Raises:
        JobRefused: the photo can't be decoded, or declares absurd dimensions.
    """
    try:
        picture = Image.open(cast(IO[bytes], Source()))
        if picture.width * picture.height > MAX_PHOTO_PIXELS:
            raise JobRefused(f"declares {picture.width} x {picture.height} pixels")
        picture.draft("RGB", (_SIDE, _SIDE))
        picture.thumbnail((_SIDE, _SIDE))
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    except photo.BROKEN as error:
        raise JobRefused(schema.clean_text(f"{type(error).__name__}: {error}")) from error
    told = _reader[0](_pixels(upright))
    if told.txts is None:
        return Words(())
    found = zip(told.txts, told.scores, told.boxes, strict=True)
    return Words(tuple(_line(*one, upright) for one in list(found)[:MOST_LINES]))


def _line(text: str, score: float, box: Any, picture: Image.Image) -> Line:
    across = [round(1000 * float(x) / picture.width) for x, _ in box]
    down = [round(1000 * float(y) / picture.height) for _, y in box]
    return Line(
        text=schema.clean_text(text, LONGEST_LINE),
        confidence=_within(round(100 * float(score)), 100),
        left=_within(min(across), 1000),
        top=_within(min(down), 1000),
        right=_within(max(across), 1000),
        bottom=_within(max(down), 1000),
    )


def _within(value: int, most: int) -> int:
    return min(max(value, 0), most)


def _pixels(picture: Image.Image) -> Any:
    import numpy  # noqa: PLC0415 - only this child needs it

    return numpy.asarray(picture)[:, :, ::-1]


def _trial() -> Image.Image:
    """A picture with a word, so that every model is loaded and every module imported."""
    picture = Image.new("RGB", (320, 120), "white")
    ImageDraw.Draw(picture).text((40, 30), "A1", fill="black", font_size=48)
    return picture
