"""Addresses of signing in, of one's own account and deputies; part of `urls`."""

from allauth.account import views as allauth
from allauth.mfa.base.views import authenticate
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.urls import path

from liuhen.web import account, deputies, passkeys, second_factor

ACCOUNT_PATHS = [
    path("accounts/login/", allauth.login, name="account_login"),
    path("accounts/logout/", allauth.logout, name="account_logout"),
    path("accounts/inactive/", allauth.account_inactive, name="account_inactive"),
    path("accounts/signup/", account.closed, name="account_signup"),
    path("accounts/reset/", account.closed, name="account_reset_password"),
    path("accounts/reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("accounts/code/", authenticate, name="mfa_authenticate"),
    path("password/second-factor/", second_factor.second_factor, name="second_factor"),
    path(
        "people/second-factor-resets/<uuid:reset_id>/confirm/",
        second_factor.reset_confirm,
        name="second_factor_reset_confirm",
    ),
    path("accounts/passkey/", passkeys.login, name="mfa_login_webauthn"),
    path("accounts/oidc/<slug:provider_id>/login/", oidc.login, name="openid_connect_login"),
    path(
        "accounts/oidc/<slug:provider_id>/callback/",
        oidc.callback,
        name="openid_connect_callback",
    ),
    path("password/passkeys/options/", passkeys.options, name="passkey_options"),
    path("password/passkeys/add/", passkeys.add, name="passkey_add"),
    path("password/passkeys/<int:passkey_id>/remove/", passkeys.remove, name="passkey_remove"),
    path("password/", account.password, name="account_change_password"),
    path("password/notices/", account.notices, name="notices_choose"),
    path("password/sessions/end/", account.sessions_end, name="sessions_end"),
    path("password/sessions/<int:session_id>/end/", account.session_end, name="session_end"),
    path("deputies/", deputies.deputies, name="deputies"),
    path("deputies/<uuid:office_id>/name/", deputies.deputy_name, name="deputy_name"),
    path("deputies/<uuid:office_id>/recall/", deputies.deputy_recall, name="deputy_recall"),
]
