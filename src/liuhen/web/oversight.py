"""Pages of oversight and of standing approvals. Not for deciding a suspicion (a later issue)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from liuhen.access.models import StandingApproval
from liuhen.access.queries import approvals_listed, is_live
from liuhen.actions.access import grant_standing_approval, revoke_standing_approval
from liuhen.cases.queries import visible_cases
from liuhen.kernel import clock
from liuhen.oversight.models import Suspicion
from liuhen.people.models import Office
from liuhen.people.queries import require
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in
from liuhen.web.paging import page_of


@signed_in
def suspicions(request: HttpRequest) -> HttpResponse:
    """Suspected breaches of Art. 47 in the cases the person may see, newest first."""
    person = person_of(request)
    require(person, "suspicion.list")
    rows = (
        Suspicion.objects.filter(case__in=visible_cases(person))
        .select_related("case__unit")
        .order_by("-raised_at", "id")
    )
    page = page_of(request, rows)
    context = {"items": page.rows, "pager": page.pager, "crumbs": [{"label": "违规线索"}]}
    return render(request, "suspicions.html", context)


class GrantForm(forms.Form):
    """A standing approval."""

    group = forms.ChoiceField(
        label="人员范围",
        choices=[choice for choice in Office.Kind.choices if choice[0] != "system"],
    )
    scope = forms.ChoiceField(label="案件范围", choices=StandingApproval.Scope.choices)
    purpose = forms.CharField(label="用途", max_length=200)
    until = forms.DateField(
        label="有效至", widget=forms.DateInput(attrs={"type": "date"}), help_text="含当日"
    )


@signed_in
def viewing_approvals(request: HttpRequest) -> HttpResponse:
    """The standing approvals, and giving one (Art. 42)."""
    person = person_of(request)
    require(person, "viewing.approve")

    def perform(data: dict[str, Any]) -> str:
        last_day: dt.date = data.pop("until")
        midnight = dt.datetime.combine(
            last_day + dt.timedelta(days=1), dt.time(), tzinfo=clock.CHINA
        )
        grant_standing_approval(actor=person, until=midnight, **data)
        return reverse("viewing_approvals")

    listed = [
        {"approval": one, "is_live": is_live(one), "group": Office.Kind(one.group).label}
        for one in approvals_listed()[:100]
    ]
    return form_page(
        request,
        GrantForm(request.POST or None),
        "viewing_approvals.html",
        perform=perform,
        success="已批准。",
        context={"listed": listed, "crumbs": [{"label": "调阅批准"}]},
    )


@signed_in
def viewing_approval_revoke(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Take a standing approval back."""
    person = person_of(request)
    if request.method != "POST":
        return render(request, "405.html", status=405)
    return act_and_return(
        request,
        lambda: revoke_standing_approval(
            actor=person, approval_id=approval_id, reason=request.POST.get("reason", "")
        ),
        success="已撤销。",
        then=reverse("viewing_approvals"),
    )
