"""Who carries a case after its lead was handed out: officers join and leave, another handles it.

Not for handing out a lead (`actions.leads`), nor for who is present at one activity
(`actions.investigation`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.joining import carry, enough_officers
from liuhen.actions.parties import open_case
from liuhen.cases.models import ActivityOfficer, Case
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Person


@act(permission="case.change_officers", event="case.officers_changed")
def change_officers(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    handler: Person,
    officers: Sequence[Person],
    reason: str,
) -> Case:
    """Let these officers carry a case from now on, one of them as its handler (Art. 12).

    Who leaves no longer sees the case; what they did stays theirs.

    Raises:
        Refused: `record.not_found`, `case.closed`, `reason.missing`, `case.handler`,
            `officer.alone`, `officer.not_officer`, `certificate.invalid`,
            `officer.in_activity`, `officers.same`.
    """
    case = open_case(draft, case_id)
    if not reason.strip():
        raise Refused("reason.missing")
    each = enough_officers(officers, draft.at)
    wanted = {officer.id for officer in each}
    if handler.id not in wanted:
        raise Refused("case.handler")
    before = set(case.officers.filter(until=None).values_list("person", flat=True))
    if wanted == before and handler.id == case.handler_id:
        raise Refused("officers.same")
    _refuse_busy(case, before - wanted)
    draft.note(
        reason=reason.strip(),
        joined=sorted(str(one) for one in wanted - before),
        left=sorted(str(one) for one in before - wanted),
        handler_before=str(case.handler_id),
    )
    case.handler = handler
    case.save(update_fields=["handler"])
    carry(case, each, draft.at)
    draft.about(case)
    return case


def _refuse_busy(case: Case, leaving: Collection[UUID]) -> None:
    """Nobody leaves in the middle of an activity of the case."""
    busy = ActivityOfficer.objects.filter(
        activity__case=case, activity__ended_at=None, person__in=leaving
    ).select_related("person", "activity")
    for row in busy:
        name = catalogue().activities[row.activity.kind].name
        raise Refused("officer.in_activity", name=row.person.name, activity=name)
