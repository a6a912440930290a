"""Copies of films, photos and papers with parts covered for good, made in a confined child.

The original is never touched. Not for who may ask for it, nor for what must be covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liuhen.kernel.refusals import Refused
from liuhen.media.child import Failure, JobName, run_job
from liuhen.media.limits import BLANKING, FACES, REDACTING, Limits
from liuhen.media.replacing import replaced


@dataclass(frozen=True)
class Key:
    """Where a region lies at a moment: ms, and thousandths of the picture."""

    at_ms: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Track:
    """One face followed over time."""

    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Faces:
    """What the detector found. `doubted` are the moments (ms) a person has to look at."""

    frames: int
    tracks: tuple[Track, ...]
    doubted: tuple[int, ...]


@dataclass(frozen=True)
class Covered:
    """What was written. `late` are moments at which a face showed only in the second look."""

    frames: int
    late: tuple[int, ...]


@dataclass(frozen=True)
class Mark:
    """A line burnt into every picture, and the font that draws it.

    It stands at the foot, or at the top: a copy of a copy keeps both lines legible.
    """

    text: str
    font: Path
    is_at_top: bool = False


# from ms, to ms, "mute" or "alter"
Sound = tuple[int, int, str]


def find_faces(path: Path, *, found: str = "") -> Faces:
    """The faces of a film, or of a photo of the type `found`.

    Raises:
        Refused: redaction.unreadable, with `cause`.
    """
    made = run_job("find_faces", Faces, _for(FACES, path), source=path, arguments={"found": found})
    if isinstance(made, Failure):
        raise Refused("redaction.unreadable", cause=f"{made.kind}: {made.detail}")
    return made.result


def cover_film(
    path: Path,
    out: Path,
    *,
    regions: Sequence[Sequence[Key]],
    sounds: Sequence[Sound] = (),
    faces: bool,
    mark: Mark | None = None,
) -> Covered:
    """Write an MP4 with regions covered and sound muted or altered; with `faces` every picture is
    looked at once more.

    Raises:
        Refused: redaction.unreadable, with `cause`.
    """
    asked = {"regions": _plain(regions), "sounds": [list(one) for one in sounds], "faces": faces}
    return _written("cover_film", _for(REDACTING, path), path, out, asked | _marked(mark))


def cover_photo(
    path: Path,
    out: Path,
    *,
    found: str,
    regions: Sequence[Sequence[Key]],
    faces: bool,
    mark: Mark | None = None,
) -> Covered:
    """Write a JPEG without tags and with regions covered.

    Raises:
        Refused: redaction.unreadable, with `cause`.
    """
    asked = {"regions": _plain(regions), "faces": faces, "found": found}
    return _written("cover_photo", FACES, path, out, asked | _marked(mark))


def cover_pages(
    path: Path, out: Path, *, regions: Sequence[Sequence[int]], mark: Mark | None = None
) -> Covered:
    """Write a PDF of pictures with parts covered: [page from 1, left, top, right, bottom].

    Raises:
        Refused: redaction.unreadable, with `cause`.
    """
    asked: dict[str, Any] = {"regions": [list(one) for one in regions]}
    return _written("cover_pages", BLANKING, path, out, asked | _marked(mark))


def _for(limits: Limits, path: Path) -> Limits:
    return limits.for_size(path.stat().st_size)


def _plain(regions: Sequence[Sequence[Key]]) -> list[list[list[int]]]:
    return [
        [[key.at_ms, key.left, key.top, key.right, key.bottom] for key in region]
        for region in regions
    ]


def _marked(mark: Mark | None) -> dict[str, Any]:
    if mark is None:
        return {}
    return {"mark": mark.text, "font": str(mark.font), "mark_at_top": mark.is_at_top}


def _written(job: JobName, limits: Limits, path: Path, out: Path, asked: dict[str, Any]) -> Covered:
    with replaced(out) as output:
        made = run_job(job, Covered, limits, source=path, output=output, arguments=asked)
        if isinstance(made, Failure):
            raise Refused("redaction.unreadable", cause=f"{made.kind}: {made.detail}")
        return made.result
