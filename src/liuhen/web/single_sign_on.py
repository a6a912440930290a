"""Signing in by the authority's own provider (OpenID Connect), when one is set.

The provider says who somebody is; who may sign in stands here: a person is registered first, and
is found by one claim each time. Nothing of the provider is stored. The second step stays ours.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from liuhen.actions.sessions import note_failed_sign_in
from liuhen.people.models import Person
from liuhen.people.queries import system_person

log = logging.getLogger("liuhen.single_sign_on")


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """What becomes of a provider's word."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Persons are registered by the security administrator."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Sign in the person the provider names, or nobody."""
        told = sociallogin.account.extra_data
        claims = {**told.get("userinfo", {}), **told.get("id_token", {})}
        named = str(claims.get(settings.OIDC_CLAIM) or "")
        person = Person.objects.filter(username=named, nature=Person.Nature.HUMAN).first()
        if person is None:
            raise ImmediateHttpResponse(_refused(request, named, "unknown"))
        uid = str(sociallogin.account.uid)
        record_authentication(request, person, "socialaccount", provider="sso", uid=uid)
        raise ImmediateHttpResponse(perform_login(request, person, email_verification="none"))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: object = None,
        exception: Exception | None = None,
        extra_context: object = None,
    ) -> None:
        """The provider refused, can't be reached, or what came does not belong to this session."""
        log.warning("single sign-on failed: %s %r", error, exception)
        raise ImmediateHttpResponse(_refused(request, "", "failed"))


def _refused(request: HttpRequest, username: str, why: str) -> HttpResponse:
    address = str(request.META.get("REMOTE_ADDR", ""))
    note_failed_sign_in(actor=system_person(), username=username[:60], address=address)
    return HttpResponseRedirect(f"{reverse('account_login')}?sso={why}")
