"""Pictures of media for pages: thumbnail, still, contact sheet. Each is made in a confined child.

They are derivatives and can be made again; originals are never touched. Not for facts (`probe`).
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, TypeVar

from liuhen.kernel.refusals import Refused
from liuhen.media import signatures
from liuhen.media.child import Failure, JobName, run_job
from liuhen.media.limits import DARKNESS, PHOTO, PICTURE, SCAN, Limits
from liuhen.media.picture import Picture, Sheet
from liuhen.media.replacing import replaced
from liuhen.media.stretches import Darkness

T = TypeVar("T")

_WIDEST = 4096


def thumbnail(path: Path, out: Path, width: int = 320, *, at_ms: int | None = None) -> Picture:
    """Write a JPEG of a photo, of a moment of a video or of a scan's first page to `out`,
    replacing it whole.

    Args:
        width: at most so many pixels across, upright; smaller pictures are not enlarged.
        at_ms: the moment on the file's timeline; without it a bright key picture is taken, which
            costs one decoded picture however long the recording.

    Raises:
        Refused: media.no_picture, with `cause`; `out` is then untouched.
    """
    found = _type_of(path)
    if found in signatures.SCANS:
        return page_picture(path, out, 1, width)
    is_photo = found in signatures.PHOTOS
    job: JobName = "shrink_photo" if is_photo else "thumbnail"
    asked = {"width": _checked(width), "at_ms": at_ms, "found": found}
    return _make(job, Picture, path, out, asked, PHOTO if is_photo else PICTURE)


def page_picture(path: Path, out: Path, page: int, width: int) -> Picture:
    """Write a JPEG of one page of a scan, counted from 1, `width` pixels across.

    Raises:
        Refused: media.no_picture, with `cause`; `out` is then untouched.
    """
    asked = {"page": page, "width": _checked(width)}
    return _make("draw_page", Picture, path, out, asked, SCAN)


def contact_sheet(
    path: Path, out: Path, *, columns: int = 4, rows: int = 4, width: int = 240
) -> Sheet:
    """Write a JPEG with `columns` x `rows` pictures of a video, evenly spread, each with its time.

    Raises:
        Refused: media.no_picture, with `cause`; `out` is then untouched.
    """
    if not (1 <= columns <= 12 and 1 <= rows <= 12):
        raise ValueError(f"no sheet of {columns} x {rows}")
    asked = {"columns": columns, "rows": rows, "width": _checked(width)}
    if _type_of(path) in signatures.PHOTOS | signatures.SCANS:
        raise Refused("media.no_picture", cause="only a video has a contact sheet")
    return _make("contact_sheet", Sheet, path, out, asked, PICTURE)


def darkness(path: Path, *, at_least_ms: int) -> Darkness:
    """Where a video is black for at least so long.

    Raises:
        Refused: media.no_picture, with `cause`.
    """
    limits = DARKNESS.for_size(path.stat().st_size if path.exists() else 0)
    asked = {"at_least_ms": at_least_ms}
    made = run_job("darkness", Darkness, limits, source=path, arguments=asked)
    if isinstance(made, Failure):
        raise Refused("media.no_picture", cause=f"{made.kind}: {made.detail}")
    return made.result


def _checked(width: int) -> int:
    if not 16 <= width <= _WIDEST:
        raise ValueError(f"no picture {width} pixels wide")
    return width


def _type_of(path: Path) -> str:
    try:
        with path.open("rb", buffering=0) as file:
            return signatures.found_type(file.read(signatures.HEAD_BYTES))
    except OSError as error:
        raise Refused("media.no_picture", cause=str(error.strerror)) from error


def _make(
    job: JobName, shape: type[T], path: Path, out: Path, asked: dict[str, Any], limits: Limits
) -> T:
    with replaced(out) as output:
        made = run_job(job, shape, limits, source=path, output=output, arguments=asked)
        if isinstance(made, Failure):
            raise Refused("media.no_picture", cause=f"{made.kind}: {made.detail}")
        if not _is_jpeg(output):
            raise Refused("media.no_picture", cause="the child wrote no JPEG")
        return made.result


def _is_jpeg(output: int) -> bool:
    size = os.fstat(output).st_size
    return (
        size > 100
        and os.pread(output, 3, 0) == b"\xff\xd8\xff"
        and os.pread(output, 2, size - 2) == b"\xff\xd9"
    )
