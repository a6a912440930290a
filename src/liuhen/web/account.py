"""A person's own pages: password, sessions, notices by mail. Signing in is allauth's."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions.notices import choose_notices
from liuhen.actions.passwords import change_password
from liuhen.actions.sessions import follow_session, revoke_other_sessions, revoke_session
from liuhen.kernel.refusals import Refused
from liuhen.people.models import MailState, Person
from liuhen.web import first_password
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in
from liuhen.web.one_form import OneForm, PlacedForm, posted


def _secret(kind: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": kind})


class PasswordForm(forms.Form):
    """Old and new password."""

    old = forms.CharField(label="原密码", widget=_secret("current-password"), strip=False)
    new = forms.CharField(
        label="新密码",
        widget=_secret("new-password"),
        strip=False,
        help_text="至少 10 个字符；不能全是数字，不能是常见的或者泄露过的；"
        "去掉姓名、登录名、单位名称，至少还有 5 个字符",
    )
    again = forms.CharField(label="再输入一次新密码", widget=_secret("new-password"), strip=False)


@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; other sessions end with it. Who has none of their own sees no more."""
    person, is_first = person_of(request), first_password.is_due(request)

    def perform(data: dict[str, Any]) -> str:
        if data["new"] != data["again"]:
            raise Refused("password.unlike")
        change_password(actor=person, old=data["old"], new=data["new"])
        before = request.session.session_key
        update_session_auth_hash(request, Person.objects.get(id=person.id))
        follow_session(before or "", request.session.session_key or "")
        first_password.end(request)
        return reverse("desk" if is_first else "account_change_password")

    context = {
        "crumbs": [{"label": "账号与安全"}],
        "is_first": is_first,
        "sessions": own_sessions(request),
        "has_second_factor": Authenticator.objects.filter(user_id=person.id).exists(),
        "notices": person.get_notices_display() if person.notices else "",
        "mail_state": MailState.objects.filter(person=person).first(),
        "is_mail_set": settings.NOTICES is not None,
        "idle_minutes": settings.IDLE_SECONDS // 60,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return form_page(
        request,
        PasswordForm(request.POST if request.method == "POST" else None),
        "password.html",
        perform=perform,
        success="密码已修改，其他设备上的登录已失效。",
        context=context,
    )


def own_sessions(request: HttpRequest) -> list[dict[str, Any]]:
    """Where the person is signed in, this one first, then the newest."""
    found = UserSession.objects.purge_and_list(person_of(request))
    lines = [
        {
            "id": one.id,
            "ip": one.ip,
            "browser": one.user_agent[:120],
            "began_at": one.created_at,
            "is_this": one.session_key == request.session.session_key,
        }
        for one in sorted(found, key=lambda one: one.created_at, reverse=True)
    ]
    return sorted(lines, key=lambda line: not line["is_this"])


class NoticesForm(PlacedForm):
    """How often, and where to."""

    notices = forms.ChoiceField(
        label="邮件提醒",
        choices=Person.Notices.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    email = forms.CharField(
        label="邮箱地址",
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="设定后马上发去一封确认邮件",
    )


@signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """Choose how what waits on one's desk comes by mail."""
    person = person_of(request)
    page = OneForm(
        permission="person.choose_notices",
        title="邮件提醒",
        submit="保存",
        success="邮件提醒已保存。",
        crumbs=[("账号与安全", reverse("account_change_password"))],
        notes=[
            "每天一封：有待办的日子早上七点半发来汇总，没有待办的日子不发。",
            "随到随发：有新的待办、待办逾期时发来。",
            "代行他人职务期间，送到那一职务的事项一并列入。",
            "邮件只列事项、案号、期限和网址，不含当事人和案情。",
        ],
        about="" if settings.NOTICES else "本单位没有设定邮件服务器，现在不能发送邮件",
    )

    def perform(data: dict[str, Any]) -> str:
        choose_notices(actor=person, **data)
        return reverse("account_change_password")

    initial = {"notices": person.notices, "email": person.email}
    return page.answer(request, NoticesForm(posted(request), initial=initial), perform)


@signed_in
@require_POST
def session_end(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of one's own sessions."""
    return act_and_return(
        request,
        lambda: revoke_session(actor=person_of(request), session_id=session_id),
        success="那台设备已退出登录。",
        then=reverse("account_change_password"),
    )


@signed_in
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    this = request.session.session_key or ""
    return act_and_return(
        request,
        lambda: revoke_other_sessions(actor=person_of(request), but=this),
        success="其他设备都已退出登录。",
        then=reverse("account_change_password"),
    )


def closed(request: HttpRequest) -> HttpResponse:
    """Doors of allauth that do not exist here: signing up and resetting by mail."""
    raise Http404
