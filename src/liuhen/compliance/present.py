"""The rows of cases as they stand now: four queries for any number of cases.

Not for a past instant (`past`) nor for what the rows mean (`facts`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection

from liuhen.compliance.earlier_fines import EARLIER_FINES, select_earlier_fines
from liuhen.compliance.rows import CASE_SOURCES, PERSON_SOURCES, CaseRows, Source
from liuhen.rulebook.queries import rulebook


def present_rows(case_ids: Iterable[UUID]) -> dict[UUID, CaseRows]:
    """The rows of each of these cases; a case that doesn't exist is left out."""
    wanted = list(case_ids)
    found: dict[UUID, CaseRows] = {}
    book = rulebook()
    for name, case_id, values in _fetch(_case_query(), wanted):
        found.setdefault(case_id, CaseRows(rulebook=book)).add(_CASE_SOURCES[name], values)
    _add_persons(list(found.values()))
    return found


def _add_persons(cases: Sequence[CaseRows]) -> None:
    """Give each case its persons, their certificates and offices."""
    wanted = sorted({person for rows in cases for person in rows.person_ids()})
    by_person: dict[str, list[tuple[Source, Any]]] = {}
    for name, person_id, values in _fetch(_person_query(), [UUID(each) for each in wanted]):
        by_person.setdefault(str(person_id), []).append((_PERSON_SOURCES[name], values))
    for rows in cases:
        for person in sorted(rows.person_ids()):
            for source, values in by_person.get(person, ()):
                rows.add(source, values)


def _fetch(query: str, ids: list[UUID]) -> list[tuple[str, UUID, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"ids": ids})
        return [(name, key, _loaded(values)) for name, key, values in cursor.fetchall()]


def _loaded(values: Any) -> Any:
    """JSON columns come as text: Django registers no loader for them."""
    return json.loads(values) if isinstance(values, str) else values


_CASE_SOURCES = {source.name: source for source in (*CASE_SOURCES, EARLIER_FINES)}
_PERSON_SOURCES = {source.name: source for source in PERSON_SOURCES}


@cache
def _case_query() -> str:
    return " UNION ALL ".join([*map(_select, CASE_SOURCES), select_earlier_fines()])


@cache
def _person_query() -> str:
    return " UNION ALL ".join(_select(source) for source in PERSON_SOURCES)


def _select(source: Source) -> str:
    """One branch of the union. All names are our own models', none is input."""
    columns = ", ".join(f"'{column}', t.{column}" for column in ("id", *source.columns))
    row = f"jsonb_build_object({columns})"
    if source.through is None:
        return (
            f"(SELECT '{source.name}', t.{source.link}, {row} FROM {source.table} t"  # noqa: S608
            f" WHERE t.{source.link} = ANY(%(ids)s) ORDER BY t.id)"
        )
    return (
        f"(SELECT '{source.name}', p.case_id, {row} FROM {source.table} t"  # noqa: S608
        f" JOIN {source.through._meta.db_table} p ON p.id = t.{source.link}"
        f" WHERE p.case_id = ANY(%(ids)s) ORDER BY t.id)"
    )
