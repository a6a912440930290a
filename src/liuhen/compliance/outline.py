"""A case's findings in short: all are counted, of those that stand alike the first few are read.

A case with hundreds of records has thousands of findings; a page that read them all would grow
with it. Two queries and that of what was acknowledged. Not for one duty in full (`queries`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from liuhen.cases.models import Case
from liuhen.compliance.models import Finding
from liuhen.compliance.queries import acknowledged_of
from liuhen.compliance.shown import SETTLED, ShownFinding, lamp_of, shown
from liuhen.compliance.stored import finding_from
from liuhen.kernel import clock

# How many alike are read: of what still asks for something, and of what is done.
ALIKE, ALIKE_SETTLED = 4, 2
# Subjects whose findings a page shows beside each of them.
_READ_WHOLE = frozenset({"service", "case"})
_COLUMNS = ("id", "rule", "subject_kind", "subject_id", "outcome", "column", "due_at", "warn_at")


@dataclass(frozen=True)
class Outline:
    """`shown` are the findings that were read; `further` how many more there are, by rule and lamp.

    `lamps` counts all; `standing` are the lamps of what no leader has acknowledged.
    """

    shown: tuple[ShownFinding, ...]
    further: Mapping[tuple[str, str], int]
    lamps: Mapping[str, int]
    standing: frozenset[str]


def outline_of_case(case: Case, at: dt.datetime | None = None) -> Outline:
    """The findings of a case as their clocks stand at `at` (now)."""
    instant = at or clock.now()
    acknowledged = acknowledged_of(case)
    seen: Counter[tuple[str, str]] = Counter()
    lamps: Counter[str] = Counter()
    standing, wanted = set(), []
    rows = Finding.objects.filter(case=case).order_by("due_at", "id").values_list(*_COLUMNS)
    for key, rule, kind, subject, outcome, column, due_at, warn_at in rows:
        lamp = lamp_of(outcome, column, due_at, warn_at, instant)
        lamps[lamp] += 1
        if (rule, subject) not in acknowledged:
            standing.add(lamp)
        seen[rule, lamp] += 1
        most = ALIKE_SETTLED if lamp in SETTLED else ALIKE
        if seen[rule, lamp] <= most or kind in _READ_WHOLE:
            wanted.append(key)
    found = [
        shown(
            finding_from(row.body, row.judged_at),
            instant,
            row.warn_at,
            is_acknowledged=(row.rule, row.subject_id) in acknowledged,
        )
        for row in Finding.objects.filter(id__in=wanted).order_by("id")
    ]
    read = Counter((one.rule, one.lamp) for one in found)
    further = {key: count - read[key] for key, count in seen.items() if count > read[key]}
    return Outline(tuple(found), further, lamps, frozenset(standing))
