"""The act of answering a request for approval, with what follows from each kind of answer."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from liuhen.actions import closing, filing
from liuhen.actions.act import Draft, act
from liuhen.actions.asking import locked_approval
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

Consequence = Callable[[Draft, Case, Approval], None]

# What an approval of each kind brings about in the same act; a return brings about nothing.
CONSEQUENCES: dict[str, Consequence] = {
    "closing": closing.close,
    "filing": filing.file,
}


@act(permission="approval.decide", event="approval.decided")
def decide_approval(
    draft: Draft, *, actor: Person, approval_id: UUID, outcome: str, opinion: str
) -> Approval:
    """Approve or return, with an opinion (Art. 24); nobody answers their own request.

    Raises:
        Refused: `approval.decided`, `approval.own`, `approval.office`, `approval.outcome`,
            `approval.opinion`, and what the consequence refuses.
    """
    approval, case = locked_approval(draft, approval_id)
    if outcome not in Approval.Outcome.values:
        raise Refused("approval.outcome")
    if not opinion.strip():
        raise Refused("approval.opinion")
    approval.outcome, approval.opinion = outcome, opinion.strip()
    approval.decided_by, approval.decided_at = draft.actor, draft.at
    approval.save(update_fields=["outcome", "opinion", "decided_by", "decided_at"])
    draft.note(kind=approval.kind, outcome=outcome)
    if outcome == Approval.Outcome.APPROVED:
        CONSEQUENCES[approval.kind](draft, case, approval)
    return approval
