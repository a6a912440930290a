"""How often one person may ask, or one address where nobody is signed in: nobody fills all threads.

Each process counts for itself, so what holds is at most as many times the limit as there are web
processes. Not for sign-in (`ACCOUNT_RATE_LIMITS`), nor for uploads and players, which have places
of their own (`recordings.streams`).
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.web.middleware import Respond, refused_answer

# Asked by machines without end: signs of life, the log's tiles, replicas, pieces of uploads.
_FREE = ("/healthz", "/metrics", "/log/", "/api/v1/replica/", "/api/v1/uploads/")
_MOST_KEPT = 20_000


class Allowance:
    """So many requests a minute for each key; at most a minute of them is saved up."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, a_minute: int) -> bool:
        """Whether one more is allowed now; then it is counted."""
        now = clock.monotonic()
        with self._lock:
            left, at = self._left.pop(key, (float(a_minute), now))
            left = min(float(a_minute), left + (now - at) * a_minute / 60)
            is_allowed = left >= 1
            self._left[key] = (left - 1 if is_allowed else left, now)
            while len(self._left) > _MOST_KEPT:
                self._left.popitem(last=False)
        return is_allowed


class RequestLimits:
    """Answers 429 beyond the limit; stands behind the sign-in, which says whose request it is."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self._allowance = Allowance()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        a_minute: int = settings.REQUESTS_PER_MINUTE
        if request.path.startswith(_FREE):
            return self.get_response(request)
        if self._allowance.take(_who(request), a_minute):
            return self.get_response(request)
        answer = refused_answer(request, Refused("server.too_often"))
        answer.headers["Retry-After"] = "5"
        return answer


def _who(request: HttpRequest) -> str:
    if isinstance(request.user, Person):
        return f"person/{request.user.pk}"
    return f"address/{request.META.get('REMOTE_ADDR', '')}"
