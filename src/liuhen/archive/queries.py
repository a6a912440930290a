"""Reads of bound files. Not for what a package holds (`archive.packing`)."""

from __future__ import annotations

from django.db.models import QuerySet

from liuhen.archive.models import CaseFile
from liuhen.cases.queries import visible_cases
from liuhen.people.models import Person


def files_to_receive(person: Person) -> QuerySet[CaseFile]:
    """Files handed over that the archive room has not received yet, oldest first."""
    return (
        CaseFile.objects.filter(
            handed_over_at__isnull=False, received_at=None, case__in=visible_cases(person)
        )
        .select_related("case")
        .order_by("handed_over_at", "id")
    )
