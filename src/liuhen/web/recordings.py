"""Recordings as lists: handing in, what is not labelled, stating the return of many at once.

Not for one recording (`recording_page`), nor for bytes (`media`, `api.uploads`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.recordings import state_return, tie_to_activity
from liuhen.cases.queries import visible_case
from liuhen.kernel.refusals import Refused, explain
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.recordings.guessing import SAME_PLACE, Guess, guesses
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import (
    unlabelled_recordings,
    unreturned_recordings,
    visible_recordings,
)
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.paging import page_of
from liuhen.web.refusals import refusal_context
from liuhen.web.templatetags.wording import instant, span

ACCEPTED = "video/*,audio/*,image/*,application/pdf"
RETURNS_SHOWN = 50
_TOGETHER = dt.timedelta(hours=12)
FILTERS = {"": "全部", "unlabelled": "待标注", "unreturned": "返回时间未登记"}


class ReturnForm(forms.Form):
    """When recordings came back to the office."""

    recordings = forms.MultipleChoiceField(
        label="哪些音像",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一件音像。"},
    )
    returned_at = forms.DateTimeField(
        label="返回单位时间",
        help_text="设备带回单位的时刻，入库期限自此起算",
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        ),
    )

    def __init__(self, *args: Any, waiting: list[Recording], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["recordings"]
        field.choices = [(str(one.id), _return_label(one)) for one in waiting]  # type: ignore[attr-defined]
        # What came in last came back together; for older ones a person has to say so.
        last = max((one.stored_at for one in waiting), default=None)
        field.initial = [
            str(one.id) for one in waiting if last and last - one.stored_at < _TOGETHER
        ]


class GuessForm(forms.Form):
    """Guesses a person confirms: each value is a recording and the activity it shows."""

    guesses = forms.MultipleChoiceField(
        label="建议的关联",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一件音像。"},
    )

    def __init__(self, *args: Any, found: list[Guess], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["guesses"]
        field.choices = [(_guess_key(one), _guess_label(one)) for one in found]  # type: ignore[attr-defined]
        field.initial = [_guess_key(one) for one in found if one.is_sure]


def _guess_key(one: Guess) -> str:
    return f"{one.recording.id}/{one.activity.id}"


def _guess_label(one: Guess) -> str:
    kinds = catalogue().activities
    kind = kinds[one.activity.kind].name if one.activity.kind in kinds else one.activity.kind
    when = f"同时进行 {span(one.overlap)}" if one.overlap else f"相隔 {span(one.apart)}"
    if one.recording.ended_at == one.recording.started_at and one.overlap:
        when = "在活动期间拍摄"
    who = "摄录人在场" if one.is_of_officer else "摄录人不在参加人员中"
    place = f"，{one.activity.place}" if one.activity.place else ""
    case = one.activity.case.number
    if one.metres is None:
        where = ""
    elif one.is_elsewhere:
        where = f"，与该活动其他音像的拍摄地点相距约 {one.metres} 米"
    else:
        where = "，与该活动其他音像在同一地点" if one.metres <= SAME_PLACE else ""
    return f"{one.recording.name} → {case} {kind}{place}（{when}，{who}{where}）"


def _return_label(one: Recording) -> str:
    told = f"{instant(one.started_at)} 起" if one.started_at else "拍摄时间未知"
    return f"{one.name}（{told}）"


@signed_in
@require_safe
def recordings(request: HttpRequest) -> HttpResponse:
    """Recordings the person may know of, the newest handed in first."""
    person = person_of(request)
    require(person, "recording.list")
    return _list(request, person)


@signed_in
@require_POST
def recordings_returned(request: HttpRequest) -> HttpResponse:
    """State the return of all recordings ticked, in one act."""
    person = person_of(request)
    form = ReturnForm(request.POST, waiting=_waiting(person))
    if not form.is_valid():
        return _list(request, person, form, status=400)
    try:
        stated = state_return(
            actor=person,
            recording_ids=[UUID(one) for one in form.cleaned_data["recordings"]],
            returned_at=form.cleaned_data["returned_at"],
        )
    except Refused as refused:
        return _list(request, person, form, refused=refused)
    succeed(request, f"已登记{len(stated)}件音像的返回时间。")
    return HttpResponseRedirect(reverse("recordings"))


@signed_in
@require_POST
def recordings_guessed(request: HttpRequest) -> HttpResponse:
    """Tie each recording ticked to the activity guessed for it, one act for each."""
    person = person_of(request)
    require(person, "recording.tie")
    form = GuessForm(request.POST, found=_guesses(person))
    if not form.is_valid():
        return _list(request, person, guess_form=form, status=400)
    tied = 0
    try:
        for key in form.cleaned_data["guesses"]:
            recording_id, activity_id = (UUID(part) for part in key.split("/"))
            tie_to_activity(actor=person, recording_id=recording_id, activity_id=activity_id)
            tied += 1
    except Refused as refused:
        if tied:
            succeed(request, f"已关联{tied}件音像，其余未办理。")
        return _list(request, person, refused=refused)
    succeed(request, f"已关联{tied}件音像，标注已按案件填写，请核对。")
    return HttpResponseRedirect(reverse("recordings"))


def _guesses(person: Person) -> list[Guess]:
    if not is_allowed(person, "recording.tie"):
        return []
    loose = unlabelled_recordings(person).filter(activity=None)[:RETURNS_SHOWN]
    return list(guesses(person, list(loose)).values())


def _waiting(person: Person) -> list[Recording]:
    if not is_allowed(person, "recording.state_return"):
        return []
    return list(unreturned_recordings(person)[:RETURNS_SHOWN])


def _list(
    request: HttpRequest,
    person: Person,
    form: ReturnForm | None = None,
    *,
    guess_form: GuessForm | None = None,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    chosen = request.GET.get("show", "")
    show = chosen if chosen in FILTERS else ""
    page = page_of(request, _narrowed(request, _rows(person, show)))
    if form is None and (waiting := _waiting(person)):
        form = ReturnForm(waiting=waiting)
    if guess_form is None and (found := _guesses(person)):
        guess_form = GuessForm(found=found)
    context = {
        "recordings": [_line(one) for one in page.rows],
        "show": show,
        "filters": [{"key": key, "label": label} for key, label in FILTERS.items()],
        "pager": page.pager,
        "return_form": form,
        "return_action": reverse("recordings_returned"),
        "guess_form": guess_form,
        "guess_action": reverse("recordings_guessed"),
        "upload": _upload() if is_allowed(person, "recording.take_in") else None,
        "crumbs": [{"label": "音像记录"}],
    }
    if refused is not None:
        context["refusal"], status = refusal_context(refused), explain(refused).status
    return render(request, "recordings.html", context, status=status)


def _rows(person: Person, show: str) -> QuerySet[Recording]:
    rows = visible_recordings(person).select_related("original", "device", "case", "party")
    if show == "unlabelled":
        rows = rows.filter(id__in=unlabelled_recordings(person).order_by().values("id"))
    elif show == "unreturned":
        rows = rows.filter(id__in=unreturned_recordings(person).order_by().values("id"))
    return rows.order_by("-stored_at", "id")


def _narrowed(request: HttpRequest, rows: QuerySet[Recording]) -> QuerySet[Recording]:
    """Only those of one activity, when the address names one."""
    try:
        return rows.filter(activity=UUID(request.GET["activity"]))
    except (KeyError, ValueError):
        return rows


def _upload() -> dict[str, Any]:
    return {
        "accept": ACCEPTED,
        "done_href": reverse("recordings"),
        "hint": "交存后请标注案件、当事人和承办人",
    }


def _line(one: Recording) -> dict[str, Any]:
    is_labelled = one.labelled_at is not None and bool(one.case_id or one.lead_number)
    return {
        "name": one.name,
        "href": reverse("recording", args=[one.id]),
        "kind_words": one.get_kind_display(),
        "started_at": one.started_at,
        "length": (one.ended_at - one.started_at or None)
        if one.ended_at and one.started_at
        else None,
        "size": one.original.size,
        "device": one.device.serial if one.device else "",
        "case": {"number": one.case.number, "href": reverse("case", args=[one.case_id])}
        if one.case
        else None,
        "lead_number": one.lead_number,
        "is_labelled": is_labelled and bool(one.party_id and one.handler_id),
        "returned_at": one.returned_at,
        "stored_at": one.stored_at,
    }


@signed_in
@require_safe
def case_upload(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Hand in recordings of one case, straight to one of its activities."""
    person = person_of(request)
    case = visible_case(person, case_id)
    require(person, "recording.take_in")
    may_ask = is_allowed(person, "recording.ask_extension")
    kinds = catalogue().activities
    href = reverse("case", args=[case.id])
    activities = [
        {
            "activity": one,
            "name": kinds[one.kind].name if one.kind in kinds else one.kind,
            "extension_href": reverse("activity_extension", args=[one.id])
            if one.ended_at is not None and may_ask
            else "",
            "upload": {
                "metadata": {"activity": str(one.id)},
                "accept": ACCEPTED,
                "done_href": f"{href}#recordings",
                "hint": "交存后自动关联这项活动，并按本案填写标注",
            },
        }
        for one in case.activities.order_by("started_at", "id")
    ]
    context = {
        "case": case,
        "case_href": href,
        "gaps_href": reverse("case_gaps", args=[case.id]),
        "activities": activities,
        "crumbs": [
            {"label": "案件", "href": reverse("cases")},
            {"label": case.number, "href": href},
            {"label": "上传音像"},
        ],
    }
    return render(request, "case_upload.html", context)
