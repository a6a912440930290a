"""Pages of approval routes: who is asked about what, the authority's versions, setting the next.

Not for requests (`approvals`), nor for what makes a route lawful (`actions.approval_routes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.approval_routes import (
    MOST_OFFICES,
    MOST_ROWS,
    offices_offered,
    set_approval_route,
    withdraw_approval_route,
)
from liuhen.approvals.models import RouteVersion
from liuhen.approvals.queries import KIND_TITLES
from liuhen.approvals.route_versions import history_of_route, routes_of, routes_on, versions_on
from liuhen.approvals.routes import ANY, Route, packaged_routes
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.law.clauses import citation
from liuhen.people.models import Office
from liuhen.people.queries import is_allowed, require
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.refusals import refusal_context

_LIST = "审批路线"
_CRIME = "is_suspected_crime"
_BLANK_ROWS = 2


class RowForm(forms.Form):
    """One route: when it is taken, and the offices in their order."""

    when = forms.MultipleChoiceField(required=False)
    least = forms.DecimalField(
        required=False, min_value=0, max_digits=12, decimal_places=2, widget=forms.TextInput()
    )

    def __init__(self, *args: Any, key: str, **options: Any) -> None:
        super().__init__(*args, **options)
        when: Any = self.fields["when"]
        when.choices = _circumstances(key)
        choices = [("", "—"), *((one, Office.Kind(one).label) for one in offices_offered())]
        for place in range(1, MOST_OFFICES + 1):
            self.fields[f"office_{place}"] = forms.ChoiceField(required=False, choices=choices)

    def offices(self) -> list[dict[str, Any]]:
        """The fields of the offices, each with its place."""
        rows = (f"office_{place}" for place in range(1, MOST_OFFICES + 1))
        return [{"place": n, "bound": self[name]} for n, name in enumerate(rows, start=1)]

    def row(self) -> dict[str, Any]:
        """The row as the act takes it; without offices where nothing was chosen."""
        data = self.cleaned_data
        told = [data[f"office_{place}"] for place in range(1, MOST_OFFICES + 1)]
        return {
            "offices": [one for one in told if one],
            "when": data["when"],
            "least_fen": int((data["least"] or 0) * 100),
        }


class FromForm(PlacedForm):
    """From which day on, and why."""

    valid_from = forms.DateField(
        label="生效日",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="从这一天起报送的按新的路线；已经报送的不变",
    )
    reason = forms.CharField(
        label="理由和依据", widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


@signed_in
@require_safe
def approval_routes(request: HttpRequest) -> HttpResponse:
    """Every request there is, with the offices asked today."""
    person = person_of(request)
    require(person, "approval_route.list")
    today = clock.local_date(clock.now())
    held, table = versions_on(today), routes_on(today)
    keys = dict.fromkeys(route.key for route in packaged_routes().routes)
    context = {
        "items": [_line(key, table.rows(key), held.get(key)) for key in keys],
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "approval_routes.html", context)


@signed_in
@require_safe
def approval_route(request: HttpRequest, route_key: str) -> HttpResponse:
    """One request: its routes today or in a version, what the law has, every version."""
    person = person_of(request)
    require(person, "approval_route.list")
    law = _law(route_key)
    today = clock.local_date(clock.now())
    history = list(history_of_route(route_key)[:50])
    asked = request.GET.get("version", "")
    chosen = next((one for one in history if str(one.number) == asked), None)
    version = chosen or versions_on(today).get(route_key)
    rows = routes_of(version) if version and not version.is_withdrawn else law
    context = {
        "line": _line(route_key, rows, None if version and version.is_withdrawn else version),
        "law": _rows(law),
        "history": history,
        "today": today,
        "is_fixed": law[0].fixed,
        "is_free": law[0].free,
        "may_set": is_allowed(person, "approval_route.set") and not law[0].fixed,
        "is_set": bool(history) and not history[0].is_withdrawn,
        "crumbs": [_home(), {"label": title_of(law[0])}],
    }
    return render(request, "approval_route.html", context)


@signed_in
def approval_route_edit(request: HttpRequest, route_key: str) -> HttpResponse:
    """The next version of the routes of one request."""
    person = person_of(request)
    require(person, "approval_route.set")
    law = _law(route_key)
    if law[0].fixed:
        raise Refused("approval_route.fixed")
    here = reverse("route", args=[route_key])
    today = clock.local_date(clock.now())
    standing = routes_on(today).rows(route_key)
    dated = FromForm(posted(request), initial={"valid_from": today})
    rows = _row_forms(request, route_key, standing)
    refusal = None
    if request.method == "POST" and all([dated.is_valid(), *(row.is_valid() for row in rows)]):
        told = [row.row() for row in rows]
        told = [row for row in told if row["offices"] or row["when"] or row["least_fen"]]
        try:
            set_approval_route(actor=person, key=route_key, rows=told, **dated.cleaned_data)
        except Refused as refused:
            refusal = refused
        else:
            succeed(request, "审批路线已设定，从生效日起报送的按新的路线。")
            return HttpResponseRedirect(here)
    context = {
        "title": title_of(law[0]),
        "law": _rows(law),
        "rows": rows,
        "form": dated,
        "circumstances": _circumstances(route_key),
        "by_amount": _is_by_amount(law[0]),
        "back_href": here,
        "refusal": refusal_context(refusal) if refusal else None,
        "crumbs": [_home(), {"label": title_of(law[0]), "href": here}, {"label": "设定"}],
    }
    wrong = 400 if request.method == "POST" else 200
    status = explain(refusal).status if refusal else wrong
    return render(request, "approval_route_edit.html", context, status=status)


@signed_in
def approval_route_withdraw(request: HttpRequest, route_key: str) -> HttpResponse:
    """End what the authority set of the routes of one request."""
    found = title_of(_law(route_key)[0])
    here = reverse("route", args=[route_key])

    def perform(data: dict[str, Any]) -> str:
        withdraw_approval_route(actor=person_of(request), key=route_key, **data)
        return here

    page = OneForm(
        permission="approval_route.set",
        title=f"恢复规定的路线：{found}",
        submit="恢复",
        success="已登记。已经报送的仍按当时的路线。",
        crumbs=[(_LIST, reverse("routes")), (found, here)],
        notes=["从生效日起报送的，只送规定的审批职务。"],
        is_grave=True,
    )
    form = FromForm(posted(request), initial={"valid_from": clock.local_date(clock.now())})
    return page.answer(request, form, perform)


def title_of(route: Route) -> str:
    """What is asked, and in which cases."""
    words = [KIND_TITLES[route.kind]]
    if route.case_kind != ANY:
        words.append(str(Case.Kind(route.case_kind).label))
    if route.procedure not in (ANY, Case.Procedure.ORDINARY):
        words.append(str(Case.Procedure(route.procedure).label))
    return "·".join(words)


def _home() -> dict[str, str]:
    return {"label": _LIST, "href": reverse("routes")}


def _law(key: str) -> tuple[Route, ...]:
    rows = packaged_routes().rows(key)
    if not rows:
        raise Refused("approval_route.unknown")
    return rows


def _line(key: str, rows: Sequence[Route], version: RouteVersion | None) -> dict[str, Any]:
    is_fixed = rows[0].fixed
    mark = "本机关设定" if version else "规定的路线，不能增减" if is_fixed else "规定的路线"
    return {
        "key": key,
        "title": title_of(rows[0]),
        "clause": citation(rows[0].clause),
        "rows": _rows(rows),
        "mark": mark,
        "tone": "green" if version else "grey",
        "version": version,
    }


def _rows(routes: Sequence[Route]) -> list[dict[str, Any]]:
    """Routes in words, from the general one to those of special circumstances."""
    words = packaged_routes().circumstances
    rows = sorted(routes, key=lambda one: (len(one.when), one.least_fen))
    return [
        {
            "when": "、".join(words[name] for name in sorted(one.when)),
            "least_fen": one.least_fen,
            "offices": [Office.Kind(office).label for office in one.offices],
        }
        for one in rows
    ]


def _circumstances(key: str) -> list[tuple[str, str]]:
    """What may choose between the routes of a request: of a lead whether it is a crime."""
    is_lead = key.startswith("lead_")
    words = packaged_routes().circumstances.items()
    return [(name, told) for name, told in words if (name == _CRIME) == is_lead]


def _is_by_amount(route: Route) -> bool:
    """Whether the fine may choose between the routes: where there is one."""
    return route.case_kind in (Case.Kind.PENALTY, ANY) and not route.kind.startswith("lead_")


def _row_forms(request: HttpRequest, key: str, standing: Sequence[Route]) -> list[RowForm]:
    count = min(len(standing) + _BLANK_ROWS, MOST_ROWS)
    if request.method == "POST":
        sent = [n for n in range(MOST_ROWS) if any(k.startswith(f"r{n}-") for k in request.POST)]
        return [RowForm(request.POST, key=key, prefix=f"r{n}") for n in sent]
    rows = sorted(standing, key=lambda one: (len(one.when), one.least_fen))
    told = [_initial(one) for one in rows] + [{}] * (count - len(rows))
    return [RowForm(key=key, prefix=f"r{n}", initial=row) for n, row in enumerate(told)]


def _initial(route: Route) -> dict[str, Any]:
    offices = {f"office_{n}": one for n, one in enumerate(route.offices, start=1)}
    least = f"{route.least_fen / 100:g}" if route.least_fen else None
    return {"when": sorted(route.when), "least": least, **offices}
