"""The right to a hearing on a licence: interested persons told of it, a public hearing announced.

The applicant is told by the notice that is served; whether there is such a right, the proposal
says (`licensing.propose_licence`). Not for holding the hearing. Licensing Law 46, 47.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.licensing import GRANT, REFUSAL, licence_case
from liuhen.actions.paper_needs import is_issued
from liuhen.cases.models import Case, Party
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

RIGHT_NOTICE, NOTICE = "licence_hearing_right_notice", "licence_hearing_notice"


@act(permission="licence.review", event="licence.hearing_right_told")
def tell_interested_person(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    party_id: UUID,
    way: str,
    told_at: dt.datetime | None = None,
) -> Case:
    """Record that an interested person was told of the right to a hearing: how, and when (now).

    It is told by the same notice as the applicant, so that is issued first; the days for asking
    run from `told_at`.

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.decided`, `hearing.right_untold`,
            `hearing.not_interested`, `hearing.told_already`, `hearing.way`, `hearing.told_moment`.
    """
    case = _undecided(draft, case_id)
    notice = _first_issued(case, RIGHT_NOTICE)
    if notice is None:
        raise Refused("hearing.right_untold")
    party = case.parties.filter(id=party_id, role=Party.Role.INTERESTED).first()
    if party is None:
        raise Refused("hearing.not_interested")
    told = dict(case.facts["licence"].get("hearing_told") or {})
    if str(party.id) in told:
        raise Refused("hearing.told_already", name=party.name)
    if not way.strip():
        raise Refused("hearing.way")
    at = _after(draft, notice, told_at, "hearing.told_moment")
    told[str(party.id)] = {"at": clock.iso(at), "way": way.strip(), "by": actor.name}
    _note(case, hearing_told=told)
    draft.about(party)
    draft.note(way=way.strip(), told_at=clock.iso(at))
    return case


@act(permission="licence.review", event="licence.hearing_announced")
def announce_hearing(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    where: str,
    address: str = "",
    announced_at: dt.datetime | None = None,
) -> Case:
    """Record that a hearing was announced to the public: where, at which address, when (now).

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.decided`, `hearing.not_public`,
            `hearing.uncalled`, `hearing.announced`, `hearing.announced_where`,
            `hearing.announced_moment`.
    """
    case = _undecided(draft, case_id)
    if case.circumstances.get("is_hearing_public") is not True:
        raise Refused("hearing.not_public")
    notice = _first_issued(case, NOTICE)
    if notice is None:
        raise Refused("hearing.uncalled")
    if "hearing_announced" in case.facts["licence"]:
        raise Refused("hearing.announced")
    if not where.strip():
        raise Refused("hearing.announced_where")
    at = _after(draft, notice, announced_at, "hearing.announced_moment")
    told = {"at": clock.iso(at), "where": where.strip(), "address": address.strip()}
    _note(case, hearing_announced={**told, "by": actor.name})
    draft.note(**told)
    return case


def _undecided(draft: Draft, case_id: UUID) -> Case:
    case = licence_case(draft, case_id)
    if case.procedure != Case.Procedure.ORDINARY:
        raise Refused("record.not_found")
    if is_issued(case, GRANT, REFUSAL):
        raise Refused("licence.decided")
    return case


def _first_issued(case: Case, type_key: str) -> Paper | None:
    issued = case.papers.filter(type=type_key, state=Paper.State.ISSUED)
    return issued.order_by("issued_at").first()


def _after(draft: Draft, notice: Paper, at: dt.datetime | None, code: str) -> dt.datetime:
    """The instant stated, or now: not before the notice, not to come."""
    found = at or draft.at
    assert notice.issued_at is not None  # it is issued
    if not notice.issued_at.replace(second=0, microsecond=0) <= found <= draft.at:
        raise Refused(code)
    return found


def _note(case: Case, **facts: Any) -> None:
    case.facts = {**case.facts, "licence": {**case.facts["licence"], **facts}}
    case.save(update_fields=["facts"])
