"""`/healthz` and `/metrics`: whether the system lives, in figures. Nothing about any record."""

from __future__ import annotations

import ipaddress

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from liuhen.host.signs import GREEN, RED, UNKNOWN, YELLOW
from liuhen.kernel.refusals import Refused
from liuhen.people.models import ApiToken
from liuhen.people.queries import token_of
from liuhen.upkeep.signs import all_signs
from liuhen.web.sign_in import address_of

_LEVELS = {GREEN: 0, YELLOW: 1, RED: 2, UNKNOWN: -1}


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when pages can be answered; 503 while the database is away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "database away"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Every sign's figures for Prometheus, read at the moment of asking.

    For this machine, or with a token of the scope `metrics` (`Authorization: Bearer …`).

    Raises:
        Refused: `metrics.closed`.
    """
    if not (_is_from_here(request) or _has_token(request)):
        raise Refused("metrics.closed")
    registry, gauges = CollectorRegistry(), dict[str, Gauge]()
    lamp = Gauge("liuhen_sign", "0 well, 1 look, 2 act, -1 unknown", ["sign"], registry=registry)
    for sign in all_signs():
        lamp.labels(sign.name).set(_LEVELS[sign.lamp])
        kind, _, which = sign.name.partition(".")
        for name, value in sign.figures.items():
            full = f"liuhen_{kind}_{name}"
            if full not in gauges:
                labels = ["which"] if which else []
                gauges[full] = Gauge(full, f"{kind}: {name}", labels, registry=registry)
            (gauges[full].labels(which) if which else gauges[full]).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a program of this machine asks for itself, not a proxy for somebody outside."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via")):
        return False
    try:
        return ipaddress.ip_address(address_of(request)).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    return kind.lower() == "bearer" and token_of(secret, ApiToken.Scope.METRICS) is not None
