"""Puts a job into the queue within the act's own transaction: both are committed, or neither.

Jobs are named, not imported: they stand above the acts. Not for anything that must be done
exactly once; a job may run twice and is keyed by its effect.
"""

from __future__ import annotations

from procrastinate.contrib.django import app

READ_RECORDING = "liuhen.jobs.media.read_recording"
READ_WAITING = "liuhen.jobs.media.read_waiting_recordings"
MAKE_THUMBNAIL = "liuhen.jobs.media.make_thumbnail"


def defer(task: str, **arguments: str) -> None:
    """Queue `task` with plain arguments."""
    app.configure_task(task).defer(**arguments)
