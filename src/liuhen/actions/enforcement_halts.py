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
def resume_enforcement(draft: Draft, *, actor: Person, case_id: UUID, reason: str) -> Case:
    """Take an enforcement up again: what held it up is gone, or the agreement was not kept.

    Raises:
        Refused: `record.not_found`, `case.closed`, `enforcement.not_suspended`,
            `enforcement.terminated`, `enforcement.resumption`.
    """
    case = open_case(draft, case_id)
    if terminated_at(case) is not None:
        raise Refused("enforcement.terminated")
    halt = halted_by(case)
    if halt is None:
        raise Refused("enforcement.not_suspended")
    if not reason.strip():
        raise Refused("enforcement.resumption")
    row = {"paper": str(halt.id), "reason": reason.strip(), "at": clock.iso(draft.at)}
    case.facts = {**case.facts, "resumptions": [*case.facts.get("resumptions", ()), row]}
    case.save(update_fields=["facts"])
    draft.about(case)
    draft.note(reason=reason.strip())
    return case
