"""What lies in the folder of a mounted camera: files to expect, and what became of each.

Every file found there has an outcome; what is not taken in is left out as something.

Also whose camera it says it is by its files' names. Not for reading content or for taking it in
(`actions.docking`).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from liuhen.kernel.refusals import Refused
from liuhen.media.coverage import instant_of
from liuhen.media.names import display_name
from liuhen.media.patterns import beside_recordings
from liuhen.people.queries import registered_serials
from liuhen.recordings.file_names import name_facts
from liuhen.recordings.media_facts import calls_itself_media

# As what a file is left on the camera, in the words of refusals.
_CODES = {
    "companion": "dock.companion",
    "system": "dock.system",
    "hidden": "dock.hidden",
    "link": "dock.link",
    "special": "dock.special",
}


@dataclass(frozen=True)
class FoundFile:
    """A file as the camera lists it: where, how people see its name, its size in bytes.

    `written_at` is when it was last written to, by the camera's clock; None when that is no time.
    """

    path: Path
    shown: str
    name: str
    size: int
    written_at: dt.datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of one file.

    `state` is taken, held, ignored (no media), left_out (as `kind`) or not_taken; `code` is the
    refusal that says why, or what is odd about a file that was taken. `erased` and `kept` tell of
    erasing the camera: `kept` is the refusal that says why the file stayed there.
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
            self.kind not in {"", "system"} and calls_itself_media(self.path)
        )
        return self.state == "not_taken" or bool(self.code and is_odd) or self.is_folder

    @property
    def kind(self) -> str:
        """As what it was left on the camera; empty for what should be in the vault."""
        if self.state == "ignored":
            return "not_media"
        is_left = self.state == "left_out" or self.is_folder
        return self.code.removeprefix("dock.") if is_left else ""

    @property
    def is_folder(self) -> bool:
        """Whether it is no file but a folder that can't be read: what is in it nobody knows."""
        return self.code in {"dock.folder", "dock.hidden_folder"}


@dataclass
class Listing:
    """A camera's files in a fixed order, and what is settled without being read: what is left
    out, and what can't be listed.
    """

    files: list[FoundFile] = field(default_factory=list)
    settled: list[Outcome] = field(default_factory=list)


def list_camera(folder: Path) -> Listing:
    """Every file below a folder, whatever it is; links are not followed.

    Raises:
        Refused: `dock.nothing` when the folder itself can't be read.
    """
    listing = Listing()
    try:
        waiting = [(one, False) for one in _entries(folder)]
    except OSError:
        raise Refused("dock.nothing", folder=shown_path(folder)) from None
    while waiting:
        entry, is_hidden = waiting.pop()
        path = Path(entry.path)
        shown = shown_path(path.relative_to(folder))
        if _is_folder(entry):
            is_hidden = is_hidden or entry.name.startswith(".")
            try:
                waiting += [(one, is_hidden) for one in _entries(path)]
            except OSError as error:
                listing.settled.append(_unread_folder(shown, error, is_hidden=is_hidden))
        else:
            _list_file(listing, entry, shown, is_hidden=is_hidden)
    return listing


def _list_file(listing: Listing, entry: os.DirEntry[str], shown: str, *, is_hidden: bool) -> None:
    try:
        seen = entry.stat(follow_symlinks=False)
        size = seen.st_size
        left_as = _left_as(entry) or ("hidden" if is_hidden else "")
    except OSError as error:
        cause = str(error.strerror)
        listing.settled.append(Outcome(shown, 0, "not_taken", code="unreadable", detail=cause))
        return
    if left_as:
        listing.settled.append(Outcome(shown, size, "left_out", code=_CODES[left_as]))
        return
    found = FoundFile(
        Path(entry.path), shown, display_name(entry.name), size, _instant(seen.st_mtime_ns)
    )
    listing.files.append(found)


def _instant(mtime_ns: int) -> dt.datetime | None:
    try:
        return instant_of(mtime_ns // 1_000_000)
    except OverflowError:
        return None


def _left_as(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "link"
    if not entry.is_file(follow_symlinks=False):
        return "special"
    return beside_recordings(os.fsencode(entry.name).decode("utf-8", "replace"))


def _unread_folder(shown: str, error: OSError, *, is_hidden: bool) -> Outcome:
    """A hidden one is left out anyway; of any other recordings may be missing."""
    cause = str(error.strerror)
    if is_hidden:
        return Outcome(shown, 0, "left_out", code="dock.hidden_folder", detail=cause)
    return Outcome(shown, 0, "not_taken", code="dock.folder", detail=cause)


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
    """The registered device that most names of a camera's files tell, else the serial they tell.

    Empty when they tell none.

    Raises:
        Refused: `dock.nothing`, `dock.patterns`.
    """
    named = named_devices(list_camera(folder).files)
    known = set(registered_serials(named))
    told = [serial for serial, _ in named.most_common()]
    return next((serial for serial in told if serial in known), told[0] if told else "")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What lies in a folder, the last first."""
    with os.scandir(folder) as scan:
        return sorted(scan, key=lambda entry: os.fsencode(entry.name), reverse=True)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False  # it is told as what can't be read


def shown_path(path: Path) -> str:
    """A path for people and for the ledger: each part safe to show, `/` between them.

    A hidden part keeps its dot, so that it is found again and no other looks like it.
    """
    parts = path.parts[1:] if path.is_absolute() else path.parts
    shown = "/".join("." * part.startswith(".") + display_name(part) for part in parts)
    return f"/{shown}" if path.is_absolute() else shown
