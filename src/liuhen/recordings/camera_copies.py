"""Copying a camera's new files into the intake, more than one at once, in the camera's order.

Nothing is durable yet (`recordings.batch`). Not for what becomes of them (`actions.docking`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock, local

from liuhen.kernel.digests import sha256_file
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.media.signatures import HEAD_BYTES
from liuhen.people.models import Device
from liuhen.recordings.batch import in_order
from liuhen.recordings.camera_folder import FoundFile, Outcome
from liuhen.recordings.docking_log import DockingLog
from liuhen.recordings.intake import ReceivedFile, copy_stream, fresh_tray
from liuhen.recordings.media_facts import is_media
from liuhen.recordings.queries import held_files
from liuhen.recordings.uploads import free_room

# A disk that is written directly is fast at more than one file.
AT_ONCE = 2

Tell = Callable[[Outcome], None]


@dataclass(frozen=True)
class DockedFile:
    """A file copied from a camera, not durable yet."""

    found: FoundFile
    received: ReceivedFile
    head: bytes


def copy_new(
    files: Sequence[FoundFile], device: Device, working: Path, log: DockingLog, settle: Tell
) -> Generator[DockedFile]:
    """Copy what is new, in the camera's order; everything else is settled at once.

    Close it in the end, to wait for copies under way.
    """
    held, seen, room = held_files(device), set[str](), _Room()
    copy = partial(_copy, held=held, working=working, log=log, room=room, own=_OfThread())
    tasks = (partial(copy, found) for found in files)
    for found, copying in zip(files, in_order(tasks, AT_ONCE, log.go_on), strict=True):
        docked = _new_or_settled(found, copying, settle)
        if docked is None:
            continue
        if docked.received.sha256 in seen:
            docked.received.path.unlink()
            room.give_back(found.size)
            settle(Outcome(found.shown, found.size, "held", sha256=docked.received.sha256))
            continue
        seen.add(docked.received.sha256)
        yield docked


def _new_or_settled(
    found: FoundFile, copying: Future[DockedFile | str], settle: Tell
) -> DockedFile | None:
    """The file's copy; a file that was not copied is settled."""
    try:
        docked = copying.result()
    except Refused as refused:
        state = "ignored" if refused.code == "recording.not_media" else "not_taken"
        settle(Outcome(found.shown, found.size, state, code=refused.code))
    except OSError as error:
        cause = error.strerror or type(error).__name__
        settle(Outcome(found.shown, found.size, "not_taken", code="unreadable", detail=cause))
    else:
        if isinstance(docked, DockedFile):
            return docked
        settle(Outcome(found.shown, found.size, "held", sha256=docked))
    return None


class _Room:
    """What the disk has left for this docking."""

    def __init__(self) -> None:
        self._left, self._lock = free_room(), Lock()

    def take(self, size: int) -> None:
        """Raises `Refused("storage.full")`."""
        with self._lock:
            if size > self._left:
                raise Refused("storage.full")
            self._left -= size

    def give_back(self, size: int) -> None:
        """It is not needed after all."""
        with self._lock:
            self._left += size


class _OfThread(local):
    """What each copying thread has of its own."""

    def __init__(self) -> None:
        self.tray = fresh_tray()


def _copy(
    found: FoundFile,
    held: Mapping[tuple[str, int], str],
    working: Path,
    log: DockingLog,
    room: _Room,
    own: _OfThread,
) -> DockedFile | str:
    """The copied file, or the digest of bytes that came from this camera before.

    Raises:
        Refused: `recording.empty`, `recording.not_media`, `dock.changed`, `storage.full`.
        OSError: the camera can't be read.
    """
    if found.size == 0:
        raise Refused("recording.empty", name=found.name)
    with found.path.open("rb", buffering=0) as stream:
        head = stream.read(HEAD_BYTES)
    if not is_media(found.name, head):
        raise Refused("recording.not_media", name=found.name)
    known = held.get((found.name, found.size))
    if known is not None and sha256_file(found.path) == known:
        return known
    room.take(found.size)
    target = working / str(new_id())
    try:
        with found.path.open("rb", buffering=0) as stream:
            received = copy_stream(log.counting(stream.readinto), target, found.name, own.tray)
        if received.size != found.size or found.path.stat().st_size != found.size:
            raise Refused("dock.changed", name=found.name)
    except BaseException:
        room.give_back(found.size)
        target.unlink(missing_ok=True)
        raise
    return DockedFile(found, received, head)
