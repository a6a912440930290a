"""Acts on asking for a copy of a case, on discs or as a package, and on the leader's answer.

Articles 42, 43, 46: nothing is copied without approval, each copy has its own; what became of one
that was to come back is entered. Not for making the copy (`copying`) nor for single papers and
recordings for a party (`party_copies`).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.archive.models import CaseCopy, CaseCopyRequest, CaseFile
from liuhen.archive.queries import visible_copies, visible_copy_requests
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_own_matter


@act(permission="case_copy.ask", event="case_copy.asked")
def ask_case_copy(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    recipient: str,
    purpose: str,
    audience: str,
    due_on: dt.date | None = None,
) -> CaseCopyRequest:
    """Ask the leader in charge that a case be copied for somebody, for a purpose.

    `audience` says what of it, and how: discs, or the package of an archive. `due_on` is the day on
    which the copy is to be back or destroyed, None where it is kept.

    Raises:
        Refused: `record.not_found`, `copy.recipient`, `export.purpose`, `case_copy.audience`,
            `case_copy.due`, `case_file.not_bound` for a package.
    """
    case = draft.lock_case(case_id)
    if not recipient.strip():
        raise Refused("copy.recipient")
    if not purpose.strip():
        raise Refused("export.purpose")
    if audience not in CaseCopy.Audience.values:
        raise Refused("case_copy.audience")
    is_package = audience == CaseCopy.Audience.ARCHIVE
    if is_package and not CaseFile.objects.filter(case=case).exists():
        raise Refused("case_file.not_bound")
    if due_on is not None and due_on < clock.local_date(draft.at):
        raise Refused("case_copy.due")
    asked = CaseCopyRequest.objects.create(
        case=case,
        recipient=recipient.strip()[:120],
        purpose=purpose.strip()[:200],
        audience=audience,
        due_on=due_on,
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
    asked = locked_request(draft, request_id)
    if is_own_matter(actor, "viewing.approve", asked.asked_by_id):
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


@act(permission="case.copy", event="case_copy.ended")
def end_case_copy(draft: Draft, *, actor: Person, copy_id: UUID, how: str) -> CaseCopy:
    """Enter that a copy outside came back or was destroyed, and how that is known.

    Raises:
        Refused: `record.not_found`, `case_copy.ended`, `reason.missing`.
    """
    case_id = visible_copies(actor).filter(id=copy_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    draft.lock_case(case_id)
    copy = CaseCopy.objects.select_for_update().get(id=copy_id)
    draft.about(copy)
    if copy.ended_at is not None:
        raise Refused("case_copy.ended")
    if not how.strip():
        raise Refused("reason.missing")
    copy.ended_at, copy.ended_how = draft.at, how.strip()[:300]
    copy.save()
    draft.note(recipient=copy.recipient, how=copy.ended_how)
    return copy


def locked_request(draft: Draft, request_id: UUID) -> CaseCopyRequest:
    """A request the actor may see, which the act is about, with its case locked.

    Raises:
        Refused: `record.not_found`.
    """
    seen = visible_copy_requests(draft.actor).filter(id=request_id)
    case_id = seen.values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    draft.lock_case(case_id)
    rows = CaseCopyRequest.objects.select_for_update(of=("self",)).select_related("copy")
    asked = rows.get(id=request_id)
    draft.about(asked)
    return asked
