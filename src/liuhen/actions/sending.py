"""The act of sending a paper for approval: complete, signed, in its time. Not for the answers."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from liuhen.actions import payment_plans
from liuhen.actions.act import Draft, act
from liuhen.actions.asking import OPINION_FIELDS, ask
from liuhen.actions.decision import refuse_early_approval
from liuhen.actions.drawing_up import require_complete, require_signed
from liuhen.actions.leads import refuse_while_asked
from liuhen.actions.paper_order import refuse_out_of_order
from liuhen.actions.papers import locked_paper
from liuhen.approvals.models import Approval
from liuhen.documents.gap_facts import IMPOSSIBILITY
from liuhen.documents.models import Paper, Signature
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

# What each paper asks for.
KINDS: Mapping[str, str] = {
    "initiation_approval": "initiation",
    "inspection_approval": "initiation",
    "defence_review": "defence_review",
    "decision_approval": "decision",
    "other_decision_approval": "decision",
    "licence_prolongation_notice": "prolongation",
    "coercion_approval": "decision",
    "seizure_prolongation": "prolongation",
    "seizure_handling": "handling",
    "levy_objection_decision": "objection",
    "enforcement_agreement": "agreement",
    "enforcement_application": "court",
    payment_plans.FORM: "deferral",
    "preservation_approval": "preservation",
    "recording_exemption": "exemption",
    IMPOSSIBILITY: "recording_stopped",
}
OWN_PAPER = "own_paper"
# Filled while it is being approved.
COMING = frozenset({*OPINION_FIELDS.values(), "made_up_at"})


def kind_asked(paper: Paper) -> str:
    """What a paper asks for when it is sent; "" when it needs nobody's approval."""
    return KINDS.get(paper.type, OWN_PAPER if paper.document_type.approval else "")


@act(permission="paper.send", event="paper.sent_for_approval")
def send_for_approval(draft: Draft, *, actor: Person, paper_id: UUID) -> Approval:
    """Send a complete, signed form along its route; the last approval issues it.

    Raises:
        Refused: `paper.not_draft`, `paper.no_approval`, `paper.too_early`, `paper.incomplete`,
            `paper.unsigned`, `approval.pending`, `approval.no_route`, `lead.decided`,
            `law.forbids`, `decision.hearing_period`, `decision.heavier`, `party.dead`,
            `plan.sum`, `plan.days`, `coercion.handled`.
    """
    paper = locked_paper(draft, paper_id)
    if paper.state != Paper.State.DRAFT:
        raise Refused("paper.not_draft", number=paper.number)
    kind = kind_asked(paper)
    if not kind:
        raise Refused("paper.no_approval")
    case = paper.case
    refuse_out_of_order(case, paper.type)
    if paper.type == "initiation_approval":
        _check_lead(paper)
    refuse_early_approval(draft, paper)
    require_complete(paper, coming=COMING)
    if paper.type == payment_plans.FORM:
        payment_plans.refuse_bad_plan(paper)
    require_signed(paper, coming={Signature.Role.HEAD})
    given = paper.data.get("handler_opinion")
    said = str(given["text"]) if isinstance(given, dict) else str(paper.data.get("reason", ""))
    return ask(draft, case, kind=kind, subject=paper, opinion=said)


def _check_lead(paper: Paper) -> None:
    """The lead must still be open; its register is issued with the form."""
    lead = paper.case.leads.first()
    if lead is None:
        return
    if lead.outcome:
        raise Refused("lead.decided", outcome=lead.get_outcome_display())
    refuse_while_asked(paper.case)
