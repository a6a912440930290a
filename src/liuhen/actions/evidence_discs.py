"""Optical discs with recordings used as evidence: burnt, numbered, put into the file (Art. 44).

A person states it of the statement in words that the disc belongs to; also of a file that is bound,
into which the disc goes. Not for copies that leave the house (`copying`, `party_copies`).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.papers import locked_paper
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

STATEMENT = "evidence_statement"
_NUMBER_LIMIT = 60


@act(permission="evidence.file_disc", event="evidence.disc_filed")
def file_disc(
    draft: Draft,
    *,
    actor: Person,
    paper_id: UUID,
    number: str,
    burnt_at: dt.datetime,
    filed_at: dt.datetime,
) -> Paper:
    """State that the recording of a statement was burnt to a numbered disc that is in the file.

    Raises:
        Refused: `record.not_found`, `evidence_disc.no_statement`, `evidence_disc.number`,
            `evidence_disc.number_taken`, `evidence_disc.time`.
    """
    paper = locked_paper(draft, paper_id)
    if paper.type != STATEMENT or paper.state != Paper.State.ISSUED:
        raise Refused("evidence_disc.no_statement")
    told = number.strip()
    if not 0 < len(told) <= _NUMBER_LIMIT:
        raise Refused("evidence_disc.number", limit=_NUMBER_LIMIT)
    before = list(paper.case.facts.get("discs") or ())
    if any(one["number"] == told for one in before):
        raise Refused("evidence_disc.number_taken", number=told)
    if not burnt_at <= filed_at <= draft.at:
        raise Refused("evidence_disc.time")
    disc = {
        "statement": str(paper.id),
        "number": told,
        "burnt_at": clock.iso(burnt_at),
        "filed_at": clock.iso(filed_at),
        "registered_by": draft.actor.name,
    }
    paper.case.facts = {**paper.case.facts, "discs": [*before, disc]}
    paper.case.save(update_fields=["facts"])
    draft.note(number=told, burnt_at=disc["burnt_at"], filed_at=disc["filed_at"])
    return paper
