"""Error pages Django draws when no view can answer. Not for refusals (`middleware`)."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liuhen.kernel import trace

_TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What can't be understood, or was too much at once. Drawn without a context."""
    status = 413 if isinstance(exception, _TOO_MUCH) else 400
    return render(None, f"{status}.html", _told(), status=status)


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours, with the number under which the log tells it."""
    return render(None, "500.html", _told(), status=500)


def _told() -> dict[str, str]:
    return {"request_id": trace.via().get("request", "")}
