"""The operator's page of the installation: every sign with its lamp and what to do. Reads only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW
from liuhen.kernel import clock
from liuhen.people.queries import require
from liuhen.upkeep.signs import all_signs
from liuhen.web.acting import person_of, signed_in

_ORDER = (RED, YELLOW, UNKNOWN, GREEN)


@signed_in
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """What needs somebody first, then what is well."""
    require(person_of(request), "status.read")
    found = sorted(all_signs(), key=lambda one: _ORDER.index(one.lamp))
    context = {
        "asking": [one for one in found if one.lamp in (RED, YELLOW)],
        "others": [one for one in found if one.lamp not in (RED, YELLOW)],
        "now": clock.now(),
        "crumbs": [{"label": "系统状态"}],
    }
    return render(request, "status.html", context)
