"""A job whose worker died in the middle is queued again, and so goes on what waits for it."""

from __future__ import annotations

from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from liuhen.actions.deferring import FOLLOW_LEDGER
from liuhen.demo.people import World
from liuhen.jobs import taking_over

TASK = FOLLOW_LEDGER


def defer(lock: str, queueing_lock: str | None = None) -> None:
    app.configure_task(TASK, lock=lock, queueing_lock=queueing_lock).defer()


def fetched() -> Job | None:
    """What a worker of its own takes from the queue, and never finishes."""
    worker = async_to_sync(app.job_manager.register_worker)()
    return async_to_sync(app.job_manager.fetch_job)(None, worker)


def silent(seconds: int) -> None:
    """All workers there are gave their last sign of life so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - %s * interval '1 s'",
            [seconds],
        )


def take_over() -> int:
    return async_to_sync(taking_over.take_over)(app.job_manager)


def states() -> list[tuple[str, int]]:
    rows = ProcrastinateJob.objects.filter(task_name=TASK).order_by("id")
    return list(rows.values_list("status", "attempts"))


def test_what_a_dead_worker_had_begun_goes_on_with_another(world: World) -> None:
    ProcrastinateJob.objects.all()._raw_delete("default")
    defer("scrub")
    defer("scrub")
    assert (first := fetched()) is not None
    silent(50)
    assert take_over() == 0, "it may still be at work"
    assert fetched() is None, "its lock holds the other one back"
    silent(70)
    assert take_over() == 1
    assert (again := fetched()) is not None and again.id == first.id


def test_what_waits_in_the_queue_already_is_not_queued_twice(world: World) -> None:
    ProcrastinateJob.objects.all()._raw_delete("default")
    defer("scrub", "scrub")
    fetched()
    defer("scrub", "scrub")
    silent(70)
    assert take_over() == 1
    assert states() == [("todo", 0)]
    assert fetched() is not None


def test_a_job_that_takes_its_workers_with_it_is_given_up(world: World) -> None:
    ProcrastinateJob.objects.all()._raw_delete("default")
    defer("proxy")
    for _ in range(taking_over.MOST_ATTEMPTS + 1):
        assert fetched() is not None
        silent(70)
        assert take_over() == 1
    assert states()[0][0] == "failed"
    assert fetched() is None and take_over() == 0
