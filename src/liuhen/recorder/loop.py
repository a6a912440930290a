"""The loop of the recorder: a watch for each camera in operation, all in one thread.

Not for the database and for durable files: the storekeeper works beside it.
"""

from __future__ import annotations

import logging
import selectors
from pathlib import Path
from uuid import UUID

from liuhen.cameras.queries import Post
from liuhen.cameras.states import CameraReport
from liuhen.kernel import clock
from liuhen.media.feed import END_S, Nursery
from liuhen.recorder.storing import Storekeeper
from liuhen.recorder.watch import Tools, Watch, free_bytes
from liuhen.recordings.uploads import RESERVE

log = logging.getLogger("liuhen.recorder")

TICK_S, DISK_S, REPORT_S = 0.1, 2.0, 2.0


class Recorder:
    """Records until `stop` is called; `run` returns when everything is in files."""

    def __init__(self, intake: Path, segment_ms: int) -> None:
        self._selector = selectors.DefaultSelector()
        self._keeper = Storekeeper(intake)
        self._nursery: Nursery | None = None
        self._intake = intake
        self._tools = Tools(
            self._selector,
            self._living_nursery,
            intake,
            segment_ms,
            self._keeper.finished,
            self._keeper.abandoned,
            self._keeper.is_down,
        )
        self._watches: dict[UUID, Watch] = {}
        self._leaving: list[Watch] = []
        self._has_room = True
        self._is_stopping = False
        self._counted: dict[UUID, tuple[float, int]] = {}

    def stop(self) -> None:
        """Ask `run` to finish what is under way and return. May be called from a signal."""
        self._is_stopping = True

    def run(self) -> None:
        """Record."""
        (self._intake / "cameras").mkdir(mode=0o750, parents=True, exist_ok=True)
        self._keeper.start()
        disk_due = report_due = 0.0
        try:
            while not self._is_stopping:
                now = clock.monotonic()
                if now >= disk_due:
                    disk_due = now + DISK_S
                    self._look_at_disk()
                self._follow_roster()
                self._serve(now)
                if now >= report_due:
                    report_due = now + REPORT_S
                    self._report(now)
        finally:
            self._end()

    def _serve(self, now: float) -> None:
        for key, mask in self._selector.select(TICK_S):
            key.data(key, mask)
        for watch in (*self._watches.values(), *self._leaving):
            watch.tick(now, has_room=self._has_room)
        self._leaving = [watch for watch in self._leaving if not watch.is_over]

    def _follow_roster(self) -> None:
        """Take up cameras that were put in service or changed; let go of the others."""
        roster = self._keeper.roster
        if roster is None:
            return
        wanted = {post.camera_id: post for post in roster}
        for camera_id, watch in list(self._watches.items()):
            post = wanted.get(camera_id)
            if post is None or _has_changed(post, watch.post):
                watch.stop()
                self._leaving.append(self._watches.pop(camera_id))
        busy = {watch.post.camera_id for watch in self._leaving}
        for camera_id, post in wanted.items():
            if camera_id not in self._watches and camera_id not in busy:
                self._watches[camera_id] = Watch(post, self._tools)

    def _look_at_disk(self) -> None:
        """Without room nothing is deleted: recording waits, and the gaps say why."""
        free = free_bytes(self._intake)
        has_room = free > RESERVE * (1 if self._has_room else 2)
        if has_room != self._has_room:
            log.warning("disk has %s: %d bytes free", "room" if has_room else "no room", free)
        self._has_room = has_room

    def _report(self, now: float) -> None:
        open_segments = [
            segment for watch in self._watches.values() if (segment := watch.open_segment)
        ]
        reports = [
            CameraReport(camera_id, watch.state, watch.cause, watch.since, self._rate(watch, now))
            for camera_id, watch in self._watches.items()
        ]
        self._keeper.report(reports, open_segments)

    def _rate(self, watch: Watch, now: float) -> int:
        """Bytes a second since the last report."""
        at, count = self._counted.get(watch.post.camera_id, (now - REPORT_S, watch.bytes))
        self._counted[watch.post.camera_id] = (now, watch.bytes)
        return int((watch.bytes - count) / max(0.001, now - at))

    def _living_nursery(self) -> Nursery:
        if self._nursery is None or not self._nursery.is_alive:
            if self._nursery is not None:
                log.warning("the nursery ended with %s", self._nursery.process.poll())
                self._nursery.close()
            self._nursery = Nursery()
        return self._nursery

    def _end(self) -> None:
        """Hang up on every camera; what was recorded is finished and stored."""
        for watch in self._watches.values():
            watch.stop()
        self._leaving += self._watches.values()
        self._watches = {}
        until = clock.monotonic() + END_S + 1
        while self._leaving and (now := clock.monotonic()) < until:
            self._serve(now)
        self._keeper.stop()
        if self._nursery is not None:
            self._nursery.close()
        self._selector.close()


def _has_changed(post: Post, before: Post) -> bool:
    """Whether the camera is to be read elsewhere, or was put in service anew."""
    return (post.source, post.since) != (before.source, before.since)
