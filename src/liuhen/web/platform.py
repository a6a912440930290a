"""What was handed to the city's platform for supervision: the list, a new one, its files."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.platform import deliver_to_platform
from liuhen.kernel.refusals import Refused
from liuhen.oversight.models import PlatformDelivery
from liuhen.people.queries import is_allowed, require
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of

_LIST = "监督平台报送"
_FORMS = {"json": ("content", "application/json"), "zip": ("tables", "application/zip")}


class DeliveryForm(PlacedForm):
    """Of which days, to whom."""

    halves = frozenset({"since", "until"})

    since = forms.DateField(label="期间起", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(
        label="期间止", widget=forms.DateInput(attrs={"type": "date"}), help_text="含当日，最长一年"
    )
    recipient = forms.CharField(
        label="接收方", max_length=120, help_text="例如：市行政执法监督平台"
    )


@signed_in
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """Every delivery, the newest first."""
    person = person_of(request)
    require(person, "platform.list")
    rows = PlatformDelivery.objects.select_related("delivered_by")
    page = page_of(request, rows.order_by("-delivered_at", "id"))
    context = {
        "deliveries": page.rows,
        "pager": page.pager,
        "may_deliver": is_allowed(person, "platform.deliver"),
        "crumbs": [{"label": _LIST}],
    }
    return render(request, "platform.html", context)


@signed_in
def delivery_new(request: HttpRequest) -> HttpResponse:
    """Make one: what is made is kept, and the files can be fetched from the list."""
    actor = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        deliver_to_platform(actor=actor, **data)
        return reverse("platform")

    page = OneForm(
        permission="platform.deliver",
        title="生成报送文件",
        submit="生成并登记",
        success="已生成并登记。文件在列表里下载，摘要已记入账本。",
        crumbs=[(_LIST, reverse("platform"))],
        notes=[
            "包括期间内启动或者结案的案件，以及它们已制作的文书和处理结果。",
            "涉密案件和自然人的证件号码不在其中。",
        ],
    )
    return page.answer(request, DeliveryForm(posted(request)), perform)


@signed_in
@require_safe
def delivery_file(request: HttpRequest, delivery_id: UUID, form: str) -> HttpResponse:
    """The JSON, or the tables as a ZIP archive, exactly as they were kept."""
    require(person_of(request), "platform.list")
    row = PlatformDelivery.objects.filter(id=delivery_id).first()
    if row is None or form not in _FORMS:
        raise Refused("record.not_found")
    field, kind = _FORMS[form]
    with local_store().open(getattr(row, f"{field}_id")) as stream:
        answer = HttpResponse(stream.read(), content_type=kind)
    name = f"supervision-{_compact(row.since)}-{_compact(row.until)}.{form}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _compact(day: dt.date) -> str:
    return f"{day:%Y%m%d}"
