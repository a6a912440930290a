"""The recorder's storekeeper: a thread that makes finished segments durable and takes them in.

The only part of the recorder that speaks to the database, and so the one that may wait for it.
While it is away, whole segments wait in the intake folder and nothing is lost. Not for the loop.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from django.db import InterfaceError, OperationalError, connection

from liuhen.actions.camera_footage import (
    BATCH,
    FinishedSegment,
    open_camera_gap,
    take_in_segments,
)
from liuhen.cameras.queries import Post, is_stored, posts
from liuhen.cameras.segment_files import (
    PART,
    WHOLE,
    Note,
    OpenSegment,
    forget,
    listed,
    make_whole,
    note_of,
    set_aside,
)
from liuhen.cameras.states import CameraReport, put_states
from liuhen.kernel import clock, trace
from liuhen.kernel.digests import sha256_file
from liuhen.kernel.refusals import Refused
from liuhen.media.probe import probe
from liuhen.people.queries import system_person
from liuhen.recorder.holding import Holding
from liuhen.recordings.batch import adopt_all
from liuhen.recordings.intake import ReceivedFile
from liuhen.vault.keeping import local_store

log = logging.getLogger("liuhen.recorder")

ROSTER_S, REPORT_S, SYNC_S, RETRY_S, PAUSE_S = 2.0, 5.0, 5.0, 2.0, 0.1
Holes = tuple[tuple[dt.datetime, dt.datetime], ...]
_Order = tuple[OpenSegment, dt.datetime, Holes]


class Storekeeper:
    """Works beside the loop until `stop`; what it is handed is done in that order."""

    def __init__(self, intake: Path) -> None:
        self._intake = intake
        self._finished: deque[_Order | OpenSegment] = deque()
        self._down: deque[tuple[Post, str, dt.datetime | None]] = deque()
        self._whole: deque[Path] = deque()
        self._reports: Sequence[CameraReport] = ()
        self._open: Sequence[OpenSegment] = ()
        # What the loop is to watch; None until the database has told.
        self.roster: list[Post] | None = None
        self._holding = Holding()
        self._is_gathered = False
        self._is_stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="storekeeper")

    def start(self) -> None:
        """Begin with what an earlier recorder left."""
        self._thread.start()

    # -- what the loop hands over --------------------------------------------------------------

    def finished(self, segment: OpenSegment, ended_at: dt.datetime, holes: Holes) -> None:
        """A segment whose bytes have all been written."""
        self._finished.append((segment, ended_at, holes))

    def abandoned(self, segment: OpenSegment) -> None:
        """A segment whose child ended without a word; its file is closed."""
        self._finished.append(segment)

    def is_down(self, post: Post, cause: str, watched_since: dt.datetime | None) -> None:
        """A camera that has sent nothing for a while; since it is watched, if nothing since."""
        self._down.append((post, cause, watched_since))

    def report(self, reports: Sequence[CameraReport], open_segments: Sequence[OpenSegment]) -> None:
        """How the cameras are doing, and what is being written."""
        self._reports, self._open = reports, open_segments

    def stop(self) -> None:
        """Do what was handed over, once more, and end."""
        self._is_stopping.set()
        self._thread.join()

    # -- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        with trace.through("recorder"):
            due = {"roster": 0.0, "report": 0.0, "sync": 0.0}
            while True:
                is_last = self._is_stopping.is_set()
                if not self._turn(due) and not is_last:
                    self._is_stopping.wait(RETRY_S)
                if is_last:
                    break
                self._is_stopping.wait(PAUSE_S)
        self._holding.close()
        connection.close()

    def _turn(self, due: dict[str, float]) -> bool:
        """One round of all there is to do; false when the database or the disk said no.

        A disk that takes nothing does not keep the state of things from being told.
        """
        now = clock.monotonic()
        is_kept = self._attempt(self._keep, due, now)
        return self._attempt(self._tell, due, now) and is_kept

    def _attempt(
        self, step: Callable[[dict[str, float], float], None], due: dict[str, float], now: float
    ) -> bool:
        try:
            step(due, now)
        except (OperationalError, InterfaceError) as error:
            log.warning("database away, %d segments wait: %s", len(self._whole), error)
            connection.close()
            return False
        except (OSError, Refused) as error:
            log.warning("%d segments wait: %s", len(self._whole), error)
            return False
        return True

    def _keep(self, due: dict[str, float], now: float) -> None:
        """Files become whole, then stored; a gap begins where what is stored ends."""
        if not self._is_gathered:
            self._gather_leftovers()
        self._finish_files()
        if now >= due["sync"]:
            due["sync"] = now + SYNC_S
            self._sync()
        self._take_in()
        self._open_gaps()

    def _tell(self, due: dict[str, float], now: float) -> None:
        """What the loop is to watch, and how the cameras are doing."""
        if now >= due["roster"]:
            due["roster"] = now + ROSTER_S
            self.roster = self._holding.of(posts())
        if now >= due["report"]:
            due["report"] = now + REPORT_S
            put_states(self._reports, len(self._whole), self._intake)

    def _finish_files(self) -> None:
        while self._finished:
            order = self._finished[0]
            if isinstance(order, OpenSegment):
                self._recover(order.path)
            else:
                segment, ended_at, holes = order
                self._whole.append(segment.finish(ended_at, holes))
            self._finished.popleft()

    def _sync(self) -> None:
        for segment in self._open:
            try:
                segment.sync()
            except OSError as error:
                # It was finished meanwhile; whatever else is wrong shows when it is finished.
                log.debug("not synced: %s", error)

    def _take_in(self) -> None:
        while self._whole:
            batch = [self._whole[place] for place in range(min(BATCH, len(self._whole)))]
            noted = [(path, note) for path in batch if (note := note_of(path)) is not None]
            for path in {*batch} - {path for path, _ in noted}:
                set_aside(path)
            received = [_received(path, note) for path, note in noted]
            adopt_all([one for one in received if one.path.exists()])
            segments = [_segment(note, one) for (_, note), one in zip(noted, received, strict=True)]
            take_in_segments(actor=system_person(), segments=segments)
            for path in batch:
                forget(path)
                self._whole.popleft()

    def _open_gaps(self) -> None:
        while self._down:
            post, cause, watched_since = self._down[0]
            try:
                open_camera_gap(
                    actor=system_person(),
                    camera_id=post.camera_id,
                    cause=cause,
                    watched_since=watched_since,
                )
            except Refused as refused:
                log.info("no gap of camera %s: %s", post.serial, refused)
            self._down.popleft()

    # -- what an earlier recorder left ---------------------------------------------------------

    def _gather_leftovers(self) -> None:
        for path in listed(self._intake, PART):
            try:
                self._recover(path)
            except OSError as error:
                log.warning("%s: %s", path.name, error)
        self._whole.extend(path for path in _with_notes(self._intake) if path not in self._whole)
        self._is_gathered = True

    def _recover(self, path: Path) -> None:
        """A file whose end nobody told: it ends with its last readable picture."""
        note = note_of(path)
        if note is None or not path.stat().st_size:
            set_aside(path)
            return
        seen = probe(path, name=note.name)
        ends = [end for start, end in seen.spans("video")]
        if not ends:
            set_aside(path)
            return
        _sync_file(path)
        begin = min(start for start, _ in seen.spans("video"))
        length = dt.timedelta(milliseconds=max(ends) - begin)
        ended_at, sha256 = note.started_at + length, sha256_file(path)
        self._whole.append(make_whole(path, replace(note, ended_at=ended_at, sha256=sha256)))


def _with_notes(intake: Path) -> Iterable[Path]:
    """Whole segments, and those whose file lies in the vault while their note is still here."""
    store = local_store()
    for note_path in listed(intake, ".json"):
        note, whole = note_of(note_path), note_path.with_suffix(WHOLE)
        if note is None or not note.sha256:
            continue
        is_waiting = store.has(note.sha256) and not is_stored(note.camera_id, note.started_at)
        if whole.exists() or is_waiting:
            yield whole
        else:
            forget(whole)


def _received(path: Path, note: Note) -> ReceivedFile:
    size = path.stat().st_size if path.exists() else local_store().place(note.sha256).stat().st_size
    return ReceivedFile(path, note.sha256, size, note.name)


def _segment(note: Note, received: ReceivedFile) -> FinishedSegment:
    assert note.ended_at is not None
    return FinishedSegment(
        camera_id=note.camera_id,
        received=received,
        started_at=note.started_at,
        ended_at=note.ended_at,
        container=note.container,
        video=note.video,
        audio=note.audio,
        before=note.before,
        holes=note.holes,
        watched_since=note.watched_since,
    )


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
