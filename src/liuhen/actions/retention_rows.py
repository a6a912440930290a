"""Inner steps of every act: what class of retention its recordings have by the facts now (Art. 41).

A class rises by itself when a fact changes, within the act that changed it, and never falls: that
takes a correction by two persons (`retention`). Not an act, and not for disposal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from uuid import UUID

from liuhen.archive.models import Retention
from liuhen.compliance.judging import Judged
from liuhen.law.retention import class_of, grounds_of
from liuhen.law.view import View
from liuhen.law.vocabulary import NOT_YET, RetentionClass
from liuhen.recordings.models import Recording

# Each row is listed in the act's entry, whose length is limited; the next act takes up the rest.
MOST = 60
_ORDER = tuple(Retention.Level.values)


def is_higher(level: str, than: str) -> bool:
    """Whether one class is kept longer than another."""
    return _ORDER.index(level) > _ORDER.index(than)


def keep_classes(case_id: UUID, judged: Judged | None, at: dt.datetime) -> None:
    """Raise the classes of a case's recordings to what its facts say; one query when nothing is.

    A period begins with the intake of the original, whose row nobody can change.
    """
    if judged is None or not judged.facts.recordings:
        return
    rows = {str(row.recording_id): row for row in _rows(case_id)}
    classes = _classes(judged, at)
    new = _new_rows([key for key, _, _ in classes if key not in rows][:MOST])
    changed = 0
    for key, level, reasons in classes:
        row = rows.get(key) or new.get(key)
        if changed == MOST or row is None or not (_takes(row, level, reasons) or key in new):
            continue
        row.changed_at = at
        row.save()
        changed += 1


def _rows(case_id: UUID) -> Iterable[Retention]:
    return Retention.objects.filter(recording__case_id=case_id)


def _new_rows(keys: Sequence[str]) -> dict[str, Retention]:
    """Rows, not saved yet, of recordings that have none."""
    if not keys:
        return {}
    taken_in = Recording.objects.filter(id__in=keys).values_list("id", "original__received_at")
    return {
        str(recording_id): Retention(
            recording_id=recording_id,
            level=Retention.Level.GUIDANCE,
            is_settled=False,
            basis_at=basis_at,
        )
        for recording_id, basis_at in taken_in
    }


def _classes(
    judged: Judged, at: dt.datetime
) -> list[tuple[str, RetentionClass | None, tuple[str, ...]]]:
    book = judged.rulebook
    view = View(judged.facts, at, book.parameters, book.calendar)
    return [
        (one.key, class_of(view, one), grounds_of(view, one))
        for one in judged.facts.recordings or ()
        if one.disposed_at is NOT_YET
    ]


def _takes(row: Retention, level: RetentionClass | None, reasons: tuple[str, ...]) -> bool:
    """Put the class onto a row that is not saved yet; whether it says anything new."""
    before = (row.level, row.is_settled, row.reasons)
    row.is_settled = level is not None or row.level == Retention.Level.PERMANENT
    if level is not None and is_higher(level, row.level):
        row.level = level.value
    if level is not None and level == row.level:
        row.reasons = list(reasons)
    return before != (row.level, row.is_settled, row.reasons)
