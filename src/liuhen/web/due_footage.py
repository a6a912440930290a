"""Footage of rooms whose period is over, by camera and day, and the lists it goes into (Art. 41).

Not for recordings of cases (`retention`), nor for lists on their way (`disposals`).
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from liuhen.actions.disposal import MOST
from liuhen.archive.retention import ALLOWED, due_segments, segment_until
from liuhen.cameras.continuity import DAY, day_span
from liuhen.cameras.models import Camera, Segment
from liuhen.cameras.queries import segment_name, visible_cameras
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.rulebook.queries import figure_at, rulebook
from liuhen.web.acting import person_of, signed_in
from liuhen.web.paging import page_of
from liuhen.web.retention import TITLE, proposing


class CameraChoice(forms.ModelChoiceField):  # type: ignore[type-arg] # generic in its stubs only
    """One of the cameras, by its room."""

    def label_from_instance(self, obj: Any) -> str:
        """询问室 门口（CAM-01）."""
        return f"{obj.room.name} {obj.view}（{obj.device.serial}）"


class FootageFilter(forms.Form):
    """Which camera, which day; each may be left open."""

    camera = CameraChoice(
        label="监控", queryset=Camera.objects.none(), required=False, empty_label="全部监控"
    )
    day = forms.DateField(
        label="日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        cameras = visible_cameras(person).order_by("room__name", "view", "id")
        self.fields["camera"].queryset = cameras  # type: ignore[attr-defined]


@signed_in
def due_footage(request: HttpRequest) -> HttpResponse:
    """A page of what is due, at most as much as one list takes; a list is proposed from it."""
    person = person_of(request)
    require(person, "retention.list")
    return proposing(request, person, partial(_due, request, person))


def _due(request: HttpRequest, person: Person, shown: dict[str, Any], status: int) -> HttpResponse:
    now = clock.now()
    form = FootageFilter(request.GET, person=person)
    rows = due_segments(person, now)
    if not form.is_valid():
        rows, status = rows.none(), 400
    page = page_of(request, _narrowed(rows, **form.cleaned_data), size=MOST)
    book = rulebook()
    context = {
        **shown,
        "form": form,
        "segments": [
            {"row": one, "name": segment_name(one), "until": segment_until(one, book)}
            for one in page.rows
        ],
        "pager": page.pager,
        "is_narrowed": any(form.cleaned_data.values()) or bool(form.errors),
        "are_all_chosen": bool(request.GET.get("all")),
        "may_choose": is_allowed(person, "disposal.propose") and figure_at(ALLOWED, now) == 1,
        "most": MOST,
        "crumbs": [{"label": TITLE, "href": reverse("retention")}, {"label": "期满的场所监控"}],
    }
    return render(request, "due_footage.html", context, status=status)


def _narrowed(
    rows: QuerySet[Segment], camera: Camera | None = None, day: dt.date | None = None
) -> QuerySet[Segment]:
    """Of one camera, of those that begin on one day; the oldest first."""
    if camera is not None:
        rows = rows.filter(camera=camera)
    if day is not None:
        begin, end = day_span(day)
        rows = rows.filter(started_at__gte=begin, started_at__lt=end)
        rows = rows.filter(ended_at__gt=begin, ended_at__lt=end + DAY)  # there is an index of ends
    return rows.order_by("started_at", "id") if camera or day else rows
