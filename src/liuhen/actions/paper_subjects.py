"""What a paper answers or rests on: an earlier paper of ours, what the party said.

Not for the order of a course (`paper_order`), nor for drawing up (`paper_drafts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet

from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case
from liuhen.documents.gap_facts import IMPOSSIBILITY, STATEMENTS, statement_of
from liuhen.documents.models import Material, Paper
from liuhen.documents.taken_facts import REPLY, letter_awaited
from liuhen.kernel.refusals import Refused
from liuhen.recordings.models import Gap

# What must be issued before a paper: the approval it rests on, the paper it answers.
ANSWERED: Mapping[str, str] = {
    REPLY: "assistance_letter",
    "preservation_decision": "preservation_notice",
    "preservation_notice": "preservation_approval",
    "sampling_disposal_notice": "sampling_notice",
}


def answered_by(case: Case, type_key: str, subject_id: UUID | None) -> UUID | None:
    """The subject of a new paper, as named or as the case has only one.

    Raises:
        Refused: `paper.too_early` when what it answers is not issued, `paper.subject`;
            `gap.unexplained`, `gap.filled`, `gap.resumed`, `gap.not_resumed`,
            `gap.stated`.
    """
    rests_on = ANSWERED.get(type_key)
    if rests_on is not None and not _issued(case, rests_on).exists():
        raise _missing(rests_on)
    if type_key == "defence_review":
        _refuse_other_defence(case, subject_id)
    if type_key in STATEMENTS:
        _refuse_other_gap(case, type_key, subject_id)
    if type_key != REPLY:
        return subject_id
    letter = letter_awaited(case)
    if letter is None:
        raise Refused("paper.answered", title=document_type("assistance_letter").title)
    return letter.id


def _issued(case: Case, type_key: str) -> QuerySet[Paper]:
    return case.papers.filter(type=type_key, state=Paper.State.ISSUED)


def _missing(type_key: str) -> Refused:
    return Refused("paper.too_early", missing=f"《{document_type(type_key).title}》")


def _refuse_other_defence(case: Case, subject_id: UUID | None) -> None:
    letters = case.materials.filter(kind=Material.Kind.STATEMENT).values_list("id", flat=True)
    if subject_id not in {
        *_issued(case, "statement_record").values_list("id", flat=True),
        *letters,
    }:
        raise Refused("paper.subject", title=document_type("defence_review").title)


def _refuse_other_gap(case: Case, type_key: str, subject_id: UUID | None) -> None:
    """A statement is on one explained gap, and the one of the two that fits it (Art. 21)."""
    gaps = Gap.objects.select_related("activity").filter(activity__case=case)
    gap = gaps.filter(id=subject_id).first() if subject_id else None
    if gap is None:
        raise Refused("paper.subject", title=document_type(type_key).title)
    if gap.filled_at is not None:
        raise Refused("gap.filled")
    if gap.explained_at is None:
        raise Refused("gap.unexplained")
    if statement_of(gap) != type_key:
        raise Refused("gap.resumed" if type_key == IMPOSSIBILITY else "gap.not_resumed")
    if case.papers.filter(type=type_key, subject_id=gap.id).exclude(state=Paper.State.VOID):
        raise Refused("gap.stated", title=document_type(type_key).title)
