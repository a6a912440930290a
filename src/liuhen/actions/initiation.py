"""Starting an ordinary procedure: its approval, the emergency start, the case's circumstances.

The form itself is drawn up by `actions.paper_drafts` and sent by `actions.sending` (Art. 10).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import issue, next_number
from liuhen.actions.entrusted import require_entrusted
from liuhen.actions.lead_outcomes import complete_register
from liuhen.actions.leads import refuse_while_asked, register_of, touch
from liuhen.actions.parties import open_case
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case, Lead
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import ReviewGround
from liuhen.people.models import Person


@act(permission="case.start_in_emergency", event="case.started_in_emergency")
def start_in_emergency(draft: Draft, *, actor: Person, case_id: UUID, reason: str) -> Case:
    """Start a procedure before its approval, which is made up within 24 hours (Art. 10).

    Raises:
        Refused: `record.not_found`, `case.closed`, `case.initiated`, `lead.decided`,
            `reason.missing`, `entrustment.missing`, `approval.pending` while refusing or
            transferring it is asked.
    """
    case = open_case(draft, case_id)
    kinds = (Case.Kind.PENALTY, Case.Kind.INSPECTION)
    is_started = case.initiated_at is not None
    if case.procedure != Case.Procedure.ORDINARY or case.kind not in kinds or is_started:
        raise Refused("case.initiated")
    lead = case.leads.first()
    if lead is not None and lead.outcome:
        raise Refused("lead.decided", outcome=lead.get_outcome_display())
    if not reason.strip():
        raise Refused("reason.missing")
    refuse_while_asked(case)
    require_entrusted(case.unit, case.kind, draft.at)
    case.initiated_at = draft.at
    emergency = {"is_emergency_start": True, "emergency_reason": reason.strip()}
    case.circumstances = {**case.circumstances, **emergency}
    case.save(update_fields=["initiated_at", "circumstances"])
    draft.about(case)
    if case.kind == Case.Kind.PENALTY:  # an inspection has its number already
        _number(draft, case)
        advance(case, "investigation")
    return case


def _number(draft: Draft, case: Case) -> None:
    """The number of the case takes the place of its lead's, once the procedure has started."""
    year, sequence = next_number(case.unit, "case", draft.at)
    case.number = f"{case.unit.number_prefix}案〔{year}〕{sequence:04d}号"
    case.save(update_fields=["number"])
    draft.note(number=case.number)


def initiate(draft: Draft, case: Case, approval: Approval) -> None:
    """The head of the authority approves: the case is initiated, its form and register issued."""
    paper = Paper.objects.select_for_update().get(id=approval.subject_id)
    paper.case = case
    if case.initiated_at is None:
        require_entrusted(case.unit, case.kind, draft.at)
        case.initiated_at = draft.at
        _number(draft, case)
    else:
        paper.data["made_up_at"] = clock.iso(draft.at)
    case.cause = str(paper.data["cause"])
    case.save(update_fields=["initiated_at", "cause"])
    issue(draft, paper)
    advance(case, "initiation")
    lead = case.leads.first()
    if lead is None:
        return
    touch(
        lead,
        outcome=Lead.Outcome.INITIATED,
        outcome_at=draft.at,
        outcome_reason=str(paper.data["grounds"]),
        is_suspected_crime=False,
        is_outside_jurisdiction=False,
    )
    register = register_of(lead)
    register.data["unit_opinion"] = paper.data["unit_opinion"]
    register.save(update_fields=["data"])
    complete_register(draft, lead)


@act(permission="case.state_circumstances", event="case.circumstances_stated")
def state_circumstances(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    is_major: bool,
    is_complex: bool,
    is_heavier_penalty: bool,
    has_expert_argument: bool,
    review_grounds: Sequence[str],
    is_of_public_concern: bool = False,
) -> Case:
    """State what a person has to judge of a case: it decides review, discussion and approval.

    `review_grounds` are those of Penalty Law 58; none of them is an answer, too. A decision of
    some social influence (`is_of_public_concern`) is made public (48).

    Raises:
        Refused: `record.not_found`, `case.closed`, `circumstances.ground`,
            `circumstances.decided`.
    """
    case = open_case(draft, case_id)
    if not set(review_grounds) <= set(ReviewGround):
        raise Refused("circumstances.ground")
    if case.papers.filter(type="penalty_decision", state=Paper.State.ISSUED).exists():
        raise Refused("circumstances.decided")
    stated = {
        "is_major": is_major,
        "is_complex": is_complex,
        "is_heavier_penalty": is_heavier_penalty,
        "has_expert_argument": has_expert_argument,
        "review_grounds": sorted(set(review_grounds)),
        "is_of_public_concern": is_of_public_concern,
    }
    case.circumstances = {**case.circumstances, **stated}
    case.save(update_fields=["circumstances"])
    draft.about(case)
    draft.note(**stated)
    return case
