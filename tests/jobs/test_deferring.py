"""What comes first in the queue: what somebody waits for, not what is read on by itself."""

from __future__ import annotations

from procrastinate.contrib.django.models import ProcrastinateJob

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
