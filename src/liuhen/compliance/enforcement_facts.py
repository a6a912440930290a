"""What the reminder, the enforcement and the court established, as facts of the law, out of rows.

Not for sealing and seizure (`procedure_facts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from liuhen.assembly.document_types import document_type
from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import member
from liuhen.kernel import clock
from liuhen.law.calendar import start_of_day
from liuhen.law.facts import Paper, Remedy
from liuhen.law.measures.a35 import REMINDER
from liuhen.law.moments import Moment
from liuhen.law.statutes.coercion_enforcement import REMINDER_FIELDS
from liuhen.law.vocabulary import NOT_YET, RemedyKind, RemedyOutcome

# What others write and hand in, by kind of material: the law asks for it as for a paper.
_RECEIVED = {"court_ruling": "court_ruling", "testing_opinion": "expert_opinion"}


def enforced(rows: CaseRows) -> dict[str, Any]:
    """What the case knows of the decision it enforces."""
    return {
        "enforced_served_on": _served_on(rows),
        "enforced_remedies_told": _remedies_told(rows),
        "is_money_enforced": _is_money(rows),
        "enforced_due_on": _due_on(rows),
        "enforced_deferred_until": _deferred_until(rows),
        "is_enforced_apart": "enforcement" in rows.case.stated("facts"),
    }


def _served_on(rows: CaseRows) -> dt.date | None:
    """When the decision to be enforced was served: noted at the opening, or the case's own."""
    noted = (rows.case.stated("facts").get("enforced") or {}).get("served_on")
    if isinstance(noted, str):
        return dt.date.fromisoformat(noted)
    decided = {row.id for row in rows.all("papers") if row.text("type") in _OWN}
    served = [
        _received(row) for row in rows.all("services") if row.reference("paper_id") in decided
    ]
    return min((clock.local_date(each) for each in served if each is not None), default=None)


# The kinds whose decisions ask for money.
_OWING = ("levy", "penalty")
_FINING = ("penalty_decision", "simple_decision")
# What a case may owe by a decision of its own.
_OWN = frozenset({"levy_decision", "penalty_decision", "simple_decision"})


def _is_money(rows: CaseRows) -> bool | None:
    """Whether what is enforced, or owed by a decision of the case's own, is a sum."""
    noted = rows.case.stated("facts").get("enforced")
    if noted is None:
        return rows.case.text("kind") in _OWING or None
    return bool(noted.get("amount_fen"))


def _due_on(rows: CaseRows) -> dt.date | None:
    """Last day on which the decision could be paid: noted at the opening of its enforcement.

    Where a case was opened before that was noted, a fine's days from its service; a levy gives a
    day of its own, which is not known then.
    """
    noted = rows.case.stated("facts").get("enforced") or {}
    if "due_on" in noted:
        return dt.date.fromisoformat(noted["due_on"])
    is_fine = noted.get("title") in {document_type(key).title for key in _FINING}
    served = _served_on(rows) if is_fine else None
    if served is None:
        return None
    days = rows.rulebook.parameters.on("penalty_law.pay_fine", served).value
    return rows.rulebook.calendar.after_days(served, int(days or 0), rolls=True).last_on


def _deferred_until(rows: CaseRows) -> dt.date | None:
    """Last day of the plan by which a fine may be paid later: noted at the opening, or its own."""
    noted = (rows.case.stated("facts").get("enforced") or {}).get("deferred_until")
    plans = [
        row.stated("data").get("plan") or []
        for row in rows.all("papers")
        if row.text("type") == "instalment_notice" and row.text("state") == "issued"
    ]
    days = [noted] if noted else [part["due_on"] for plan in plans for part in plan]
    return max(map(dt.date.fromisoformat, days), default=None)


def _remedies_told(rows: CaseRows) -> bool:
    """Whether the decision to be enforced told how to seek review or sue: noted at the opening.

    One noted before that was asked, or a levy's own, was issued: so it is complete.
    """
    noted = rows.case.stated("facts").get("enforced") or {}
    return noted.get("remedies_told") is not False


def remedies(rows: CaseRows) -> tuple[Remedy, ...]:
    """Reviews and suits against the decision that is enforced, else against the case's own."""
    facts = rows.case.stated("facts")
    told = (facts.get("enforced") or facts).get("remedies") or ()
    return tuple(
        Remedy(
            key=f"{rows.case.id}:remedy{index}",
            kind=member(RemedyKind, row.get("kind")),
            began_at=_start_of(row["began_on"]),
            ended_at=_start_of(row["ended_on"]) if "ended_on" in row else NOT_YET,
            outcome=member(RemedyOutcome, row.get("outcome")),
            is_summary=bool(row.get("is_summary")),
            notified_at=_start_of(row["notified_on"]) if "notified_on" in row else NOT_YET,
            answered_at=_start_of(row["answered_on"]) if "answered_on" in row else NOT_YET,
        )
        for index, row in enumerate(told)
    )


def _start_of(day: str) -> dt.datetime:
    return start_of_day(dt.date.fromisoformat(day))


def reminded_until(rows: CaseRows, reminder: Row) -> dt.date | None:
    """Last day of the period a reminder gives from its receipt; it rolls off holidays."""
    days = reminder.stated("data").get("days")
    received = [
        at
        for row in rows.all("services")
        if row.reference("paper_id") == reminder.id and (at := _received(row)) is not None
    ]
    if not received or not isinstance(days, int):
        return None
    return rows.rulebook.calendar.after_days(
        clock.local_date(min(received)), days, rolls=True
    ).last_on


def _received(row: Row) -> dt.datetime | None:
    return row.instant("received_at") or row.instant("served_at")


def kept_elsewhere(rows: CaseRows) -> Iterator[Paper]:
    """Papers the law asks for that are no papers of this case: handed in, or of its enforcement."""
    yield from _received_papers(rows)
    noted = (rows.case.stated("facts").get("enforcement") or {}).get("reminded_at")
    if isinstance(noted, str):
        reminded = clock.parse_iso(noted)
        yield Paper(
            key=f"{rows.case.id}:reminder",
            type=REMINDER,
            made_at=reminded,
            issued_at=reminded,
            # It was issued, and a reminder is issued only when it is complete.
            fields=dict.fromkeys(REMINDER_FIELDS, True),
        )


def _received_papers(rows: CaseRows) -> Iterator[Paper]:
    """Rulings and opinions, each tied to what it answers."""
    for row in rows.all("materials"):
        kind = _RECEIVED.get(row.text("kind"))
        if kind is not None:
            received: Moment = row.instant("received_at")
            yield Paper(
                key=row.id,
                type=kind,
                number="",
                made_at=received,
                issued_at=received,
                subject_key=row.reference("subject_id") or "",
                signatures=(),
                refusals=(),
                is_kept=True,
                is_void=False,
            )
