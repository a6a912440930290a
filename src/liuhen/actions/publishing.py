"""Making a result public, and taking it back. Not for putting it anywhere itself."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.paper_needs import is_issued
from liuhen.actions.parties import open_case
from liuhen.actions.stages import advance
from liuhen.cases.models import Case
from liuhen.compliance.readiness import PUBLIC_IN_COURSE
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

# The papers whose result the public may see, by kind of case.
PUBLISHED = {
    Case.Kind.COERCION: (
        "seizure_decision",
        "enforcement_decision",
        "substitute_performance_decision",
    ),
    Case.Kind.INSPECTION: ("inspection_result_notice",),
    Case.Kind.LEVY: ("levy_decision",),
    # A refusal is the applicant's own (Licensing Law 38, 40).
    Case.Kind.LICENSING: (
        "licence_grant",
        "licence_withdrawal_decision",
        "licence_revocation_decision",
    ),
    Case.Kind.PENALTY: ("penalty_decision",),
}


@act(permission="case.publish", event="case.published")
def publish_result(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    where: str,
    address: str = "",
    published_at: dt.datetime | None = None,
) -> Case:
    """Record that the result was made public: where, at which address, when.

    Raises:
        Refused: `record.not_found`, `case.closed`, `publication.kind`, `publication.nothing`,
            `publication.done`, `publication.where`, `publication.moment`.
    """
    case = _open(draft, case_id)
    draft.about(case)
    types = PUBLISHED.get(Case.Kind(case.kind))
    if types is None:
        raise Refused("publication.kind")
    if not is_issued(case, *types):
        raise Refused("publication.nothing")
    if case.published_at is not None:
        raise Refused("publication.done")
    if not where.strip():
        raise Refused("publication.where")
    at = published_at or draft.at
    told_of = case.papers.filter(type__in=types, issued_at__lte=at)
    if at > draft.at or not told_of.exists():
        raise Refused("publication.moment")
    case.published_at = at
    told = {"where": where.strip(), "address": address.strip(), "by": actor.name}
    case.facts = {**case.facts, "publication": told}
    case.save(update_fields=["published_at", "facts"])
    if case.kind in PUBLIC_IN_COURSE:
        advance(case, "publication")
    draft.note(**told)
    return case


def _open(draft: Draft, case_id: UUID) -> Case:
    """A case whose course has no step of it may be closed before its decision is made public."""
    case = draft.lock_case(case_id)
    return open_case(draft, case_id) if case.kind in PUBLIC_IN_COURSE else case


@act(permission="case.publish", event="case.publication_withheld")
def withhold_publication(draft: Draft, *, actor: Person, case_id: UUID, reason: str) -> Case:
    """Record that the result is not made public, and by which provision; later it still may be.

    Raises:
        Refused: `record.not_found`, `case.closed`, `publication.kind`, `publication.always`,
            `publication.done`, `publication.provision`.
    """
    case = _open(draft, case_id)
    draft.about(case)
    if Case.Kind(case.kind) not in PUBLISHED:
        raise Refused("publication.kind")
    # What ends a licence grants none: Licensing Law 40 asks nothing of it.
    if case.kind == Case.Kind.LICENSING and case.procedure != Case.Procedure.ENDING:
        raise Refused("publication.always")
    if case.published_at is not None:
        raise Refused("publication.done")
    if not reason.strip():
        raise Refused("publication.provision")
    told = {"withheld_by": reason.strip(), "withheld_at": clock.iso(draft.at), "by": actor.name}
    case.facts = {**case.facts, "publication": told}
    case.save(update_fields=["facts"])
    draft.note(**told)
    return case


@act(permission="case.publish", event="case.publication_withdrawn")
def withdraw_publication(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    reason: str,
    withdrawn_at: dt.datetime | None = None,
) -> Case:
    """Record that what was made public was taken back, and the reasons told there (Penalty Law 48).

    Also after the case is closed: a decision falls by review or suit.

    Raises:
        Refused: `record.not_found`, `publication.not_public`, `publication.withdrawn`,
            `publication.reason`, `publication.withdrawal_moment`.
    """
    case = draft.lock_case(case_id)
    draft.about(case)
    if case.published_at is None:
        raise Refused("publication.not_public")
    told = case.facts.get("publication") or {}
    if "withdrawn_at" in told:
        raise Refused("publication.withdrawn")
    if not reason.strip():
        raise Refused("publication.reason")
    at = withdrawn_at or draft.at
    if not case.published_at <= at <= draft.at:
        raise Refused("publication.withdrawal_moment")
    noted = {"withdrawn_at": clock.iso(at), "reason": reason.strip()}
    case.facts = {**case.facts, "publication": {**told, **noted}}
    case.save(update_fields=["facts"])
    draft.note(**noted)
    return case
