"""Reads of bound files and of requests for copies. Not for what a package holds (`packing`)."""

from __future__ import annotations

from django.db.models import QuerySet

from liuhen.archive.models import CaseCopy, CaseCopyRequest, CaseFile
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_cases
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
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


def visible_copy_requests(person: Person) -> QuerySet[CaseCopyRequest]:
    """Requests for copies on discs of cases the person may see, newest first."""
    rows = CaseCopyRequest.objects.filter(case__in=visible_cases(person).values("id"))
    about = rows.select_related("case", "asked_by", "approved_by", "copy")
    return about.order_by("-asked_at", "-id")


def visible_copies(person: Person) -> QuerySet[CaseCopy]:
    """Copies on discs that left the house, of cases the person may see, newest first."""
    rows = CaseCopy.objects.filter(case__in=visible_cases(person).values("id"))
    about = rows.select_related("case", "copied_by", "request__approved_by")
    return about.order_by("-copied_at", "-id")


def overdue_copies(person: Person) -> QuerySet[CaseCopy]:
    """Those of them that were to be back or destroyed by today and are not."""
    today = clock.local_date(clock.now())
    return visible_copies(person).filter(ended_at=None, due_on__lte=today)


def approved_copy(case: Case, recipient: str = "") -> CaseCopyRequest:
    """The oldest approved request of a case for discs, perhaps of one recipient, not copied yet.

    Raises:
        Refused: `case_copy.unapproved`.
    """
    rows = CaseCopyRequest.objects.filter(
        case=case, outcome=CaseCopyRequest.Outcome.APPROVED, copy=None
    ).exclude(audience=CaseCopy.Audience.ARCHIVE)
    if recipient.strip():
        rows = rows.filter(recipient=recipient.strip())
    found = rows.order_by("approved_at", "id").first()
    if found is None:
        raise Refused("case_copy.unapproved", case=case.number)
    return found
