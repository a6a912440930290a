"""Judging again without an act, and entering in the ledger each clock that ran out.

No guarded row changes here: findings are derived, and the entry `duty.breached` stands for what
time alone brought about. It is keyed by case, duty, subject and due instant, so that running
twice enters nothing twice. Not for choosing when to run (`jobs.judging`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from liuhen.actions.clock_entries import enter_clocks
from liuhen.cases.models import Case
from liuhen.compliance.judging import judge_cases
from liuhen.compliance.models import Finding
from liuhen.compliance.queries import unnoted_breaches

EVENT = "duty.breached"
_NAMESPACE = UUID("7d0f3c5e-6f5a-5d7e-9a53-6c1d5a2b8e40")


@dataclass(frozen=True)
class Rejudged:
    """What one batch did: cases judged, cases left to the act that holds them, entries made."""

    judged: int = 0
    busy: int = 0
    breaches: int = 0

    def __add__(self, other: Rejudged) -> Rejudged:
        return Rejudged(
            self.judged + other.judged, self.busy + other.busy, self.breaches + other.breaches
        )


def rejudge_all(case_ids: Sequence[UUID], at: dt.datetime) -> Rejudged:
    """Judge every one of these cases, also those that an act holds: it may be refused."""
    done = rejudge(case_ids, at)
    if not done.busy:
        return done
    # One by one: whoever waits for a case holds no other.
    waited = sum((rejudge([one], at, waits=True) for one in case_ids), Rejudged())
    return Rejudged(len(case_ids), 0, done.breaches + waited.breaches)


def rejudge(case_ids: Sequence[UUID], at: dt.datetime, *, waits: bool = False) -> Rejudged:
    """Judge cases at an instant in one transaction of a fixed number of queries.

    A case that an act holds is left out: that act judges it. With `waits` it is waited for.
    """
    with transaction.atomic(durable=True):
        locked = list(
            Case.objects.select_for_update(skip_locked=not waits, no_key=True)
            .filter(id__in=case_ids)
            .order_by("id")
            .values_list("id", flat=True)
        )
        judge_cases(locked, at)
        breaches = _note_breaches(locked, at)
    return Rejudged(len(locked), len(case_ids) - len(locked), breaches)


def _note_breaches(case_ids: Sequence[UUID], at: dt.datetime) -> int:
    found = list(unnoted_breaches(at).filter(case_id__in=case_ids).order_by("case_id", "id"))
    if not found:
        return 0
    entered = enter_clocks(EVENT, _NAMESPACE, [(finding, {}) for finding in found], at)
    Finding.objects.filter(id__in=[finding.pk for finding in found]).update(
        noted_at=at, changes_at=None
    )
    return entered
