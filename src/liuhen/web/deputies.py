"""Pages on who acts in my place: naming a deputy for a span, taking the office back.

Not for appointing or ending offices (`people`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.deputising import able_to_act, longest, name_deputy, recall_deputy
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import ADMINISTRATORS, offices_held, require
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.people_forms import people_by_unit

_INSTANT = "%Y-%m-%dT%H:%M"


def _moment(label: str, **options: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_INSTANT)
    return forms.DateTimeField(label=label, widget=widget, **options)


class DeputyForm(PlacedForm):
    """Who acts, from when to when, and why."""

    halves: ClassVar[frozenset[str]] = frozenset({"since", "until"})
    deputy = forms.ModelChoiceField(
        label="代行人", queryset=Person.objects.none(), empty_label="请选择"
    )
    since = _moment("代行起", required=False, help_text="不填为现在")
    until = _moment("代行止", help_text="到这一时刻为止，到期自动收回")
    reason = forms.CharField(
        label="原因",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：外出学习、休假",
    )

    def __init__(self, *args: Any, persons: QuerySet[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["deputy"]
        field.queryset = persons  # type: ignore[attr-defined]
        field.choices = [("", "请选择"), *people_by_unit(persons)]  # type: ignore[attr-defined]


@signed_in
@require_safe
def deputies(request: HttpRequest) -> HttpResponse:
    """My own offices with those who act in them, and what I do in somebody's place."""
    person = person_of(request)
    require(person, "office.deputise")
    now = clock.now()
    acting = Office.objects.filter(until__gt=now).select_related("person").order_by("since")
    held = offices_held(person).select_related("deputy_for__person")
    held = held.prefetch_related(Prefetch("deputies", queryset=acting, to_attr="acting"))
    rows = list(held.order_by("kind", "since"))
    context = {
        "own": [_own(one, now) for one in rows if one.deputy_for is None],
        "for_others": [_for_other(one) for one in rows if one.deputy_for is not None],
        "crumbs": [{"label": "代行职务"}],
    }
    return render(request, "deputies.html", context)


def _own(office: Office, now: dt.datetime) -> dict[str, Any]:
    acting: list[Office] = office.acting  # type: ignore[attr-defined] # prefetched
    return {
        "label": office.get_kind_display(),
        "unit": office.unit.name if office.unit else "",
        "name_href": reverse("deputy_name", args=[office.id]),
        "acting": [
            {
                "name": one.person.name,
                "since": one.since,
                "until": one.until,
                "is_later": one.since > now,
                "recall_href": reverse("deputy_recall", args=[one.id]),
            }
            for one in acting
        ],
    }


def _for_other(office: Office) -> dict[str, Any]:
    assert office.deputy_for is not None  # what the caller picked them by
    return {
        "label": office.get_kind_display(),
        "holder": office.deputy_for.person.name,
        "until": office.until,
    }


def standing_in(person: Person) -> list[str]:
    """For My desk: in whose place this person acts now, and who acts in this person's."""
    now = clock.now()
    acting = Office.objects.filter(since__lte=now, until__gt=now, deputy_for__isnull=False)
    mine = acting.filter(Q(person=person) | Q(deputy_for__person=person))
    told = []
    for one in mine.select_related("person", "deputy_for__person").order_by("until", "id"):
        assert one.deputy_for is not None and one.until is not None  # what was asked for
        kind, end = one.get_kind_display(), clock.end_text(one.until)
        if one.person_id == person.id:
            holder = one.deputy_for.person.name
            told.append(f"您正在代行{holder}的{kind}职务，至 {end}；它的事项一并列在这里。")
        else:
            told.append(
                f"{one.person.name}正在代行您的{kind}职务，至 {end}；您仍可办理，可随时收回。"
            )
    return told


@signed_in
def deputy_name(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Name who acts in one of my offices."""
    person = person_of(request)
    office = offices_held(person).filter(id=office_id, deputy_for=None).first()
    if office is None:
        raise Refused("record.not_found")
    page = OneForm(
        permission="office.deputise",
        title="指定代行人",
        submit="指定",
        success="代行人已指定。",
        crumbs=[("代行职务", reverse("deputies"))],
        notes=[
            "代行期间，送到这一职务的审批由代行人办理，文书上注明代行。",
            "代行人不能再转托他人，也不能审批自己报送或者承办的事项。",
            "不能代行职务审批被代行人本人报送、承办或者申请的事项。",
            "可以随时收回；本人仍可办理。",
            f"一次最长{longest(clock.now()).days}天；不在岗更久的，由机关另行任命。",
        ],
        about=f"{office.get_kind_display()}，{office.unit.name if office.unit else ''}".rstrip(
            "，"
        ),
    )
    persons = able_to_act(office, clock.now()).exclude(_administers()).select_related("unit")

    def perform(data: dict[str, Any]) -> str:
        name_deputy(actor=person, office_id=office.id, **data)
        return reverse("deputies")

    form = DeputyForm(posted(request), persons=persons.order_by("unit__code", "name"))
    return page.answer(request, form, perform)


def _administers() -> Q:
    """Who administers the system has no part in the records; the act refuses it, too."""
    now = clock.now()
    held = Office.objects.filter(Q(until=None) | Q(until__gt=now), kind__in=ADMINISTRATORS)
    return Q(id__in=held.values("person"))


@signed_in
@require_POST
def deputy_recall(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """Take one of my offices back."""
    person = person_of(request)
    return act_and_return(
        request,
        lambda: recall_deputy(actor=person, office_id=office_id),
        success="代行已收回。",
        then=reverse("deputies"),
    )
