"""How long a sign-in lasts: so long without a request, so long in all; then it ends by itself.

Both instants stand in the session, stamped by the real clock (a demonstration's own one runs from
a past day). Not for who may sign in (`sign_in`).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.signing import BadSignature, TimestampSigner
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from liuhen.actions.sessions import end_session
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.web.middleware import Respond, unavailable

# Doors that ask nobody who they are answer without looking for a session.
_NOBODYS = ("/healthz", "/metrics", "/log/")
_BEGAN, _SEEN = "signed_in", "last_seen"
# So long after signing in, ways of signing in are changed without proving once more who one is.
RECENT_SECONDS = 15 * 60
# A stamp is renewed no oftener: one write a minute for each person at work.
_RENEWED_SECONDS = 60


def begin(request: HttpRequest) -> None:
    """Stamp a session that has just been opened."""
    stamp = TimestampSigner().sign("session")
    request.session[_BEGAN] = request.session[_SEEN] = stamp


def is_recent(request: HttpRequest) -> bool:
    """Whether somebody signed in a short while ago."""
    return _is_fresh(request.session.get(_BEGAN, ""), RECENT_SECONDS)


def require_recent(request: HttpRequest) -> None:
    """Raises `Refused("session.not_recent")` unless somebody signed in a short while ago."""
    if not is_recent(request):
        raise Refused("session.not_recent", minutes=RECENT_SECONDS // 60)


class SessionLimits:
    """Ends sessions that are too old, and keeps the stamp of the others fresh."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            if not request.path.startswith(_NOBODYS):
                _apply(request)
        except (OperationalError, InterfaceError) as error:
            return unavailable(request, error)
        was_in = getattr(request, "_cached_user", None)
        response = self.get_response(request)
        if isinstance(was_in, Person) and not request.user.is_authenticated:
            # Pages go from the browser; what a phone filmed and has not handed in does not.
            response.headers["Clear-Site-Data"] = '"cache"'
        return response


def _apply(request: HttpRequest) -> None:
    """The first to look who asks: so here it shows whether the database is there."""
    person = request.user
    if isinstance(person, Person) and _BEGAN in request.session:
        over = _what_is_over(request)
        if over:
            end_session(actor=person, why=over)
            logout(request)
            messages.warning(request, _WORDS[over].format(**_limits()))
        elif not _is_fresh(request.session[_SEEN], _RENEWED_SECONDS):
            request.session[_SEEN] = TimestampSigner().sign("session")


_WORDS = {
    "idle": "{minutes} 分钟没有操作，已自动退出，请重新登录。没有提交的内容请重新填写。",
    "absolute": "登录已满 {hours} 小时，已自动退出，请重新登录。",
}


def _limits() -> dict[str, int]:
    return {"minutes": settings.IDLE_SECONDS // 60, "hours": settings.SESSION_COOKIE_AGE // 3600}


def _what_is_over(request: HttpRequest) -> str:
    if not _is_fresh(request.session[_BEGAN], settings.SESSION_COOKIE_AGE):
        return "absolute"
    return "" if _is_fresh(request.session[_SEEN], settings.IDLE_SECONDS) else "idle"


def _is_fresh(stamp: str, seconds: int) -> bool:
    try:
        TimestampSigner().unsign(stamp, max_age=seconds)
    except BadSignature:  # an expired one too
        return False
    return True
