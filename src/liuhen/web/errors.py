"""Error pages Django draws when no view can answer. Not for refusals (`middleware`)."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from liuhen.kernel import trace
from liuhen.kernel.refusals import Refused
from liuhen.web.middleware import problem, wants_json

_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What can't be understood, or was too much at once. Drawn without a context."""
    status = 413 if isinstance(exception, _TOO_MUCH) else 400
    if wants_json(request):
        return problem(Refused("request.too_large" if status == 413 else "request.malformed"))
    return render(None, f"{status}.html", _told(), status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """There is nothing at this address."""
    if wants_json(request):
        return problem(Refused("request.no_such_address"))
    return page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, with the number under which the log tells it."""
    return render(None, "500.html", _told(), status=500)


def _told() -> dict[str, str]:
    return {"request_id": trace.via().get("request", "")}
