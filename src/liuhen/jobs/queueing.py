"""Jobs of the clock are not queued again while one of them waits. Not for running them.

The queue's own index refuses a second one; asked first, the database has no error to log.
"""

from __future__ import annotations

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import Job
from procrastinate.manager import JobManager

_WAITS = """
SELECT EXISTS (
    SELECT FROM procrastinate_jobs WHERE queueing_lock = %(held)s AND status = 'todo'
) AS waits
"""


class Manager(JobManager):
    """The queue's, which looks before it puts a job of the clock."""

    async def defer_periodic_job(
        self, job: Job, periodic_id: str, defer_timestamp: int
    ) -> int | None:
        """As the queue's own. Raises `AlreadyEnqueued` when one waits."""
        told = await self.connector.execute_query_one_async(_WAITS, held=job.queueing_lock)
        if told["waits"]:
            raise AlreadyEnqueued(job.queueing_lock)
        return await super().defer_periodic_job(job, periodic_id, defer_timestamp)


def look_first(app: App) -> None:
    """Let the queue look before it puts jobs of the clock; `settings` names this."""
    app.job_manager = Manager(app.job_manager.connector)
