"""What a paper answers or rests on: an earlier paper of ours, what the party said; to whom it goes.

Not for the order of a course (`paper_order`), nor for drawing up (`paper_drafts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from liuhen.assembly.document_types import DocumentType, document_type
from liuhen.cases.models import Case, Party
from liuhen.documents.gap_facts import IMPOSSIBILITY, STATEMENTS, statement_of
from liuhen.documents.models import Material, Paper
from liuhen.documents.ordinary_facts import person_facts
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


# -- to whom it goes -----------------------------------------------------------------------------

_INTERESTED = "利害关系人"
# What whoever is served gives us; no copy goes out.
_OF_THE_SERVED = frozenset({"electronic_service_consent"})


def interested_addressee(case: Case, kind: DocumentType, party_id: UUID) -> Party:
    """The interested person a paper is to be addressed to, or to come from, of a type for such.

    Raises:
        Refused: `paper.addressee`.
    """
    found = case.parties.filter(id=party_id, role=Party.Role.INTERESTED).first()
    is_for_them = _INTERESTED in kind.copies or kind.key in _OF_THE_SERVED
    if found is None or not is_for_them:
        raise Refused("paper.addressee", title=kind.title)
    return found


def addressed_to(other: Party) -> dict[str, Any]:
    """What a paper says of the interested person it is addressed to, in the party's place."""
    return {"party": person_facts(other)}


def addressee_of(case: Case, papers: Sequence[Paper]) -> Party:
    """Whom papers are served on: the party, or the interested person they are addressed to.

    Raises:
        Refused: `service.addressees` when they go to several, `party.incomplete`.
    """
    named = [paper.subject_id for paper in papers if paper.subject_id is not None]
    others = {one.id: one for one in case.parties.filter(role=Party.Role.INTERESTED, id__in=named)}
    found = {others[one].id if one in others else None for one in (p.subject_id for p in papers)}
    if len(found) > 1:
        raise Refused("service.addressees")
    return others[one] if (one := next(iter(found), None)) is not None else party_of(case)


def party_of(case: Case) -> Party:
    """The party that is served. Raises `Refused("party.incomplete")` when nobody is named."""
    party = case.parties.filter(role=Party.Role.PARTY).first()
    if party is None:
        raise Refused("party.incomplete")
    return party
