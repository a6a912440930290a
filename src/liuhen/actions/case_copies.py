"""Acts on asking for a copy of a case on discs: asked, answered by the leader in charge.

Articles 42, 43, 46: nothing is copied without approval, each copy has its own. Not for making the
copy (`copying`) nor for single papers and recordings for a party (`party_copies`).
"""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.archive.models import CaseCopy, CaseCopyRequest
from liuhen.archive.queries import visible_copy_requests
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person


@act(permission="case_copy.ask", event="case_copy.asked")
def ask_case_copy(
    draft: Draft, *, actor: Person, case_id: UUID, recipient: str, purpose: str, audience: str
) -> CaseCopyRequest:
    """Ask the leader in charge that a case be copied onto discs for somebody, for a purpose.

    Raises:
        Refused: `record.not_found`, `copy.recipient`, `export.purpose`, `case_copy.audience`.
    """
    case = draft.lock_case(case_id)
    if not recipient.strip():
        raise Refused("copy.recipient")
    if not purpose.strip():
        raise Refused("export.purpose")
    if audience not in CaseCopy.Audience.values:
        raise Refused("case_copy.audience")
    asked = CaseCopyRequest.objects.create(
        case=case,
        recipient=recipient.strip()[:120],
        purpose=purpose.strip()[:200],
        audience=audience,
        asked_by=actor,
        asked_at=draft.at,
    )
    draft.about(asked)
    draft.note(recipient=asked.recipient, purpose=asked.purpose, audience=audience)
    return asked


@act(permission="viewing.approve", event="case_copy.answered")
def answer_case_copy(
    draft: Draft, *, actor: Person, request_id: UUID, outcome: str, opinion: str
) -> CaseCopyRequest:
    """Approve or refuse as the leader in charge; nobody answers their own.

    Raises:
        Refused: `record.not_found`, `case_copy.own`, `case_copy.answered`, `approval.outcome`,
            `approval.opinion`.
    """
    seen = visible_copy_requests(actor).filter(id=request_id).values_list("case_id", flat=True)
    case_id = seen.first()
    if case_id is None:
        raise Refused("record.not_found")
    draft.lock_case(case_id)
    asked = CaseCopyRequest.objects.select_for_update().get(id=request_id)
    draft.about(asked)
    if asked.asked_by_id == actor.id:
        raise Refused("case_copy.own")
    if asked.outcome:
        raise Refused("case_copy.answered")
    if outcome not in CaseCopyRequest.Outcome.values:
        raise Refused("approval.outcome")
    if not opinion.strip():
        raise Refused("approval.opinion")
    asked.outcome, asked.opinion = outcome, opinion.strip()[:200]
    asked.approved_by, asked.approved_at = actor, draft.at
    asked.save()
    draft.note(outcome=outcome, recipient=asked.recipient)
    return asked
