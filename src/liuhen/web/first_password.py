"""Who came in by a password that somebody else set chooses their own first; nothing else opens.

Not for how long such a password is good (`people.first_passwords`). In a demonstration everybody
keeps the public one.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from liuhen.kernel.refusals import Refused
from liuhen.people import first_passwords
from liuhen.people.models import Person
from liuhen.web.middleware import Respond, problem, wants_json

_DUE = "first_password"
_OWN = "account_change_password"
# The last ones ask nobody who they are: they answer without looking for a session.
_OPEN = frozenset(
    {
        *(_OWN, "account_logout", "account_login"),
        *("healthz", "metrics", "log_checkpoint", "log_tile"),
    }
)


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


class OwnPasswordFirst:
    """Leads to one's own password, before anything else."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Lead there."""
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in _OPEN or not is_due(request):
            return None
        if wants_json(request):
            return problem(Refused("password.first"))
        return HttpResponseRedirect(reverse(_OWN))
