"""The page that finds records: one box, filters, answers with their words (Art. 40).

Not for looking at what was found: each record's own page asks for its own right.
"""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from liuhen.cases.sealed import number_digest
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import require
from liuhen.search.answers import answers
from liuhen.search.grams import runs
from liuhen.search.models import Indexed, SavedSearch
from liuhen.search.queries import (
    COUNTED,
    Question,
    by_keys,
    by_month,
    near_names,
    placed,
)
from liuhen.web.acting import person_of, signed_in
from liuhen.web.paging import page_of_answers
from liuhen.web.places_map import Point, places
from liuhen.web.search_form import NumberForm, SearchForm
from liuhen.web.search_pictures import with_pictures

_AROUND = 28


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Records that answer a question, newest first.

    A posted number becomes such a question; a posted reason shows the pictures of the answers.
    """
    person = person_of(request)
    require(person, "record.search")
    is_number = request.method == "POST" and "reason" not in request.POST
    numbers = NumberForm(request.POST if is_number else None)
    if numbers.is_valid():
        digest = number_digest(numbers.cleaned_data["number"])
        return redirect(f"{reverse('search')}?holder={digest}")
    form = SearchForm(request.GET or None)
    context: dict[str, Any] = {
        "form": form,
        "numbers": numbers,
        "saved": _saved(person),
        "crumbs": [{"label": "检索"}],
        "is_asked": False,
    }
    if form.is_valid() and not form.question().is_empty:
        context |= _answers(request, person, form)
    is_wrong = form.errors or numbers.errors
    return render(request, "search.html", context, status=400 if is_wrong else 200)


def _answers(request: HttpRequest, person: Person, form: SearchForm) -> dict[str, Any]:
    """What the page shows of a question: a page of answers, or where they were made."""
    question = form.question()
    rows, number, keys = answers(person, question)
    newest = by_keys(keys[:COUNTED]) if len(keys) == number else rows
    page = page_of_answers(request, rows, number, keys, question.until)
    prefetch_related_objects(page.rows, "case")
    page.pager["total_words"] = f"超过 {COUNTED:,} 条" if number > COUNTED else f"共 {number:,} 条"
    view = request.GET.get("view", "")
    items = [_line(row, runs(question.words)) for row in page.rows]
    pictures = with_pictures(person, items, request.POST.get("reason"))
    return {
        **pictures,
        "is_asked": True,
        "asked": form.asked(),
        "asked_query": urlencode(form.asked()),
        "view": view if view in dict(_VIEWS) else "",
        "views": _VIEWS,
        "items": items,
        "days": _days(items) if view == "timeline" else [(None, items)],
        "places": _places(newest, number) if view == "map" and items else None,
        "pager": page.pager,
        "months": _months(by_month(newest)) if number else None,
        "near": _near(person, question) if not number else [],
    }


_VIEWS = (("", "列表"), ("timeline", "时间线"), ("map", "地图"))


def _days(items: list[dict[str, Any]]) -> list[tuple[dt.date, list[dict[str, Any]]]]:
    """The answers of a page by the day of the authority's calendar, as they come."""
    told = groupby(items, key=lambda one: clock.local_date(one["at"]))
    return [(day, list(rows)) for day, rows in told]


def _places(rows: QuerySet[Indexed], number: int) -> dict[str, Any]:
    """Where the newest answers were made."""
    known = placed(rows)
    points = [
        Point(row.latitude, row.longitude, row.title, _href(row))
        for row in known
        if row.latitude is not None and row.longitude is not None
    ]
    return places(points, unknown=min(number, COUNTED) - len(points))


def _saved(person: Person) -> list[dict[str, Any]]:
    """The questions the person keeps."""
    kept = SavedSearch.objects.filter(person=person, removed_at=None).order_by("name")
    return [
        {"id": one.id, "name": one.name, "href": f"{reverse('search')}?{urlencode(one.asked)}"}
        for one in kept
    ]


def _near(person: Any, question: Question) -> list[dict[str, str]]:
    field = "party" if question.party else "q"
    asked = question.party or question.words
    return [
        {"name": name, "href": f"{reverse('search')}?{field}={name}"}
        for name in near_names(person, asked)
    ]


def _line(row: Indexed, words: list[str]) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "record_id": row.record_id,
        "kind_words": row.get_kind_display(),
        "icon": _ICONS[Indexed.Kind(row.kind)],
        "title": row.title,
        "number": row.number,
        "at": row.at,
        "party": row.party,
        "place": row.place,
        "case": row.case if row.kind != Indexed.Kind.CASE else None,
        "href": _href(row),
        "snippet": snippet(row.text, words),
    }


_ICONS = {
    Indexed.Kind.CASE: "folders",
    Indexed.Kind.LEAD: "inbox",
    Indexed.Kind.ACTIVITY: "users",
    Indexed.Kind.PAPER: "file-text",
    Indexed.Kind.RECORDING: "video",
    Indexed.Kind.TEXT: "text-caption",
}


def _href(row: Indexed) -> str:
    if row.kind == Indexed.Kind.PAPER:
        return reverse("paper", args=[row.record_id])
    if row.kind in (Indexed.Kind.RECORDING, Indexed.Kind.TEXT):
        return reverse("recording", args=[row.record_id])
    assert row.case_id is not None  # only recordings stand apart from a case
    return reverse("case", args=[row.case_id])


def snippet(text: str, words: list[str]) -> list[tuple[str, bool]]:
    """The text around the first word found, in parts; those that match are told apart."""
    places = [text.find(word) for word in words if word in text]
    if not places:
        return []
    start = max(min(places) - _AROUND, 0)
    shown = text[start : min(places) + 3 * _AROUND]
    marked = [False] * len(shown)
    for word in words:
        place = shown.find(word)
        while place >= 0:
            marked[place : place + len(word)] = [True] * len(word)
            place = shown.find(word, place + 1)
    parts: list[tuple[str, bool]] = [("…", False)] if start else []
    for letter, is_match in zip(shown, marked, strict=True):
        if parts and parts[-1][1] == is_match:
            parts[-1] = (parts[-1][0] + letter, is_match)
        else:
            parts.append((letter, is_match))
    return parts


def _months(counts: Any) -> dict[str, Any]:
    """Bars of the answers by month: widths are shares of the fullest month."""
    most = max(number for _, number in counts)
    return {
        "rows": [
            {
                "words": f"{month.year}年{month.month}月",
                "number": number,
                "width": f"{max(number * 100 / most, 1):.1f}%",
            }
            for month, number in counts
        ],
        "is_cut": sum(number for _, number in counts) >= COUNTED,
    }
