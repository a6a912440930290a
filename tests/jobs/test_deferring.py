"""What comes first in the queue, and what waits there once: asked for before it is put there."""

from __future__ import annotations

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from liuhen.actions import deferring as jobs
from liuhen.demo.people import World
from tests.jobs.test_taking_over import fetched


def test_a_party_s_copies_and_the_judging_overtake_all_that_is_read_of_recordings(
    world: World,
) -> None:
    ProcrastinateJob.objects.all()._raw_delete("default")
    for task in (jobs.EXAMINE, jobs.READ_PICTURE, jobs.MAKE_PLAYABLE, jobs.MAKE_THUMBNAIL):
        jobs.defer(task, sha256="0" * 64)
    jobs.defer_each(jobs.READ_RECORDING, [{"recording_id": "1"}])
    jobs.defer(jobs.COPY_FOR_PARTY, application_id="1")
    jobs.defer_once(jobs.JUDGE_ALL)
    taken = [job.task_name for job in iter(fetched, None)]
    assert taken[:2] == [jobs.COPY_FOR_PARTY, jobs.JUDGE_ALL]
    assert taken[2:4] == [jobs.MAKE_THUMBNAIL, jobs.READ_RECORDING]
    assert taken[4:] == [jobs.EXAMINE, jobs.READ_PICTURE], "coding anew waits for the copies' lock"


def test_what_waits_already_is_not_put_so_that_the_database_has_no_error_to_log(
    world: World,
) -> None:
    ProcrastinateJob.objects.all()._raw_delete("default")
    jobs.defer_once(jobs.JUDGE_ALL)
    due = _due(60)
    with CaptureQueriesContext(connection) as asked:
        jobs.defer_once(jobs.JUDGE_ALL)
        with pytest.raises(AlreadyEnqueued):
            _due(120)
    assert not [one for one in asked.captured_queries if "defer" in one["sql"]]
    assert ProcrastinateJob.objects.filter(status="todo").count() == 2
    ProcrastinateJob.objects.filter(id=due).update(status="succeeded")
    assert _due(120) is not None, "and when none waits it is put"


def _due(timestamp: int) -> int | None:
    """A job of the clock is due."""
    task = app.tasks["liuhen.jobs.judging.due"]
    job = task.configure(task_kwargs={"timestamp": timestamp}).job
    return async_to_sync(app.job_manager.defer_periodic_job)(
        job=job, periodic_id="", defer_timestamp=timestamp
    )
