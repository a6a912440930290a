"""Review and suit against a decision: when the party began them and when they ended.

Their days do not count for the late payment penalty (Penalty Law 73). Not for the party's defence
before the decision (`defence`), nor for counting the penalty (`documents.late_payment_facts`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.linked_fines import tell_linked
from liuhen.cases.models import Case
from liuhen.documents.late_payment_facts import REMEDIES, open_remedy, remedies_of
from liuhen.documents.models import Paper, Service
from liuhen.documents.service_days import in_effect
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import RemedyOutcome
from liuhen.people.models import Person


@act(permission="remedy.record", event="remedy.recorded")
def record_remedy(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    kind: str,
    body: str,
    began_on: dt.date,
    notified_on: dt.date | None = None,
    is_summary: bool = False,
) -> Case:
    """Record that the party asked for review or went to court, where and on which day.

    Also after the case is closed: the periods for both run on. `notified_on` is the day on which
    we received the copy: from then on the days for our answer and the file count, fewer in a
    review of the summary course (`is_summary`).

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
    if notified_on is not None and not began_on <= notified_on <= clock.local_date(draft.at):
        raise Refused("remedy.day", first=began_on.isoformat())
    row: dict[str, Any] = {"kind": kind, "body": body.strip(), "began_on": began_on.isoformat()}
    if notified_on is not None:
        row["notified_on"] = notified_on.isoformat()
    if is_summary and kind == "review":
        row["is_summary"] = True
    return _put(draft, case, [*remedies_of(case), row])


@act(permission="remedy.record", event="remedy.answered")
def answer_remedy(
    draft: Draft, *, actor: Person, case_id: UUID, answered_on: dt.date, handed_in: str
) -> Case:
    """Record on which day our answer and the file were handed in, and what was handed in.

    Raises:
        Refused: `record.not_found`, `remedy.none_open`, `remedy.answered`, `remedy.handed_in`,
            `remedy.day`.
    """
    case = draft.lock_case(case_id)
    going_on = open_remedy(case)
    if going_on is None:
        raise Refused("remedy.none_open")
    if "answered_on" in going_on:
        raise Refused("remedy.answered")
    if not handed_in.strip():
        raise Refused("remedy.handed_in")
    first = dt.date.fromisoformat(going_on.get("notified_on") or going_on["began_on"])
    if not first <= answered_on <= clock.local_date(draft.at):
        raise Refused("remedy.day", first=first.isoformat())
    told = {"answered_on": answered_on.isoformat(), "handed_in": handed_in.strip()}
    return _put(draft, case, [*remedies_of(case)[:-1], going_on | told])


@act(permission="remedy.record", event="remedy.ended")
def end_remedy(
    draft: Draft, *, actor: Person, case_id: UUID, ended_on: dt.date, outcome: str, result: str
) -> Case:
    """Record on which day the review or suit that goes on ended, and how.

    `outcome` says what it did to the decision (`law.vocabulary.RemedyOutcome`).

    Raises:
        Refused: `record.not_found`, `remedy.none_open`, `remedy.result`, `remedy.outcome`,
            `remedy.day`.
    """
    case = draft.lock_case(case_id)
    going_on = open_remedy(case)
    if going_on is None:
        raise Refused("remedy.none_open")
    if not result.strip():
        raise Refused("remedy.result")
    if outcome not in set(RemedyOutcome):
        raise Refused("remedy.outcome")
    began_on = dt.date.fromisoformat(going_on["began_on"])
    if not began_on <= ended_on <= clock.local_date(draft.at):
        raise Refused("remedy.day", first=began_on.isoformat())
    ended = {"ended_on": ended_on.isoformat(), "outcome": outcome, "result": result.strip()}
    ended = going_on | ended
    return _put(draft, case, [*remedies_of(case)[:-1], ended])


def _put(draft: Draft, case: Case, rows: list[dict[str, Any]]) -> Case:
    case.facts = {**case.facts, "remedies": rows}
    case.save(update_fields=["facts"])
    tell_linked(draft, case)
    draft.about(case)
    draft.note(**rows[-1])
    return case


def _decision_served_on(case: Case) -> dt.date | None:
    """The first day on which a decision of the case reached the party."""
    served = Service.objects.filter(paper__case=case, paper__state=Paper.State.ISSUED)
    first = in_effect(served.filter(paper__type__contains="decision")).first()
    return clock.local_date(first.received_at or first.served_at) if first else None
