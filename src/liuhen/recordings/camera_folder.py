"""What lies in the folder of a mounted camera: files to expect, and what became of each.

Also whose camera it says it is by its files' names. Not for reading content or for taking it in
(`actions.docking`).
"""

from __future__ import annotations

import fcntl
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from liuhen.kernel.refusals import Refused
from liuhen.media.names import display_name
from liuhen.media.patterns import is_recording_name
from liuhen.people.queries import registered_serials
from liuhen.recordings.file_names import name_facts
from liuhen.recordings.media_facts import calls_itself_media


@dataclass(frozen=True)
class FoundFile:
    """A file as the camera lists it: where, how people see its name, its size in bytes."""

    path: Path
    shown: str
    name: str
    size: int


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    `state` is taken, held, ignored or not_taken; `code` is the refusal that says why, or what is
    odd about a file that was taken. `erased` and `kept` tell of erasing the camera: `kept` is the
    refusal that says why the file stayed there.
    """

    path: str
    size: int
    state: str
    sha256: str = ""
    code: str = ""
    detail: str = ""
    receipt: str = ""
    erased: bool = False
    kept: str = ""

    @property
    def is_to_be_told(self) -> bool:
        """Whether somebody should look at this file: also one whose name alone says it is media."""
        is_odd = self.state == "taken" or (
            self.state == "ignored" and calls_itself_media(self.path)
        )
        return self.state == "not_taken" or bool(self.code and is_odd)


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


@contextmanager
def alone_with(folder: Path) -> Iterator[None]:
    """Be the only one who takes in this folder, across all processes.

    Raises:
        Refused: `dock.running`, `dock.nothing`.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        raise Refused("dock.nothing", folder=shown_path(folder)) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused("dock.running", folder=shown_path(folder)) from None
    finally:
        os.close(descriptor)


def named_devices(files: Iterable[FoundFile]) -> Counter[str]:
    """Serial numbers that the names of files tell, with how many files tell each."""
    named = (name_facts(found.shown) for found in files)
    return Counter(facts.device for facts in named if facts is not None and facts.device)


def connected_cameras(folders: Iterable[Path]) -> list[Path]:
    """The cameras mounted below these folders: each subfolder with anything in it."""
    found = []
    for folder in folders:
        try:
            with os.scandir(folder) as scan:
                found += [Path(one.path) for one in scan if one.is_dir() and one.name[0] != "."]
        except OSError:
            continue  # not there now; cameras come and go
    return sorted((one for one in found if _holds_anything(one)), key=lambda one: one.name)


def _holds_anything(folder: Path) -> bool:
    try:
        with os.scandir(folder) as scan:
            return next(scan, None) is not None
    except OSError:
        return False


def recognised_device(folder: Path) -> str:
    """The registered device that most names of a camera's files tell.

    Raises:
        Refused: `dock.nothing`, `dock.unrecognised`, `dock.patterns`.
    """
    named = named_devices(list_camera(folder).files)
    known = set(registered_serials(named))
    for serial, _ in named.most_common():
        if serial in known:
            return serial
    raise Refused("dock.unrecognised", folder=shown_path(folder))


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
