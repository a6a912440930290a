"""Gives jobs of workers that died in the middle to the others. Not for jobs that fail (`retry`).

The queue leaves such a job as being done for ever, and with it whatever waits for its lock. Every
job may run twice. One that takes its worker with it time and again is given up and stays as failed.
"""

from __future__ import annotations

import logging

from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

log = logging.getLogger(__name__)

# A worker gives a sign of life every ten seconds, and none while the database is away.
SILENT_S = 60.0
MOST_ATTEMPTS = 5


async def take_over(manager: JobManager) -> int:
    """Queue again what nobody works on any more; returns how many jobs that were."""
    found = list(await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_S))
    for job in found:
        log.warning("job %s %s: its worker is gone, try %s", job.id, job.task_name, job.attempts)
        if job.attempts >= MOST_ATTEMPTS:
            await manager.finish_job(job, status=Status.FAILED, delete_job=False)
            continue
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # the same waits in the queue already
            await manager.finish_job(job, status=Status.FAILED, delete_job=True)
    return len(found)
