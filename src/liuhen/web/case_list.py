"""The list of cases. Reads only. Not for what papers or recordings say (`search`)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.cases.models import Case
from liuhen.cases.queries import visible_cases
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.search.queries import found_cases, numbered
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_page import kind_words, stages_of
from liuhen.web.paging import Page, page_of, page_of_answers
from liuhen.web.search_form import has_a_pair

# Cases that begin with no lead, and the permission of beginning one.
_STARTS = (
    ("启动查封、扣押", "measure_open", "coercion.open"),
    ("启动行政征收", "levy_open", "levy.open"),
)
STATES = {"": "全部", "open": "办理中", "closed": "已结案"}


class CaseFilter(forms.Form):
    """What to show of the list."""

    q = forms.CharField(
        label="案号、案由、当事人或者地点", max_length=60, required=False, validators=[has_a_pair]
    )
    state = forms.ChoiceField(label="状态", required=False, choices=list(STATES.items()))


@signed_in
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases the person may see, newest first."""
    person = person_of(request)
    require(person, "case.list")
    form = CaseFilter(request.GET)
    is_right = "q" not in form.errors
    wanted = form.cleaned_data
    page = _listed(request, person, wanted) if is_right else Page[Case]([], {})
    context = {
        "items": [case_line(case) for case in page.rows],
        "form": form,
        "states": [{"key": key, "label": label} for key, label in STATES.items()],
        "state": wanted.get("state", ""),
        "is_filtered": not is_right or any(wanted.values()),
        "pager": page.pager,
        "starts": [
            {"label": label, "href": reverse(name)}
            for label, name, permission in _STARTS
            if is_allowed(person, permission)
        ],
        "crumbs": [{"label": "案件"}],
    }
    return render(request, "cases.html", context, status=200 if is_right else 400)


def _listed(request: HttpRequest, person: Person, wanted: dict[str, Any]) -> Page[Any]:
    """A page of cases: by their own order, or those the index finds by words (`search`)."""
    text, state = wanted.get("q", ""), wanted.get("state", "")
    if not text:
        rows = _told(visible_cases(person))
        if state:
            rows = rows.filter(closed_at__isnull=state == "open")
        return page_of(request, rows.order_by("-started_at", "id"))
    answers = found_cases(person, text)
    if state:
        answers = answers.filter(case__closed_at__isnull=state == "open")
    page = page_of_answers(request, *numbered(answers))
    cases = _told(Case.objects.all()).in_bulk([row.case_id for row in page.rows])
    return Page([cases[row.case_id] for row in page.rows], page.pager)


def _told(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With what a line says of a case."""
    return rows.select_related("unit", "handler").prefetch_related("parties")


def case_line(case: Case) -> dict[str, Any]:
    """A case as lists of cases show it; its parties are fetched before."""
    stages = stages_of(case)
    stage = next((s["name"] for s in stages if s["state"] == "current"), "已归档")
    return {
        "number": case.number,
        "cause": case.cause,
        "party": "、".join(party.name for party in case.parties.all()),
        "kind_words": kind_words(case),
        "unit": case.unit.name,
        "handler": case.handler.name,
        "started_at": case.started_at,
        "stage": stage,
        "stage_tone": "green" if stage == "已归档" else "blue",
        "href": reverse("case", args=[case.id]),
    }
