"""The page of figures for supervision, and the same figures as a table to take away. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.kernel import clock
from liuhen.kernel.tables import csv_text
from liuhen.oversight import figures
from liuhen.oversight.figures import LONGEST, Bar, Period
from liuhen.people.queries import require
from liuhen.web.acting import person_of, signed_in
from liuhen.web.people_forms import UnitChoice


class PeriodForm(forms.Form):
    """The days that count, and perhaps one unit."""

    since = forms.DateField(label="启动日期起", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label="启动日期止（含）", widget=forms.DateInput(attrs={"type": "date"})
    )
    unit = UnitChoice("承办机构", required=False, empty_label="全部机构")

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
    context: dict[str, Any] = {"form": form, "crumbs": [{"label": "监督统计"}]}
    if not form.is_valid():
        return render(request, "figures.html", context, status=400)
    period = Period(**form.cleaned_data)
    cases = figures.cases_of(person, period)
    context |= {
        "kinds": figures.by_kind(cases),
        "gaps": figures.gaps_of(cases),
        **figures.refusals_and_returns(cases),
        "charts": _charts(cases, period),
        "published": figures.published(person, period),
    }
    if request.GET.get("form") == "csv":
        return _table(period, context)
    context["csv_href"] = f"?{request.GET.urlencode()}&form=csv" if request.GET else "?form=csv"
    return render(request, "figures.html", context)


def _charts(cases: Any, period: Period) -> list[dict[str, Any]]:
    listed = reverse("search")
    day = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    unit = "&".join(f"{key}={value}" for key, value in day.items())
    return [
        _chart("按月启动的案件", "chart-bar", figures.by_month(cases), "件"),
        _chart("违反最多的条款", "alert-triangle", figures.breaches_by_article(cases), "件案件"),
        _chart(
            "有违反的案件，按承办机构",
            "building",
            figures.breaches_by_unit(cases),
            "件",
            href=lambda bar: f"{listed}?kind=case&unit={bar.key}&{unit}",
        ),
        _chart("按时存入的音像，按摄录人", "video", figures.hand_in_by_officer(cases), "件"),
        _chart("按时存入的音像，按摄录人所在机构", "video", figures.hand_in_by_unit(cases), "件"),
        _chart("违规线索，按情形", "flag", figures.suspicions_by_item(cases), "条"),
    ]


def _chart(
    title: str, icon: str, bars: Sequence[Bar], unit: str, href: Any = None
) -> dict[str, Any]:
    """Bars as shares of the fullest, or of their own whole where they have one."""
    most = max((bar.whole or bar.number for bar in bars), default=0)
    return {
        "title": title,
        "icon": icon,
        "unit": unit,
        "rows": [
            {
                "label": bar.label,
                "number": bar.number,
                "whole": bar.whole,
                "rate": f"{bar.number * 100 // bar.whole}%" if bar.whole else "",
                "unknown": bar.unknown,
                "width": _share(bar.number, most),
                "rest": _share((bar.whole or bar.number), most),
                "href": href(bar) if href else "",
            }
            for bar in bars
        ],
    }


def _share(number: int, most: int) -> str:
    return f"{number * 100 / most:.1f}%" if most else "0%"


def _table(period: Period, context: dict[str, Any]) -> HttpResponse:
    """The figures as CSV, for a spreadsheet; nothing in it is taken for a formula."""
    response = HttpResponse(
        csv_text(_lines(period, context)), content_type="text/csv; charset=utf-8"
    )
    name = f"figures-{period.since.isoformat()}-{period.until.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _lines(period: Period, context: dict[str, Any]) -> Iterable[Sequence[object]]:
    unit = period.unit.name if period.unit else "全部机构"
    yield ["期间", period.since.isoformat(), period.until.isoformat(), unit]
    yield ["类别", "程序", "启动", "结案", "归档"]
    for row in context["kinds"]:
        yield [row["label"], row["procedure_label"], row["begun"], row["closed"], row["archived"]]
    for chart in context["charts"]:
        yield [chart["title"]]
        for row in chart["rows"]:
            whole = row["whole"] if row["whole"] is not None else ""
            yield [row["label"], row["number"], whole, row["rate"], row["unknown"] or ""]
    for label, value in context["published"]:
        yield [label, value]
