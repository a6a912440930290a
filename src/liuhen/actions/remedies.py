"""Review and suit against a decision: when the party began them and when they ended.

Their days do not count for the late payment penalty (Penalty Law 73). Not for the party's defence
before the decision (`defence`), nor for counting the penalty (`documents.late_payment_facts`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.cases.models import Case
from liuhen.documents.late_payment_facts import REMEDIES, open_remedy, remedies_of
from liuhen.documents.models import Paper, Service
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person


@act(permission="remedy.record", event="remedy.recorded")
def record_remedy(
    draft: Draft, *, actor: Person, case_id: UUID, kind: str, body: str, began_on: dt.date
) -> Case:
    """Record that the party asked for review or went to court, where and on which day.

    Also after the case is closed: the periods for both run on.

    Raises:
        Refused: `record.not_found`, `remedy.kind`, `remedy.body`, `remedy.no_decision`,
            `remedy.day`, `remedy.open`.
    """
    case = draft.lock_case(case_id)
    if kind not in REMEDIES:
        raise Refused("remedy.kind")
    if not body.strip():
        raise Refused("remedy.body")
    served_on = _decision_served_on(case)
    if served_on is None:
        raise Refused("remedy.no_decision")
    if not served_on <= began_on <= clock.local_date(draft.at):
        raise Refused("remedy.day", first=served_on.isoformat())
    if open_remedy(case) is not None:
        raise Refused("remedy.open")
    row = {"kind": kind, "body": body.strip(), "began_on": began_on.isoformat()}
    return _put(draft, case, [*remedies_of(case), row])


@act(permission="remedy.record", event="remedy.ended")
def end_remedy(
    draft: Draft, *, actor: Person, case_id: UUID, ended_on: dt.date, result: str
) -> Case:
    """Record on which day the review or suit that goes on ended, and how.

    Raises:
        Refused: `record.not_found`, `remedy.none_open`, `remedy.result`, `remedy.day`.
    """
    case = draft.lock_case(case_id)
    going_on = open_remedy(case)
    if going_on is None:
        raise Refused("remedy.none_open")
    if not result.strip():
        raise Refused("remedy.result")
    began_on = dt.date.fromisoformat(going_on["began_on"])
    if not began_on <= ended_on <= clock.local_date(draft.at):
        raise Refused("remedy.day", first=began_on.isoformat())
    ended = going_on | {"ended_on": ended_on.isoformat(), "result": result.strip()}
    return _put(draft, case, [*remedies_of(case)[:-1], ended])


def _put(draft: Draft, case: Case, rows: list[dict[str, Any]]) -> Case:
    case.facts = {**case.facts, "remedies": rows}
    case.save(update_fields=["facts"])
    draft.about(case)
    draft.note(**rows[-1])
    return case


def _decision_served_on(case: Case) -> dt.date | None:
    """The first day on which a decision of the case reached the party."""
    served = Service.objects.filter(paper__case=case, paper__state=Paper.State.ISSUED)
    first = served.filter(paper__type__contains="decision").order_by("served_at").first()
    return clock.local_date(first.received_at or first.served_at) if first else None
