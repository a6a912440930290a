"""The list of cases. Reads only. Not for searching the text of papers or speech (a later issue)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.cases.models import Case, Party
from liuhen.cases.queries import visible_cases
from liuhen.people.queries import is_allowed, require
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_page import kind_words, stages_of
from liuhen.web.paging import page_of

# Cases that begin with no lead, and the permission of beginning one.
_STARTS = (
    ("启动查封、扣押", "measure_open", "coercion.open"),
    ("启动行政征收", "levy_open", "levy.open"),
)
STATES = {"": "全部", "open": "办理中", "closed": "已结案"}


class CaseFilter(forms.Form):
    """What to show of the list."""

    q = forms.CharField(label="案号、案由或者当事人", max_length=60, required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=list(STATES.items()))


@signed_in
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """The cases the person may see, newest first."""
    person = person_of(request)
    require(person, "case.list")
    form = CaseFilter(request.GET)
    rows = visible_cases(person).select_related("unit", "handler").prefetch_related("parties")
    wanted = form.cleaned_data if form.is_valid() else {}
    page = page_of(request, _chosen(rows, wanted).order_by("-started_at", "id"))
    context = {
        "items": [case_line(case) for case in page.rows],
        "form": form,
        "states": [{"key": key, "label": label} for key, label in STATES.items()],
        "state": wanted.get("state", ""),
        "is_filtered": any(wanted.values()),
        "pager": page.pager,
        "starts": [
            {"label": label, "href": reverse(name)}
            for label, name, permission in _STARTS
            if is_allowed(person, permission)
        ],
        "crumbs": [{"label": "案件"}],
    }
    return render(request, "cases.html", context)


def _chosen(rows: QuerySet[Case], wanted: dict[str, Any]) -> QuerySet[Case]:
    text = wanted.get("q", "").strip()
    if text:
        named = Party.objects.filter(name__icontains=text).values("case")
        rows = rows.filter(Q(number__icontains=text) | Q(cause__icontains=text) | Q(id__in=named))
    if wanted.get("state"):
        rows = rows.filter(closed_at__isnull=wanted["state"] == "open")
    return rows


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
