"""Passkeys on pages: enrolled, removed, and signing in with one. Not for the acts.

A passkey opens without a password; as a second step it stands on the page of the code.
"""

from __future__ import annotations

import json

from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from allauth.mfa.webauthn.internal import auth
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from liuhen.actions import second_factor as acts
from liuhen.actions.sessions import note_failed_sign_in
from liuhen.kernel.refusals import Refused
from liuhen.people.queries import system_person
from liuhen.web import second_factor
from liuhen.web.acting import act_and_return, person_of, signed_in
from liuhen.web.session_limits import require_recent


class _Answered:
    """What a device answered; anything may come, and the library trusts its shape."""

    def clean_credential(self) -> Authenticator:
        """The key it proves."""
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except (ValueError, TypeError, KeyError, AttributeError):
            raise mfa_adapter().validation_error("incorrect_code") from None
        return found


class LoginForm(_Answered, LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey alone."""


class SecondStepForm(_Answered, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class Login(LoginWebAuthnView):  # type: ignore[misc]
    """Signing in; a passkey that does not open is an entry, as a wrong password is."""

    def form_invalid(self, form: forms.Form) -> HttpResponse:
        """Back to the sign-in page, which says so."""
        note_failed_sign_in(
            actor=system_person(),
            username="",
            address=str(self.request.META.get("REMOTE_ADDR", "")),
        )
        return HttpResponseRedirect(reverse("account_login") + "?passkey=refused")


login = Login.as_view()


@signed_in
@require_GET
def options(request: HttpRequest) -> HttpResponse:
    """What a device is asked to make a key from; good for this session."""
    return JsonResponse({"creation_options": auth.begin_registration(person_of(request), True)})


@signed_in
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Keep what the device answered."""
    require_recent(request)
    try:
        credential = json.loads(request.POST.get("credential", ""))
    except ValueError:
        raise Refused("passkey.not_proved") from None
    if not isinstance(credential, dict):
        raise Refused("passkey.not_proved")
    name = request.POST.get("name", "")

    def perform() -> None:
        acts.enrol_passkey(actor=person_of(request), name=name, credential=credential)
        second_factor.end(request)

    return act_and_return(
        request,
        perform,
        success="通行密钥已经登记，下次可以用它登录。",
        then=reverse("second_factor") + "#passkeys",
    )


@signed_in
@require_POST
def remove(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Forget a device."""

    def perform() -> None:
        require_recent(request)
        acts.remove_passkey(actor=person_of(request), passkey_id=passkey_id)

    return act_and_return(
        request,
        perform,
        success="通行密钥已经移除。",
        then=reverse("second_factor") + "#passkeys",
    )
