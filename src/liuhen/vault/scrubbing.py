"""The continuous scrub: every check of `liuhen verify` again and again, a little at a time.

One call reads on where the last one stood. What does not agree becomes an alarm, and an entry of
the log once for each time it arises. Not for what a check compares (`checks`), nor for repair.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from liuhen.kernel import clock
from liuhen.ledger import recording
from liuhen.ledger.models import Entry
from liuhen.ledger.recording import EntryDraft, Who
from liuhen.ledger.verifying import Difference, Portion
from liuhen.vault.checks import BY_NAME, CHECKS, Check, portions
from liuhen.vault.models import Alarm, Scrub
from liuhen.vault.queries import copies_by_number

EVENT = "scrub.found"
_NAMESPACE = UUID("5b7c2d1e-64c0-5f0d-8a4e-0c1d9f3b7a52")
# An entry has a limited length; the alarm keeps the whole text.
_LONGEST = 2000


@dataclass(frozen=True)
class Scrubbed:
    """What one call did: records read, checks walked to their end, new differences found."""

    read: int
    finished: int
    found: int


def scrub(seconds: float, who: Callable[[], Who]) -> Scrubbed:
    """Read on for about `seconds`, at least one portion; ends early after the last check.

    A portion is some thousand records or one file, so a large file takes longer than asked.
    """
    until, read, finished, found = clock.monotonic() + seconds, 0, 0, 0
    waiting = _waiting()
    for place, (check, state) in enumerate(waiting):
        for portion in portions(check, state.position):
            _keep(state, portion)
            read += portion.count
            found += sum(_alarm(check, one, who) for one in portion.differences)
            if clock.monotonic() >= until:
                return Scrubbed(read, finished, found)
        _finish(state)
        finished += 1
        if clock.monotonic() >= until and place + 1 < len(waiting):
            break
    return Scrubbed(read, finished, found)


def _waiting() -> list[tuple[Check, Scrub]]:
    """The checks still to be walked in this round, the interrupted one first."""
    states = [Scrub.objects.get_or_create(check_name=check.name)[0] for check in CHECKS]
    lowest = min(state.rounds for state in states)
    return [(BY_NAME[one.check_name], one) for one in states if one.rounds == lowest]


def _keep(scrubbing: Scrub, portion: Portion) -> None:
    if scrubbing.began_at is None:
        scrubbing.began_at = clock.now()
    scrubbing.position = portion.position
    scrubbing.read += portion.count
    scrubbing.save()


def _finish(scrubbing: Scrub) -> None:
    """The check was walked to its end: what it did not find again is gone."""
    now = clock.now()
    standing = Alarm.objects.filter(check_name=scrubbing.check_name, gone_at=None)
    standing.filter(seen_at__lt=scrubbing.began_at or now).update(gone_at=now)
    scrubbing.rounds += 1
    scrubbing.position, scrubbing.read, scrubbing.began_at, scrubbing.finished_at = (
        None,
        0,
        None,
        now,
    )
    if scrubbing.check_name == "originals":
        scrubbing.told = {"copies": copies_by_number()}
    scrubbing.save()


def _alarm(check: Check, found: Difference, who: Callable[[], Who]) -> bool:
    """Raise an alarm or see a standing one again; returns whether it is new."""
    now = clock.now()
    alarm_id = uuid.uuid5(_NAMESPACE, f"{check.name}/{found.code}/{found.record}")
    standing = Alarm.objects.filter(id=alarm_id, gone_at=None).first()
    told = {
        "check_name": check.name,
        "code": found.code,
        "record": found.record[:300],
        "what": found.what,
        "last_good": found.last_good,
        "last_touched": found.last_touched,
        "seen_at": now,
    }
    if standing is not None:
        Alarm.objects.filter(id=alarm_id).update(**told)
        return False
    with transaction.atomic(durable=True):
        Alarm.objects.update_or_create(
            id=alarm_id, defaults={**told, "found_at": now, "gone_at": None}
        )
        _enter(alarm_id, found, who(), now)
    return True


def _enter(alarm_id: UUID, found: Difference, who: Who, at: dt.datetime) -> None:
    entry_id = uuid.uuid5(alarm_id, clock.iso(at))
    if Entry.objects.filter(id=entry_id).exists():
        return
    data = {"code": found.code, "record": found.record, "what": found.what[:_LONGEST]}
    recording.write_entry(EntryDraft(entry_id, EVENT, who, at, data=data))
