"""The rows of a case as they stood at a past instant, from the ledger's row images.

Each row is read as the last act up to the instant left it: its newest image whose entry was
recorded by then. A case may be asked about any instant since its rows began to leave images. Not
for the present (`present`) nor for proving the images (`liuhen verify`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from liuhen.compliance.earlier_fines import EARLIER_FINES, select_earlier_fines
from liuhen.compliance.rows import CASE_SOURCES, PERSON_SOURCES, CaseRows, Source
from liuhen.kernel.refusals import Refused
from liuhen.rulebook.queries import rulebook

# The newest image of a row by an instant. Within a row images are ordered by their id.
_LATEST = """
CROSS JOIN LATERAL (
    SELECT i.body FROM ledger_rowimage i JOIN ledger_entry e ON e.id = i.entry_id
    WHERE i."table" = %(table)s AND i.row_id = candidate.row_id AND e.recorded_at <= %(at)s
    ORDER BY i.id DESC LIMIT 1
) latest
ORDER BY candidate.row_id
"""


def past_rows(case_id: UUID, at: dt.datetime) -> CaseRows:
    """The rows of one case at an instant, with one query per table.

    Raises:
        Refused: `case.not_begun`, the case was not recorded by then or doesn't exist.
    """
    rows = CaseRows(rulebook=rulebook(at))
    ids: dict[str, set[str]] = {}
    for source in CASE_SOURCES:
        _add(rows, source, _images(source, case_id, at), _belongs(source, case_id, ids))
        ids[source.table] = {row.id for row in rows.all(source.name)}
    if not rows.all("case"):
        raise Refused("case.not_begun")
    for values in _fines(case_id, at):
        rows.add(EARLIER_FINES, values)
    persons = sorted(rows.person_ids())
    for source in PERSON_SOURCES:
        _add(rows, source, _images_of_persons(source, persons, at), (source.link, set(persons)))
    return rows


def _fines(case_id: UUID, at: dt.datetime) -> list[Any]:
    """Fines of other cases decided by then; their cases as they stand now."""
    with connection.cursor() as cursor:
        cursor.execute(select_earlier_fines(until=True), {"ids": [case_id], "at": at})
        return [
            json.loads(values) if isinstance(values, str) else values
            for _, _, values in cursor.fetchall()
        ]


def _belongs(source: Source, case_id: UUID, ids: dict[str, set[str]]) -> tuple[str, set[str]]:
    """Which column of an image must hold which id, for the row to have been the case's then."""
    if source.through is None:
        return source.link, {str(case_id)}
    return source.link, ids[source.through._meta.db_table]


def _add(
    rows: CaseRows,
    source: Source,
    bodies: Iterable[bytes | None],
    belongs: tuple[str, set[str]],
) -> None:
    column, wanted = belongs
    for body in bodies:
        if body is None:
            rows.erased += 1
            continue
        values: dict[str, Any] = json.loads(body)["row"]
        if str(values.get(column)) in wanted:
            rows.add(source, values)


def _images(source: Source, case_id: UUID, at: dt.datetime) -> list[bytes | None]:
    """Images of rows that are the case's now or that one of its entries ever changed."""
    join, where = "", f"t.{source.link} = %(case)s"
    if source.through is not None:
        join = f"JOIN {source.through._meta.db_table} p ON p.id = t.{source.link}"
        where = "p.case_id = %(case)s"
    query = f"""
        SELECT latest.body FROM (
            SELECT t.id::text AS row_id FROM {source.table} t {join} WHERE {where}
            UNION
            SELECT i.row_id FROM ledger_entry e
            JOIN ledger_rowimage i ON i.entry_id = e.id AND i."table" = %(table)s
            WHERE e.case_id = %(case)s AND e.recorded_at <= %(at)s
        ) candidate {_LATEST}"""  # noqa: S608 - names of our own models only
    return _bodies(query, {"table": source.table, "case": case_id, "at": at})


def _images_of_persons(
    source: Source, persons: Sequence[str], at: dt.datetime
) -> list[bytes | None]:
    query = f"""
        SELECT latest.body FROM (
            SELECT t.id::text AS row_id FROM {source.table} t
            WHERE t.{source.link} = ANY(%(persons)s)
        ) candidate {_LATEST}"""  # noqa: S608 - names of our own models only
    ids = [UUID(each) for each in persons]
    return _bodies(query, {"table": source.table, "persons": ids, "at": at})


def _bodies(query: str, parameters: dict[str, Any]) -> list[bytes | None]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return [None if body is None else bytes(body) for (body,) in cursor.fetchall()]
