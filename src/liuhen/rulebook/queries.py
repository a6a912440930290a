"""The law's figures and calendar as the authority has them: its rows laid over the law's tables.

Reads only; one small query, whose answer is turned into parameters and calendar once and kept as
long as it stays the same. Not for setting figures (`actions.figures`).
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from liuhen.kernel import clock
from liuhen.law.calendar import Calendar, packaged_calendar, tables_from_toml
from liuhen.law.parameters import Override, Parameters, with_overrides
from liuhen.rulebook.models import OfficialText, SetFigure, YearTable


@dataclass(frozen=True)
class Rulebook:
    """The figures and the calendar that hold, as known at one instant."""

    overrides: tuple[Override, ...]
    calendar: Calendar

    @property
    def parameters(self) -> Parameters:
        """The law's parameters with the authority's figures over them."""
        return with_overrides(self.overrides)


def packaged_rulebook() -> Rulebook:
    """The law's own figures and calendar, nothing set and nothing imported."""
    return Rulebook((), packaged_calendar())


def rulebook(at: dt.datetime | None = None) -> Rulebook:
    """The rulebook as known at an instant (now): what was set or imported later is left out."""
    known = Q() if at is None else Q(set_at__lte=at)
    figures = (
        SetFigure.objects.filter(known)
        .order_by("name", "valid_from", "set_at", "id")
        .values_list("name", "value", "is_withdrawn", "valid_from", "reason")
    )
    imported = Q() if at is None else Q(imported_at__lte=at)
    tables = (
        YearTable.objects.filter(imported).order_by("imported_at", "id").values_list("year", "body")
    )
    return Rulebook(_overrides(tuple(figures)), _calendar(tuple(dict(tables).values())))


def figure_on(name: str, day: dt.date) -> int | str | None:
    """One figure as it stands on a local day."""
    return rulebook().parameters.on(name, day).value


def figure_at(name: str, at: dt.datetime) -> int | str | None:
    """One figure as it stands on the local day of an instant."""
    return figure_on(name, clock.local_date(at))


@lru_cache(maxsize=8)
def _overrides(rows: tuple[Sequence[Any], ...]) -> tuple[Override, ...]:
    """Rows in order of name, day and setting: each holds until the next of its name begins."""
    found = []
    for name, group in itertools.groupby(rows, key=lambda row: row[0]):
        by_day = {row[3]: row for row in group}  # of one day the last set counts
        ordered = list(by_day.values())
        ends: Iterable[dt.date | None] = [*(row[3] for row in ordered[1:]), None]
        found += [
            Override(name, row[1], row[3], end, reason=row[4])
            for row, end in zip(ordered, ends, strict=True)
            if not row[2]
        ]
    return tuple(found)


@lru_cache(maxsize=8)
def _calendar(bodies: tuple[str, ...]) -> Calendar:
    calendar = packaged_calendar()
    for body in bodies:
        for table in tables_from_toml(body):
            calendar = calendar.with_table(table)
    return calendar


def history_of_figure(name: str) -> QuerySet[SetFigure]:
    """Every setting of a figure, the newest first."""
    return SetFigure.objects.filter(name=name).select_related("set_by").order_by("-set_at", "-id")


def imported_tables() -> QuerySet[YearTable]:
    """Every imported year table, the newest first."""
    return YearTable.objects.select_related("imported_by").order_by("-imported_at", "-id")


def official_text(article: str) -> OfficialText | None:
    """The newest loaded text of an article such as "39" or "penalty_law:51"; None without one."""
    found: OfficialText | None = (
        OfficialText.objects.filter(article=article).order_by("-loaded_at", "-id").first()
    )
    return found
