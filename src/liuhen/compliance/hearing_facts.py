"""Hearings as facts of the law, out of rows: who was called to them when, and who chaired.

Not for the right to one and its requests (`licence_hearing_facts`, `ordinary_facts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from liuhen.cases.choices import HEARINGS_GIVEN_UP
from liuhen.compliance.licence_hearing_facts import interested, is_addressed_to, told_at
from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.service_facts import served_at
from liuhen.kernel import clock
from liuhen.law.facts import Hearing
from liuhen.law.moments import Moment
from liuhen.law.phrases import first_at
from liuhen.law.vocabulary import NOT_YET, PartyRole

HEARING_NOTICES = ("hearing_notice", "licence_hearing_notice")


def hearings(rows: CaseRows) -> tuple[Hearing, ...]:
    """Hearings opened: who was called by a notice that names their day, and who chaired them."""
    carried = {row.reference("person_id") for row in rows.all("case_officers")}
    found = []
    for row in rows.all("activities"):
        if row.text("kind") != "hearing":
            continue
        notified, uncalled = _called(rows, row)
        chair = row.stated("facts").get("chair_id") or _signed_as_chair(rows, row)
        found.append(
            Hearing(
                key=row.id,
                activity=row.id,
                notified_at=notified,
                uncalled=uncalled,
                is_chair_investigator=None if chair is None else chair in carried,
                was_given_up=_outcome(row) in HEARINGS_GIVEN_UP,
            )
        )
    return tuple(found)


def _outcome(hearing: Row) -> object:
    """How a hearing ended; None while it goes on, or of one taken in before that was asked."""
    told = hearing.stated("facts").get("hearing")
    return told.get("outcome") if isinstance(told, dict) else None


def _called(rows: CaseRows, hearing: Row) -> tuple[Moment, tuple[str, ...]]:
    """When the last of those to be called was, and the names of who was not."""
    notices = [one for one in _issued(rows) if hearing_called(rows, one) == hearing.id]
    reached: dict[str, Moment] = {}
    for row in _concerned(rows, hearing):
        mine = [served_at(rows, one) for one in notices if is_addressed_to(rows, one, row)]
        reached[row.text("name") or "当事人"] = first_at(mine) or NOT_YET
    known = [at for at in reached.values() if isinstance(at, dt.datetime)]
    lacking = [name for name, at in reached.items() if at is NOT_YET]
    return max(known, default=NOT_YET), tuple(lacking)


def _concerned(rows: CaseRows, hearing: Row) -> Iterator[Row]:
    """The party, and the interested persons of a licence who were told of the right before."""
    yield from (row for row in rows.all("parties") if row.text("role") in ("", PartyRole.PARTY))
    if rows.case.text("kind") == "licensing":
        begun = hearing.moment("started_at")
        for row in interested(rows):
            told = told_at(rows, row)
            if isinstance(told, dt.datetime) and told <= begun:
                yield row


def _issued(rows: CaseRows) -> list[Row]:
    """Notices issued, save for those in whose place a correction stands."""
    replaced = rows.corrected()
    return [
        row
        for row in rows.all("papers")
        if row.text("type") in HEARING_NOTICES
        and row.text("state") == "issued"
        and row.id not in replaced
    ]


def _signed_as_chair(rows: CaseRows, hearing: Row) -> str | None:
    """Who signed the record of a licensing hearing as chair, where no chair opened it."""
    records = {
        row.id
        for row in rows.all("papers")
        if row.text("type") == "licence_hearing_record"
        and row.text("state") == "issued"
        and row.reference("activity_id") == hearing.id
    }
    signed = (
        row.reference("person_id")
        for row in rows.all("signatures")
        if row.text("role") == "chair" and row.reference("paper_id") in records
    )
    return next(signed, None)


def hearing_called(rows: CaseRows, notice: Row) -> str | None:
    """The hearing a notice called: the one opened on the day it names; None while there is none."""
    told = notice.stated("data").get("held_at")
    if not isinstance(told, str):
        return None
    day = clock.local_date(clock.parse_iso(told))
    for row in rows.all("activities"):
        if row.text("kind") == "hearing" and clock.local_date(row.moment("started_at")) == day:
            return row.id
    return None
