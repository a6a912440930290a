"""Warning the persons concerned before a clock runs out, each clock once, with an entry for it.

No guarded row changes: the warning itself is derived, the entry `duty.warned` stands for that
these persons were told then. Keyed like `breaches`, so that running twice warns nobody twice. Not
for choosing when to run (`jobs.judging`), nor for what is already late (`breaches`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from liuhen.actions.clock_entries import enter_clocks
from liuhen.cases.models import Case, CaseOfficer
from liuhen.compliance.models import ExpiryWarning, Finding
from liuhen.compliance.queries import unwarned_findings
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders

EVENT = "duty.warned"
_NAMESPACE = UUID("c3f3b6a4-3a37-5a0f-8b52-8d6d2f6f1f10")


def warn_before_expiry(at: dt.datetime, *, limit: int) -> int:
    """Warn of up to `limit` clocks in their last stretch; returns how many there were."""
    with transaction.atomic(durable=True):
        found = list(
            unwarned_findings(at).select_for_update(of=("self",), skip_locked=True)[:limit]
        )
        if not found:
            return 0  # also before the authority is founded, when nobody is the system yet
        concerned = _concerned({finding.case_id for finding in found})
        told = [(finding, concerned[finding.case_id]) for finding in found]
        ExpiryWarning.objects.bulk_create(
            (_warning(finding, person, at) for finding, persons in told for person in persons),
            ignore_conflicts=True,
        )
        named = [(finding, _names(persons)) for finding, persons in told]
        enter_clocks(EVENT, _NAMESPACE, named, at)
    return len(found)


def _concerned(case_ids: Iterable[UUID]) -> Mapping[UUID, Sequence[Person]]:
    """Who carries each case, and the heads of its unit; four queries at most."""
    cases = Case.objects.filter(id__in=list(case_ids)).select_related("handler", "unit")
    carried: dict[UUID, dict[UUID, Person]] = {
        case.id: {case.handler_id: case.handler} for case in cases
    }
    officers = CaseOfficer.objects.filter(case__in=list(carried), until=None)
    for row in officers.select_related("person"):
        carried[row.case_id][row.person_id] = row.person
    heads = {
        unit: list(holders(Office.Kind.UNIT_HEAD, unit)) for unit in {case.unit for case in cases}
    }
    for case in cases:
        carried[case.id].update({head.id: head for head in heads[case.unit]})
    return {
        case_id: sorted((one for one in persons.values() if one.is_active), key=lambda one: one.id)
        for case_id, persons in carried.items()
    }


def _warning(finding: Finding, person: Person, at: dt.datetime) -> ExpiryWarning:
    assert finding.due_at is not None  # `unwarned_findings` takes running clocks only
    return ExpiryWarning(
        case_id=finding.case_id,
        rule=finding.rule,
        subject_id=finding.subject_id,
        due_at=finding.due_at,
        person=person,
        warned_at=at,
    )


def _names(persons: Sequence[Person]) -> Mapping[str, Any]:
    return {"told": [{"id": str(one.id), "name": one.name} for one in persons]}
