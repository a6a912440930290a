"""Judging again without an act, and entering in the ledger each clock that ran out.

No guarded row changes here: findings are derived, and the entry `duty.breached` stands for what
time alone brought about. It is keyed by case, duty, subject and due instant, so that running
twice enters nothing twice. Not for choosing when to run (`jobs.judging`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from liuhen.cases.models import Case
from liuhen.compliance.judging import judge_cases
from liuhen.compliance.models import Finding
from liuhen.compliance.queries import unnoted_breaches
from liuhen.kernel import clock, trace
from liuhen.ledger.models import Entry
from liuhen.ledger.recording import EntryDraft, Who, body_of
from liuhen.people.queries import system_person
from liuhen.tlog.hashing import leaf_hash

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


def rejudge(case_ids: Sequence[UUID], at: dt.datetime) -> Rejudged:
    """Judge cases at an instant in one transaction of a fixed number of queries.

    A case that an act holds is left out: that act judges it.
    """
    with transaction.atomic(durable=True):
        locked = list(
            Case.objects.select_for_update(skip_locked=True, no_key=True)
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
    system = system_person()
    drafts = [_draft(finding, Who(system.id, system.name), at) for finding in found]
    known = set(
        Entry.objects.filter(id__in=[draft.id for draft in drafts]).values_list("id", flat=True)
    )
    Entry.objects.bulk_create(entry_of(draft) for draft in drafts if draft.id not in known)
    Finding.objects.filter(id__in=[finding.pk for finding in found]).update(noted_at=at)
    return len(drafts) - len(known)


def _draft(finding: Finding, who: Who, at: dt.datetime) -> EntryDraft:
    due = clock.iso(finding.due_at) if finding.due_at else ""
    key = f"{finding.case_id}/{finding.rule}/{finding.subject_id}/{due}"
    return EntryDraft(
        id=uuid.uuid5(_NAMESPACE, key),
        event=EVENT,
        actor=who,
        at=at,
        case_id=finding.case_id,
        subject_kind="duty",
        subject_id=finding.rule,
        data={
            "clause": finding.clause,
            "about": {"kind": finding.subject_kind, "id": finding.subject_id},
            "due_at": due,
        },
        via=trace.via(),
    )


def entry_of(draft: EntryDraft) -> Entry:
    """The entry of something no act brought about, hashed as it is stored."""
    body = body_of(draft, [])
    return Entry(
        id=draft.id,
        event=draft.event,
        actor_id=draft.actor.id,
        case_id=draft.case_id,
        subject_kind=draft.subject_kind,
        subject_id=draft.subject_id,
        recorded_at=draft.at,
        body=body,
        leaf_hash=leaf_hash(body),
    )
