"""Notices that this machine's clock was set, and enters it. Not for the drift of cameras.

The wall clock is held against the monotonic one, and at the start against the newest checkpoint:
an entry then stands between the times before and after, so that later readers are warned.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.ledger import recording
from liuhen.ledger.queries import latest_checkpoint
from liuhen.ledger.recording import EntryDraft, Who

EVENT = "clock.jumped"
TOLERANCE = dt.timedelta(seconds=30)


class ClockWatch:
    """Watches from its making on; `look` now and then, at least every few minutes."""

    def __init__(self) -> None:
        checkpoint = latest_checkpoint()
        self._expected = checkpoint.signed_at if checkpoint else clock.now()
        self._since = clock.monotonic()
        self._is_first = True

    def look(self, who: Who) -> bool:
        """Enter a jump when there was one; returns whether."""
        now, ticks = clock.now(), clock.monotonic()
        expected = self._expected + dt.timedelta(seconds=ticks - self._since)
        # At the start only going back is a jump: the system may have been off for any time.
        is_back = now < expected - TOLERANCE
        is_ahead = not self._is_first and now > expected + TOLERANCE
        self._expected, self._since, self._is_first = now, ticks, False
        if not (is_back or is_ahead):
            return False
        draft = EntryDraft(new_id(), EVENT, who, now, data={"expected": expected, "found": now})
        with transaction.atomic(durable=True):
            recording.write_entry(draft)
        return True
