"""A dispute with another authority on who is competent (Penalty Law 25; Order 55:6).

Recorded when it arises, talked over within its working days, else put to the common superior. Not
for the transfer that may follow (`lead_outcomes`), nor for initiating (`initiation`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.leads import locked_lead, touch
from liuhen.actions.materials import keep_material
from liuhen.cases.models import Lead
from liuhen.documents.jurisdiction import AFTER, DISPUTED, OUTCOMES, OVER, dispute_stage, disputes
from liuhen.documents.models import Material
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person


@act(permission="lead.dispute", event="jurisdiction.disputed")
def dispute_jurisdiction(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    body: str,
    note: str,
    disputed_at: dt.datetime | None = None,
    version: int | None = None,
) -> Lead:
    """Record that another authority claims the matter too, or declines it: the two talk it over.

    Raises:
        Refused: `record.not_found`, `lead.changed`, `lead.decided`, `case.closed`,
            `jurisdiction.disputed`, `jurisdiction.incomplete`, `lead.in_future`,
            `jurisdiction.early`.
    """
    lead = _disputable(draft, lead_id, version)
    if dispute_stage(lead.case) in AFTER:
        raise Refused("jurisdiction.disputed")
    if not (body.strip() and note.strip()):
        raise Refused("jurisdiction.incomplete")
    at = _checked_time(draft, lead, disputed_at)
    return _tell(draft, lead, DISPUTED, at, body=body.strip(), note=note.strip())


@act(permission="lead.dispute", event="jurisdiction.settled")
def settle_jurisdiction(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    outcome: str,
    number: str,
    note: str,
    content: bytes,
    settled_at: dt.datetime | None = None,
    version: int | None = None,
) -> Lead:
    """Record how the talks ended, with the record of them; or what the common superior decided.

    Raises:
        Refused: `record.not_found`, `lead.changed`, `lead.decided`, `case.closed`,
            `jurisdiction.none`, `jurisdiction.outcome`, `jurisdiction.incomplete`,
            `lead.in_future`, `jurisdiction.early`, `material.incomplete`, `material.too_large`,
            `storage.full`.
    """
    lead = _disputable(draft, lead_id, version)
    following = AFTER.get(dispute_stage(lead.case))
    if following is None:
        raise Refused("jurisdiction.none")
    if outcome not in following:
        raise Refused("jurisdiction.outcome")
    if not (number.strip() and note.strip()):
        raise Refused("jurisdiction.incomplete")
    at = _checked_time(draft, lead, settled_at)
    body = disputes(lead.case)[-1]["body"]
    kept = keep_material(
        draft,
        lead.case,
        Material.Kind.OTHER,
        name=f"{OUTCOMES[outcome]}（{number.strip()}）",
        content=content,
        received_from=body,
        received_at=at,
    )
    told = {"body": body, "number": number.strip(), "note": note.strip()}
    return _tell(draft, lead, outcome, at, material=str(kept.id), **told)


def _disputable(draft: Draft, lead_id: UUID, version: int | None) -> Lead:
    """A lead that is not turned away, of a case that is not closed."""
    lead = locked_lead(draft, lead_id, version=version, is_open=False)
    if lead.outcome in OVER:
        raise Refused("lead.decided", outcome=lead.get_outcome_display())
    if lead.case.closed_at is not None:
        raise Refused("case.closed")
    return lead


def _checked_time(draft: Draft, lead: Lead, given: dt.datetime | None) -> dt.datetime:
    """Not in the future, nor before the lead came in or the step that came last."""
    at = given or draft.at
    told = disputes(lead.case)
    last = clock.parse_iso(told[-1]["at"]) if told else lead.received_at
    if at > draft.at:
        raise Refused("lead.in_future")
    if at < last:
        raise Refused("jurisdiction.early")
    return at


def _tell(draft: Draft, lead: Lead, step: str, at: dt.datetime, **told: str) -> Lead:
    row: dict[str, Any] = {"step": step, "at": clock.iso(at), "number": "", "material": "", **told}
    case = lead.case
    case.facts = {**case.facts, "jurisdiction": [*disputes(case), row]}
    case.save(update_fields=["facts"])
    touch(lead)
    draft.note(**row)
    return lead
