"""The page of what should be in the vault and is not; answering one difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.reconciling import answer_difference
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.oversight.expected_footage import owing_duties
from liuhen.oversight.models import Difference
from liuhen.oversight.reconciling import reconciled_at, visible_differences
from liuhen.people.models import Person
from liuhen.people.queries import require
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of

_TITLE = "应有与实有"


@signed_in
@require_safe
def differences(request: HttpRequest) -> HttpResponse:
    """What should be in the vault and is not, by the clock."""
    person = person_of(request)
    require(person, "difference.list")
    page = page_of(request, visible_differences(person))
    duties = owing_duties({row.case_id for row in page.rows if row.case_id})
    context = {
        "items": [{**_line(row, person), **_about(row, duties)} for row in page.rows],
        "pager": page.pager,
        "reconciled_at": reconciled_at(),
        "crumbs": [{"label": _TITLE}],
    }
    return render(request, "differences.html", context)


def _line(row: Difference, person: Person) -> dict[str, Any]:
    is_late = row.due_at < clock.now()
    return {
        "row": row,
        "lamp": "red" if is_late else "yellow",
        "words": "超过时限" if is_late else "待补交",
        "case_href": reverse("case", args=[row.case_id]) if row.case_id else "",
        **_giving(row),
        "answer_href": reverse("difference", args=[row.id]) if row.owner_id == person.id else "",
    }


def _about(row: Difference, duties: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Where the activity stands of which footage is missing, and the duty that asks for it."""
    if row.kind != Difference.Kind.ACTIVITY or row.case_id is None:
        return {}
    links = {"activity_href": reverse("activity", args=[row.key])}
    if row.key in duties:
        links["duty_href"] = reverse("case_finding", args=[row.case_id, *duties[row.key]])
    return links


def _giving(row: Difference) -> dict[str, str]:
    """Where what is missing is handed in: for its activity, or by docking the camera again."""
    if row.case_id is None:
        return {"give_href": reverse("docking"), "give_words": "重新采集"}
    return {"give_href": reverse("case_upload", args=[row.case_id]), "give_words": "补交"}


class AnswerForm(PlacedForm):
    """Why it never will be there."""

    text = forms.CharField(
        label="为什么不会再有",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="例如：记录仪当日故障，已报修；出发时没有领用记录仪。能补交的请先补交。",
    )


@signed_in
def difference(request: HttpRequest, difference_id: int) -> HttpResponse:
    """Say why what should be there never will be."""
    person = person_of(request)
    row = visible_differences(person).filter(id=difference_id).first()
    if row is None:
        raise Refused("record.not_found")
    page = OneForm(
        permission="difference.answer",
        title="说明差异",
        submit="提交说明",
        success="已说明，这项差异不再列出。",
        crumbs=((_TITLE, reverse("differences")),),
        about=row.what,
        notes=("补交了音像记录的，系统会自动消去这项差异，不需要说明。",),
        article="39",
    )

    def perform(data: dict[str, Any]) -> str:
        answer_difference(actor=person, difference_id=difference_id, text=data["text"])
        return reverse("differences")

    return page.answer(request, AnswerForm(posted(request)), perform)
