"""Puts a job into the queue within the act's own transaction: both are committed, or neither.

Jobs are named, not imported: they stand above the acts. Not for anything that must be done
exactly once; a job may run twice and is keyed by its effect.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.types import JSONValue

READ_RECORDING = "liuhen.jobs.media.read_recording"
MAKE_THUMBNAIL = "liuhen.jobs.media.make_thumbnail"
EXAMINE = "liuhen.jobs.examining.examine"
MAKE_PLAYABLE = "liuhen.jobs.examining.make_playable"
DOCK = "liuhen.jobs.media.dock"
JUDGE_ALL = "liuhen.jobs.judging.all"
FOLLOW_LEDGER = "liuhen.jobs.searching.follow"

# One at a time: coding anew takes a processor for as long as the recording lasts.
_LOCKS = {MAKE_PLAYABLE: "proxy"}


def defer(task: str, **arguments: str | bool) -> None:
    """Queue `task` with plain arguments."""
    app.configure_task(task, lock=_LOCKS.get(task)).defer(**arguments)


def defer_each(task: str, arguments: Iterable[Mapping[str, str]]) -> None:
    """Queue `task` once for each set of arguments, in one statement."""
    jobs: list[dict[str, JSONValue]] = [dict(each) for each in arguments]
    if jobs:
        app.configure_task(task).batch_defer(*jobs)


def defer_once(task: str) -> None:
    """Queue `task` unless it waits in the queue already; a savepoint keeps the act whole."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(task, queueing_lock=task).defer()
