"""Keeps the row by which a page shows a docking live. Derived; the ledger has the facts.

Written at most once a second, outside the acts. Not for what a docking does (`actions.docking`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from threading import Lock

from django.db import connection, transaction

from liuhen.kernel import clock
from liuhen.people.models import Device, Person
from liuhen.recordings.camera_folder import Listing, Outcome
from liuhen.recordings.models import Docking

MOST_NAMED = 200
EVERY_S = 1.0
# Without a sign of life for so long, a docking that never ended was killed or cut off.
SILENT = dt.timedelta(seconds=60)
KEPT = dt.timedelta(days=90)


class TwinError(Exception):
    """Two cameras at once say that they are the same device."""


ReadInto = Callable[[memoryview], int | None]


class DockingLog:
    """One docking's row; call `close` in the end.

    Raises:
        TwinError: the device is being taken in from another folder just now.
    """

    def __init__(self, device: Device, folder: str, listing: Listing, by: Person) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            # two that begin at once see one another
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(device.id)]
            )
            under_way = Docking.objects.filter(device=device, ended_at=None)
            if any(not is_cut_off(row) for row in under_way.exclude(folder=folder[:500])):
                raise TwinError
            self._begin(device, folder, listing, by)

    def _begin(self, device: Device, folder: str, listing: Listing, by: Person) -> None:
        now = clock.now()
        missing = [one for one in listing.settled if one.state == "not_taken"]
        self.docking = Docking.objects.create(
            device=device,
            folder=folder[:500],
            started_by=by,
            started_at=now,
            seen_at=now,
            expected_files=len(listing.files) + len(missing),
            expected_bytes=sum(found.size for found in listing.files),
            left_out={},
        )
        self._written = clock.monotonic()
        self._left = Counter[str]()
        self._counting = Lock()

    def counting(self, read_into: ReadInto) -> ReadInto:
        """`read_into`, with what it gives counted, in whichever thread; shown by `go_on`."""

        def read_on(tray: memoryview) -> int | None:
            length = read_into(tray)
            with self._counting:
                self.docking.done_bytes += length or 0
            return length

        return read_on

    def go_on(self) -> None:
        """It is still at work."""
        self._write()

    def settled(self, outcome: Outcome) -> None:
        """One file's fate is known."""
        row = self.docking
        if outcome.state == "left_out" or outcome.is_folder:
            self._left[outcome.kind] += 1
            row.left_out = dict(self._left)
        if outcome.state != "left_out":
            setattr(row, outcome.state, getattr(row, outcome.state) + 1)
        if outcome.is_to_be_told and len(row.outcomes) < MOST_NAMED:
            row.outcomes.append(asdict(outcome) | {"receipt": ""})
        self._write()

    def erased(self, count: int) -> None:
        """So many files were erased from the camera."""
        self.docking.erased += count
        self._write()

    def close(self) -> None:
        """It is over, one way or the other."""
        self.docking.ended_at = clock.now()
        self._write(is_due=True)

    def _write(self, *, is_due: bool = False) -> None:
        if is_due or clock.monotonic() - self._written >= EVERY_S:
            self.docking.seen_at = clock.now()
            self.docking.save()
            self._written = clock.monotonic()


def is_cut_off(row: Docking) -> bool:
    """Whether a docking ended without saying so."""
    return row.ended_at is None and clock.now() - row.seen_at > SILENT


def forget_old_dockings() -> int:
    """Delete rows of long ago; returns how many."""
    return Docking.objects.filter(started_at__lt=clock.now() - KEPT).delete()[0]
