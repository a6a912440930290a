"""Services by the day that counts. Reads only; writes are `actions.service` and kin."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThanOrEqual

from liuhen.documents.models import Service
from liuhen.kernel import clock

_DAY = Coalesce("received_at", "served_at")


def by_effect(services: QuerySet[Service]) -> QuerySet[Service]:
    """Services by the day that counts, the earliest first; of an announcement it may lie ahead."""
    return services.order_by(_DAY, "id")


def in_effect(services: QuerySet[Service], at: dt.datetime | None = None) -> QuerySet[Service]:
    """Those whose day has come by an instant (now), the earliest first."""
    has_come = LessThanOrEqual(_DAY, at or clock.now())
    return by_effect(services).filter(has_come)
