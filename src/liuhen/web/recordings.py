"""Pages of recordings: handing in, labelling, one recording with its player. Bytes: `media`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from liuhen.access.queries import viewing_ground, viewings_of
from liuhen.actions.access import open_recording
from liuhen.actions.recordings import explain_recording_gap, label_recording, state_return
from liuhen.cases.models import Activity
from liuhen.cases.queries import visible_case
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.law.vocabulary import GapCause
from liuhen.people.queries import require
from liuhen.recordings.models import Gap, Recording
from liuhen.recordings.queries import (
    receipt_of,
    unlabelled_recordings,
    visible_recording,
    visible_recordings,
)
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.paging import page_of


def card(one: Recording) -> dict[str, Any]:
    """A recording for `parts/recording_card.html`, without its picture (Art. 42)."""
    length = one.ended_at - one.started_at if one.ended_at and one.started_at else None
    return {
        "name": one.name,
        "kind": one.kind,
        "kind_words": one.get_kind_display(),
        "started_at": one.started_at,
        "ended_at": one.ended_at,
        "length": length,
        "has_video": one.has_video,
        "has_audio": one.has_audio,
        "device": one.device.serial if one.device else "",
        "size": one.original.size,
        "sha256": one.original_id,
        "href": reverse("recording", args=[one.id]),
    }


@signed_in
def recordings(request: HttpRequest) -> HttpResponse:
    """Recordings the person may know of, the newest handed in first."""
    person = person_of(request)
    require(person, "recording.list")
    rows = (
        visible_recordings(person)
        .exclude(stored_at=None)
        .select_related("original", "device", "case")
        .order_by("-stored_at", "id")
    )
    page = page_of(request, rows)
    context = {
        "recordings": [card(one) for one in page.rows],
        "unlabelled_count": unlabelled_recordings(person).count(),
        "pager": page.pager,
        "upload": {
            "accept": "video/*,audio/*,image/*",
            "done_href": reverse("recordings"),
            "hint": "交存后标注案件、当事人和承办人",
        },
        "crumbs": [{"label": "音像记录"}],
    }
    return render(request, "recordings.html", context)


@signed_in
def case_upload(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Hand in recordings of one case, straight to one of its activities."""
    case = visible_case(person_of(request), case_id)
    kinds = catalogue().activities
    activities = [
        {
            "activity": one,
            "name": kinds[one.kind].name if one.kind in kinds else one.kind,
            "upload": {
                "metadata": {"activity": str(one.id)},
                "accept": "video/*,audio/*,image/*",
                "done_href": f"{reverse('case', args=[case.id])}#recordings",
                "hint": "拖入文件，或者点选",
            },
        }
        for one in case.activities.order_by("started_at")
    ]
    href = reverse("case", args=[case.id])
    crumbs = [
        {"label": "案件", "href": reverse("cases")},
        {"label": case.number, "href": href},
        {"label": "上传音像"},
    ]
    context = {"case": case, "case_href": href, "activities": activities, "crumbs": crumbs}
    return render(request, "case_upload.html", context)


class OpeningForm(forms.Form):
    """Why the recording is viewed."""

    reason = forms.CharField(label="调阅事由", max_length=200)


class LabelForm(forms.Form):
    """The label of Art. 39."""

    place = forms.CharField(label="地点", max_length=200, required=False)
    returned_at = forms.DateTimeField(
        label="返回单位时间",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


@signed_in
def recording(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """One recording: what is known of it; the player once its viewing is registered."""
    person = person_of(request)
    found = visible_recording(person, recording_id)
    ground = viewing_ground(person, found)
    context: dict[str, Any] = {
        "recording": card(found),
        "found": found,
        "ground": ground,
        "facts": _facts(found),
        "receipt": receipt_of(found),
        "viewings": list(viewings_of(found.id)[:50]),
        "crumbs": [{"label": "音像记录", "href": reverse("recordings")}, {"label": found.name}],
    }
    form = OpeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = open_recording(
            actor=person, recording_id=found.id, reason=form.cleaned_data["reason"]
        )
        context["player"] = _player(found, opened.token, person.name)
    return render(request, "recording.html", {**context, "form": form})


def _facts(found: Recording) -> list[dict[str, Any]]:
    return [
        {"label": "案件", "value": found.case.number if found.case else None,
         "href": reverse("case", args=[found.case_id]) if found.case_id else None},
        {"label": "当事人", "value": found.party.name if found.party else None},
        {"label": "承办人", "value": found.handler.name if found.handler else None},
        {"label": "摄录人", "value": found.made_by.name if found.made_by else None},
        {"label": "设备", "value": found.device.serial if found.device else None},
        {"label": "返回单位时间", "value": _local(found.returned_at)},
        {"label": "存入专用存储", "value": _local(found.stored_at)},
        {"label": "时间来源", "value": found.time_source},
    ]  # fmt: skip


def _local(instant: Any) -> str | None:
    return f"{clock.local(instant):%Y-%m-%d %H:%M:%S}" if instant else None


def _player(found: Recording, token: str, viewer: str) -> dict[str, Any]:
    length = None
    if found.started_at and found.ended_at:
        length = round((found.ended_at - found.started_at).total_seconds() * 1000)
    return {
        "kind": found.kind,
        "name": found.name,
        "src": reverse("media-original", kwargs={"token": token}),
        "started_at": clock.iso(found.started_at) if found.started_at else None,
        "duration_ms": length,
        "frames_per_second": None,
        "activity": _player_activity(found),
        "bookmarks": [],
        "watermark": {"viewer": viewer, "note": "调阅已登记"},
    }


def _player_activity(found: Recording) -> dict[str, Any] | None:
    activity: Activity | None = found.activity
    if activity is None:
        return None
    kinds = catalogue().activities
    others = (
        activity.recordings.exclude(id=found.id).exclude(started_at=None).exclude(ended_at=None)
    )
    gaps = Gap.objects.filter(activity=activity, filled_at=None)
    return {
        "name": kinds[activity.kind].name if activity.kind in kinds else activity.kind,
        "started_at": clock.iso(activity.started_at),
        "ended_at": clock.iso(activity.ended_at) if activity.ended_at else None,
        "others": [
            {
                "name": other.name,
                "started_at": clock.iso(other.started_at),
                "ended_at": clock.iso(other.ended_at),
                "href": reverse("recording", args=[other.id]),
            }
            for other in others
            if other.started_at and other.ended_at
        ],
        "gaps": [
            {"started_at": clock.iso(gap.started_at), "ended_at": clock.iso(gap.ended_at),
             "words": gap.explanation}
            for gap in gaps
        ],
    }  # fmt: skip


assert settings and form_page and label_recording and state_return and explain_recording_gap
assert GapCause
