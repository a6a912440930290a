"""Inner steps on who carries a case: officers with valid certificates. Not acts by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from liuhen.actions.simple_procedure import figure
from liuhen.cases.models import Activity, ActivityOfficer, Case, CaseOfficer
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue
from liuhen.people.models import Certificate, Person
from liuhen.people.queries import office_kinds, valid_certificate


def certified(officer: Person, at: dt.datetime) -> Certificate:
    """The certificate an officer shows on the local day of an instant.

    Raises:
        Refused: `officer.not_officer`, `certificate.invalid`.
    """
    if "officer" not in office_kinds(officer):
        raise Refused("officer.not_officer", name=officer.name)
    certificate = valid_certificate(officer, clock.local_date(at))
    if certificate is None:
        raise Refused("certificate.invalid", name=officer.name)
    return certificate


def enough_officers(officers: Sequence[Person], at: dt.datetime) -> list[Person]:
    """The officers, each once and in order, when they are as many as the law asks for (Art. 12).

    Raises:
        Refused: `officer.alone`, `officer.not_officer`, `certificate.invalid`.
    """
    each = list({officer.id: officer for officer in officers}.values())
    if len(each) < figure("measures.officers_minimum", at):
        raise Refused("officer.alone")
    for officer in each:
        certified(officer, at)
    return each


def carry(case: Case, officers: Sequence[Person], at: dt.datetime) -> None:
    """Let these officers, and no others, carry a locked case from now on."""
    wanted = {officer.id for officer in officers}
    for row in CaseOfficer.objects.filter(case=case, until=None):
        if row.person_id in wanted:
            wanted.discard(row.person_id)
        else:
            row.until = at
            row.save(update_fields=["until"])
    for officer in officers:
        if officer.id in wanted:
            CaseOfficer.objects.create(case=case, person=officer, since=at)


def refuse_busy(officers: Sequence[Person], begin: dt.datetime, whole: Activity | None) -> None:
    """Nobody begins an activity while in another, but as a part of that one.

    Raises:
        Refused: `activity.officer_busy`.
    """
    rows = _present(officers).filter(
        Q(activity__ended_at=None) | Q(activity__ended_at__gt=begin),
        activity__started_at__lte=begin,
    )
    if whole is not None:
        rows = rows.exclude(activity=whole)
    for row in rows:
        if _is_broken_off(row.activity, begin, begin):
            continue
        name = catalogue().activities[row.activity.kind].name
        raise Refused("activity.officer_busy", name=row.person.name, activity=name)


def refuse_overlap(activity: Activity, end: dt.datetime) -> None:
    """Nobody was still in an activity when another had begun, its own parts and whole aside.

    Raises:
        Refused: `activity.overlaps`.
    """
    officers = [row.person for row in activity.officers.select_related("person")]
    rows = _present(officers).filter(
        Q(activity__ended_at=None) | Q(activity__ended_at__gt=activity.started_at),
        activity__started_at__lt=end,
    )
    for row in rows.exclude(activity=activity).order_by("activity__started_at"):
        if _belong_together(activity, row.activity) or _are_apart(activity, end, row.activity):
            continue
        began = clock.local(row.activity.started_at)
        raise Refused(
            "activity.overlaps",
            name=row.person.name,
            activity=catalogue().activities[row.activity.kind].name,
            at=f"{began:%m月%d日%H:%M}",
        )


def _belong_together(one: Activity, other: Activity) -> bool:
    """Whether one of them is a part of the other."""
    wholes = (one.facts.get("within"), other.facts.get("within"))
    return str(one.id) in wholes or str(other.id) in wholes


def _are_apart(activity: Activity, end: dt.datetime, other: Activity) -> bool:
    """Whether one of them went on only while the other was adjourned."""
    return _is_broken_off(other, activity.started_at, end) or (
        other.ended_at is not None and _is_broken_off(activity, other.started_at, other.ended_at)
    )


def _is_broken_off(activity: Activity, start: dt.datetime, end: dt.datetime) -> bool:
    """Whether it was adjourned from one instant to the other."""
    return any(
        since <= start and (until is None or (start < until and end <= until))
        for since, until in activity.breaks
    )


def _present(officers: Sequence[Person]) -> QuerySet[ActivityOfficer]:
    present = ActivityOfficer.objects.filter(person__in=officers)
    return present.select_related("person", "activity__case")
