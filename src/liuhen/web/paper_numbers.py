"""The register of document numbers: what each number of a series went to, void ones too.

A number is given when a paper is issued and never again (`actions.drawing_up`). Not for papers
without a series.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.cases.queries import ALL_CASES, visible_cases
from liuhen.documents.models import NumberSeries, Paper
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import offices_held, require
from liuhen.rulebook.type_versions import titles
from liuhen.web.acting import person_of, signed_in
from liuhen.web.paging import page_of

_SEQUENCE = re.compile(r"第(\d+)号")


@signed_in
@require_safe
def paper_numbers(request: HttpRequest) -> HttpResponse:
    """The series of the person's units, and the numbers of one of them, newest first."""
    person = person_of(request)
    require(person, "paper.list_numbers")
    named = titles()
    listed = list(_series_of(person, named))
    asked = request.GET.get("series", "")
    chosen = next((one for one in listed if str(one.id) == asked), listed[0] if listed else None)
    page = page_of(request, _numbered(chosen)) if chosen else None
    context = {
        "series": [{"row": one, "title": _title(one, named)} for one in listed],
        "chosen": chosen,
        "items": _lines(person, page.rows) if page else [],
        "pager": page.pager if page else {},
        "crumbs": [{"label": "文号登记"}],
    }
    return render(request, "paper_numbers.html", context)


def _series_of(person: Person, named: Mapping[str, str]) -> QuerySet[NumberSeries]:
    """Of all units for whom sees every case, else of the units one holds an office in.

    Cases and leads are numbered by series too; their lists show them.
    """
    held = list(offices_held(person))
    rows = NumberSeries.objects.filter(type__in=named).select_related("unit")
    rows = rows.order_by("-year", "unit__code", "type")
    if ALL_CASES & {office.kind for office in held}:
        return rows
    return rows.filter(unit__in=[office.unit_id for office in held if office.unit_id])


def _title(one: NumberSeries, named: Mapping[str, str]) -> str:
    return f"{one.year} 年 {named[one.type]}（{one.unit.name}，至第 {one.last} 号）"


def _numbered(series: NumberSeries) -> QuerySet[Paper]:
    begin, end = (
        dt.datetime(year, 1, 1, tzinfo=clock.CHINA) for year in (series.year, series.year + 1)
    )
    rows = Paper.objects.filter(
        case__unit=series.unit,
        type=series.type,
        issued_at__gte=begin,
        issued_at__lt=end,
        number__isnull=False,
    )
    return rows.select_related("issued_by", "corrects").order_by("-issued_at", "id")


def _lines(person: Person, rows: Sequence[Paper]) -> list[dict[str, Any]]:
    """A line per number; what a person may not see is told by number and state alone."""
    seen: set[UUID] = set(
        Paper.objects.filter(
            id__in=[one.id for one in rows], case__in=visible_cases(person)
        ).values_list("id", flat=True)
    )
    lines = []
    newer: int | None = None
    for one in rows:
        place = _sequence(one)
        is_seen = one.id in seen
        lines.append(
            {
                "number": one.number,
                "issued_at": one.issued_at,
                "issued_by": one.issued_by.name if one.issued_by and is_seen else "",
                "is_void": one.state == Paper.State.VOID,
                "reason": one.void_reason if is_seen else "",
                "corrects": one.corrects.number if one.corrects and is_seen else "",
                "href": reverse("paper", args=[one.id]) if is_seen else None,
                "hole": newer is not None and place is not None and newer != place + 1,
            }
        )
        newer = place
    return lines


def _sequence(paper: Paper) -> int | None:
    found = _SEQUENCE.search(paper.number or "")
    return int(found.group(1)) if found else None
