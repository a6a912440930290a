"""Reads of entrustments: which organisation enforces in the authority's name. Not for writes."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from liuhen.people.models import Certificate, Entrustment, Unit


def public_entrustments() -> QuerySet[Entrustment]:
    """All that were ever issued, the newest first; they are public (Penalty Law 20)."""
    return Entrustment.objects.select_related(
        "unit", "authority", "issued_by", "ended_by"
    ).order_by("-issued_at", "-id")


def entrustments_in_force(unit: Unit, day: dt.date) -> QuerySet[Entrustment]:
    """By which an organisation may act on a local day."""
    return unit.entrustments.filter(since__lte=day, until__gte=day, ended_at=None)


def standing_of(one: Entrustment, day: dt.date) -> str:
    """ended, expired, not_yet or in_force on a local day."""
    if one.ended_at is not None:
        return "ended"
    if one.until < day:
        return "expired"
    return "not_yet" if day < one.since else "in_force"


def certified_people(unit: Unit, day: dt.date) -> int:
    """How many of a unit's people hold a certificate that is in force on a local day."""
    valid = Certificate.objects.filter(
        person__unit=unit,
        person__is_active=True,
        valid_from__lte=day,
        valid_until__gt=day,
        revoked_at=None,
    )
    return valid.values("person").distinct().count()
