"""Up to which recording a job that makes something of each has been, so that it looks no further
back. Derived.

A recording may be made something of when its file has been read, which may be long after it came
in: nothing is settled beyond one that waits for that. Not for originals (`vault.queries`).
"""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from liuhen.kernel import clock
from liuhen.kernel.ids import first_id, instant_of
from liuhen.recordings.media_facts import PROBING
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import read_with_less
from liuhen.vault.models import StoreState
from liuhen.vault.queries import TAKING_IN, settled_until


def unsettled(task: str, rows: QuerySet[Recording]) -> QuerySet[Recording]:
    """Those of `rows` that a job may not have done, in the order in which they became rows."""
    since = settled_until(task)
    return (
        rows.order_by("id")
        if since is None
        else rows.filter(id__gte=first_id(since)).order_by("id")
    )


def settle(task: str, left: QuerySet[Recording]) -> None:
    """Keep that everything before the first that is `left`, or not read yet, is done.

    Without any, up to an hour ago: a row bears the time at which its act began.
    """
    now = clock.now()
    instants = [now - TAKING_IN]
    # asked before what is left: one that is read in between is seen here or there
    unread = Recording.objects.filter(media__state=PROBING, disposed_at=None)
    instants += unread.order_by("stored_at", "id").values_list("stored_at", flat=True)[:1]
    instants += [instant_of(recording_id) for recording_id, _, _ in read_with_less(1)]
    instants += [instant_of(recording_id) for recording_id in left.values_list("id", flat=True)[:1]]
    told: dict[str, dt.datetime] = {"tried_at": now, "settled_until": min(instants)}
    StoreState.objects.update_or_create(store=task, defaults=told)
