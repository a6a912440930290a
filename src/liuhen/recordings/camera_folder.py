"""What lies in the folder of a mounted camera: files to expect, and what can't even be listed.

Not for reading content or for taking it in (`actions.docking`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from liuhen.kernel.refusals import Refused
from liuhen.media.names import display_name
from liuhen.media.patterns import is_recording_name


@dataclass(frozen=True)
class FoundFile:
    """A file as the camera lists it: where, how people see its name, its size in bytes."""

    path: Path
    shown: str
    name: str
    size: int


@dataclass
class Listing:
    """A camera's files in a fixed order, and the places that could not be listed with the cause."""

    files: list[FoundFile] = field(default_factory=list)
    unlisted: list[tuple[str, str]] = field(default_factory=list)


def list_camera(folder: Path) -> Listing:
    """Every file below a folder that may be a recording; links are not followed.

    Raises:
        Refused: `dock.nothing` when the folder itself can't be read.
    """
    listing = Listing()
    try:
        list(folder.iterdir())
    except OSError:
        raise Refused("dock.nothing", folder=shown_path(folder)) from None
    for path in _walk(folder, folder, listing):
        if not is_recording_name(os.fsencode(path.name).decode("utf-8", "replace")):
            continue
        try:
            size = path.stat(follow_symlinks=False).st_size
        except OSError as error:
            listing.unlisted.append((shown_path(path.relative_to(folder)), str(error.strerror)))
            continue
        shown = shown_path(path.relative_to(folder))
        listing.files.append(FoundFile(path, shown, display_name(path.name), size))
    return listing


def _walk(folder: Path, root: Path, listing: Listing) -> Iterator[Path]:
    try:
        with os.scandir(folder) as scan:
            entries = sorted(scan, key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        listing.unlisted.append((shown_path(folder.relative_to(root)), str(error.strerror)))
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            if not entry.name.startswith("."):
                yield from _walk(Path(entry.path), root, listing)
        elif entry.is_file(follow_symlinks=False):
            yield Path(entry.path)


def shown_path(path: Path) -> str:
    """A path for people and for the ledger: each part safe to show, `/` between them."""
    parts = path.parts[1:] if path.is_absolute() else path.parts
    shown = "/".join(display_name(part) for part in parts)
    return f"/{shown}" if path.is_absolute() else shown
