"""The page 校时: our clock in figures and as a code for each second, to be filmed by a camera.

Codes are made some seconds ahead, so that a slow line delays none. Not for reading them again
(`recordings.filmed_clock`).
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.kernel import clock
from liuhen.people.queries import is_allowed, require
from liuhen.recordings.filmed_clock import code_text
from liuhen.web.acting import person_of, signed_in
from liuhen.web.qr import qr_rows

_PERMISSION = "device.measure_clock"
AHEAD_S = 40


@signed_in
@require_safe
def clock_page(request: HttpRequest) -> HttpResponse:
    """The page."""
    person = person_of(request)
    require(person, _PERMISSION)
    context = {
        "clock": {"codes": reverse("clock_codes")},
        "may_dock": is_allowed(person, "recording.dock"),
        "crumbs": [{"label": "校时"}],
    }
    return render(request, "clock.html", context)


@signed_in
@require_safe
def clock_codes(request: HttpRequest) -> JsonResponse:
    """The codes of the next seconds; the present instant, and how long it took to come to it."""
    began = clock.monotonic()
    require(person_of(request), _PERMISSION)
    first = clock.now().replace(microsecond=0)
    seconds = [first + dt.timedelta(seconds=number) for number in range(AHEAD_S)]
    codes = [{"at": clock.local(one).isoformat(), "rows": _rows(code_text(one))} for one in seconds]
    taken_ms = int((clock.monotonic() - began) * 1000)
    answer = JsonResponse({"codes": codes, "now": clock.iso(clock.now()), "taken_ms": taken_ms})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@lru_cache(maxsize=4 * AHEAD_S)
def _rows(text: str) -> list[str]:
    return qr_rows(text)
