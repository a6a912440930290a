"""The JSON endpoints of /api/v1/ and their description at /api/v1/openapi.json.

For programs that are signed in as a person, by session for now. Not for uploads (`api.uploads`).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError
from ninja.security import django_auth

from liuhen.api.capture import router as capture
from liuhen.api.cases import router as cases
from liuhen.api.problems import problem, sign_in_first
from liuhen.api.recordings import router as recordings
from liuhen.api.replica import router as replica
from liuhen.kernel.refusals import Refused

api = NinjaAPI(
    title="留痕",
    version="1",
    description="行政执法全过程记录",
    auth=django_auth,
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/cases", cases)
api.add_router("/recordings", recordings)
api.add_router("/replica", replica)
api.add_router("/capture", capture)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused | type[Refused]) -> HttpResponse:
    """Every expected no, as problem details."""
    assert isinstance(error, Refused)
    return problem(error)


@api.exception_handler(AuthenticationError)
def signed_out(
    request: HttpRequest, error: AuthenticationError | type[AuthenticationError]
) -> HttpResponse:
    """Nobody is signed in."""
    return sign_in_first()
