"""Pages of levies with one form each: opening one, stating what is levied (Art. 22).

Not for the course itself (`case_course`).
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.levy import assess_levy, open_levy
from liuhen.actions.opening import NATURE
from liuhen.cases.models import Party
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_course import course_case
from liuhen.web.coercion_forms import (
    AREA,
    OpenForm,
    course_href,
    nature_field,
    own_unit,
    party_fields,
)
from liuhen.web.one_form import OneForm, PlacedForm, posted


class LevyOpenForm(OpenForm):
    """A levy with its payer and officers."""

    field_order: Any = ("cause", "place", "initiation", "officers", "kind", "name")
    whens: ClassVar = {"representative": "kind=organisation"}

    initiation = forms.ChoiceField(
        label="启动",
        choices=[("ex_officio", "依职权"), ("on_application", "依申请")],
        widget=forms.RadioSelect,
    )


@signed_in
def levy_open(request: HttpRequest) -> HttpResponse:
    """Open a levy."""
    person = person_of(request)
    initial = {"officers": [str(person.id)], "kind": Party.Kind.ORGANISATION}
    form = LevyOpenForm(posted(request), unit=own_unit(person), initial=initial)

    def perform(data: dict[str, Any]) -> str:
        case = open_levy(
            actor=person,
            cause=data["cause"],
            place=data["place"],
            officers=data["officers"],
            party=party_fields(form),
            initiation=data["initiation"],
        )
        return course_href(case.id)

    page = OneForm(
        permission="levy.open",
        title="启动行政征收",
        submit="启动",
        success="案件已经启动，请确认征收事项。",
        crumbs=[("案件", reverse("cases"))],
        notes=["征收须有法律、法规依据，按规定的项目、标准和程序进行。"],
        article="22.1",
    )
    return page.answer(request, form, perform)


class AssessForm(PlacedForm):
    """What is levied."""

    halves = frozenset({"standard", "quantity", "amount", "pay_by"})
    item = forms.CharField(label="征收项目", max_length=120)
    facts = forms.CharField(label="事实", widget=AREA, max_length=2000)
    basis = forms.CharField(label="依据", max_length=300)
    standard = forms.CharField(label="征收标准", max_length=200)
    quantity = forms.CharField(label="计征数量", max_length=120)
    amount = forms.DecimalField(label="金额（元）", max_digits=14, decimal_places=2)
    pay_by = forms.DateField(
        label="缴纳期限", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    nature = nature_field()


@signed_in
def levy_assess(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """State what the papers of the levy are filled from."""
    person = person_of(request)
    case = course_case(person, case_id)
    known = dict(case.facts.get("levy") or {})
    if "amount_fen" in known:
        known["amount"] = f"{known['amount_fen'] / 100:.2f}"
    nature = [key for key in NATURE if case.circumstances.get(key)]
    form = AssessForm(posted(request), initial={**known, "nature": nature})

    def perform(data: dict[str, Any]) -> str:
        fen = int(data.pop("amount") * 100)
        assess_levy(actor=person, case_id=case.id, amount_fen=fen, **data)
        return course_href(case.id)

    page = OneForm(
        permission="levy.assess",
        title="确认征收事项",
        submit="确认",
        success="已确认，可以起草审批表。",
        crumbs=[(case.number, reverse("case", args=[case.id])), ("办理过程", course_href(case.id))],
        notes=["决定书制作以后不能再改；当事人有异议的，按异议复核处理。"],
        article="22.1",
        about=f"{case.number} {case.cause}",
    )
    return page.answer(request, form, perform)
