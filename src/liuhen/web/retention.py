"""Pages of retention (Art. 41): what is due, holds, corrections, what another rule would release.

Not for lists on their way to destruction (`disposals`), nor for one recording's own page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.disposal import MOST, propose_disposal
from liuhen.actions.retention import (
    answer_retention_correction,
    ask_retention_correction,
    correction_to_answer,
    lift_hold,
    place_hold,
)
from liuhen.archive.models import Hold, RetentionCorrection
from liuhen.archive.retention import (
    ALLOWED,
    COUNTED,
    FIGURES,
    Kept,
    Level,
    corrections_waiting,
    due_recordings,
    due_segments,
    kept,
    simulated,
    standing_holds,
)
from liuhen.cases.queries import visible_case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import visible_recording
from liuhen.rulebook.queries import figure_at
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.refusals import refusal_context

TITLE = "保管与处置"
SHOWN = 50
AREA = forms.Textarea(attrs={"rows": 3})


@signed_in
def retention(request: HttpRequest) -> HttpResponse:
    """What may be disposed of, and what stands against more: holds, corrections."""
    person = person_of(request)
    require(person, "retention.list")
    return proposing(request, person, partial(_due, request, person))


def _due(request: HttpRequest, person: Person, shown: dict[str, Any], status: int) -> HttpResponse:
    now = clock.now()
    page = page_of(request, due_recordings(person, now))
    context = {
        **shown,
        "items": [{"row": one, "kept": kept(one)} for one in page.rows],
        "pager": page.pager,
        "has_footage": due_segments(person, now).exists(),
        "is_allowed": figure_at(ALLOWED, now) == 1,
        "may_propose": is_allowed(person, "disposal.propose"),
        "most": MOST,
        "holds": list(standing_holds(person).filter(lifted_at=None)[:SHOWN]),
        "may_lift": is_allowed(person, "hold.lift"),
        "corrections": list(corrections_waiting(person)[:SHOWN]),
        "may_confirm": is_allowed(person, "retention.confirm"),
        "crumbs": [{"label": TITLE}],
    }
    return render(request, "retention.html", context, status=status)


def proposing(
    request: HttpRequest, person: Person, page: Callable[[dict[str, Any], int], HttpResponse]
) -> HttpResponse:
    """Propose the list that was posted; else `page`, given what else it shows and its status."""
    if request.method != "POST":
        return page({}, 200)
    try:
        return _proposed(request, person)
    except Refused as refused:
        reason = request.POST.get("reason", "")
        shown = {"refusal": refusal_context(refused), "reason": reason}
        return page(shown, explain(refused).status)


def _proposed(request: HttpRequest, person: Person) -> HttpResponse:
    try:
        chosen = [UUID(text) for text in request.POST.getlist("recording")]
        segments = [int(text) for text in request.POST.getlist("segment")]
    except ValueError:
        raise Refused("record.not_found") from None
    made = propose_disposal(
        actor=person,
        recording_ids=chosen,
        segment_ids=segments,
        reason=request.POST.get("reason", ""),
    )
    succeed(request, f"已提出{made.number}，等待两名不同职务的人批准。")
    return HttpResponseRedirect(reverse("disposal", args=[made.id]))


class SimulationForm(forms.Form):
    """One class and another length."""

    level = forms.ChoiceField(
        label="保管类别",
        choices=[(level.value, level.label) for level in FIGURES],
        initial=Level.UNCLASSIFIED.value,
    )
    value = forms.IntegerField(label="改为（年）", min_value=0, max_value=100, initial=1)


@signed_in
@require_safe
def simulation(request: HttpRequest) -> HttpResponse:
    """What a change of rule would release today; nothing is changed."""
    person = person_of(request)
    require(person, "retention.list")
    asked = bool(request.GET)
    form = SimulationForm(request.GET if asked else None)
    context: dict[str, Any] = {
        "form": form,
        "counted": COUNTED,
        "crumbs": [{"label": TITLE, "href": reverse("retention")}, {"label": "模拟"}],
    }
    if asked and form.is_valid():
        level, value = form.cleaned_data["level"], form.cleaned_data["value"]
        found = simulated(person, clock.now(), level, value)
        context |= {
            "count": found.order_by()[: COUNTED + 1].count(),
            "rows": [{"row": one, "kept": kept(one)} for one in found[:SHOWN]],
            "now": figure_at(FIGURES[Level(level)], clock.now()),
            "value": value,
        }
    status = 400 if asked and not form.is_valid() else 200
    return render(request, "retention_simulation.html", context, status=status)


# -- holds -------------------------------------------------------------------------------------


class ReasonForm(PlacedForm):
    """Why."""

    reason = forms.CharField(label="理由", max_length=2000, widget=AREA)


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(TITLE, reverse("retention")), *more]


@signed_in
def hold_on_case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Hold everything of a case."""
    person = person_of(request)
    case = visible_case(person, case_id)
    place = reverse("case", args=[case.id])

    def perform(data: dict[str, Any]) -> str:
        place_hold(actor=person, case_id=case.id, **data)
        return place

    return _holding(f"{case.number} {case.cause}".strip(), (case.number, place)).answer(
        request, ReasonForm(posted(request)), perform
    )


@signed_in
def hold_on_recording(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Hold one recording."""
    person = person_of(request)
    found = visible_recording(person, recording_id)
    place = reverse("recording", args=[found.id])

    def perform(data: dict[str, Any]) -> str:
        place_hold(actor=person, recording_id=found.id, **data)
        return place

    return _holding(found.name, (found.name, place)).answer(
        request, ReasonForm(posted(request)), perform
    )


def _holding(about: str, place: tuple[str, str]) -> OneForm:
    return OneForm(
        permission="hold.place",
        title="暂缓处置",
        submit="暂缓处置",
        success="已暂缓处置，解除前不得列入处置清单。",
        crumbs=_crumbs(place),
        about=about,
        notes=["复议、诉讼、信访、监察等需要时使用；解除由另一名负责同志办理。"],
        article="41.1",
    )


@signed_in
def hold_lift(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Lift a hold."""
    person = person_of(request)
    hold = standing_holds(person).filter(id=hold_id).first()
    if hold is None:
        raise Refused("record.not_found")

    def perform(data: dict[str, Any]) -> str:
        lift_hold(actor=person, hold_id=hold_id, **data)
        return reverse("retention")

    page = OneForm(
        permission="hold.lift",
        title="解除暂缓处置",
        submit="解除",
        success="已解除。",
        crumbs=_crumbs(),
        about=f"{held_words(hold)}：{hold.reason}",
        is_grave=True,
    )
    return page.answer(request, ReasonForm(posted(request)), perform)


def held_words(hold: Hold) -> str:
    """What a hold is on."""
    if hold.case is not None:
        return hold.case.number
    return hold.recording.name if hold.recording is not None else ""


# -- corrections -------------------------------------------------------------------------------


@signed_in
def correction(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Ask that a class which rested on an error be brought down."""
    person = person_of(request)
    found = visible_recording(person, recording_id)

    def perform(data: dict[str, Any]) -> str:
        ask_retention_correction(actor=person, recording_id=found.id, **data)
        return reverse("recording", args=[found.id])

    told: Kept = kept(found)
    page = OneForm(
        permission="retention.correct",
        title="更正保管类别",
        submit="提出",
        success="已提出，等待第二人确认。",
        crumbs=_crumbs((found.name, reverse("recording", args=[found.id]))),
        about=f"{found.name}，现为{told.label}：{told.why}",
        notes=[
            "类别只升不降；原来认定的事实有误的，先更正事实，再由两人更正类别。",
            "写明哪一事实有误、依据什么更正。",
        ],
        article="41.1(3)",
    )
    return page.answer(request, ReasonForm(posted(request)), perform)


class AnswerForm(PlacedForm):
    """What the second person finds."""

    outcome = forms.ChoiceField(
        label="结论", choices=RetentionCorrection.Outcome.choices, widget=forms.RadioSelect
    )
    opinion = forms.CharField(label="意见", max_length=2000, widget=AREA)


@signed_in
def correction_answer(request: HttpRequest, correction_id: UUID) -> HttpResponse:
    """Confirm a correction as the second person, or send it back."""
    person = person_of(request)
    asked = correction_to_answer(person, correction_id)

    def perform(data: dict[str, Any]) -> str:
        answer_retention_correction(actor=person, correction_id=asked.id, **data)
        return reverse("retention")

    page = OneForm(
        permission="retention.confirm",
        title="确认更正保管类别",
        submit="答复",
        success="已答复。",
        crumbs=_crumbs(),
        about=f"{asked.recording.name}：{asked.get_before_display()} → "
        f"{asked.get_level_display()}。{asked.asked_by.name}：{asked.reason}",
        article="41.1(3)",
    )
    return page.answer(request, AnswerForm(posted(request)), perform)


def kept_card(person: Person, found: Recording) -> dict[str, Any]:
    """What the page of a recording says of its keeping."""
    about = Hold.objects.filter(recording=found) | Hold.objects.filter(
        case=found.case_id, case__isnull=False
    )
    return {
        "kept": kept(found),
        "holds": list(about.filter(lifted_at=None).select_related("placed_by")),
        "is_asked": RetentionCorrection.objects.filter(recording=found, outcome="").exists(),
        "may_hold": is_allowed(person, "hold.place") and found.disposed_at is None,
        "may_correct": is_allowed(person, "retention.correct") and found.disposed_at is None,
    }
