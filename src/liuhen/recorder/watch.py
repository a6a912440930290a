"""The watch over one camera: connecting again and again, its segments, the instants they show.

Lives in the loop: nothing here waits for the disk's durability, the database or the camera.
Not for storing what is finished (`storing`).
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import selectors
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from liuhen.actions.camera_footage import FIRST_PICTURE
from liuhen.cameras.queries import Post
from liuhen.cameras.segment_files import Note, OpenSegment, folder_of
from liuhen.kernel import clock
from liuhen.media.coverage import instant_of
from liuhen.media.feed import Feed, Nursery
from liuhen.media.frames import Begun, Event, Finished, Opened, Progress

log = logging.getLogger("liuhen.recorder")

FIRST_DELAY_S, LONGEST_DELAY_S = 0.5, 8.0
# A camera that sends nothing for so long has a gap that is put down while it lasts.
NOTICE_S = 5.0
STOPPED, FULL = "recorder_stopped", "storage_full"
_CREDIBLE = dt.timedelta(seconds=30)


@dataclass(frozen=True)
class Tools:
    """What all watches share. `finished` takes an open segment with its end and holes."""

    selector: selectors.BaseSelector
    nursery: Callable[[], Nursery]
    intake: Path
    segment_ms: int
    finished: Callable[
        [OpenSegment, dt.datetime, tuple[tuple[dt.datetime, dt.datetime], ...]], None
    ]
    abandoned: Callable[[OpenSegment], None]
    is_down: Callable[[Post, str, dt.datetime | None], None]


class Watch:
    """One camera's course. `state`: opening, recording or down; `cause`: why it isn't recording."""

    def __init__(self, post: Post, tools: Tools) -> None:
        self.post, self._tools = post, tools
        self.state, self.since, self.cause = "opening", clock.now(), STOPPED
        self.bytes = 0
        self._feed: Feed | None = None
        self._opened: Opened | None = None
        self._segment: OpenSegment | None = None
        # The end of what was finished last: what goes on begins exactly there.
        self._held_until = post.recorded_until
        # Until the first segment of ours: what was missing before it may be nobody's but ours.
        self._watched_since = self.since if post.recorded_until else None
        self._goes_on = False
        self._due = 0.0
        self._delay = FIRST_DELAY_S
        self._lost_at = clock.monotonic()
        self._is_told = False
        # One that was just put in service owes nothing before its first picture.
        self._notice_s = NOTICE_S if post.recorded_until else FIRST_PICTURE.total_seconds()
        self._is_disk_failing = False
        self._is_stopping = False

    # -- the course --------------------------------------------------------------------------

    def tick(self, now: float, *, has_room: bool) -> None:
        """What the time brings: a next attempt, the end of one, a gap that is to be told."""
        if self._feed is not None:
            if not has_room:
                self._feed.end("stopped")
            self._feed.tick(now)
            if self._feed.cause is not None:
                self._lost(now, has_room=has_room)
        if self._feed is None and not self._is_stopping and has_room and now >= self._due:
            self._begin(now)
        is_late = now - self._lost_at >= self._notice_s
        if self.state != "recording" and is_late and not self._is_told:
            self._is_told = True
            self._turn("down")
            self._tools.is_down(self.post, self.cause, self._watched_since)

    def stop(self) -> None:
        """No further attempt; what is under way is finished."""
        self._is_stopping = True
        if self._feed is not None:
            self._feed.end("stopped")

    @property
    def is_over(self) -> bool:
        """Whether nothing is under way any more."""
        return self._feed is None

    @property
    def open_segment(self) -> OpenSegment | None:
        """The segment being written."""
        return self._segment

    def _begin(self, now: float) -> None:
        self._opened, self._goes_on, self._is_disk_failing = None, False, False
        self._feed = Feed(
            self._tools.selector,
            self._tools.nursery(),
            self.post.source,
            self._tools.segment_ms,
            self._heard,
        )
        if self._feed.cause is not None:
            self._lost(now, has_room=True)

    def _lost(self, now: float, *, has_room: bool) -> None:
        """The connection is over: keep what there is, and plan the next attempt."""
        assert self._feed is not None and self._feed.cause is not None
        cause, detail = self._feed.cause, self._feed.detail
        self._feed = None
        if self._segment is not None:
            self._segment.abandon()
            self._tools.abandoned(self._segment)
            self._segment = None
        is_full = self._is_disk_failing or not has_room
        told = FULL if is_full else STOPPED if cause == "stopped" else cause
        if self.state == "recording" or self.cause == STOPPED:
            self.cause, self._lost_at = told, now
            self._is_told = False
        if self.state == "recording":
            self._turn("opening")
            self._delay = FIRST_DELAY_S
        log.warning("camera %s: %s %s", self.post.serial, told, detail)
        self._due = now + self._delay
        self._delay = min(LONGEST_DELAY_S, self._delay * 2)

    def _turn(self, state: str) -> None:
        if state != self.state:
            self.state, self.since = state, clock.now()

    # -- what the child says -----------------------------------------------------------------

    def _heard(self, told: bytes | Event) -> None:
        assert self._feed is not None
        try:
            self._take(told)
        except OSError as error:
            # The file can't be written: what is in it stays, and the next one may have room.
            log.warning("camera %s: %s", self.post.serial, error)
            self._is_disk_failing = True
            self._feed.end("stopped")

    def _take(self, told: bytes | Event) -> None:
        if self._is_disk_failing:
            return  # bytes are missing in the file already: it ends with its last whole picture
        if isinstance(told, bytes):
            if self._segment is not None:
                self._segment.write(told)
                self.bytes += len(told)
        elif isinstance(told, Opened):
            self._opened = told
            if told.network == "open":
                log.warning(
                    "camera %s: its child can't be kept from other networks", self.post.serial
                )
        elif isinstance(told, Begun):
            self._begin_segment(told)
        elif isinstance(told, Progress) and self._segment is not None:
            self._segment.tell(replace(self._segment.note, started_at=self._start(told.start)))
        elif isinstance(told, Finished):
            self._finish_segment(told)

    def _begin_segment(self, told: Begun) -> None:
        if self._opened is None or self._segment is not None:
            raise ValueError("the child begins a segment out of turn")
        note = Note(
            camera_id=self.post.camera_id,
            serial=self.post.serial,
            started_at=self._start(told.start),
            container=self._opened.container,
            video=self._opened.video,
            audio=self._opened.audio,
            before="" if self._goes_on else self.cause,
            watched_since=self._watched_since,
        )
        self._segment = OpenSegment(folder_of(self._tools.intake, self.post.camera_id), note)
        self._turn("recording")
        self._is_told, self._notice_s = False, NOTICE_S

    def _finish_segment(self, told: Finished) -> None:
        segment = self._segment
        if segment is None:
            raise ValueError("the child ends a segment that it never began")
        start, end = self._start(told.start), max(_wall(told.end), segment.note.started_at)
        if abs(start - segment.note.started_at) > _CREDIBLE or end > clock.now() + _CREDIBLE:
            raise ValueError("the child tells times that can't be")
        start = min(start, end)
        segment.tell(replace(segment.note, started_at=start))
        holes = tuple(
            (max(start, _wall(a)), min(end, _wall(b))) for a, b in told.holes if _wall(a) < end
        )
        self._segment = self._watched_since = None
        self._held_until, self._goes_on = end, told.was_cut
        self._tools.finished(segment, end, holes)

    def _start(self, told: int) -> dt.datetime:
        """When a segment begins: where the one before it ended, when it goes on there."""
        if self._held_until is None:
            return _wall(told)
        return self._held_until if self._goes_on else max(self._held_until, _wall(told))


def _wall(monotonic_ms: int) -> dt.datetime:
    """An instant of the machine's monotonic clock as an instant, to the millisecond."""
    ago = dt.timedelta(milliseconds=round(clock.monotonic() * 1000) - monotonic_ms)
    at = clock.now() - ago
    return instant_of(round(at.timestamp() * 1000))


def free_bytes(folder: Path) -> int:
    """What the disk still takes."""
    told = os.statvfs(folder)
    return told.f_bavail * told.f_frsize
