"""A case judged as of any instant: by its rows then, and beyond now by its rows as they stand.

Not for the stored findings of the present (`queries`). Nothing is written.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from liuhen.cases.models import Case
from liuhen.compliance.facts import facts_from, judged
from liuhen.compliance.judging import is_kept, warning_of
from liuhen.compliance.past import past_rows
from liuhen.compliance.present import present_rows
from liuhen.compliance.rows import CaseRows
from liuhen.compliance.shown import ShownFinding, shown
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.findings import Finding
from liuhen.law.gates import is_acknowledged


class Basis(StrEnum):
    """Which rows the judgement rests on."""

    PRESENT_ROWS = "present_rows"
    PAST_ROWS = "past_rows"  # row images of the ledger
    PRESENT_ROWS_LATER = "present_rows_later"  # what will be if nothing is done


@dataclass(frozen=True)
class AsOf:
    """The findings of a case at an instant and the rows they rest on.

    `erased` of the rows said something nobody can know now.
    """

    case: Case
    at: dt.datetime
    basis: Basis
    erased: int
    findings: tuple[Finding, ...]
    shown: tuple[ShownFinding, ...]
    rows: CaseRows


def findings_at(case: Case, at: dt.datetime | None = None) -> AsOf:
    """Judge a case as of an instant (now).

    Raises:
        Refused: `case.not_begun`, the case was not recorded by then.
    """
    now = clock.now()
    instant, erased = at or now, 0
    if instant < now:
        basis = Basis.PAST_ROWS
        rows = past_rows(case.id, instant)
        erased = rows.erased
    else:
        basis = Basis.PRESENT_ROWS if instant == now else Basis.PRESENT_ROWS_LATER
        rows = present_rows([case.id])[case.id]
    facts = facts_from(rows)
    found = tuple(each for each in judged(rows, facts, instant) if is_kept(each, facts))
    words = tuple(
        shown(
            each,
            instant,
            warning_of(each, rows.rulebook.parameters),
            is_acknowledged=is_acknowledged(facts, each, instant),
        )
        for each in found
    )
    return AsOf(case, instant, basis, erased, found, words, rows)


def case_named(name: str) -> Case:
    """A case by its number or its id. Raises `Refused("record.not_found")`."""
    try:
        wanted = Q(id=UUID(name))
    except ValueError:
        wanted = Q(number=name)
    case = Case.objects.filter(wanted).select_related("unit", "handler").first()
    if case is None:
        raise Refused("record.not_found")
    return case
