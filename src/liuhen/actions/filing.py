"""Filing a simple case with the officers' own authority (Penalty Law 52; Art. 27)."""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.asking import ask, opinion_of
from liuhen.actions.drawing_up import draw_up, issue
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.documents.models import Paper, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

TYPE = "simple_case_filing"


@act(permission="simple_case.file", event="simple_case.filing_asked")
def ask_filing(draft: Draft, *, actor: Person, case_id: UUID) -> Approval:
    """Send the filing record of a simple case to the head of the unit.

    The officers' signatures are taken over from the decision they signed on the spot.

    Raises:
        Refused: `filing.no_decision`, `filing.done`, `approval.pending`.
    """
    case = draft.lock_case(case_id)
    decision = case.papers.filter(type="simple_decision", state=Paper.State.ISSUED).first()
    if decision is None:
        raise Refused("filing.no_decision")
    if case.papers.filter(type=TYPE, state=Paper.State.ISSUED).exists():
        raise Refused("filing.done")
    paper = case.papers.filter(type=TYPE, state=Paper.State.DRAFT).first()
    if paper is None:
        paper = draw_up(draft, case, TYPE)
        for signed in decision.signatures.filter(role=Signature.Role.OFFICER, is_refused=False):
            Signature.objects.create(
                paper=paper,
                role=signed.role,
                person=signed.person,
                name=signed.name,
                strokes=signed.strokes,
                signed_at=draft.at,
            )
    return ask(draft, case, kind="filing", subject=paper, opinion="报请备案")


def file(draft: Draft, case: Case, approval: Approval) -> None:
    """The unit's head accepts: the filing record is issued, the case counts as filed."""
    paper = Paper.objects.select_for_update().get(id=approval.subject_id)
    paper.case = case
    paper.data["filed_on"] = clock.local_date(draft.at).isoformat()
    paper.data["filing_opinion"] = opinion_of(draft, approval)
    issue(draft, paper)
    case.circumstances = {**case.circumstances, "filed_at": clock.iso(draft.at)}
    case.save(update_fields=["circumstances"])
    advance(case, "filing")
