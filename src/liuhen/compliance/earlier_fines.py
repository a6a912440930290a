"""Fines already imposed on the parties of a case, perhaps for the same act (Penalty Law 29).

Looked up by identity number, by name where a number is lacking; at most `MOST` of a case, decided
since `YEARS` before it began. Of the other case its row counts as it stands now; its decision is
frozen since it was issued. Not for the rule (`law.statutes.penalty_law_limits`).
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from functools import cache
from typing import NamedTuple

from liuhen.assembly.document_types import types
from liuhen.cases.models import Activity, Case, Party
from liuhen.compliance.paper_facts import FINING, decisions, law_type
from liuhen.compliance.rows import CaseRows, Row, Source
from liuhen.compliance.simple_facts import noted_instant, spoken_activities
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.law.facts import SameActFine
from liuhen.law.vocabulary import CaseKind

MOST, YEARS = 50, 2
_COLUMNS = ("case_number", "cause", "place", "decided_at", "violated_at", "is_same_party")
EARLIER_FINES = Source("earlier_fines", Paper, _COLUMNS)


@cache
def select_earlier_fines(*, until: bool = False) -> str:
    """A branch of the union of `present`; `until` leaves out what was decided after %(at)s."""
    fining = ", ".join(f"'{key}'" for key in sorted(types()) if law_type(key) in FINING)
    known = "AND p.issued_at <= %(at)s" if until else ""
    tables = {each.__name__: each._meta.db_table for each in (Case, Party, Activity, Paper)}
    query = """(SELECT 'earlier_fines', own.id, jsonb_build_object(
        'id', f.id, 'case_number', f.number, 'cause', f.cause, 'place', f.place,
        'decided_at', f.issued_at, 'violated_at', f.violated_at,
        'is_same_party', f.is_same_party)
    FROM {Case} own CROSS JOIN LATERAL (
        SELECT p.id, c.number, c.cause, c.place, p.issued_at, coalesce(
            c.facts #>> '{{violation,at}}',
            (SELECT max(a.facts ->> 'violated_at') FROM {Activity} a
             WHERE a.case_id = c.id AND a.kind = 'simple_procedure')) AS violated_at,
            other.number_digest = mine.number_digest AND mine.number_digest <> ''
            AS is_same_party
        FROM {Party} mine
        JOIN {Party} other ON other.case_id <> mine.case_id AND other.role = 'party' AND (
            other.number_digest = mine.number_digest AND mine.number_digest <> ''
            OR other.name = mine.name
            AND (mine.number_digest = '' OR other.number_digest = ''))
        JOIN {Case} c ON c.id = other.case_id
        JOIN {Paper} p ON p.case_id = c.id AND p.state = 'issued' AND p.type IN ({fining})
            AND p.data -> 'penalty_kinds' @> '["fine"]'
        WHERE mine.case_id = own.id AND mine.role = 'party' {known}
        AND p.issued_at > own.started_at - interval '{years} years'
        ORDER BY p.issued_at DESC, p.id LIMIT {most}
    ) f WHERE own.kind = 'penalty' AND own.id = ANY(%(ids)s))"""
    return query.format(fining=fining, known=known, years=YEARS, most=MOST, **tables)


def same_act_fines(rows: CaseRows) -> tuple[SameActFine, ...]:
    """Fines decided before this case's own that are for the same act, or perhaps are."""
    if rows.case.text("kind") != CaseKind.PENALTY:
        return ()
    own = [at for each in decisions(rows) if isinstance(at := each.decided_at, dt.datetime)]
    mine = _Act(rows.case.text("cause"), rows.case.text("place"), _violated_at(rows))
    return tuple(
        SameActFine(row.id, row.text("case_number"), is_same)
        for row in rows.all("earlier_fines")
        if not own or row.moment("decided_at") < min(own)
        if (is_same := _is_same_act(mine, row)) is not _UNRELATED
    )


class _Act(NamedTuple):
    """What tells one act from another."""

    cause: str
    place: str
    at: dt.datetime | None


class _Unrelated(Enum):
    UNRELATED = "unrelated"


_UNRELATED = _Unrelated.UNRELATED


def _is_same_act(mine: _Act, row: Row) -> bool | _Unrelated | None:
    """Committed before the earlier decision, same cause, day and place: the same.

    Where that is not plain a person decides (None). What was committed after the earlier decision
    is another act; a fine for another cause on another day or elsewhere has nothing to do with it.
    """
    other = _Act(row.text("cause"), row.text("place"), _stated(row.text("violated_at")))
    is_one_day = None
    if mine.at is not None and other.at is not None:
        is_one_day = clock.local_date(mine.at) == clock.local_date(other.at)
    is_one_place = mine.place == other.place if mine.place and other.place else None
    if mine.cause != other.cause:
        return None if is_one_day and is_one_place else _UNRELATED
    if mine.at is not None and mine.at >= row.moment("decided_at"):
        return False
    is_plain = is_one_day and is_one_place is not False and row.truth("is_same_party")
    return True if is_plain else None


def _violated_at(rows: CaseRows) -> dt.datetime | None:
    """When this case's act was committed, as findings or the officers on the spot have it."""
    violation = rows.case.stated("facts").get("violation") or {}
    spoken = [row.stated("facts").get("violated_at") for row in spoken_activities(rows)]
    told = [each for each in (violation.get("at"), *spoken) if isinstance(each, str)]
    return next(filter(None, map(_stated, told)), None)


def _stated(text: str) -> dt.datetime | None:
    found = noted_instant({"at": text}, "at", None)
    return found if isinstance(found, dt.datetime) else None
