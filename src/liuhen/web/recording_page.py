"""The page of one recording: what is known of it, its label, its tie, its viewing.

Each form posts to one act, named by `do`. Not for lists (`recordings`) or bytes (`media`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from liuhen.access.looks import hidden_looks, told_viewings
from liuhen.access.queries import viewing_ground
from liuhen.actions import recordings as acts
from liuhen.actions.access import open_recording
from liuhen.actions.texts import confirm_text
from liuhen.archive.disposals import destructions_of
from liuhen.cases.models import Party
from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger.models import Entry
from liuhen.ledger.queries import history_of
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.recordings.damage import damage_told
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import receipt_of, visible_recording
from liuhen.vault.queries import sm3_of
from liuhen.web import recording_forms
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.case_page import entry_line, recording_line
from liuhen.web.recording_facts import (
    clock_facts,
    damage_facts,
    facts,
    file_facts,
    file_findings,
    part_facts,
)
from liuhen.web.recording_player import player_of
from liuhen.web.recording_texts import PERMISSION, TextForm, text_cards
from liuhen.web.refusals import refusal_context
from liuhen.web.retention import kept_card

VIEWINGS_SHOWN = 50
ENTRIES_SHOWN = 20


@dataclass(frozen=True)
class Task:
    """Something that can be done on the page."""

    form: type[forms.Form]
    permission: str
    perform: Callable[[Person, Recording, dict[str, Any]], str | None]
    success: str
    needs_person: bool = False


def _open(person: Person, found: Recording, data: dict[str, Any]) -> str:
    viewed = open_recording(actor=person, recording_id=found.id, reason=data["reason"])
    # The address carries the token, so that looking at the page again registers nothing twice.
    query = urlencode({"viewing": viewed.token})
    return f"{reverse('recording', args=[found.id])}?{query}"


def _label(person: Person, found: Recording, data: dict[str, Any]) -> None:
    case_id = UUID(data["case"]) if data["case"] else None
    party_id = UUID(data["party"]) if data["party"] else _only_party(case_id)
    acts.label_recording(
        actor=person,
        recording_id=found.id,
        handler=data["handler"],
        case_id=case_id,
        lead_number=data["lead_number"],
        party_id=party_id,
        place=data["place"],
        event_kind=data["event_kind"],
    )


def _only_party(case_id: UUID | None) -> UUID | None:
    parties = list(Party.objects.filter(case=case_id).values_list("id", flat=True)[:2])
    return parties[0] if len(parties) == 1 else None


def _tie(person: Person, found: Recording, data: dict[str, Any]) -> None:
    acts.tie_to_activity(actor=person, recording_id=found.id, activity_id=UUID(data["activity"]))


def _untie(person: Person, found: Recording, data: dict[str, Any]) -> None:
    acts.untie_from_activity(actor=person, recording_id=found.id, reason=data["reason"])


def _returned(person: Person, found: Recording, data: dict[str, Any]) -> None:
    acts.state_return(actor=person, recording_ids=[found.id], returned_at=data["returned_at"])


def _time(person: Person, found: Recording, data: dict[str, Any]) -> None:
    acts.state_time(actor=person, recording_id=found.id, **data)


def _text(person: Person, found: Recording, data: dict[str, Any]) -> str:
    confirm_text(
        actor=person,
        recording_id=found.id,
        source=data["source"],
        key=data["key"],
        text=data["text"],
    )
    return (
        f"{reverse('recording', args=[found.id])}?{urlencode({'viewing': data['viewing']})}#texts"
    )


TASKS = {
    "open": Task(recording_forms.OpeningForm, "recording.open", _open, "调阅已登记。"),
    "label": Task(recording_forms.LabelForm, "recording.label", _label, "标注已保存。", True),
    "tie": Task(recording_forms.TieForm, "recording.tie", _tie, "已关联执法活动。", True),
    "untie": Task(recording_forms.UntieForm, "recording.tie", _untie, "已解除关联。"),
    "returned": Task(
        recording_forms.ReturnedForm, "recording.state_return", _returned, "返回时间已登记。"
    ),
    "time": Task(recording_forms.TimeForm, "recording.state_time", _time, "时间已更正。"),
    "text": Task(TextForm, PERMISSION, _text, "文字已核对。"),
}


@signed_in
def recording(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """One recording; the player once its viewing is registered."""
    person = person_of(request)
    found = visible_recording(person, recording_id)
    if request.method != "POST":
        return _page(request, person, found)
    do = request.POST.get("do", "")
    if do not in TASKS:
        raise Refused("record.not_found")
    form = _form(do, person, found, request.POST)
    if not form.is_valid():
        return _page(request, person, found, {do: form}, status=400)
    try:
        address = TASKS[do].perform(person, found, form.cleaned_data)
    except Refused as refused:
        return _page(request, person, found, {do: form}, refused=refused)
    succeed(request, TASKS[do].success)
    return HttpResponseRedirect(address or reverse("recording", args=[found.id]))


# What is asked of cameras alone: when they came back, when they filmed.
_OF_CAMERAS = frozenset({"returned", "time"})


def _form(
    do: str, person: Person, found: Recording, data: MultiValueDict[str, str] | None = None
) -> forms.Form:
    options: dict[str, Any] = {"prefix": do}
    if TASKS[do].needs_person:
        options |= {"person": person, "found": found}
    elif do == "returned":
        options["initial"] = {"returned_at": found.returned_at}
    elif do == "time":
        options["initial"] = {"started_at": found.started_at, "ended_at": found.ended_at}
    return TASKS[do].form(data, **options)


def _applies(do: str, person: Person, found: Recording, ground: object | None) -> bool:
    if do == "text" or found.disposed_at is not None:  # texts: a form each (`recording_texts`)
        return False
    if do in _OF_CAMERAS and found.kind == Recording.Kind.SCAN:
        return False
    if (do == "open" and ground is None) or (do == "untie" and found.activity is None):
        return False
    return is_allowed(person, TASKS[do].permission)


def _page(
    request: HttpRequest,
    person: Person,
    found: Recording,
    posted: dict[str, forms.Form] | None = None,
    *,
    refused: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    ground, damage = viewing_ground(person, found), damage_told(found)
    offered = [do for do in TASKS if _applies(do, person, found, ground)]
    shown = {do: _form(do, person, found) for do in offered} | (posted or {})
    context: dict[str, Any] = {
        "recording": recording_line(found, ground),
        "found": found,
        "ground": ground,
        "facts": [*facts(found), *clock_facts(found), *part_facts(person, found)],
        "file_facts": [*file_facts(found), *damage_facts(found, damage)],
        "file_findings": file_findings(found, damage),
        "forms": shown,
        "posted": next(iter(posted), "") if posted else "",
        "sm3": sm3_of(found.original_id),
        "receipt": receipt_of(found),
        "viewings": list(told_viewings(person, found)[:VIEWINGS_SHOWN]),
        "ledger": _ledger(person, found),
        "keeping": kept_card(person, found),
        "may_redact": found.disposed_at is None and is_allowed(person, "redaction.draw"),
        "destruction": destructions_of([found.original_id]).get(found.original_id),
        "crumbs": [{"label": "音像记录", "href": reverse("recordings")}, {"label": found.name}],
    }
    token = request.GET.get("viewing", "")
    if token and set(posted or {}) <= {"text"}:
        try:
            context["player"] = player_of(person, found, token)
            context["texts"] = text_cards(person, found, token, (posted or {}).get("text"))
        except Refused as expired:
            refused = expired
    if refused is not None:
        context["refusal"], status = refusal_context(refused), explain(refused).status
    return render(request, "recording.html", context, status=status)


def _ledger(person: Person, found: Recording) -> list[dict[str, Any]]:
    # also what was done to many at once, whose entry is about another row
    images = history_of(Recording._meta.db_table, str(found.id))[:ENTRIES_SHOWN]
    touching = Q(id__in=list(images.values_list("entry", flat=True)))
    is_subject = Q(subject_kind="recordings.recording", subject_id=str(found.id))
    told = Entry.objects.filter(is_subject | touching)
    told = told.exclude(hidden_looks(person)).select_related("sequenced")
    newest = told.order_by("-recorded_at", "-id")
    return [entry_line(entry) for entry in newest[:ENTRIES_SHOWN]]
