"""Who came in by a password that somebody else set chooses their own first; nothing else opens.

Not for how long such a password is good (`people.first_passwords`). In a demonstration everybody
keeps the public one.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from liuhen.people import first_passwords
from liuhen.people.models import Person
from liuhen.web.middleware import OwedFirst

_DUE = "first_password"


def is_shut(person: Person) -> bool:
    """Whether the person's password was somebody else's and its time is over."""
    return not settings.HOME.facts.is_demo and first_passwords.is_over(person)


def begin(request: HttpRequest, person: Person) -> None:
    """Note on a session just opened by such a password that another has to be chosen."""
    ways = {one["method"] for one in get_authentication_records(request, person)}
    is_by_password = not ways or "password" in ways
    if is_by_password and first_passwords.is_first(person) and not settings.HOME.facts.is_demo:
        request.session[_DUE] = True


def is_due(request: HttpRequest) -> bool:
    """Whether the person of this session has yet to choose a password."""
    return bool(request.session.get(_DUE))


def end(request: HttpRequest) -> None:
    """The person has chosen one."""
    request.session.pop(_DUE, None)


class OwnPasswordFirst(OwedFirst):
    """One's own password, before anything else."""

    page, refusal = "account_change_password", "password.first"

    def owes(self, request: HttpRequest) -> bool:
        """Whether another is to be chosen."""
        return is_due(request)
