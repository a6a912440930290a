"""Puts a job into the queue within the act's own transaction: both are committed, or neither.

Jobs are named, not imported: they stand above the acts. Not for anything that must be done
exactly once; a job may run twice and is keyed by its effect.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress

from django.conf import settings
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import DEFAULT_QUEUE
from procrastinate.types import JSONValue

from liuhen.recordings.filmed_clock import may_show_clock
from liuhen.recordings.media_facts import PROBING
from liuhen.recordings.models import Recording

READ_RECORDING = "liuhen.jobs.media.read_recording"
MAKE_THUMBNAIL = "liuhen.jobs.media.make_thumbnail"
EXAMINE = "liuhen.jobs.examining.examine"
MAKE_PLAYABLE = "liuhen.jobs.examining.make_playable"
MEASURE_CLOCK = "liuhen.jobs.measuring.measure_filmed_clock"
READ_PICTURE = "liuhen.jobs.recognising.read_picture"
MAKE_REDACTED = "liuhen.jobs.redacting.make_redacted"
COPY_FOR_PARTY = "liuhen.jobs.party_copying.copy_for_party"
MAKE_PACKAGE = "liuhen.jobs.packaging.make_package"
DOCK = "liuhen.jobs.media.dock"
JUDGE_ALL = "liuhen.jobs.judging.all"
DESTROY = "liuhen.jobs.destroying.ordered"
FOLLOW_LEDGER = "liuhen.jobs.searching.follow"

_WRITTEN = frozenset({Recording.Kind.PHOTO, Recording.Kind.SCAN})
_PICTURED = _WRITTEN | {Recording.Kind.VIDEO}

# One at a time: coding anew takes a processor for as long as the recording lasts, reading words
# half a gigabyte.
_LOCKS = {
    MAKE_PLAYABLE: "proxy",
    MAKE_REDACTED: "proxy",
    COPY_FOR_PARTY: "proxy",
    READ_PICTURE: "words",
    MAKE_PACKAGE: "package",
}
# What is read on by itself comes after what somebody waits for and what the clock asks: a camera
# that was docked leaves thousands of such jobs. First what pages show, then what is found in it.
_AFTER_ALL = {
    READ_RECORDING: -1,
    MAKE_THUMBNAIL: -1,
    EXAMINE: -2,
    MAKE_PLAYABLE: -2,
    READ_PICTURE: -2,
    MEASURE_CLOCK: -1,
}


def defer(task: str, **arguments: str | bool) -> None:
    """Queue `task` with plain arguments."""
    queue = here() if task == DOCK else DEFAULT_QUEUE
    app.configure_task(
        task, lock=_LOCKS.get(task), queue=queue, priority=_AFTER_ALL.get(task, 0)
    ).defer(**arguments)


def here() -> str:
    """The queue of what only this machine can do: a camera is mounted on one of several."""
    return f"machine.{socket.gethostname()}" if settings.BUCKET_FIRST else DEFAULT_QUEUE


def defer_each(task: str, arguments: Iterable[Mapping[str, str]]) -> None:
    """Queue `task` once for each set of arguments, in one statement."""
    jobs: list[dict[str, JSONValue]] = [dict(each) for each in arguments]
    if jobs:
        app.configure_task(task, priority=_AFTER_ALL.get(task, 0)).batch_defer(*jobs)


def defer_once(task: str) -> None:
    """Queue `task` unless it waits in the queue already; a savepoint keeps the act whole.

    Two may still find none at once, of which the queue's index refuses one.
    """
    if ProcrastinateJob.objects.filter(queueing_lock=task, status="todo").exists():
        return
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(task, queueing_lock=task).defer()


def defer_reading(recording: Recording) -> None:
    """Queue what is to be read in and made from a recording, or first the reading of its file."""
    media, sha256 = recording.media, recording.original_id
    if media.get("state") == PROBING:
        defer(READ_RECORDING, recording_id=str(recording.id))
        return
    if recording.kind in _PICTURED:
        defer(MAKE_THUMBNAIL, sha256=sha256)
    if recording.kind in _WRITTEN:
        defer(READ_PICTURE, sha256=sha256)
    if media.get("tracks"):
        defer(EXAMINE, sha256=sha256)
    if may_show_clock(recording):
        defer(MEASURE_CLOCK, recording_id=str(recording.id))
    if media.get("browser_obstacle"):
        defer(MAKE_PLAYABLE, sha256=sha256)
