"""Acts on issued papers that are wrong: correcting by another paper, voiding one nobody was given.

An issued paper itself never changes. Not for drafts (`actions.paper_drafts`).
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from liuhen.actions.act import Draft, act
from liuhen.actions.paper_drafts import OWN_OPINIONS, is_by_hand
from liuhen.actions.papers import BY_APPROVAL, locked_paper
from liuhen.documents.models import Paper, Service
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.rulebook.type_versions import version_on


@act(permission="paper.draw_up", event="paper.correction_drawn_up")
def correct_paper(draft: Draft, *, actor: Person, paper_id: UUID, reason: str) -> Paper:
    """Draw up a paper that corrects an issued one: same type and fields, a number of its own.

    It names on its face what it corrects and why, and takes the other's place once it is issued.

    Raises:
        Refused: `record.not_found`, `case.closed`, `paper.not_issued`, `paper.not_correctable`,
            `paper.corrected`, `paper.correcting`, `reason.missing`.
    """
    wrong = locked_paper(draft, paper_id)
    obstacle = correction_obstacle(wrong)
    if obstacle is not None:
        raise obstacle
    if not reason.strip():
        raise Refused("reason.missing")
    kind = wrong.document_type
    left_out = {
        field.key
        for field in kind.fields
        if field.at_issue or (field.kind == "opinion" and field.role not in OWN_OPINIONS)
    }
    paper = Paper.objects.create(
        case=wrong.case,
        activity=wrong.activity,
        type=wrong.type,
        type_version=version_on(wrong.type, clock.local_date(draft.at)),
        data={key: value for key, value in wrong.data.items() if key not in left_out},
        subject_id=wrong.subject_id,
        drawn_up_by=draft.actor,
        drawn_up_at=draft.at,
        corrects=wrong,
        correction_reason=reason.strip(),
    )
    draft.about(paper)
    draft.note(corrects=str(wrong.id), type=wrong.type, reason=reason.strip())
    return paper


def correction_obstacle(paper: Paper) -> Refused | None:
    """Why a paper can't be corrected by another now; None when it can."""
    title = paper.document_type.title
    if paper.state != Paper.State.ISSUED:
        return Refused("paper.not_issued")
    if paper.case.closed_at is not None:
        return Refused("case.closed")
    if not is_by_hand(paper.type) or paper.type in BY_APPROVAL:
        return Refused("paper.not_correctable", title=title)
    later = paper.corrections.exclude(state=Paper.State.VOID).first()
    if later is None:
        return None
    if later.state == Paper.State.ISSUED:
        return Refused("paper.corrected", title=title, number=later.number or "无文号")
    return Refused("paper.correcting", title=title)


@act(permission="paper.withdraw", event="paper.withdrawn")
def withdraw_paper(draft: Draft, *, actor: Person, paper_id: UUID, reason: str) -> Paper:
    """Void an issued paper that nobody was given; its number stays used, its PDF kept.

    Raises:
        Refused: `record.not_found`, `case.closed`, `paper.not_issued`, `paper.needs_approval`,
            `paper.served`, `reason.missing`.
    """
    paper = locked_paper(draft, paper_id)
    obstacle = withdrawal_obstacle(paper)
    if obstacle is not None:
        raise obstacle
    if not reason.strip():
        raise Refused("reason.missing")
    paper.state, paper.void_reason = Paper.State.VOID, reason.strip()
    paper.save(update_fields=["state", "void_reason"])
    draft.note(number=paper.number, reason=reason.strip())
    return paper


def withdrawal_obstacle(paper: Paper) -> Refused | None:
    """Why an issued paper can't be voided now; None when it can."""
    title = paper.document_type.title
    if paper.state != Paper.State.ISSUED:
        return Refused("paper.not_issued")
    if paper.case.closed_at is not None:
        return Refused("case.closed")
    if paper.type in BY_APPROVAL:
        return Refused("paper.needs_approval", title=title)
    # A receipt, register or notice by which another was served stays as well.
    if Service.objects.filter(Q(paper=paper) | Q(receipt=paper)).exists():
        return Refused("paper.served", title=title)
    return None
