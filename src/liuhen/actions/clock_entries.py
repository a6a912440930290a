"""Entries about the clock of a duty that no person's act brings about: it nears its end, it ended.

No guarded row changes by them. Each is keyed by case, duty, subject and due instant, so that
running twice enters nothing twice. Not for finding the clocks (`breaches`, `expiry`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from liuhen.compliance.models import Finding
from liuhen.kernel import clock, trace
from liuhen.ledger.models import Entry
from liuhen.ledger.recording import EntryDraft, Who, body_of
from liuhen.people.queries import system_person
from liuhen.tlog.hashing import leaf_hash


def enter_clocks(
    event: str,
    namespace: UUID,
    found: Iterable[tuple[Finding, Mapping[str, Any]]],
    at: dt.datetime,
) -> int:
    """Enter `event` for each finding with what else is told of it, in the caller's transaction.

    `namespace` keeps the entries of one event apart from another's. Returns how many were new.
    """
    system = system_person()
    who = Who(system.id, system.name)
    drafts = [_draft(event, namespace, finding, told, who, at) for finding, told in found]
    known = set(
        Entry.objects.filter(id__in=[draft.id for draft in drafts]).values_list("id", flat=True)
    )
    Entry.objects.bulk_create(_entry_of(draft) for draft in drafts if draft.id not in known)
    return len(drafts) - len(known)


def _draft(
    event: str,
    namespace: UUID,
    finding: Finding,
    told: Mapping[str, Any],
    who: Who,
    at: dt.datetime,
) -> EntryDraft:
    due = clock.iso(finding.due_at) if finding.due_at else ""
    key = f"{finding.case_id}/{finding.rule}/{finding.subject_id}/{due}"
    return EntryDraft(
        id=uuid.uuid5(namespace, key),
        event=event,
        actor=who,
        at=at,
        case_id=finding.case_id,
        subject_kind="duty",
        subject_id=finding.rule,
        data={
            "clause": finding.clause,
            "about": {"kind": finding.subject_kind, "id": finding.subject_id},
            "due_at": due,
            **told,
        },
        via=trace.via(),
    )


def _entry_of(draft: EntryDraft) -> Entry:
    """The entry, hashed as it is stored."""
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
