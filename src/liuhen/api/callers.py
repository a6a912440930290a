"""Who calls: a person signed in by session, or a program with a token that acts for a person.

A request that shows a token is judged by the token alone, whatever cookie it brings. Not for what
the person may do (queries and acts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.session import SessionAuth
from ninja.utils import check_csrf

from liuhen.kernel import trace
from liuhen.kernel.refusals import Refused
from liuhen.people.models import ApiToken
from liuhen.people.queries import token_of

if TYPE_CHECKING:
    from liuhen.people.models import Person

DOCKING, READING = ApiToken.Scope.DOCKING, ApiToken.Scope.READING
_HEADER = "Authorization"


class PersonToken(HttpBearer):
    """Lets in who holds a token of one of the scopes, as the person it acts for."""

    def __init__(self, *scopes: str) -> None:
        super().__init__()
        self.scopes = scopes

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """The person."""
        found = token_of(token, *self.scopes)
        if found is None or found.person is None:
            return None
        request.user = found.person
        request._cached_user = found.person  # type: ignore[attr-defined]
        request.token = found  # type: ignore[attr-defined]
        trace.add(token=str(found.id))
        return found.person


class SignedIn(SessionAuth):
    """Lets in who signed in on a page, unless a token is shown."""

    def __call__(self, request: HttpRequest) -> Any:
        """The person, or None."""
        return None if _HEADER in request.headers else super().__call__(request)


session = SignedIn()


def either(*scopes: str) -> list[Any]:
    """A session, or a token of one of these scopes."""
    return [PersonToken(*scopes), session]


def let_in(request: HttpRequest, *scopes: str) -> bool:
    """The same for a view that stands outside the table of JSON endpoints.

    Raises:
        Refused: `request.forbidden`: a session without the value that our own pages send.
    """
    if _HEADER in request.headers:
        return PersonToken(*scopes)(request) is not None
    if not request.user.is_authenticated:
        return False
    if check_csrf(request):
        raise Refused("request.forbidden")
    return True
