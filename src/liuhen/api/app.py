"""The JSON endpoints of /api/v1/ and their description at /api/v1/openapi.json.

For programs: with a session of a person, or a token. Not for uploads (`api.uploads`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from liuhen.api.callers import DOCKING, READING, either
from liuhen.api.capture import router as capture
from liuhen.api.cases import router as cases
from liuhen.api.description import complete
from liuhen.api.devices import router as devices
from liuhen.api.problems import problem, sign_in_first
from liuhen.api.recordings import router as recordings
from liuhen.api.replica import router as replica
from liuhen.kernel.refusals import Refused

if TYPE_CHECKING:
    from ninja.openapi.schema import OpenAPISchema
    from ninja.operation import Operation


class Api(NinjaAPI):
    """The table of JSON endpoints, described whole: uploads, refusals and examples too."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of the endpoint's function."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The description, OpenAPI 3.1."""
        return complete(super().get_openapi_schema(**options))


api = Api(
    title="留痕",
    version="1",
    description="行政执法全过程记录",
    auth=either(READING, DOCKING),
    docs_url=None,
    urls_namespace="api",
)
api.add_router("", devices)
api.add_router("/cases", cases)
api.add_router("/recordings", recordings)
api.add_router("/replica", replica)
api.add_router("/capture", capture)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused | type[Refused]) -> HttpResponse:
    """Every expected no, as problem details."""
    assert isinstance(error, Refused)
    return problem(error)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    """What was sent is not as described: the place and what is wrong there."""
    assert isinstance(error, ValidationError)
    told = "；".join(
        f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors[:5]
    )
    return problem(Refused("request.invalid", problem=told))


@api.exception_handler(HttpError)
def failed(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    """The library's own no: a missing csrf value, or a body that is no JSON."""
    assert isinstance(error, HttpError)
    if error.status_code == 403:
        return problem(Refused("request.forbidden"))
    return problem(Refused("request.invalid", problem=str(error)))


@api.exception_handler(AuthenticationError)
def signed_out(
    request: HttpRequest, error: AuthenticationError | type[AuthenticationError]
) -> HttpResponse:
    """Nobody is signed in."""
    return sign_in_first()
