"""Pages of secrecy (Art. 45): the class of a case or recording, who needs to know, clearances.

What somebody may not know does not exist for them here either. Not for rules (`cases.secrecy`).
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

from liuhen.actions.secrecy import (
    STATE,
    classify_case,
    classify_recording,
    end_clearance,
    end_need_to_know,
    give_clearance,
    name_knower,
)
from liuhen.cases.queries import visible_case
from liuhen.cases.secrecy import clearances_listed, is_in_force, knowers_of, may_know
from liuhen.kernel import clock
from liuhen.people.models import Clearance, Person, Secrecy
from liuhen.people.queries import is_allowed, require
from liuhen.recordings.queries import visible_recording
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.case_acts import case_frame
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.people_forms import people_by_unit

_AREA = forms.Textarea(attrs={"rows": 2})
_NOTES = (
    "定密以后，只有办理本案的人，以及有相应知悉权限、又因工作需要知悉的人能看到；其他人查不到它。",
    "复制给当事人以前，这些内容须先遮盖。",
    "国家秘密不得进入本网络：选中时系统拒绝登记，并告诉您怎么办。",
)


class ClassForm(PlacedForm):
    """What a record touches, and why."""

    secrecy = forms.ChoiceField(
        label="涉及", choices=[("", "请选择"), *Secrecy.choices, (STATE, "国家秘密")]
    )
    reason = forms.CharField(label="理由", max_length=200, widget=_AREA)


class KnowerForm(PlacedForm):
    """Somebody who is cleared for the case."""

    person = forms.ChoiceField(label="知悉人员", help_text="只列出已有相应知悉权限的人员")
    reason = forms.CharField(label="用途", max_length=200, widget=_AREA)

    def __init__(self, *args: Any, people: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", "请选择"), *people_by_unit(people)]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]


class ClearanceForm(PlacedForm):
    """A clearance of a person."""

    halves = frozenset({"kind", "until"})

    person = forms.ChoiceField(label="人员")
    kind = forms.ChoiceField(label="范围", choices=Clearance.Kind.choices)
    until = forms.DateField(
        label="有效至", widget=forms.DateInput(attrs={"type": "date"}), help_text="含当日"
    )
    reason = forms.CharField(label="理由", max_length=200, widget=_AREA)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [("", "请选择"), *people_by_unit(_everybody())]
        self.fields["person"].choices = choices  # type: ignore[attr-defined]


def _everybody() -> Any:
    people = Person.objects.filter(is_active=True, nature=Person.Nature.HUMAN)
    return people.select_related("unit").order_by("unit__code", "name")


@signed_in
@require_safe
def case_secrecy(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The class of a case, and who is named for it."""
    person = person_of(request)
    case = visible_case(person, case_id)
    context = case_frame(
        case,
        "密级与知悉",
        knowers=list(knowers_of(case)),
        may_classify=is_allowed(person, "secrecy.classify"),
        may_name=is_allowed(person, "secrecy.name"),
    )
    return render(request, "case_secrecy.html", context)


@signed_in
def case_classify(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """State what a case touches."""
    person = person_of(request)
    case = visible_case(person, case_id)
    place = reverse("case_secrecy", args=[case.id])

    def perform(data: dict[str, Any]) -> str:
        classify_case(actor=person, case_id=case.id, **data)
        return place

    page = _classing(f"{case.number} {case.cause}".strip(), (case.number, place))
    form = ClassForm(posted(request), initial={"secrecy": case.secrecy})
    return page.answer(request, form, perform)


@signed_in
def recording_classify(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """State what one recording touches."""
    person = person_of(request)
    found = visible_recording(person, recording_id)
    place = reverse("recording", args=[found.id])

    def perform(data: dict[str, Any]) -> str:
        classify_recording(actor=person, recording_id=found.id, **data)
        return place

    form = ClassForm(posted(request), initial={"secrecy": found.secrecy})
    return _classing(found.name, (found.name, place)).answer(request, form, perform)


def _classing(about: str, place: tuple[str, str]) -> OneForm:
    return OneForm(
        permission="secrecy.classify",
        title="确定密级",
        submit="确定密级",
        success="密级已登记，立即生效。",
        crumbs=[place],
        about=about,
        notes=_NOTES,
        article="45.1",
    )


@signed_in
def case_knower(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Name somebody who needs to know a classified case."""
    person = person_of(request)
    case = visible_case(person, case_id)
    place = reverse("case_secrecy", args=[case.id])

    def perform(data: dict[str, Any]) -> str:
        name_knower(
            actor=person, case_id=case.id, person_id=UUID(data["person"]), reason=data["reason"]
        )
        return place

    page = OneForm(
        permission="secrecy.name",
        title="指定知悉人员",
        submit="指定",
        success="已指定，立即生效。",
        crumbs=[(case.number, place)],
        about=f"{case.number} {case.cause}".strip(),
        notes=["只为写明的用途；不再需要时请收回。", "指定不改变职务，也不代替调阅批准。"],
        article="45.1",
    )
    cleared = may_know(case, _everybody()).exclude(id=person.id)
    return page.answer(request, KnowerForm(posted(request), people=cleared), perform)


@signed_in
@require_POST
def case_knower_end(request: HttpRequest, case_id: UUID, need_id: UUID) -> HttpResponse:
    """Take back that somebody needs to know."""
    person = person_of(request)
    return act_and_return(
        request,
        lambda: end_need_to_know(
            actor=person, need_id=need_id, reason=request.POST.get("reason", "")
        ),
        success="已收回，立即生效。",
        then=reverse("case_secrecy", args=[case_id]),
    )


@signed_in
@require_safe
def clearances(request: HttpRequest) -> HttpResponse:
    """Who is cleared for what, those in force first."""
    person = person_of(request)
    require(person, "secrecy.clear")
    page = page_of(request, clearances_listed())
    items = [
        {
            "row": one,
            "is_live": is_in_force(one),
            "last_day": clock.local_date(one.until - dt.timedelta(microseconds=1)),
        }
        for one in page.rows
    ]
    context = {"items": items, "pager": page.pager, "crumbs": [{"label": "知悉权限"}]}
    return render(request, "clearances.html", context)


@signed_in
def clearance_give(request: HttpRequest) -> HttpResponse:
    """Clear a person."""
    person = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        until = dt.datetime.combine(
            data["until"] + dt.timedelta(days=1), dt.time(), tzinfo=clock.CHINA
        )
        give_clearance(
            actor=person,
            person_id=UUID(data["person"]),
            kind=data["kind"],
            reason=data["reason"],
            until=until,
        )
        return reverse("clearances")

    page = OneForm(
        permission="secrecy.clear",
        title="授予知悉权限",
        submit="授予",
        success="知悉权限已授予。",
        crumbs=[("知悉权限", reverse("clearances"))],
        notes=[
            "有权限还不够：还要承办、负责本机构、被请示，或者被指定为知悉人员，才看得到涉密案件。",
            "期满自动失效；不能给自己授予。",
        ],
        article="45.1",
    )
    return page.answer(request, ClearanceForm(posted(request)), perform)


@signed_in
@require_POST
def clearance_end(request: HttpRequest, clearance_id: UUID) -> HttpResponse:
    """Take a clearance back."""
    person = person_of(request)
    return act_and_return(
        request,
        lambda: end_clearance(
            actor=person, clearance_id=clearance_id, reason=request.POST.get("reason", "")
        ),
        success="已收回，立即生效。",
        then=reverse("clearances"),
    )
