"""What happens around every request: ids and log line, security headers, refusals as answers.

Not for rules: a middleware here neither reads nor changes a record.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import ClassVar

from django.db import InterfaceError, OperationalError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse

from liuhen.kernel import clock, trace
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused, explain
from liuhen.ledger import spool
from liuhen.people.queries import offices_remembered
from liuhen.web.refusals import refusal_context

Respond = Callable[[HttpRequest], HttpResponse]
# The last ones ask nobody who they are: they answer without looking for a session.
_OPEN_TO_ALL = frozenset(
    {"account_logout", "account_login", "healthz", "metrics", "log_checkpoint", "log_tile"}
)
log = logging.getLogger("liuhen.request")

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
    " media-src 'self' blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:;"
    " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


class RequestLog:
    """Gives each request an id, which its log lines and ledger entries carry."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = new_id().hex[-12:]
        started = clock.monotonic()
        door = "api" if request.path.startswith("/api/") else "web"
        with trace.through(door, request=request_id):
            response = self.get_response(request)
            taken = round((clock.monotonic() - started) * 1000)
            told = (request.method, request.path, response.status_code, taken)
            log.info("%s %s %s %sms", *told, extra={"person_id": _person_of(request)})
        response.headers["X-Request-Id"] = request_id
        return response


def _person_of(request: HttpRequest) -> str:
    """Who asked, when somebody looked: the id alone, and no query only for it."""
    user = getattr(request, "_cached_user", None)
    return str(getattr(user, "pk", None) or "-")


class ContentSecurityPolicy:
    """Nothing but our own files: no inline code, no other origin."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(self), microphone=(self), display-capture=(self)"
        )
        if response.headers.get("Content-Type", "").startswith("text/html"):
            # A page of a case must not come out of a shared computer's cache.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response


class OfficesOnce:
    """Asks for a person's offices once while a page is read; an act asks at its own moment."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with offices_remembered():
            return self.get_response(request)


class Refusals:
    """Turns a refusal into an answer people understand, and a lost database into a 503."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            response = self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return unavailable(request, error)
        if isinstance(response, HttpResponseNotAllowed) and not wants_json(request):
            page = render(None, "405.html", status=405)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer refusals; everything else is a fault that Django shows as 500."""
        if isinstance(error, OperationalError | InterfaceError):
            return unavailable(request, error)
        if not isinstance(error, Refused):
            return None
        return refused_answer(request, error)


class OwedFirst:
    """Who owes something (`owes`) is led to the `page` where it is done; nothing else opens.

    `also` names the pages needed beside it; `refusal` is what a caller of JSON is told.
    """

    page: ClassVar[str]
    refusal: ClassVar[str]
    also: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def owes(self, request: HttpRequest) -> bool:
        """Whether the person of this session does."""
        raise NotImplementedError

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Lead there."""
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in {self.page, *self.also, *_OPEN_TO_ALL} or not self.owes(request):
            return None
        if wants_json(request):
            return problem(Refused(self.refusal))
        return HttpResponseRedirect(reverse(self.page))


def refused_answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A refusal as a page, or as a problem for programs."""
    if wants_json(request):
        return problem(refused)
    text = explain(refused)
    context = {"refusal": refusal_context(refused), "back_href": request.headers.get("Referer")}
    page = "404.html" if text.status == 404 else "refused.html"
    return render(request, page, context, status=text.status)


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """The database is away: noted, and told with when to try again."""
    log.error("database away: %s", error)
    try:
        spool.append({"method": str(request.method), "path": request.path[:500]})
    except OSError as unwritable:
        # a full disk stops the database and this note alike; the caller is told all the same
        log.error("not noted: %s", unwritable)
    if wants_json(request):
        answer: HttpResponse = problem(Refused("database.away"))
    else:
        answer = render(None, "503.html", status=503)
    answer.headers["Retry-After"] = "5"
    return answer


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller is a program."""
    return request.path.startswith("/api/")


def problem(refused: Refused) -> JsonResponse:
    """A refusal as problem details (RFC 9457)."""
    text = explain(refused)
    body = {
        "type": f"urn:liuhen:refusal:{refused.code}",
        "title": refused.code,
        "status": text.status,
        "detail": text.message,
        "remedy": text.remedy,
        "article": text.article,
    }
    return JsonResponse(body, status=text.status, content_type="application/problem+json")
