"""The job that decodes recordings from beginning to end and notes where that fails.

Behind all other work, one at a time, for a few minutes in one go: it goes on where it was with the
next run, and with the recording it was at when it was killed. Not for the facts of a file, which
are read at its intake (`jobs.media`).
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import connection
from django.db.models import F

from liuhen.kernel import clock
from liuhen.kernel.portions import Portion
from liuhen.kernel.refusals import Refused
from liuhen.media.damage import look_through
from liuhen.recordings.damage import (
    looked_through,
    not_looked_through,
    note_looked_through,
    put_looked_through,
)
from liuhen.recordings.models import Recording
from liuhen.vault.keeping import local_store
from liuhen.vault.models import StoreState
from liuhen.vault.queries import alarmed_originals
from liuhen.vault.store import LOOKED_THROUGH

log = logging.getLogger(__name__)

BATCH = 32
# After so long others get their turn; a recording that was begun is read to its end.
PORTION_S = 240
COUNTED_EVERY = dt.timedelta(days=1)


def look_through_waiting() -> int:
    """Look through what no run has yet, oldest first. Returns how many were looked through.

    One whose bytes are lost or can't be opened keeps no other waiting, and is tried again.
    """
    portion, done = Portion(PORTION_S), list[str]()
    rows = not_looked_through()
    while batch := list(rows.values_list("id", "original_id")[:BATCH]):
        digests = dict.fromkeys(sha256 for _, sha256 in batch)
        alarmed = alarmed_originals(digests)
        for sha256 in digests:
            if portion.is_over:
                return _noted(done)
            if sha256 not in alarmed and look_through_original(sha256):
                done.append(sha256)
        rows = not_looked_through().filter(id__gt=batch[-1][0])
    return _noted(done)


def look_through_original(sha256: str) -> bool:
    """Decode one original and keep what was found. Returns whether anything is known now."""
    told = Recording.objects.filter(original=sha256).values_list("name", "media").first()
    if told is None:
        return False
    name, media = told
    connection.close()  # looking may take minutes
    try:
        found = look_through(
            local_store().place(sha256), name=name, duration_ms=media.get("duration_ms")
        )
        if found is None:
            log.error("no reader for %s, it is looked through later", sha256[:12])
            return False
        put_looked_through(sha256, found)
    except OSError as error:
        log.error("%s can't be looked through: %s", sha256[:12], error)
        return False
    except Refused as refused:
        log.info("%s is not looked through: %s", sha256[:12], refused)
        return False
    return True


def _noted(done: list[str]) -> int:
    """Keep how far it is, for the operator and for the next run; returns how many were done.

    All there are is counted once a day: signs are asked for every few seconds.
    """
    note_looked_through()
    left, now = not_looked_through(), clock.now()
    told: dict[str, Any] = {
        "tried_at": now,
        "waiting": left.count(),
        "oldest_at": left.values_list("stored_at", flat=True).first(),
    }
    state = StoreState.objects.filter(store=LOOKED_THROUGH).first()
    if state is None or state.well_at is None or now - state.well_at > COUNTED_EVERY:
        told |= {**looked_through(), "well_at": now}
    elif done:
        new = looked_through(*done)
        told |= {"done": F("done") + new["done"], "found": F("found") + new["found"]}
    StoreState.objects.update_or_create(store=LOOKED_THROUGH, defaults=told)
    return len(done)
