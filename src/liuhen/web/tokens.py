"""Pages of API tokens: listed, issued once with its secret, revoked. Not for using one (`api`)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.tokens import LONGEST, issue_token, revoke_token
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import ApiToken
from liuhen.people.queries import is_allowed, require, tokens
from liuhen.web.acting import person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted
from liuhen.web.paging import page_of
from liuhen.web.people_forms import ReasonForm
from liuhen.web.refusals import refusal_context

_TITLE = "接口令牌"


class TokenForm(PlacedForm):
    """A new token."""

    halves = frozenset({"scope", "until"})

    name = forms.CharField(label="名称", max_length=60, help_text="写明由哪个系统使用")
    scope = forms.ChoiceField(
        label="用途",
        choices=[one for one in ApiToken.Scope.choices if one[0] != ApiToken.Scope.REPLICA],
        help_text="采集工作站、读取以您的名义进行，只能打开您能看到的；异地副本的令牌在服务器上发放",
    )
    until = forms.DateField(
        label="有效至（含）",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=f"最长 {LONGEST.days} 天，到期自动失效",
    )


@signed_in
@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    """The tokens ever issued, newest first."""
    actor = person_of(request)
    require(actor, "token.list")
    page = page_of(request, tokens().order_by("-issued_at", "-id"))
    may_revoke = is_allowed(actor, "token.revoke")
    context = {
        "items": [_line(row, may_revoke=may_revoke) for row in page.rows],
        "may_issue": is_allowed(actor, "token.issue"),
        "pager": page.pager,
        "crumbs": [{"label": _TITLE}],
    }
    return render(request, "tokens.html", context)


def _line(row: ApiToken, *, may_revoke: bool) -> dict[str, Any]:
    lamp, words = "green", "有效"
    if row.revoked_at is not None:
        lamp, words = "grey", "已收回"
    elif row.until <= clock.now():
        lamp, words = "grey", "已到期"
    is_live = lamp == "green"
    if is_live and row.person is not None and not row.person.is_active:
        lamp, words = "yellow", "账号已停用，不能使用"
    return {
        "row": row,
        "lamp": lamp,
        "words": words,
        "last": row.until - dt.timedelta(microseconds=1),
        "revoke_href": reverse("token_revoke", args=[row.id]) if is_live and may_revoke else None,
    }


@signed_in
def token_issue(request: HttpRequest) -> HttpResponse:
    """A new token; its secret stands on the answer to this one request and nowhere else."""
    actor = person_of(request)
    form, page = TokenForm(posted(request)), _issue_page()
    if not (form.is_bound and form.is_valid()):
        return page.answer(request, form, lambda _: reverse("tokens"))
    data = form.cleaned_data
    until = dt.datetime.combine(data["until"] + dt.timedelta(days=1), dt.time(), tzinfo=clock.CHINA)
    crumbs = [{"label": _TITLE, "href": reverse("tokens")}, {"label": page.title}]
    try:
        issued = issue_token(actor=actor, name=data["name"], scope=data["scope"], until=until)
    except Refused as refused:
        require(actor, page.permission)
        shown = {"page": page, "form": form, "refusal": refusal_context(refused)}
        shown |= {"back_href": reverse("tokens"), "crumbs": crumbs}
        return render(request, "people_form.html", shown, status=explain(refused).status)
    context = {"row": issued.row, "secret": issued.secret, "crumbs": crumbs}
    answer = render(request, "token_issued.html", context)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _issue_page() -> OneForm:
    return OneForm(
        permission="token.issue",
        title="发放令牌",
        submit="发放",
        success="令牌已发放。",
        crumbs=[(_TITLE, reverse("tokens"))],
        notes=[
            "令牌相当于一个密码：只在发放时显示一次，系统只保存它的摘要。",
            "谁拿到令牌，谁就能打开其用途范围内的内容；不再使用时请立即收回。",
        ],
    )


@signed_in
def token_revoke(request: HttpRequest, token_id: UUID) -> HttpResponse:
    """End a token at once."""
    actor = person_of(request)
    require(actor, "token.revoke")
    row = tokens().filter(id=token_id).first()
    if row is None:
        raise Refused("record.not_found")

    def perform(data: dict[str, Any]) -> str:
        revoke_token(actor=actor, token_id=row.id, **data)
        return reverse("tokens")

    page = OneForm(
        permission="token.revoke",
        title="收回令牌",
        submit="收回",
        success="令牌已收回，立即失效。",
        crumbs=[(_TITLE, reverse("tokens"))],
        about=f"{row.name}（{row.get_scope_display()}）",
        notes=["收回不能撤销；要继续使用的，另行发放。"],
        is_grave=True,
    )
    return page.answer(request, ReasonForm(posted(request)), perform)
