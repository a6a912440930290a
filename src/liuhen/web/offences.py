"""Pages of the list of offences officers choose from. Not for what a case says of one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.offences import import_offences, register_offence, withdraw_offence
from liuhen.cases.models import Offence
from liuhen.cases.offence_table import sample
from liuhen.people.queries import require
from liuhen.web.acting import act_and_return, person_of, signed_in, succeed
from liuhen.web.offence_choices import grade_words
from liuhen.web.one_form import OneForm, posted
from liuhen.web.paging import page_of
from liuhen.web.people_forms import OffenceForm, OffenceTableForm

_LIST = "违法行为清单"
SHOWN = (("", "在用"), ("withdrawn", "已停用"))


@signed_in
@require_safe
def offences(request: HttpRequest) -> HttpResponse:
    """The offences by code: those in use, or those withdrawn."""
    require(person_of(request), "offence.list")
    show = "withdrawn" if request.GET.get("show") == "withdrawn" else ""
    page = page_of(request, Offence.objects.filter(is_in_use=not show).order_by("code"))
    context = {
        "items": [_shown(one) for one in page.rows],
        "filters": SHOWN,
        "show": show,
        "pager": page.pager,
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "offences.html", context)


def _shown(one: Offence) -> dict[str, Any]:
    """An offence as its line tells it."""
    names = ("id", "code", "cause", "breached", "basis", "conditions", "is_in_use")
    return {
        **{name: getattr(one, name) for name in names},
        "ranges": [grade_words(grade) for grade in one.grades],
    }


@signed_in
def offence_register(request: HttpRequest) -> HttpResponse:
    """A new offence."""
    actor = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        register_offence(actor=actor, **data)
        return reverse("offences")

    page = OneForm(
        permission="offence.register",
        title="登记违法行为",
        submit="登记",
        success="违法行为已登记，执法人员现在可以选用。",
        crumbs=[(_LIST, reverse("offences"))],
        notes=[
            "执法人员选中后，这些文字填入案件，仍可按案情修改。",
            "登记后不能改写；写错或者依据变化的，停用后另行登记。",
        ],
    )
    return page.answer(request, OffenceForm(posted(request)), perform)


@signed_in
def offence_import(request: HttpRequest) -> HttpResponse:
    """A whole table of offences with their ranges of discretion."""
    actor = person_of(request)
    form = OffenceTableForm(posted(request), request.FILES or None)

    def perform(data: dict[str, Any]) -> str:
        done = import_offences(actor=actor, offences=data["offences"])
        succeed(request, f"新增 {done.new} 项，改写 {done.changed} 项。")
        return reverse("offences")

    page = OneForm(
        permission="offence.register",
        title="导入违法行为清单",
        submit="导入",
        success="清单已导入，执法人员现在可以选用。",
        crumbs=[(_LIST, reverse("offences"))],
        notes=[
            "一行一项违法行为；有几档裁量基准的，一档一行，编号相同。",
            "表里没有的不变；编号相同而文字不同的，换成表里的，原来的文字留在账本里。",
            "有一行不对，整张表都不导入，逐行说明哪里不对。",
        ],
        article="22.1",
    )
    return page.answer(request, form, perform)


@signed_in
@require_safe
def offence_sample(request: HttpRequest) -> HttpResponse:
    """A table to begin with."""
    require(person_of(request), "offence.list")
    response = HttpResponse(sample(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="offences.csv"'
    return response


@signed_in
@require_POST
def offence_withdraw(request: HttpRequest, offence_id: UUID) -> HttpResponse:
    """Take an offence off the list."""
    actor = person_of(request)
    return act_and_return(
        request,
        lambda: withdraw_offence(actor=actor, offence_id=offence_id),
        success="已停用，执法人员不再能选用。",
        then=reverse("offences"),
    )
