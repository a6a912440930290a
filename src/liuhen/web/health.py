"""`/healthz` and `/metrics`: whether the system lives, in figures. Nothing about any record."""

from __future__ import annotations

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from liuhen.kernel import clock
from liuhen.ledger.queries import latest_checkpoint, waiting_count


def healthz(request: HttpRequest) -> HttpResponse:
    """200 when pages can be answered; 503 while the database is away."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"status": "database away"}, status=503)
    return JsonResponse({"status": "ok"})


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, read at the moment of asking."""
    registry = CollectorRegistry()
    checkpoint = latest_checkpoint()
    figures = {
        "liuhen_ledger_entries": ("entries in the log", checkpoint.size if checkpoint else 0),
        "liuhen_ledger_waiting": ("entries waiting for their index", waiting_count()),
        "liuhen_checkpoint_age_seconds": (
            "age of the newest checkpoint",
            (clock.now() - checkpoint.signed_at).total_seconds() if checkpoint else -1,
        ),
    }
    for name, (text, value) in figures.items():
        Gauge(name, text, registry=registry).set(value)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
