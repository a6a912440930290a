"""Before and after the decision of an ordinary penalty: what forbids it, what approval brings.

The papers are drawn up by `actions.paper_drafts` and issued by `actions.papers`. Not acts by
themselves, but for the findings and the proposal, which are `actions.investigation`.
"""

from __future__ import annotations

import datetime as dt

from liuhen.actions.act import Draft
from liuhen.actions.coercion import measure_prolongation
from liuhen.actions.coercion_handling import refuse_handled
from liuhen.actions.discretion import reason_outside
from liuhen.actions.drawing_up import issue
from liuhen.actions.paper_order import follow_issue, orders_of, refuse_dead
from liuhen.actions.simple_procedure import figure
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.compliance.facts import facts_of_case
from liuhen.documents.handled_things import HANDLING
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.calendar import Deadline
from liuhen.law.facts import Notice
from liuhen.rulebook.queries import rulebook


def refuse_early_decision(draft: Draft, paper: Paper, gate: str) -> None:
    """Refuse a decision, or its approval, that the law does not allow yet.

    Raises:
        Refused: `law.forbids`, `decision.hearing_period`, `decision.heavier`,
            `fine.outside_range`, `party.dead`.
    """
    refuse_dead(paper.case)
    draft.gate(gate, paper.case)
    _refuse_running_hearing_period(paper.case, draft.at)
    refuse_heavier(paper)
    _refuse_outside_range(paper)


def _refuse_running_hearing_period(case: Case, at: dt.datetime) -> None:
    """A party may ask for a hearing until its period ends, unless it has waived it (64)."""
    facts = facts_of_case(case.id)
    if facts.hearing_requests:
        return  # asked: the law's gate waits for the hearing; waived: nothing to wait for
    for notice in facts.notices or ():
        end = hearing_period(notice)
        if end is not None and at <= end.due_at:
            raise Refused("decision.hearing_period", until=end.last_on.isoformat())


def hearing_period(notice: Notice) -> Deadline | None:
    """The period in which a hearing may be asked for; None without the right or the telling."""
    if not notice.offers_hearing or not isinstance(notice.told_at, dt.datetime):
        return None
    days = figure("penalty_law.hearing_request", notice.told_at)
    told_on = clock.local_date(notice.told_at)
    return rulebook().calendar.after_workdays(told_on, days)


def refuse_heavier(paper: Paper) -> None:
    """Refuse what is heavier than what the party was told, before it defended itself (44, 45).

    Raises:
        Refused: `decision.heavier`.
    """
    told = paper.case.facts.get("penalty_told") or {}
    kinds, amount = paper.data.get("penalty_kinds") or [], paper.data.get("amount") or 0
    if set(kinds) - set(told.get("kinds") or ()) or amount > (told.get("amount_fen") or 0):
        raise Refused("decision.heavier")


def _refuse_outside_range(paper: Paper) -> None:
    """A fine decided outside the range of discretion needs its reason like one proposed (34)."""
    proposal = paper.case.facts.get("penalty") or {}
    reason_outside(
        proposal.get("offence"), paper.data.get("amount"), proposal.get("deviation") or ""
    )


def keep_told(case: Case) -> None:
    """Keep what the issued notice told the party: the measure of what may be decided."""
    case.facts = {**case.facts, "penalty_told": dict(case.facts.get("penalty") or {})}
    case.save(update_fields=["facts"])


def refuse_early_approval(draft: Draft, paper: Paper) -> None:
    """Refuse a form of approval whose decision the law does not allow to be asked for yet.

    Raises:
        Refused: `law.forbids`; for a penalty what `refuse_early_decision` refuses, for a
            prolongation what `coercion.measure_prolongation` does, for things that were taken
            what `coercion_handling.refuse_handled` does.
    """
    order = orders_of(paper.case).get(paper.type)
    if paper.type == "decision_approval":
        refuse_early_decision(draft, paper, "approve_decision")
    elif paper.type == "seizure_prolongation":
        measure_prolongation(draft, paper)
    elif paper.type == HANDLING:
        refuse_handled(paper)
        draft.gate("handle_things", paper.case)
    elif order is not None and order.asks:
        draft.gate(order.asks, paper.case)


def approve(draft: Draft, case: Case, approval: Approval) -> None:
    """The head of the authority approves: the paper is issued; what it allows may follow."""
    paper = Paper.objects.select_for_update().get(id=approval.subject_id)
    paper.case = case
    refuse_early_approval(draft, paper)
    issue(draft, paper)
    follow_issue(paper)
