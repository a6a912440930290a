"""A person's own page: changing the password by an act. Signing in is allauth's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from liuhen.actions.people import change_password
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.web.acting import form_page, person_of, signed_in


def _secret(kind: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": kind})


class PasswordForm(forms.Form):
    """Old and new password."""

    old = forms.CharField(label="原密码", widget=_secret("current-password"), strip=False)
    new = forms.CharField(
        label="新密码",
        widget=_secret("new-password"),
        strip=False,
        help_text="至少 10 个字符，不能全是数字，也不能是常见密码",
    )
    again = forms.CharField(label="再输入一次新密码", widget=_secret("new-password"), strip=False)


@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; other sessions end with it."""
    person = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        if data["new"] != data["again"]:
            raise Refused("password.unlike")
        change_password(actor=person, old=data["old"], new=data["new"])
        update_session_auth_hash(request, Person.objects.get(id=person.id))
        return reverse("account_change_password")

    context = {"crumbs": [{"label": "账号与安全"}]}
    return form_page(
        request,
        PasswordForm(request.POST if request.method == "POST" else None),
        "password.html",
        perform=perform,
        success="密码已修改，其他设备上的登录已失效。",
        context=context,
    )


def closed(request: HttpRequest) -> HttpResponse:
    """Doors of allauth that do not exist here: signing up and resetting by mail."""
    raise Http404
