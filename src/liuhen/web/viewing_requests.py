"""Single requests of viewing: asking, what one has asked, answering, noting a telephone call.

Not for standing approvals (`oversight`), nor for the viewing itself (`recording_page`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.access.models import ViewingRequest
from liuhen.access.queries import is_live, requests_given, requests_of, requests_waiting
from liuhen.actions.viewing_requests import (
    About,
    answer_viewing_request,
    ask_viewing,
    longest,
    note_telephone_approval,
    revoke_viewing_request,
)
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case, visible_cases
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders, is_allowed, require
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import visible_recording
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.lead_forms import moment
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of

SHOWN = 50
_TITLE = "调阅申请"
_STATES = {"": ("open", "待批准"), "returned": ("red", "不同意")}


class AskForm(PlacedForm):
    """How much of it, what for, and for how long."""

    scope = forms.ChoiceField(
        label="范围",
        choices=[("", "本案全部音像"), ("alone", "只看这一件")],
        required=False,
        widget=forms.RadioSelect,
    )
    purpose = forms.CharField(
        label="用途",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="为什么要看，要看什么",
    )
    until = forms.DateField(
        label="期限至", widget=forms.DateInput(attrs={"type": "date"}), help_text="含当日"
    )


class CallForm(PlacedForm):
    """What was said on the telephone."""

    halves = frozenset({"viewer", "leader"})

    case_number = forms.CharField(label="案号", max_length=60)
    viewer = forms.ChoiceField(label="调阅人")
    leader = forms.ChoiceField(label="同意的负责同志")
    called_at = moment("通话时间", help_text="一小时以内的通话；在调阅之前登记")
    purpose = forms.CharField(
        label="用途和紧急情况", max_length=200, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        people = Person.objects.filter(is_active=True, nature=Person.Nature.HUMAN)
        self.fields["viewer"].choices = _names(people.order_by("name"))  # type: ignore[attr-defined]
        leaders = holders(Office.Kind.DEPUTY_IN_CHARGE).order_by("name")
        self.fields["leader"].choices = _names(leaders)  # type: ignore[attr-defined]


def _names(people: Any) -> list[tuple[str, str]]:
    return [("", "请选择"), *((str(one.id), one.name) for one in people)]


@signed_in
@require_safe
def viewing_requests(request: HttpRequest) -> HttpResponse:
    """What one has asked; for the leader in charge what waits and what holds."""
    person = person_of(request)
    require(person, "viewing.ask")
    page = page_of(request, requests_of(person))
    may_answer = is_allowed(person, "viewing.approve")
    context = {
        "mine": [_line(one) for one in page.rows],
        "pager": page.pager,
        "waiting": [_line(one) for one in requests_waiting(person)[:SHOWN]],
        "given": [_line(one) for one in requests_given(person)[:SHOWN]] if may_answer else [],
        "may_answer": may_answer,
        "may_note": is_allowed(person, "viewing.note_call"),
        "crumbs": [{"label": _TITLE}],
    }
    return render(request, "viewing_requests.html", context)


def _line(one: ViewingRequest) -> dict[str, Any]:
    lamp, words = _STATES.get(one.outcome, ("green", "有效"))
    if one.outcome == ViewingRequest.Outcome.APPROVED and not is_live(one):
        lamp, words = "grey", "已撤销" if one.revoked_at else "已失效"
    case, recording = one.case, one.recording
    return {
        "row": one,
        "name": case.number if case else recording.name if recording else "",
        "href": reverse("case", args=[case.id])
        if case
        else reverse("recording", args=[one.recording_id]),
        "last_day": clock.local_date(one.until - dt.timedelta(microseconds=1)),
        "lamp": lamp,
        "words": words,
    }


@signed_in
def viewing_ask(request: HttpRequest) -> HttpResponse:
    """Ask to view the recordings of a case, with which its papers may be printed, or one alone."""
    person = person_of(request)
    case, recording = _asked_about(person, request)
    form = AskForm(posted(request))
    if case is None or recording is None:
        del form.fields["scope"]

    def perform(data: dict[str, Any]) -> str:
        midnight = dt.datetime.combine(
            data["until"] + dt.timedelta(days=1), dt.time(), tzinfo=clock.CHINA
        )
        about = About(
            case_id=case.id if case else None,
            recording_id=recording.id if recording else None,
            is_alone=data.get("scope") == "alone",
        )
        ask_viewing(actor=person, about=about, purpose=data["purpose"], until=midnight)
        return reverse("viewing_requests")

    named = [*([case.number] if case else ()), *([recording.name] if recording else ())]
    page = OneForm(
        permission="viewing.ask",
        title="申请调阅音像记录" if recording else "申请调阅、打印案卷记录",
        about=" ".join(named),
        submit="报分管负责同志",
        success="已报送，批准后可以查看。",
        crumbs=[(_TITLE, reverse("viewing_requests"))],
        notes=[
            f"期限最长 {longest(clock.now()).days} 天；期满自动失效。",
            "批准以后，每次查看、打印仍要登记事由。",
            "紧急的，可以由分管负责同志事先电话同意，由记录管理员登记后查看；不能事后补批。",
        ],
        article="42",
    )
    return page.answer(request, form, perform)


def _asked_about(person: Person, request: HttpRequest) -> tuple[Case | None, Recording | None]:
    """The case, and the recording from which one asked, if it was from one."""
    try:
        if "case" in request.GET:
            return visible_case(person, UUID(request.GET["case"])), None
        recording = visible_recording(person, UUID(request.GET.get("recording", "")))
    except ValueError:
        raise Refused("record.not_found") from None
    return recording.case, recording


@signed_in
def viewing_call(request: HttpRequest) -> HttpResponse:
    """Note a consent given by telephone."""
    person = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        number = data["case_number"].strip()
        case = visible_cases(person).filter(number=number).first()
        if case is None:
            raise Refused("viewing_request.case", number=number)
        note_telephone_approval(
            actor=person,
            about=About(case_id=case.id),
            viewer_id=UUID(data["viewer"]),
            leader_id=UUID(data["leader"]),
            called_at=data["called_at"],
            purpose=data["purpose"],
        )
        return reverse("viewing_requests")

    page = OneForm(
        permission="viewing.note_call",
        title="登记电话批准",
        submit="登记",
        success="已登记，二十四小时内有效；负责同志可以随时撤销。",
        crumbs=[(_TITLE, reverse("viewing_requests"))],
        notes=[
            "只用于紧急情况；须在调阅之前通话并登记。",
            "通话的人、时间和用途进入账本，不能更改。",
        ],
        article="42",
    )
    return page.answer(request, CallForm(posted(request)), perform)


@signed_in
@require_POST
def viewing_answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Approve or refuse a request."""
    person = person_of(request)
    outcome = request.POST.get("outcome", "")
    return act_and_return(
        request,
        lambda: answer_viewing_request(
            actor=person,
            request_id=request_id,
            outcome=outcome,
            opinion=request.POST.get("opinion", ""),
        ),
        success="已同意。" if outcome == ViewingRequest.Outcome.APPROVED else "已答复不同意。",
        then=reverse("viewing_requests"),
    )


@signed_in
@require_POST
def viewing_revoke(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Take a single approval back."""
    person = person_of(request)
    return act_and_return(
        request,
        lambda: revoke_viewing_request(
            actor=person, request_id=request_id, reason=request.POST.get("reason", "")
        ),
        success="已撤销，正在进行的调阅同时停止。",
        then=reverse("viewing_requests"),
    )
