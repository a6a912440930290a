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


class PasswordForm(forms.Form):
    """Old and new password."""

    old = forms.CharField(label="原密码", widget=forms.PasswordInput)
    new = forms.CharField(label="新密码", widget=forms.PasswordInput, help_text="至少10个字符")
    again = forms.CharField(label="再输入一次新密码", widget=forms.PasswordInput)


@signed_in
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password; other sessions end with it."""
    person = person_of(request)

    def perform(data: dict[str, Any]) -> str:
        if data["new"] != data["again"]:
            raise Refused("password.unlike")
        change_password(actor=person, old=data["old"], new=data["new"])
        update_session_auth_hash(request, Person.objects.get(id=person.id))
        return reverse("desk")

    context = {"crumbs": [{"label": "修改密码"}]}
    return form_page(
        request,
        PasswordForm(request.POST or None),
        "password.html",
        perform=perform,
        success="密码已修改。",
        context=context,
    )


def closed(request: HttpRequest) -> HttpResponse:
    """Doors of allauth that do not exist here: signing up and resetting by mail."""
    raise Http404
