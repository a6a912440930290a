"""Inner steps of approval: asking an office, and who may answer. Not acts by themselves."""

from __future__ import annotations

from uuid import UUID

from django.db import models

from liuhen.actions.act import Draft
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office
from liuhen.people.queries import offices_held

# Heads answer for their own unit; the other offices answer for the whole authority.
_OF_ONE_UNIT = frozenset({Office.Kind.UNIT_HEAD, Office.Kind.DEPARTMENT_HEAD})


def ask(
    draft: Draft, case: Case, *, kind: str, subject: models.Model, office: str, opinion: str
) -> Approval:
    """Ask an office about a subject of a case.

    Raises:
        Refused: `approval.pending` while the same question is open.
    """
    open_already = Approval.objects.filter(
        kind=kind, subject_id=subject.pk, outcome="", case_id=case.id
    )
    if open_already.exists():
        raise Refused("approval.pending")
    return Approval.objects.create(
        kind=kind,
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        case_id=case.id,
        office=office,
        asked_by=draft.actor,
        asked_at=draft.at,
        opinion_asked=opinion,
    )


def locked_approval(draft: Draft, approval_id: UUID) -> tuple[Approval, Case]:
    """Lock the case and an open approval the actor may answer.

    Raises:
        Refused: `record.not_found`, `approval.decided`, `approval.own`, `approval.office`.
    """
    case_id = Approval.objects.filter(id=approval_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    case = draft.lock_case(case_id)
    approval = Approval.objects.select_for_update().get(id=approval_id)
    draft.about(approval)
    if approval.outcome:
        raise Refused("approval.decided")
    if approval.asked_by_id == draft.actor.id or case.handler_id == draft.actor.id:
        raise Refused("approval.own")
    held = offices_held(draft.actor).filter(kind=approval.office)
    if approval.office in _OF_ONE_UNIT:
        held = held.filter(unit=case.unit)
    if not held.exists():
        raise Refused("approval.office", office=Office.Kind(approval.office).label)
    return approval, case


def opinion(text: str, draft: Draft) -> dict[str, str]:
    """What the actor thinks, as papers print it: text, name, day."""
    return {
        "text": text,
        "name": draft.actor.name,
        "signed_on": clock.local_date(draft.at).isoformat(),
    }
