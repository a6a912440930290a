"""Acts on requests for approval: answering with what follows, asking another office instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions import (
    archive_returns,
    closing,
    crime_transfers,
    decision,
    defence,
    extensions,
    filing,
    initiation,
    inspections,
    lead_outcomes,
    leads,
    payment_plans,
)
from liuhen.actions.act import Draft, act
from liuhen.actions.asking import ask_next, locked_approval, locked_request, put_opinion
from liuhen.actions.sending import OWN_PAPER
from liuhen.approvals.models import Approval
from liuhen.approvals.routes import substitutes_of
from liuhen.cases.models import Case
from liuhen.cases.queries import who_may_answer
from liuhen.documents.crime_transfers import KIND as CRIME_TRANSFER
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person

Consequence = Callable[[Draft, Case, Approval], None]

# What the last approval of each kind brings about in the same act; a return brings nothing about.
# Where kinds of case differ, the kind tells.
CONSEQUENCES: dict[str, Consequence | dict[str, Consequence]] = {
    "closing": closing.close,
    "filing": filing.file,
    "initiation": {
        Case.Kind.PENALTY: initiation.initiate,
        Case.Kind.INSPECTION: inspections.approve,
    },
    "lead_prolongation": leads.prolong,
    "lead_refusal": lead_outcomes.refuse,
    "lead_transfer": lead_outcomes.decide_transfer,
    "defence_review": defence.confirm_review,
    "decision": decision.approve,
    OWN_PAPER: decision.approve,
    "prolongation": decision.approve,
    "recording_extension": extensions.give_extension,
    "agreement": decision.approve,
    "handling": decision.approve,
    "deferral": payment_plans.grant,
    "court": decision.approve,
    "objection": decision.approve,
    "preservation": decision.approve,
    "exemption": decision.approve,
    "recording_stopped": decision.approve,
    CRIME_TRANSFER: crime_transfers.decide_transfer,
    archive_returns.KIND: archive_returns.give_back,
}
# Answered with a paper of their own, aspect by aspect (`actions.review`).
BY_REVIEW = frozenset({"legality_review"})


@act(permission="approval.decide", event="approval.decided")
def decide_approval(
    draft: Draft,
    *,
    actor: Person,
    approval_id: UUID,
    outcome: str,
    opinion: str,
    strokes: Sequence[Any] = (),
) -> Approval:
    """Approve or return, with an opinion (Art. 24); nobody answers their own request.

    Approving asks the next office of the route; the last approval brings about what was asked.
    `strokes` is a signature on glass: [[[x, y, ms], …], …].

    Raises:
        Refused: `approval.decided`, `approval.own`, `approval.office`, `approval.outcome`,
            `approval.opinion`, `approval.unsigned`, `approval.by_review`, and what the
            consequence refuses.
    """
    approval, case = locked_approval(draft, approval_id)
    if approval.kind in BY_REVIEW:
        raise Refused("approval.by_review")
    if outcome not in Approval.Outcome.values:
        raise Refused("approval.outcome")
    if not opinion.strip():
        raise Refused("approval.opinion")
    approval.outcome, approval.opinion = outcome, opinion.strip()
    approval.decided_by, approval.decided_at = draft.actor, draft.at
    approval.save()
    draft.note(kind=approval.kind, outcome=outcome, step=approval.step)
    if approval.answered_as is not None and approval.answered_as.deputy_for is not None:
        draft.note(in_place_of=str(approval.answered_as.deputy_for.person_id))
    if outcome == Approval.Outcome.APPROVED:
        put_opinion(draft, approval, case, strokes)
        if ask_next(draft, approval) is None:
            follows = CONSEQUENCES[approval.kind]
            follows = follows[case.kind] if isinstance(follows, dict) else follows
            follows(draft, case, approval)
    return approval


@act(permission="approval.reroute", event="approval.rerouted")
def reroute_approval(
    draft: Draft, *, actor: Person, approval_id: UUID, office: str, reason: str
) -> Approval:
    """Ask another office, because nobody who may answer holds the one that was asked.

    Raises:
        Refused: `record.not_found`, `approval.decided`, `approval.office_held`,
            `approval.no_substitute`, `reason.missing`.
    """
    approval, case = locked_request(draft, approval_id)
    if not reason.strip():
        raise Refused("reason.missing")
    left = who_may_answer(approval.office, case, approval.asked_by_id)
    if left:
        names = "、".join(left.values_list("name", flat=True))
        raise Refused("approval.office_held", names=names)
    able = who_may_answer(office, case, approval.asked_by_id)
    if office not in substitutes_of(approval.office) or not able:
        raise Refused("approval.no_substitute", office=Office.Kind(approval.office).label)
    draft.note(before=approval.office, office=office, reason=reason.strip())
    approval.office = office
    approval.save(update_fields=["office"])
    return approval
