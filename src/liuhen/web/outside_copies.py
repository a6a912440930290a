"""The page of copies that left the house (Art. 43, 46): to whom, what is to come back, what did.

Discs of whole cases, what parties were given, and what a disposal left in places this system can't
reach. Not for asking or making them (`case_copies`, `party_copies`), nor for their proof in a
disposal (`disposals`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.access.queries import visible_applications
from liuhen.actions.case_copies import end_case_copy
from liuhen.archive.disposals import visible_disposals
from liuhen.archive.models import CaseCopy, OutsideCopy
from liuhen.archive.queries import overdue_copies, visible_copies
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of

TITLE = "系统外的复制件"
SHOWN = 25
FILTERS = (("", "全部"), ("due", "到期未收回"), ("open", "应当收回"), ("ended", "已收回或者销毁"))


@signed_in
@require_safe
def outside_copies(request: HttpRequest) -> HttpResponse:
    """What left the house, the newest first, perhaps only what is to come back."""
    person = person_of(request)
    require(person, "copy.list")
    show = request.GET.get("show", "")
    page = page_of(request, _shown(person, show))
    may_end = is_allowed(person, "case.copy")
    handed = visible_applications(person).exclude(handed_at=None).order_by("-handed_at", "-id")
    context = {
        "items": [
            {"row": one, "state": _state(one), "may_end": may_end and one.ended_at is None}
            for one in page.rows
        ],
        "pager": page.pager,
        "filters": FILTERS,
        "show": show if show in dict(FILTERS) else "",
        "overdue": overdue_copies(person).count(),
        "handed": list(handed[:SHOWN]),
        "beside": list(_of_disposals(person)[:SHOWN]),
        "crumbs": [{"label": TITLE}],
    }
    return render(request, "outside_copies.html", context)


def _shown(person: Person, show: str) -> Any:
    rows = visible_copies(person)
    if show == "due":
        return overdue_copies(person)
    if show == "open":
        return rows.filter(ended_at=None).exclude(due_on=None)
    return rows.exclude(ended_at=None) if show == "ended" else rows


def _state(one: CaseCopy) -> tuple[str, str]:
    if one.ended_at is not None:
        return "green", "已收回或者销毁"
    if one.due_on is None:
        return "grey", "对方留存"
    is_due = one.due_on <= clock.local_date(clock.now())
    return ("red", "到期未收回") if is_due else ("open", f"应于{one.due_on}收回")


def _of_disposals(person: Person) -> Any:
    """What disposals left in places this system can't reach, not proven gone, soonest first."""
    if not is_allowed(person, "retention.list"):
        return OutsideCopy.objects.none()
    seen = visible_disposals(person).order_by().values("id")
    rows = OutsideCopy.objects.filter(disposal__in=seen, gone_at=None)
    return rows.select_related("disposal").order_by("expires_on", "id")


class EndForm(PlacedForm):
    """What became of the copy."""

    how = forms.CharField(
        label="收回或者销毁情况",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="例如：何日由何人交回几张；对方出具的销毁证明编号",
    )


@signed_in
def case_copy_end(request: HttpRequest, case_copy_id: UUID) -> HttpResponse:
    """Enter that a copy is back or destroyed."""
    person = person_of(request)
    require(person, "case.copy")
    found = visible_copies(person).filter(id=case_copy_id).first()
    if found is None:
        raise Refused("record.not_found")
    back = reverse("outside_copies")

    def perform(data: dict[str, Any]) -> str:
        end_case_copy(actor=person, copy_id=found.id, how=data["how"])
        return reverse("case_discs", args=[found.case_id])

    page = OneForm(
        permission="case.copy",
        title="登记复制件收回或者销毁",
        submit="登记",
        success="已登记。",
        crumbs=[(TITLE, back)],
        about=f"{found.case.number}，交给{found.recipient}，{found.parts}张",
        article="43.1",
    )
    return page.answer(request, EndForm(posted(request)), perform)
