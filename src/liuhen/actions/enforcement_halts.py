"""An enforcement that is held up: suspended or agreed upon, taken up again, terminated.

The suspension, the agreement and the termination are papers (`actions.coercion_order`). Coercion
Law 39, 40, 42.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.parties import open_case
from liuhen.cases.models import Case
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.rulebook.queries import figure_at, rulebook

_HALTING = ("enforcement_suspension", "enforcement_agreement")
_TERMINATION = "enforcement_termination"


def halted_by(case: Case) -> Paper | None:
    """The suspension or agreement that stands; None while the enforcement goes on."""
    resumed = [one["paper"] for one in case.facts.get("resumptions", ())]
    standing = case.papers.filter(type__in=_HALTING, state=Paper.State.ISSUED)
    return standing.exclude(id__in=resumed).order_by("-issued_at").first()


def terminated_at(case: Case) -> dt.datetime | None:
    """When the enforcement was terminated; None while it was not."""
    found = case.papers.filter(type=_TERMINATION, state=Paper.State.ISSUED)
    return found.order_by("issued_at").values_list("issued_at", flat=True).first()


def refuse_halted(case: Case) -> None:
    """Nothing is enforced while it is suspended or agreed upon, nor once it is terminated.

    Raises:
        Refused: `enforcement.suspended`, `enforcement.terminated`.
    """
    if terminated_at(case) is not None:
        raise Refused("enforcement.terminated")
    halt = halted_by(case)
    if halt is not None and halt.issued_at is not None:
        raise Refused("enforcement.suspended", since=clock.local_date(halt.issued_at).isoformat())


@act(permission="coercion.state", event="coercion.enforcement_resumed")
def resume_enforcement(
    draft: Draft, *, actor: Person, case_id: UUID, reason: str, is_still_due: bool = False
) -> Case:
    """Take an enforcement up again: what held it up is gone, or the agreement was not kept.

    After three years of suspension only with `is_still_due`: there is plain harm to society, or
    the party is able to perform (Coercion Law 39).

    Raises:
        Refused: `record.not_found`, `case.closed`, `enforcement.not_suspended`,
            `enforcement.terminated`, `enforcement.resumption`, `enforcement.lapsed`.
    """
    case = open_case(draft, case_id)
    if terminated_at(case) is not None:
        raise Refused("enforcement.terminated")
    halt = halted_by(case)
    if halt is None:
        raise Refused("enforcement.not_suspended")
    if not reason.strip():
        raise Refused("enforcement.resumption")
    if not is_still_due:
        _refuse_lapsed(halt, draft.at)
    row = {"paper": str(halt.id), "reason": reason.strip(), "at": clock.iso(draft.at)}
    case.facts = {**case.facts, "resumptions": [*case.facts.get("resumptions", ()), row]}
    case.save(update_fields=["facts"])
    draft.about(case)
    draft.note(reason=reason.strip())
    return case


def _refuse_lapsed(halt: Paper, at: dt.datetime) -> None:
    """What was suspended for years is enforced no more; an agreement is no suspension."""
    years = figure_at("coercion_law.suspension_end", at)
    if halt.type != "enforcement_suspension" or halt.issued_at is None:
        return
    since = clock.local_date(halt.issued_at)
    end = rulebook().calendar.after_years(since, int(years or 0)).last_on
    if isinstance(years, int) and clock.local_date(at) >= end:
        raise Refused("enforcement.lapsed", since=since.isoformat(), years=years)
