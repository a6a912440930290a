"""Segments as files in the intake folder until they are in the vault.

Each is `<id>.part` while it is written and `<id>.whole` afterwards, with a note `<id>.json` of
what it is. A file and its note outlive this process: what a killed recorder left is found again.
Written by the recorder only. Not for acts, nor for when a segment begins and ends.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.vault.store import fsync_folder

PART, WHOLE, NOTE = ".part", ".whole", ".json"


@dataclass(frozen=True)
class Note:
    """What a segment file is. `ended_at` and `sha256` are known once it is whole.

    `before` and `watched_since` as of a finished segment (`actions.camera_footage`).
    """

    camera_id: UUID
    serial: str
    started_at: dt.datetime
    container: str
    video: str
    audio: str
    before: str
    ended_at: dt.datetime | None = None
    sha256: str = ""
    holes: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    watched_since: dt.datetime | None = None

    @property
    def name(self) -> str:
        """How people see the file: the camera's serial number and the local time it begins."""
        return f"{self.serial}_{clock.local(self.started_at):%Y%m%d_%H%M%S}.{self.container}"

    def text(self) -> str:
        """The note as it is written."""
        return json.dumps({key: _plain(value) for key, value in asdict(self).items()})

    @classmethod
    def read(cls, text: str) -> Note:
        """A note out of its text. Raises `ValueError` when it is none."""
        try:
            told = json.loads(text)
            holes = tuple((_instant(start), _instant(end)) for start, end in told.pop("holes"))
            ended, watched = told.pop("ended_at"), told.pop("watched_since", None)
            return cls(
                camera_id=UUID(told.pop("camera_id")),
                started_at=_instant(told.pop("started_at")),
                ended_at=_instant(ended) if ended else None,
                watched_since=_instant(watched) if watched else None,
                holes=holes,
                **told,
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not a note of a segment") from error


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return clock.iso(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, UUID) else value


def _instant(text: str) -> dt.datetime:
    return clock.parse_iso(text)


def folder_of(intake: Path, camera_id: UUID) -> Path:
    """Where a camera's segments are written."""
    return intake / "cameras" / str(camera_id)


class OpenSegment:
    """A segment being written; hashed as its bytes come."""

    def __init__(self, folder: Path, note: Note) -> None:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        self._stem = folder / str(new_id())
        self.note = note
        self.path = self._stem.with_suffix(PART)
        self.size = 0
        self._digest = hashlib.sha256()
        self._descriptor: int | None = os.open(
            self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640
        )
        self._write_note()

    def write(self, data: bytes) -> None:
        """Add bytes. Raises `OSError` as writing does."""
        assert self._descriptor is not None
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]
        self._digest.update(data)
        self.size += len(data)

    def tell(self, note: Note) -> None:
        """Put down what is known better by now; it need not be durable yet."""
        if note != self.note:
            self.note = note
            self._write_note()

    def sync(self) -> None:
        """Make durable what was written so far."""
        if self._descriptor is not None:
            os.fdatasync(self._descriptor)

    def finish(
        self, ended_at: dt.datetime, holes: tuple[tuple[dt.datetime, dt.datetime], ...]
    ) -> Path:
        """It is complete: durable, with its note, under its final name; returns that.

        Where the disk refuses, it is asked again until it is done.
        """
        self.note = replace(
            self.note, ended_at=ended_at, holes=holes, sha256=self._digest.hexdigest()
        )
        if self._descriptor is not None:
            os.fsync(self._descriptor)
            self.abandon()
        return make_whole(self.path, self.note)

    def abandon(self) -> None:
        """Let go of the file; what is in it is found again as if this process had been killed."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _write_note(self) -> None:
        _put(self._stem.with_suffix(NOTE), self.note.text(), is_durable=False)


def make_whole(part: Path, note: Note) -> Path:
    """Give a durable file its final name, its note first."""
    _put(part.with_suffix(NOTE), note.text(), is_durable=True)
    whole = part.with_suffix(WHOLE)
    if not whole.exists():  # else it was named before, and only its folder was not durable
        part.rename(whole)
    fsync_folder(whole.parent)
    return whole


def _put(path: Path, text: str, *, is_durable: bool) -> None:
    """Write a small file so that it is there whole or as it was before."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        if is_durable:
            os.fsync(stream.fileno())
    fresh.rename(path)


def note_of(path: Path) -> Note | None:
    """The note of a segment file; None when there is none that can be read."""
    try:
        return Note.read(path.with_suffix(NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return None


def listed(intake: Path, suffix: str) -> Iterator[Path]:
    """The files of one kind of all cameras, in the order they were begun."""
    yield from sorted((intake / "cameras").glob(f"*/*{suffix}"), key=lambda path: path.name)


def newest_part(intake: Path, camera_id: UUID) -> Path | None:
    """The file a camera is written into now."""
    parts = sorted(folder_of(intake, camera_id).glob(f"*{PART}"))
    return parts[-1] if parts else None


def forget(path: Path) -> None:
    """Remove what is left of a segment that is in the vault."""
    path.unlink(missing_ok=True)
    path.with_suffix(NOTE).unlink(missing_ok=True)


def set_aside(path: Path) -> None:
    """Bytes nobody can read go into quarantine, with their note; they are not deleted unasked."""
    if path.exists() and path.stat().st_size:
        quarantine = path.parents[2] / "quarantine"
        quarantine.mkdir(mode=0o750, exist_ok=True)
        for left in (path, path.with_suffix(NOTE)):
            if left.exists():
                left.rename(quarantine / left.name)
    forget(path)
