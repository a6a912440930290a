"""Questions kept, and lists of answers taken away: asked, answered, taken as a file (Art. 40, 42).

Not for asking the index (`search`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.searching import (
    MAY_BE_TAKEN,
    MOST_ROWS,
    answer_list_export,
    ask_list_export,
    remove_search,
    save_search,
    take_list,
)
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.kernel.tables import csv_text
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.search.models import Indexed, ListExport
from liuhen.search.queries import exports_waiting, found
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.search_form import SearchForm
from liuhen.web.workbooks import CONTENT_TYPE, Table, sheets

SHOWN = 50
_TITLE = "导出检索结果"
_COLUMNS = ("记录", "名称", "编号", "时间", "当事人", "地点", "纬度", "经度", "案号")


class PurposeForm(PlacedForm):
    """What the list is for."""

    purpose = forms.CharField(
        label="用途",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="谁、为什么要用这份清单",
    )


def _asked(told: Mapping[str, Any]) -> SearchForm:
    """The form as it was filled in; what makes no question is refused."""
    form = SearchForm(told)
    if not form.is_valid() or form.question().is_empty:
        raise Refused("search.empty")
    return form


def search_address(asked: Mapping[str, str]) -> str:
    """The address of the answers to a question."""
    return f"{reverse('search')}?{urlencode(asked)}"


@signed_in
@require_POST
def search_save(request: HttpRequest) -> HttpResponse:
    """Keep the question of the page under a name."""
    person = person_of(request)
    require(person, "record.search")
    asked = _asked(request.POST).asked()
    return act_and_return(
        request,
        lambda: save_search(actor=person, name=request.POST.get("name", ""), asked=asked),
        success="已保存，列在检索页上。",
        then=search_address(asked),
    )


@signed_in
@require_POST
def search_remove(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """Take a kept question off the list."""
    person = person_of(request)
    return act_and_return(
        request,
        lambda: remove_search(actor=person, search_id=search_id),
        success="已删除保存的检索。",
        then=reverse("search"),
    )


@signed_in
def export_ask(request: HttpRequest) -> HttpResponse:
    """Ask to take the answers of the question in the address away."""
    person = person_of(request)
    require(person, "record.search")
    form = _asked(request.GET)
    number = found(person, form.question()).order_by()[: MOST_ROWS + 1].count()

    def perform(data: dict[str, Any]) -> str:
        ask_list_export(actor=person, asked=form.asked(), words=form.words(), number=number, **data)
        return reverse("search_exports")

    page = OneForm(
        permission="record.search",
        title="申请导出检索结果",
        submit="报分管负责同志",
        success="已报送，批准后可以导出。",
        crumbs=[("检索", search_address(form.asked())), (_TITLE, reverse("search_exports"))],
        notes=[
            f"批准后 {MAY_BE_TAKEN.days} 天内可以导出，每次导出都进入账本。",
            "导出时只含您当时可以查看的记录；清单不含音像和文书本身。",
        ],
        article="42",
        about=f"{form.words()}，现有 {number} 条",
    )
    return page.answer(request, PurposeForm(posted(request)), perform)


@signed_in
@require_safe
def exports(request: HttpRequest) -> HttpResponse:
    """What one has asked to take away; for the leader in charge what waits."""
    person = person_of(request)
    require(person, "record.search")
    mine = ListExport.objects.filter(asked_by=person).select_related("approved_by")
    page = page_of(request, mine.order_by("-asked_at", "id"))
    context = {
        "mine": [_line(one) for one in page.rows],
        "pager": page.pager,
        "waiting": list(exports_waiting(person)[:SHOWN]),
        "may_answer": is_allowed(person, "list_export.approve"),
        "crumbs": [{"label": "检索", "href": reverse("search")}, {"label": _TITLE}],
    }
    return render(request, "search_exports.html", context)


def _line(one: ListExport) -> dict[str, Any]:
    is_open = one.is_open(clock.now())
    states = {"": ("open", "待批准"), ListExport.Outcome.RETURNED: ("red", "不同意")}
    usual = ("green", "可以导出") if is_open else ("grey", "已过期")
    lamp, words = states.get(one.outcome, usual)
    return {
        "row": one,
        "lamp": lamp,
        "words": words,
        "href": search_address(one.asked),
        "is_open": is_open,
    }


@signed_in
@require_POST
def export_answer(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Let a list be taken away, or not."""
    person = person_of(request)
    outcome = request.POST.get("outcome", "")
    return act_and_return(
        request,
        lambda: answer_list_export(
            actor=person,
            export_id=export_id,
            outcome=outcome,
            opinion=request.POST.get("opinion", ""),
        ),
        success="已同意。" if outcome == ListExport.Outcome.APPROVED else "已答复不同意。",
        then=reverse("search_exports"),
    )


@signed_in
@require_POST
def export_take(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The list as a file: made now, recorded, handed out."""
    person = person_of(request)
    require(person, "record.search")
    row = ListExport.objects.filter(id=export_id, asked_by=person).first()
    if row is None:
        raise Refused("record.not_found")
    if not row.is_open(clock.now()):
        raise Refused("list_export.not_approved")
    answers = found(person, _asked(row.asked).question()).prefetch_related("case")
    rows = [_cells(one) for one in answers[: MOST_ROWS + 1]]
    is_sheet = request.POST.get("form") != "csv"
    made = _sheet(row, person, rows) if is_sheet else csv_text(_lines(row, person, rows)).encode()
    take_list(actor=person, export_id=row.id, number=len(rows), sha256=sha256_hex(made))
    response = HttpResponse(
        made, content_type=CONTENT_TYPE if is_sheet else "text/csv; charset=utf-8"
    )
    name = f"records-{clock.local_date(clock.now()).isoformat()}.{'xlsx' if is_sheet else 'csv'}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cells(row: Indexed) -> list[object]:
    degrees = [f"{one:.6f}" if one is not None else "" for one in (row.latitude, row.longitude)]
    return [
        *(row.get_kind_display(), row.title, row.number),
        f"{clock.local(row.at):%Y-%m-%d %H:%M}",
        *(row.party, row.place, *degrees),
        row.case.number if row.case else "",
    ]


def _about(row: ListExport, person: Person) -> list[list[object]]:
    assert row.approved_by is not None  # what was not approved is not taken
    return [
        ["检索条件", row.words],
        ["用途", row.purpose],
        ["导出人", person.name],
        ["批准人", row.approved_by.name],
        ["导出时间", f"{clock.local(clock.now()):%Y-%m-%d %H:%M}"],
    ]


def _sheet(row: ListExport, person: Person, rows: list[list[object]]) -> bytes:
    about = Table("说明", ("内容",), _about(row, person))
    return sheets([Table(_COLUMNS[0], _COLUMNS[1:], rows), about])


def _lines(row: ListExport, person: Person, rows: list[list[object]]) -> Iterable[list[object]]:
    yield from _about(row, person)
    yield [*_COLUMNS]
    yield from rows
