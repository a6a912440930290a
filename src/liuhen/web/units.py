"""Pages of the authority's units and of what papers print of them. Not for persons (`people`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.people import change_unit, register_unit, state_remedy_bodies
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person, Unit
from liuhen.people.queries import require
from liuhen.people.remedy_bodies import remedy_rows
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, posted
from liuhen.web.people_forms import (
    PROFILE,
    REMEDY_KINDS,
    RemedyBodiesForm,
    UnitChangeForm,
    UnitForm,
)

_NOTES = (
    "机关代字、电话、地址、缴款账户、复议机关和法院会印在这一机构的文书上。",
    "修改只影响以后制作的文书，已制作的文书不变。",
    "没有勾选的强制职权，这一机构不能办理；没有自行强制执行权的，仍可以催告并申请法院。",
)


@signed_in
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """The units, and whose papers would lack something."""
    require(person_of(request), "person.list")
    people = Count(
        "persons", filter=Q(persons__is_active=True, persons__nature=Person.Nature.HUMAN)
    )
    rows = Unit.objects.annotate(people=people).order_by("code")
    context = {
        "items": [_line(unit) for unit in rows],
        "crumbs": [{"label": "人员与机构", "href": reverse("people")}, {"label": "机构"}],
    }
    return render(request, "people_units.html", context)


def _line(unit: Unit) -> dict[str, Any]:
    missing = [label for key, label, _ in PROFILE if not unit.profile.get(key)]
    return {
        "row": unit,
        "missing": "、".join([*([] if unit.number_prefix else ["机关代字"]), *missing]),
        "href": reverse("unit_change", args=[unit.id]),
        "people_href": f"{reverse('people')}?unit={unit.id}",
    }


def _crumbs() -> list[tuple[str, str]]:
    return [("人员与机构", reverse("people")), ("机构", reverse("units"))]


@signed_in
def unit_register(request: HttpRequest) -> HttpResponse:
    """A new unit; what papers print is offered as the authority's own unit has it."""
    actor = person_of(request)
    own = Unit.objects.filter(kind=Unit.Kind.COMMISSION).order_by("code").first()
    initial: dict[str, Any] = {"kind": Unit.Kind.SUBORDINATE}
    if own is not None:
        initial |= {"number_prefix": own.number_prefix, **own.profile}
    form = UnitForm(posted(request), initial=initial)

    def perform(data: dict[str, Any]) -> str:
        register_unit(
            actor=actor,
            code=data["code"],
            name=data["name"],
            kind=data["kind"],
            number_prefix=data["number_prefix"],
            profile=form.profile(),
            powers=data["powers"],
        )
        return reverse("units")

    page = OneForm(
        permission="unit.register",
        title="登记机构",
        submit="登记",
        success="机构已登记。",
        crumbs=_crumbs(),
        notes=_NOTES,
    )
    return page.answer(request, form, perform)


@signed_in
def unit_remedies(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """From which day on which body reviews the unit's acts, and which court."""
    actor = person_of(request)
    unit = Unit.objects.filter(id=unit_id).first()
    if unit is None:
        raise Refused("record.not_found")

    def perform(data: dict[str, Any]) -> str:
        state_remedy_bodies(actor=actor, unit_id=unit.id, **data)
        return reverse("unit_remedies", args=[unit.id])

    page = OneForm(
        permission="unit.change",
        title=f"救济途径：{unit.name}",
        submit="登记",
        success="救济途径已登记。",
        crumbs=[*_crumbs(), (unit.code, reverse("unit_change", args=[unit.id]))],
        notes=[
            *(
                f"{row['since']}起，{dict(REMEDY_KINDS)[row['kind']]}："
                f"向{row['review_body']}申请复议，向{row['court']}起诉"
                for row in remedy_rows(unit)
            ),
            "文书按作出之日有效的一条填写；专为一类案件登记的，先于适用全部案件的。",
            "没有登记日期的，按机构信息中的复议机关和法院填写。",
        ],
    )
    return page.answer(request, RemedyBodiesForm(posted(request)), perform)


@signed_in
def unit_change(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Another name, number prefix or profile."""
    actor = person_of(request)
    unit = Unit.objects.filter(id=unit_id).first()
    if unit is None:
        raise Refused("record.not_found")
    initial = {
        "name": unit.name,
        "number_prefix": unit.number_prefix,
        "powers": unit.powers,
        **unit.profile,
    }
    form = UnitChangeForm(posted(request), initial=initial)

    def perform(data: dict[str, Any]) -> str:
        change_unit(
            actor=actor,
            unit_id=unit.id,
            name=data["name"],
            number_prefix=data["number_prefix"],
            profile=form.profile(),
            powers=data["powers"],
        )
        return reverse("units")

    page = OneForm(
        permission="unit.change",
        title=f"变更机构信息：{unit.code}",
        submit="保存",
        success="机构信息已变更。",
        crumbs=_crumbs(),
        notes=_NOTES,
        other=("救济途径", reverse("unit_remedies", args=[unit.id])),
    )
    return page.answer(request, form, perform)
