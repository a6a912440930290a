"""Pages of collective discussion: beginning it, recording who said what, its minutes (Art. 25).

Not for filling and signing the minutes (the paper's own pages).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions.activities import end_activity
from liuhen.actions.discussion import HEADS, KIND, record_discussion
from liuhen.actions.investigation import start_activity
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import visible_activity
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in, succeed
from liuhen.web.case_acts import case_frame
from liuhen.web.drawing import drawn
from liuhen.web.lead_forms import moment
from liuhen.web.one_form import posted
from liuhen.web.paper_step import paper_step
from liuhen.web.reviewing import staged_case

MINUTES = "collective_minutes"
_GROUNDS = {
    "is_major": "重大案件",
    "is_complex": "复杂案件",
    "is_heavier_penalty": "重大违法行为给予较重处罚",
}
_UNFILMED = "未进行音像记录"


class BeginForm(forms.Form):
    """Where and when the discussion begins."""

    place = forms.CharField(label="讨论地点", max_length=200)
    started_at = moment("开始时间", required=False, help_text="不填为现在")


@signed_in
def case_discussion(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Whether the case needs discussion, how far it is; beginning one."""
    person = person_of(request)
    case = staged_case(person, case_id)
    activity = case.activities.filter(kind=KIND).order_by("-started_at").first()

    def perform(data: dict[str, Any]) -> str:
        begun = start_activity(
            actor=person, case_id=case.id, kind=KIND, officers=[], is_on_site=False, **data
        )
        return reverse("discussion", args=[begun.id])

    stated = activity.facts.get("discussion") if activity else None
    step = paper_step(person, case, MINUTES)
    step["may_draw"] = False  # the minutes are drawn up on the discussion's own page
    return form_page(
        request,
        BeginForm(posted(request)),
        "case_discussion.html",
        perform=perform,
        success="讨论已经开始，请记录出席人员和意见。",
        context=case_frame(
            case,
            "集体讨论",
            grounds=_grounds(case),
            activity=activity,
            activity_href=reverse("discussion", args=[activity.id]) if activity else None,
            stated=stated,
            step=step,
            may_begin=(activity is None or activity.ended_at is not None)
            and is_allowed(person, "activity.start"),
        ),
    )


def _grounds(case: Case) -> list[str] | None:
    """Why the case must be discussed; None while nobody has stated whether it must."""
    if "is_complex" not in case.circumstances:
        return None
    return [words for name, words in _GROUNDS.items() if case.circumstances.get(name)]


# -- one discussion ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Member:
    """Somebody who may sit: with the offices that give the seat."""

    person: Person
    office: str
    is_head: bool


def members() -> list[Member]:
    """Heads of the authority and members of the committee in office now, heads first."""
    now, seats = clock.now(), [*HEADS, Office.Kind.COMMITTEE_MEMBER]
    held = Office.objects.filter(
        Q(until=None) | Q(until__gt=now), since__lte=now, kind__in=seats, person__is_active=True
    )
    kinds: dict[UUID, list[str]] = {}
    people: dict[UUID, Person] = {}
    for office in held.select_related("person").order_by("since", "id"):
        people[office.person_id] = office.person
        kinds.setdefault(office.person_id, []).append(office.kind)
    found = [
        Member(
            people[one],
            # the highest first; offices of one day have no order of their own
            "、".join(kind.label for kind in reversed(Office.Kind) if kind in theirs),
            bool(HEADS & {*theirs}),
        )
        for one, theirs in kinds.items()
    ]
    return sorted(found, key=lambda one: (not one.is_head, one.person.name))


class DiscussionForm(forms.Form):
    """Who was there, what each said, what came of it."""

    present = forms.MultipleChoiceField(
        label="出席人员",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选择出席人员。"},
    )
    chair = forms.ChoiceField(label="主持人")
    recorder = forms.CharField(label="记录人", max_length=60)
    attending = forms.CharField(label="列席人员", max_length=200, required=False)
    report = forms.CharField(
        label="承办机构汇报", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    conclusion = forms.CharField(
        label="讨论结论", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    reservations = forms.CharField(
        label="保留意见",
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
        help_text="有不同意见的，照实记下",
    )
    is_committee = forms.BooleanField(label="以委法制审核委员会名义召开", required=False)

    def __init__(self, *args: Any, seated: Sequence[Member], **options: Any) -> None:
        super().__init__(*args, **options)
        self.seated = {str(one.person.id): one for one in seated}
        choices = [(key, _seat(one)) for key, one in self.seated.items()]
        self.fields["present"].choices = choices  # type: ignore[attr-defined]
        self.fields["chair"].choices = [("", "请选择"), *choices]  # type: ignore[attr-defined]
        for key, one in self.seated.items():
            self.fields[f"opinion_{key}"] = forms.CharField(
                label=f"{one.person.name}的意见",
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=2000,
                required=False,
            )

    def opinions(self) -> Iterator[tuple[str, BoundField]]:
        """For each possible member the condition under which the field shows, and the field."""
        for key in self.seated:
            yield f"present={key}", self[f"opinion_{key}"]

    def given(self) -> dict[str, Any]:
        """What `record_discussion` takes."""
        data = self.cleaned_data
        present = [self.seated[key].person for key in data["present"]]
        plain = ("recorder", "attending", "report", "conclusion", "reservations", "is_committee")
        return {
            **{name: data[name] for name in plain},
            "chair": self.seated[data["chair"]].person,
            "present": present,
            "opinions": {one.id: data[f"opinion_{one.id}"] for one in present},
        }


def _seat(one: Member) -> str:
    head = Office.Kind.AUTHORITY_HEAD.label
    also = f"，属{head}" if one.is_head and head not in one.office else ""
    return f"{one.person.name}（{one.office}{also}）"


@signed_in
def discussion(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """One discussion: recorded while it runs; its minutes when it has ended."""
    person = person_of(request)
    activity = _visible(person, activity_id)
    case = staged_case(person, activity.case_id)
    form = DiscussionForm(
        posted(request), seated=members(), initial=_initial(person, activity, case)
    )
    address = reverse("discussion", args=[activity.id])

    def perform(data: dict[str, Any]) -> str:
        record_discussion(actor=person, activity_id=activity.id, **form.given())
        return address

    return form_page(
        request,
        form,
        "discussion.html",
        perform=perform,
        success="讨论情况已记下。",
        context=case_frame(
            case,
            "集体讨论",
            activity=activity,
            stated=activity.facts.get("discussion"),
            step=_minutes(person, case, activity),
            minutes_href=reverse("discussion_minutes", args=[activity.id]),
            end_href=reverse("discussion_end", args=[activity.id]),
            upload_href=reverse("case_upload", args=[case.id]),
            may_upload=is_allowed(person, "recording.take_in"),
            may_record=activity.ended_at is None and is_allowed(person, "discussion.record"),
            may_end=activity.ended_at is None and is_allowed(person, "activity.end"),
        ),
    )


def _visible(person: Person, activity_id: UUID) -> Activity:
    activity = visible_activity(person, activity_id)
    if activity.kind != KIND:
        raise Refused("record.not_found")
    return activity


def _initial(person: Person, activity: Activity, case: Case) -> dict[str, Any]:
    """What was recorded before, or what is likely."""
    told = activity.facts.get("discussion")
    if told is None:
        proposed = _proposed(case)
        attending = "、".join(one.person.name for one in case.officers.select_related("person"))
        report = f"汇报案件事实、证据和法制审核情况；拟作决定：{proposed}"
        return {
            "recorder": person.name,
            "attending": attending,
            "report": report if proposed else "",
            "is_committee": True,
        }
    ids = {row["name"]: row["person"] for row in told["present"]}
    plain = ("recorder", "attending", "report", "conclusion", "reservations", "is_committee")
    return {
        **{name: told[name] for name in plain},
        "present": list(ids.values()),
        "chair": ids.get(told["chair"]),
        **{f"opinion_{ids[row['name']]}": row["opinion"] for row in told["opinions"]},
    }


def _proposed(case: Case) -> str:
    """What is to be decided, as far as it is proposed."""
    penalty, licence = (case.facts.get(name) or {} for name in ("penalty", "licence"))
    return str(penalty.get("proposed") or licence.get("decided") or "")


def _minutes(person: Person, case: Case, activity: Activity) -> dict[str, Any]:
    step = paper_step(person, case, MINUTES)
    if step["row"] is not None and step["row"].activity_id != activity.id:
        step |= {"paper": None, "row": None, "is_issued": False, "may_draw": True}
    return step


@signed_in
@require_POST
def discussion_end(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """End the discussion; its minutes follow."""
    person = person_of(request)
    activity = _visible(person, activity_id)
    return act_and_return(
        request,
        lambda: end_activity(actor=person, activity_id=activity.id),
        success="讨论已结束，请制作会议纪要。",
        then=reverse("discussion", args=[activity.id]),
    )


@signed_in
@require_POST
def discussion_minutes(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Draw up the minutes."""
    person = person_of(request)
    activity = _visible(person, activity_id)
    given = {} if activity.recordings.exists() else {"recordings": _UNFILMED}
    address = drawn(person, activity.case_id, MINUTES, activity_id=activity.id, given=given)
    succeed(request, "会议纪要已起草，请核对后签字。")
    return HttpResponseRedirect(address)
