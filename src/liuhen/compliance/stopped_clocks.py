"""When a clock stands still: testing, hearings, special procedures, days with the police.

Not for what makes a clock longer (`procedure_facts.prolongations`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from liuhen.compliance.procedure_facts import issued
from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import or_not_yet
from liuhen.compliance.service_facts import served_at
from liuhen.documents.crime_transfers import returned_at
from liuhen.kernel import clock
from liuhen.law.facts import Suspension
from liuhen.law.phrases import first_at
from liuhen.law.vocabulary import NOT_YET

# The clock that stands still while somebody tests, by kind of case; a hearing stops a licence's.
_STOPPED: Mapping[str, str] = {
    "coercion": "coercion_law.seizure",
    "licensing": "licensing_law.decision",
    "penalty": "penalty_law.decision",
}
TESTING, PERIOD, SPECIAL = "20", "testing_period_notice", "special_procedure_notice"
POLICE_TIME = "assumption.police_time_not_counted"


def suspensions(rows: CaseRows) -> tuple[Suspension, ...]:
    """Time that doesn't count: testing from entrustment to opinion, hearings from their first day
    to their last, adjournments included, what the applicant of a licence was told of, and the days
    a penalty was with the police. For a penalty the authority says which of them (`order55.
    not_counted`, `assumption.police_time_not_counted`)."""
    clock_name = _STOPPED.get(rows.case.text("kind"))
    if clock_name is None:
        return ()
    left_out = _not_counted(rows)
    tests = [_testing(rows, row, clock_name) for row in issued(rows, TESTING)]
    return (
        *(tests if "testing" in left_out else ()),
        *(_hearings(rows, clock_name) if "hearing" in left_out else ()),
        *_told_of(rows, clock_name),
        *_with_police(rows, clock_name),
    )


def _not_counted(rows: CaseRows) -> frozenset[str]:
    value = _set_for_penalty(rows, "order55.not_counted")
    return frozenset({"testing", "hearing"} if value is None else str(value).split(","))


def _set_for_penalty(rows: CaseRows, figure: str) -> int | str | None:
    """A figure as it stood when a penalty was initiated; None for any other case."""
    begun = rows.case.instant("initiated_at") if rows.case.text("kind") == "penalty" else None
    if begun is None:
        return None
    return rows.rulebook.parameters.on(figure, clock.local_date(begun)).value or ""


def _with_police(rows: CaseRows, clock_name: str) -> Iterator[Suspension]:
    """From the hand-over to the police to the day on which the case was back."""
    if not _set_for_penalty(rows, POLICE_TIME):
        return
    for number, row in enumerate(rows.case.stated("facts").get("crime_transfers") or []):
        if "handed_over_at" in row:
            back = returned_at(row)
            yield Suspension(
                key=f"{rows.case.id}:{number}",
                clock=clock_name,
                started_on=clock.local_date(clock.parse_iso(row["handed_over_at"])),
                ended_on=clock.local_date(back) if back else None,
                told_at=NOT_YET,
                ground=POLICE_TIME,
            )


def _testing(rows: CaseRows, paper: Row, clock_name: str) -> Suspension:
    """From the entrustment to its opinion; the party is told by the notice of the period."""
    answered = [
        row.moment("received_at")
        for row in rows.all("materials")
        if row.text("kind") == "testing_opinion" and row.reference("subject_id") == paper.id
    ]
    told = [served_at(rows, row) for row in (*issued(rows, PERIOD), *issued(rows, SPECIAL))]
    return Suspension(
        key=paper.id,
        clock=clock_name,
        started_on=clock.local_date(paper.moment("issued_at")),
        ended_on=clock.local_date(min(answered)) if answered else None,
        told_at=first_at(told) or NOT_YET,
    )


def _told_of(rows: CaseRows, clock_name: str) -> Iterator[Suspension]:
    """Expert review, tests and the like: not counted once the applicant was told (45)."""
    for row in issued(rows, SPECIAL):
        told = served_at(rows, row)
        period = row.stated("data").get("period") or {}
        if isinstance(told, dt.datetime) and {"started_at", "ended_at"} <= set(period):
            began, ended = (clock.parse_iso(period[key]) for key in ("started_at", "ended_at"))
            yield Suspension(
                key=row.id,
                clock=clock_name,
                started_on=clock.local_date(began),
                ended_on=clock.local_date(ended) + dt.timedelta(days=1),
                told_at=told,
            )


def _hearings(rows: CaseRows, clock_name: str) -> Iterator[Suspension]:
    for row in rows.all("activities"):
        if row.text("kind") == "hearing":
            ended = row.instant("ended_at")
            yield Suspension(
                key=row.id,
                clock=clock_name,
                started_on=clock.local_date(row.moment("started_at")),
                ended_on=clock.local_date(ended) + dt.timedelta(days=1) if ended else None,
                told_at=or_not_yet(row.instant("started_at")),
            )
