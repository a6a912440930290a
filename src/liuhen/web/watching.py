"""Several recordings of one activity side by side, each opened and registered by itself (Art. 43).

Not for one recording (`recording_page`) or for bytes (`media`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from liuhen.access.queries import viewing_ground
from liuhen.actions.access import look_on, open_recording
from liuhen.cases.models import Activity
from liuhen.cases.queries import visible_activity
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Person
from liuhen.recordings.derivatives import PROXY
from liuhen.recordings.models import Gap, Recording
from liuhen.recordings.queries import bookmarks_of, derivative_of, visible_recordings
from liuhen.web.acting import person_of, signed_in
from liuhen.web.gap_words import gap_words
from liuhen.web.recording_forms import OpeningForm
from liuhen.web.recording_player import frame_rate, strips_of, watermark_of
from liuhen.web.refusals import refusal_context

AT_ONCE = 9


@signed_in
def activity_watch(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Open an activity's recordings, and show them in step once they are opened."""
    person = person_of(request)
    activity = visible_activity(person, activity_id)
    footage = _footage(person, activity)
    tokens = request.GET.getlist("viewing")[:AT_ONCE]
    if request.method != "POST":
        return _page(request, person, activity, footage, tokens=tokens)
    form = OpeningForm(request.POST)
    if not form.is_valid():
        return _page(request, person, activity, footage, form=form, status=400)
    try:
        if not footage:
            raise Refused("viewing.no_approval")
        viewings = [
            open_recording(actor=person, recording_id=one.id, reason=form.cleaned_data["reason"])
            for one in footage
        ]
    except Refused as refused:
        return _page(request, person, activity, footage, form=form, refused=refused)
    query = urlencode([("viewing", viewing.token) for viewing in viewings])
    return HttpResponseRedirect(f"{reverse('activity_watch', args=[activity.id])}?{query}")


def _footage(person: Person, activity: Activity) -> list[Recording]:
    """What of the activity can be shown on the clock: it has a time and can be played."""
    rows = visible_recordings(person).filter(activity=activity, started_at__isnull=False)
    rows = rows.filter(kind__in=[Recording.Kind.VIDEO, Recording.Kind.AUDIO])
    rows = rows.select_related("device", "made_by").order_by("started_at", "id")
    return [one for one in rows[:AT_ONCE] if viewing_ground(person, one) is not None]


def _page(
    request: HttpRequest,
    person: Person,
    activity: Activity,
    footage: list[Recording],
    *,
    tokens: list[str] | None = None,
    form: OpeningForm | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    kind = catalogue().activities.get(activity.kind)
    name = kind.name if kind else activity.kind
    context: dict[str, Any] = {"activity": activity, "name": name, "footage": footage}
    context["form"] = form or OpeningForm()
    if tokens:
        try:
            context["cameras"] = _cameras(person, activity, name, tokens)
        except Refused as expired:
            refused = expired
    if refused is not None:
        context["refusal"], status = refusal_context(refused), explain(refused).status
    context["crumbs"] = [
        {"label": "案件", "href": reverse("cases")},
        {"label": activity.case.number, "href": reverse("case", args=[activity.case_id])},
        {"label": "同步查看"},
    ]
    return render(request, "activity_watch.html", context, status=status)


def _cameras(person: Person, activity: Activity, name: str, tokens: list[str]) -> dict[str, Any]:
    """The data of the island. Raises `Refused("viewing.expired")`."""
    tracks, marks = list[dict[str, Any]](), list[dict[str, Any]]()
    for token in tokens:
        opening = look_on(token, actor=person)
        found = Recording.objects.select_related("device").get(id=opening.recording_id)
        if found.activity_id != activity.id or not (found.started_at and found.ended_at):
            raise Refused("viewing.expired")
        marks += [
            {
                "at": clock.iso(found.started_at + dt.timedelta(milliseconds=mark.at_ms)),
                "label": mark.note or mark.get_kind_display(),
                "track": len(tracks),
            }
            for mark in bookmarks_of(found)
        ]
        tracks.append(_track(found, token))
    gaps = Gap.objects.filter(activity=activity, filled_at=None).order_by("started_at")
    return {
        "name": name,
        "tracks": tracks,
        "bookmarks": sorted(marks, key=lambda mark: str(mark["at"])),
        "gaps": [
            {
                "started_at": clock.iso(gap.started_at),
                "ended_at": clock.iso(gap.ended_at),
                "words": gap_words(gap),
            }
            for gap in gaps
        ],
        "watermark": watermark_of(person),
    }


def _track(found: Recording, token: str) -> dict[str, Any]:
    assert found.started_at and found.ended_at  # `_cameras`
    src = reverse("media-original", args=[token])
    if found.media.get("browser_obstacle") and derivative_of(found.original_id, PROXY):
        src = reverse("media-derivative", kwargs={"token": token, "kind": PROXY})
    whose = found.device.serial if found.device else found.name
    return {
        "name": whose,
        "kind": found.kind,
        "src": src,
        "started_at": clock.iso(found.started_at),
        "ended_at": clock.iso(found.ended_at),
        "frames_per_second": frame_rate(found),
        **strips_of(found.original_id),
    }
