"""Pages of standing approvals (Art. 42). Not for single requests (`viewing_requests`)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.access.models import StandingApproval
from liuhen.access.queries import approvals_listed, is_live
from liuhen.actions.access import grant_standing_approval, revoke_standing_approval
from liuhen.kernel import clock
from liuhen.people.models import Office
from liuhen.people.queries import require
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in

LISTED = 100


class GrantForm(forms.Form):
    """A standing approval."""

    group = forms.ChoiceField(
        label="人员范围",
        choices=[choice for choice in Office.Kind.choices if choice[0] != "system"],
    )
    scope = forms.ChoiceField(label="案件范围", choices=StandingApproval.Scope.choices)
    purpose = forms.CharField(
        label="用途", max_length=200, help_text="例如：办理本人承办的案件、法制审核、执法监督抽查"
    )
    until = forms.DateField(
        label="有效至", widget=forms.DateInput(attrs={"type": "date"}), help_text="含当日"
    )


@signed_in
def viewing_approvals(request: HttpRequest) -> HttpResponse:
    """The standing approvals, and giving one (Art. 42)."""
    person = person_of(request)
    if request.method != "POST":
        require(person, "viewing.approve")

    def perform(data: dict[str, Any]) -> str:
        last_day: dt.date = data.pop("until")
        midnight = dt.datetime.combine(
            last_day + dt.timedelta(days=1), dt.time(), tzinfo=clock.CHINA
        )
        grant_standing_approval(actor=person, until=midnight, **data)
        return reverse("viewing_approvals")

    context = {
        "listed": [_listed(one) for one in approvals_listed()[:LISTED]],
        "crumbs": [{"label": "常设调阅批准"}],
    }
    return form_page(
        request,
        GrantForm(request.POST if request.method == "POST" else None),
        "viewing_approvals.html",
        perform=perform,
        success="已批准。",
        context=context,
    )


def _listed(one: StandingApproval) -> dict[str, Any]:
    return {
        "row": one,
        "is_live": is_live(one),
        "group": Office.Kind(one.group).label,
        "until": clock.local_date(one.until - dt.timedelta(microseconds=1)),
        "action": reverse("viewing_approval_revoke", args=[one.id]),
    }


@signed_in
@require_POST
def viewing_approval_revoke(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """Take a standing approval back."""
    person = person_of(request)
    return act_and_return(
        request,
        lambda: revoke_standing_approval(
            actor=person, approval_id=approval_id, reason=request.POST.get("reason", "")
        ),
        success="已撤销，正在进行的调阅同时停止。",
        then=reverse("viewing_approvals"),
    )
