"""What comes back on a lead handed over before initiation: a receipt, an answer, what follows.

Transfer rules 7 to 12; Art. 11. Not for handing it over (`lead_outcomes`), nor for a crime found in
a case under way (`crime_transfers`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.lead_outcomes import letter_of
from liuhen.actions.leads import locked_lead, touch
from liuhen.actions.materials import keep_material
from liuhen.cases.models import Lead
from liuhen.documents.crime_transfers import CONTESTS
from liuhen.documents.lead_answers import (
    ANSWERS,
    FOLLOWING,
    THINGS,
    lead_answers,
    lead_stage,
)
from liuhen.documents.models import Material
from liuhen.documents.taken_facts import latest_issued
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

# At which stages something more may be answered, and what may follow.
_OPEN = ("handed_over", "contested")


@act(permission="lead.transfer", event="lead.answered")
def record_lead_answer(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    answer: str,
    number: str,
    note: str,
    content: bytes,
    answered_at: dt.datetime | None = None,
    version: int | None = None,
) -> Lead:
    """Record what the body wrote that a lead was handed to, with its paper as a file.

    After a mere receipt, or when it is sent on, the answer is still awaited.

    Raises:
        Refused: `record.not_found`, `lead.changed`, `lead.not_handed_over`, `lead.answered`,
            `lead.answer`, `lead.answer_incomplete`, `lead.in_future`, `lead.answered_early`,
            `material.incomplete`, `material.too_large`, `storage.full`.
    """
    lead = _handed_over(draft, lead_id, version)
    if lead_stage(lead) not in _OPEN:
        raise Refused("lead.answered")
    if answer not in ANSWERS:
        raise Refused("lead.answer")
    if not (number.strip() and note.strip()):
        raise Refused("lead.answer_incomplete")
    at = _checked_time(draft, lead, answered_at)
    letter = latest_issued(lead.case, letter_of(lead))
    kept = keep_material(
        draft,
        lead.case,
        Material.Kind.TRANSFER_REPLY,
        name=f"{ANSWERS[answer]}（{number.strip()}）",
        content=content,
        received_from=lead.transferred_to,
        received_at=at,
        subject_id=letter.id if letter else None,
    )
    return _tell(
        draft,
        lead,
        step=answer,
        at=clock.iso(at),
        number=number.strip(),
        note=note.strip(),
        material=str(kept.id),
    )


@act(permission="lead.transfer", event="lead.answer_followed")
def follow_lead_answer(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    step: str,
    note: str,
    followed_at: dt.datetime | None = None,
    version: int | None = None,
) -> Lead:
    """Record what followed: a refusal contested (rules 9), or things handed over (rules 12).

    Raises:
        Refused: `record.not_found`, `lead.changed`, `lead.not_handed_over`, `lead.answer_step`,
            `lead.no_note`, `lead.in_future`, `lead.answered_early`.
    """
    lead = _handed_over(draft, lead_id, version)
    stage = lead_stage(lead)
    fits = {"refused": tuple(CONTESTS), "filed": (THINGS,)}.get(stage, ())
    if step not in FOLLOWING or step not in fits:
        raise Refused("lead.answer_step")
    if not note.strip():
        raise Refused("lead.no_note")
    at = _checked_time(draft, lead, followed_at)
    return _tell(
        draft, lead, step=step, at=clock.iso(at), number="", note=note.strip(), material=""
    )


def _handed_over(draft: Draft, lead_id: UUID, version: int | None) -> Lead:
    lead = locked_lead(draft, lead_id, version=version, is_open=False)
    if lead.outcome != Lead.Outcome.TRANSFERRED:
        raise Refused("lead.not_handed_over")
    return lead


def _checked_time(draft: Draft, lead: Lead, given: dt.datetime | None) -> dt.datetime:
    """Not in the future, nor before the step that came last."""
    at = given or draft.at
    told = lead_answers(lead.case)
    assert lead.transferred_at is not None  # what was handed over has its time
    last = clock.parse_iso(told[-1]["at"]) if told else lead.transferred_at
    if at > draft.at:
        raise Refused("lead.in_future")
    if at < last:
        raise Refused("lead.answered_early")
    return at


def _tell(draft: Draft, lead: Lead, **row: Any) -> Lead:
    case = lead.case
    case.facts = {**case.facts, "lead_answers": [*lead_answers(case), row]}
    case.save(update_fields=["facts"])
    touch(lead)
    draft.note(**row)
    return lead
