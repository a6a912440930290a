"""The second step of signing in on pages: enrolment, the code, and what is closed without it.

Not for the acts (`actions.second_factor`). In a demonstration nobody is made to enrol.
"""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any
from uuid import UUID

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions import second_factor as acts
from liuhen.actions.sessions import note_failed_sign_in
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person, SecondFactorReset
from liuhen.people.queries import must_have_second_factor, require, system_person
from liuhen.web import first_password
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in
from liuhen.web.middleware import OwedFirst
from liuhen.web.qr import qr_code
from liuhen.web.session_limits import RECENT_SECONDS, is_recent, require_recent

# A period of 30 s, one more on either side, and one to spare.
_GOOD_SECONDS = 120
_MISSING = "second_factor_missing"


class Factors(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of devices are kept sealed, so that no copy of the database tells them."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": "动态口令不正确。"}  # noqa: RUF012 - the library's form

    def encrypt(self, text: str) -> str:
        """The secret as it is kept."""
        return _box(settings.SECRET_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret out of its kept form."""
        return _box(settings.SECRET_KEY).decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        return "留痕"

    def get_totp_issuer(self) -> str:
        """What a device shows above the name."""
        return "留痕"


@lru_cache(maxsize=1)
def _box(key: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"liuhen.second_factor")
    return Fernet(base64.urlsafe_b64encode(derived.derive(key.encode())))


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """The code at sign-in; a wrong one is an entry, as a wrong password is."""

    def clean_code(self) -> str:
        """A code opens once, as long as it is good at all (the library forgets it sooner)."""
        code = str(super().clean_code())
        if not cache.add(f"second_factor.used/{self.user.pk}/{code}", "y", _GOOD_SECONDS):
            raise mfa_adapter().validation_error("incorrect_code")
        return code

    def _emit_authentication_failed(self, authenticator: Authenticator) -> None:
        from allauth.core import context  # noqa: PLC0415 - the library's own request

        note_failed_sign_in(
            actor=system_person(),
            username=self.user.username,
            address=str(context.request.META.get("REMOTE_ADDR", "")),
        )


def begin(request: HttpRequest, person: Person) -> None:
    """Note on a session just opened that its person must enrol first."""
    if (
        not settings.HOME.facts.is_demo
        and must_have_second_factor(person)
        and not Authenticator.objects.filter(user_id=person.id).exists()
    ):
        request.session[_MISSING] = True


def end(request: HttpRequest) -> None:
    """The person has enrolled."""
    request.session.pop(_MISSING, None)


class SecondFactorFirst(OwedFirst):
    """Who must have a second step and has none sees nothing but its enrolment."""

    page, refusal = "second_factor", "second_factor.missing"
    also = frozenset({"passkey_options", "passkey_add"})

    def owes(self, request: HttpRequest) -> bool:
        """Whether the enrolment is missing; one's own password comes before it."""
        return bool(request.session.get(_MISSING)) and not first_password.is_due(request)


class EnrolForm(forms.Form):
    """The first code."""

    code = forms.CharField(
        label="动态口令",
        max_length=12,
        help_text="手机上显示的 6 位数字",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


@signed_in
def second_factor(request: HttpRequest) -> HttpResponse:
    """Enrol a device: its secret as a picture and in letters, proved by a code."""
    person = person_of(request)
    # kept until it is proved: what was scanned stays good when the first code was mistyped
    secret = request.session.setdefault(SECRET_SESSION_KEY, generate_totp_secret())
    kept = Authenticator.objects.filter(user_id=person.id).order_by("created_at")
    is_enrolled = any(one.type == Authenticator.Type.TOTP for one in kept)

    def perform(data: dict[str, Any]) -> str:
        require_recent(request)
        acts.enrol_second_factor(actor=person, secret=secret, code=data["code"])
        request.session.pop(SECRET_SESSION_KEY, None)
        end(request)
        return reverse("desk")

    context = {
        "is_enrolled": is_enrolled,
        "passkeys": [
            {"id": one.id, "name": one.data["name"], "since": one.created_at}
            for one in kept
            if one.type == Authenticator.Type.WEBAUTHN
        ],
        "is_needed": bool(request.session.get(_MISSING)),
        "recent_minutes": 0 if is_recent(request) else RECENT_SECONDS // 60,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "qr": qr_code(mfa_adapter().build_totp_url(person, secret)),
        "crumbs": [
            {"label": "账号与安全", "href": reverse("account_change_password")},
            {"label": "第二步验证"},
        ],
    }
    form = EnrolForm(request.POST if request.method == "POST" else None)
    return form_page(
        request,
        form,
        "second_factor.html",
        perform=perform,
        success="第二步验证已经开启，下次登录要输入动态口令。",
        context=context,
    )


@signed_in
@require_POST
def reset_confirm(request: HttpRequest, reset_id: UUID) -> HttpResponse:
    """The second administrator confirms what the first asked."""
    require(person_of(request), "second_factor.reset")
    row = SecondFactorReset.objects.filter(id=reset_id).first()
    if row is None:
        raise Refused("record.not_found")
    return act_and_return(
        request,
        lambda: acts.confirm_second_factor_reset(actor=person_of(request), reset_id=reset_id),
        success="第二步验证已解除，其登录全部退出；本人下次登录时重新登记。",
        then=reverse("person", args=[row.person_id]),
    )
