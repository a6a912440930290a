"""The job of copies in the bucket. Not for what it does (`actions.bucket_copies`)."""

from __future__ import annotations

import logging

from liuhen.actions.bucket_copies import copy_to_bucket
from liuhen.kernel import trace
from liuhen.kernel.refusals import Refused

log = logging.getLogger(__name__)


def copy_on() -> int:
    """Put what the bucket lacks and bring locks up; returns how many copies were made.

    A bucket that is away is no failure of the job: copies wait, the status page says so.
    """
    with trace.through("job"):
        try:
            return copy_to_bucket()
        except Refused as refused:
            log.error("originals wait for the bucket: %s", refused)
            return 0
