"""The page of figures for supervision, the cases behind each figure, the tables to take away.

Reads only. Not for counting (`oversight`) nor for the form of the tables (`figure_tables`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.kernel.tables import csv_text
from liuhen.law.clauses import citation, clauses
from liuhen.oversight import figures
from liuhen.oversight.comparing import BEHIND, HANDLER, UNIT, Compared, cases_behind, compared
from liuhen.oversight.elements import ITEMS
from liuhen.oversight.figures import LONGEST, Bar, Period
from liuhen.oversight.models import Suspicion
from liuhen.people.models import Person
from liuhen.people.queries import require
from liuhen.search.queries import placed_activities
from liuhen.web.acting import person_of, signed_in
from liuhen.web.breaches import suspicion_line
from liuhen.web.case_list import case_line
from liuhen.web.figure_tables import lines, report, tables, workbook
from liuhen.web.paging import page_of
from liuhen.web.people_forms import UnitChoice
from liuhen.web.places_map import Point, places

TITLE = "监督统计"


class PeriodForm(forms.Form):
    """The days that count, and perhaps one unit."""

    since = forms.DateField(label="启动日期起", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label="启动日期止（含）", widget=forms.DateInput(attrs={"type": "date"})
    )
    unit = UnitChoice("承办机构", required=False, empty_label="全部机构")
    kind = forms.ChoiceField(
        label="执法类别", required=False, choices=[("", "全部类别"), *Case.Kind.choices]
    )
    officer = forms.ModelChoiceField(
        Person.objects.filter(nature=Person.Nature.HUMAN).order_by("name"),
        label="办案人员",
        required=False,
        empty_label="全部人员",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and until < since:
            self.add_error("until", "止日早于起日，请改正。")
        elif since and until and until - since > LONGEST:
            self.add_error("until", "一次最多统计一年，请缩短期间。")
        return data


def _this_year() -> dict[str, str]:
    today = clock.local_date(clock.now())
    return {"since": today.replace(month=1, day=1).isoformat(), "until": today.isoformat()}


@signed_in
@require_safe
def oversight_figures(request: HttpRequest) -> HttpResponse:
    """Figures of the cases the person may see that began in a period."""
    person = person_of(request)
    require(person, "figures.view")
    form = PeriodForm({**_this_year(), **request.GET.dict()})
    context: dict[str, Any] = {"form": form, "crumbs": [{"label": TITLE}]}
    if not form.is_valid():
        return render(request, "figures.html", context, status=400)
    period = Period(**form.cleaned_data)
    asked = _address(period)
    cases = figures.cases_of(person, period)
    units, handlers = compared(cases, UNIT), compared(cases, HANDLER)
    context |= {
        "kinds": figures.by_kind(cases),
        "gaps": figures.gaps_of(cases),
        **figures.refusals_and_returns(cases),
        "loose": figures.counted_breaches(figures.breaches_without_case(person, period)),
        "units": units,
        "handlers": handlers,
        "charts": _charts(cases, asked),
        "published": figures.published(person, period),
    }
    form_wanted = request.GET.get("form", "")
    if form_wanted in _FORMS:
        return _taken_away(person, period, context, form_wanted)
    context |= {
        "places": _places(cases),
        "behind": {what: _behind(asked, what) for what in BEHIND},
        "loose_href": f"{reverse('figure_breaches')}?{urlencode(asked)}",
        "compared": [
            _comparison("承办机构比较", "building", "机构", "unit", units, asked),
            _comparison("承办人比较", "users", "承办人", "officer", handlers, asked),
        ],
        "ways": [
            {"label": words, "href": f"?{urlencode({**asked, 'form': key})}"}
            for key, (words, *_) in _FORMS.items()
        ],
    }
    return render(request, "figures.html", context)


def _places(cases: QuerySet[Case]) -> dict[str, Any]:
    """Where the newest activities of the cases were."""
    known, unknown = placed_activities(cases)
    points = [
        Point(
            row.latitude,
            row.longitude,
            f"{row.title}（{row.case.number}）",
            reverse("case", args=[row.case_id]),
        )
        for row in known
        if row.case and row.latitude is not None and row.longitude is not None
    ]
    return places(points, unknown=unknown)


def _address(period: Period) -> dict[str, str]:
    """What an address says of the period."""
    told = {
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
        "unit": str(period.unit.id) if period.unit else "",
        "kind": period.kind,
        "officer": str(period.officer.id) if period.officer else "",
    }
    return {key: value for key, value in told.items() if value}


def _behind(asked: dict[str, str], what: str, key: str = "", **narrower: str) -> str:
    """The address of the cases behind a figure."""
    told = {**asked, **narrower, "what": what, **({"key": key} if key else {})}
    return f"{reverse('figure_cases')}?{urlencode(told)}"


def _comparison(
    title: str, icon: str, head: str, name: str, rows: Sequence[Compared], asked: dict[str, str]
) -> dict[str, Any]:
    """One table of units or officers, each figure with the cases behind it."""
    return {
        "title": title,
        "icon": icon,
        "head": head,
        "rows": [
            {
                "row": one,
                "rate": f"{one.in_time * 100 // one.judged}%" if one.judged else "—",
                "href": {what: _behind(asked, what, **{name: one.key}) for what in BEHIND},
            }
            for one in rows
        ],
    }


def _charts(cases: Any, asked: dict[str, str]) -> list[dict[str, Any]]:
    def by_article(bar: Bar) -> str:
        return _behind(asked, "article", bar.key)

    def by_unit(bar: Bar) -> str:
        return _behind(asked, "breached", unit=bar.key)

    def by_item(bar: Bar) -> str:
        return _behind(asked, "suspected", bar.key)

    return [
        _chart("按月启动的案件，其中有违反的", "chart-bar", figures.by_month(cases), "件"),
        _chart(
            "违反最多的条款",
            "alert-triangle",
            figures.breaches_by_article(cases),
            "件案件",
            by_article,
        ),
        _chart(
            "有违反的案件，按承办机构", "building", figures.breaches_by_unit(cases), "件", by_unit
        ),
        _chart("按时存入的音像，按摄录人", "video", figures.hand_in_by_officer(cases), "件"),
        _chart("按时存入的音像，按摄录人所在机构", "video", figures.hand_in_by_unit(cases), "件"),
        _chart("违规线索，按情形", "flag", figures.suspicions_by_item(cases), "条", by_item),
    ]


def _chart(
    title: str,
    icon: str,
    bars: Sequence[Bar],
    unit: str,
    href: Callable[[Bar], str] | None = None,
) -> dict[str, Any]:
    """A chart and the table of the same figures, which says them without it."""
    rows = [
        {
            "label": bar.label,
            "number": bar.number,
            "whole": bar.whole,
            "rate": f"{bar.number * 100 // bar.whole}%" if bar.whole else "",
            "unknown": bar.unknown,
            "href": href(bar) if href else "",
        }
        for bar in bars
    ]
    drawn = {
        "title": title,
        "unit": unit,
        "rows": [{key: row[key] for key in ("label", "number", "whole", "href")} for row in rows],
    }
    return {"title": title, "icon": icon, "unit": unit, "rows": rows, "drawn": drawn}


_FORMS: dict[str, tuple[str, str, str]] = {
    "xlsx": (
        "导出 Excel",
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "pdf": ("统计报告 PDF", "pdf", "application/pdf"),
    "csv": ("导出 CSV", "csv", "text/csv; charset=utf-8"),
}


def _taken_away(person: Person, period: Period, context: dict[str, Any], form: str) -> HttpResponse:
    found = tables(context)
    made: str | bytes
    if form == "xlsx":
        made = workbook(period, found)
    elif form == "pdf":
        made = report(person, period, found)
    else:
        made = csv_text(lines(period, found))
    _, ending, content_type = _FORMS[form]
    response = HttpResponse(made, content_type=content_type)
    name = f"figures-{period.since.isoformat()}-{period.until.isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@signed_in
@require_safe
def figure_cases(request: HttpRequest) -> HttpResponse:
    """The cases behind one figure, newest first."""
    person = person_of(request)
    require(person, "figures.view")
    form = PeriodForm({**_this_year(), **request.GET.dict()})
    if not form.is_valid():
        raise Refused("record.not_found")
    period = Period(**form.cleaned_data)
    what, key = request.GET.get("what", "all"), request.GET.get("key", "")
    page = page_of(request, cases_behind(figures.cases_of(person, period), what, key))
    title = BEHIND[what][0]
    context = {
        "title": title,
        "about": _about(what, key),
        "period": period,
        "items": [case_line(case) for case in page.rows],
        "pager": page.pager,
        "crumbs": [
            {"label": TITLE, "href": f"{reverse('figures')}?{urlencode(_address(period))}"},
            {"label": title},
        ],
    }
    return render(request, "figure_cases.html", context)


@signed_in
@require_safe
def figure_breaches(request: HttpRequest) -> HttpResponse:
    """The suspected breaches of no case that a figure counts, perhaps only the established."""
    person = person_of(request)
    require(person, "figures.view")
    form = PeriodForm({**_this_year(), **request.GET.dict()})
    if not form.is_valid():
        raise Refused("record.not_found")
    period, show = Period(**form.cleaned_data), request.GET.get("show", "")
    rows = figures.breaches_without_case(person, period)
    if show == Suspicion.Outcome.ESTABLISHED:
        rows = rows.filter(outcome=show)
    page = page_of(request, rows)
    title = "不涉及案件的违规线索"
    context = {
        "title": f"{title}，认定违规的" if show == Suspicion.Outcome.ESTABLISHED else title,
        "period": period,
        "items": [suspicion_line(row) for row in page.rows],
        "pager": page.pager,
        "crumbs": [
            {"label": TITLE, "href": f"{reverse('figures')}?{urlencode(_address(period))}"},
            {"label": title},
        ],
    }
    return render(request, "figure_breaches.html", context)


def _about(what: str, key: str) -> str:
    if what == "article" and key in clauses():
        return f"{citation(key)}：{clauses()[key].zh}"
    if what == "suspected" and key.isdigit():
        return ITEMS.get(int(key), "")
    return ""
