"""How people sign in: allauth's check, our ledger. Not for who may do what (`people`)."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from liuhen.actions import sessions
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Office, Person
from liuhen.people.queries import system_person
from liuhen.web import first_password, second_factor, session_limits

# The demonstration's public password; the same as in `liuhen.demo.days`.
DEMO_PASSWORD = "liuhen-demo"  # noqa: S105 - public by design


def demo_accounts() -> list[dict[str, str]]:
    """Everybody a demonstration offers to sign in as, in the order of a case's way."""
    order = [str(kind) for kind in Office.Kind.values]
    offered = Person.objects.filter(nature=Person.Nature.HUMAN, is_active=True)
    people = [
        (sorted(order.index(office.kind) for office in person.offices.all()), person)
        for person in offered.prefetch_related("offices")[:30]
    ]
    return [
        {
            "username": person.username,
            "role": "、".join(Office.Kind(order[place]).label for place in held),
            "password": DEMO_PASSWORD,
        }
        for held, person in sorted(people, key=lambda one: (one[0], one[1].username))
    ]


def address_of(request: HttpRequest) -> str:
    """The address the request came from, as the server saw it."""
    return str(request.META.get("REMOTE_ADDR", ""))


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by themselves; every sign-in, refused or not, is an entry."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Persons are registered by the security administrator."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """Whose password it is; a first one whose time is over opens nothing, and is on record."""
        person = super().authenticate(request, **credentials)
        if isinstance(person, Person) and first_password.is_shut(person):
            sessions.note_failed_sign_in(
                actor=system_person(), username=person.username, address=address_of(request)
            )
            text = explain(Refused("password.first_over"))
            raise ValidationError(f"{text.message}{text.remedy}")
        return person

    def post_login(self, request: HttpRequest, user: Person, **options: Any) -> HttpResponse:
        """Record the session before the first page is shown."""
        sessions.start_session(actor=user, address=address_of(request))
        session_limits.begin(request)
        first_password.begin(request, user)
        second_factor.begin(request, user)
        response: HttpResponse = super().post_login(request, user, **options)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the failed try and let allauth count it towards the lockout."""
        sessions.note_failed_sign_in(
            actor=system_person(),
            username=str(credentials.get("username", "")),
            address=address_of(request),
        )
        super().authentication_failed(request, **credentials)

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        """Record that an account which is switched off was tried, with its right password."""
        sessions.note_failed_sign_in(
            actor=system_person(), username=user.username, address=address_of(request)
        )
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def logout(self, request: HttpRequest) -> None:
        """Record the end of the session."""
        if isinstance(request.user, Person):
            sessions.end_session(actor=request.user)
        super().logout(request)

    def add_message(self, *args: Any, **options: Any) -> None:
        """No "signed in as …" messages: the page says who is signed in."""
