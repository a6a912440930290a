"""Who may know what touches a secret (Art. 45): a part of every question for cases and recordings.

Who carries a case knows it from the work itself. Everybody else needs a clearance for what it
touches and a need to know: heading its unit, being asked about it, or being named for it. Reads
only; state secrets don't enter this network at all (`actions.secrecy`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from liuhen.approvals.models import Approval
from liuhen.cases.models import Case, CaseOfficer, NeedToKnow
from liuhen.kernel import clock
from liuhen.people.models import CLASSIFIED, Clearance, Office, Person, Secrecy

_KINDS = {
    Secrecy.BUSINESS: (Clearance.Kind.BUSINESS,),
    Secrecy.PRIVACY: (Clearance.Kind.PRIVACY,),
    Secrecy.BOTH: (Clearance.Kind.BUSINESS, Clearance.Kind.PRIVACY),
}
# Offices that need to know of each case of their own unit: they answer for it.
_HEADS = frozenset({Office.Kind.UNIT_HEAD, Office.Kind.DEPARTMENT_HEAD})


def kinds_of(*secrecies: str) -> frozenset[Clearance.Kind]:
    """The clearances that records of these kinds ask for together."""
    return frozenset(kind for one in secrecies for kind in _KINDS.get(Secrecy(one or "open"), ()))


def live_clearances(at: dt.datetime | None = None) -> QuerySet[Clearance]:
    """Clearances in force at an instant, now if none is given."""
    at = at or clock.now()
    over = Q(ended_at__isnull=False, ended_at__lte=at)
    return Clearance.objects.filter(~over, since__lte=at, until__gt=at)


def cleared_for(person: Person) -> list[Secrecy]:
    """The kinds of classified records the person's clearances open now.

    Asked for at once: as a part of every question it would cost each of them more to put together.
    """
    held = set(live_clearances().filter(person=person).values_list("kind", flat=True))
    return [secrecy for secrecy, kinds in _KINDS.items() if held.issuperset(kinds)]


def carried_by(person: Person) -> Q:
    """Cases whose handler, or officer now, the person is."""
    mine = CaseOfficer.objects.filter(person=person, until=None)
    return Q(handler=person) | Q(id__in=mine.values("case"))


def carried_ids(person: Person) -> QuerySet[Any, Any]:
    """The same cases by their keys, for a list of them: each way by its index.

    `carried_by` is quicker for one case at hand, but a list by it looks at every case there is.
    """
    handled = Case.objects.filter(handler=person).values("id")
    joined = CaseOfficer.objects.filter(person=person, until=None).values("case_id")
    return handled.union(joined)


def needed_by(person: Person, held: Iterable[Office]) -> Q:
    """Cases the person needs to know: their unit's, those they were asked about or named for."""
    held = list(held)
    units = [office.unit_id for office in held if office.kind in _HEADS and office.unit_id]
    asked = Approval.objects.filter(
        office__in={office.kind for office in held} - _HEADS, case_id__isnull=False
    )
    named = NeedToKnow.objects.filter(person=person, ended_at=None)
    return Q(unit__in=units) | Q(id__in=asked.values("case_id")) | Q(id__in=named.values("case"))


def known_cases(person: Person, held: Iterable[Office]) -> Q:
    """Cases that are no secret to the person. `held` are the person's offices now."""
    return ~Q(secrecy__in=CLASSIFIED) | _classified_known(person, held)


def hidden_cases(person: Person, held: Iterable[Office]) -> QuerySet[Case]:
    """Classified cases the person may not know. `held` are the person's offices now."""
    return Case.objects.filter(~_classified_known(person, held), secrecy__in=CLASSIFIED)


def _classified_known(person: Person, held: Iterable[Office]) -> Q:
    known = carried_by(person)
    if cleared := cleared_for(person):
        known |= Q(secrecy__in=cleared) & needed_by(person, held)
    return known


def may_know(case: Case, people: QuerySet[Person]) -> QuerySet[Person]:
    """Those of some people who are cleared for what a case touches."""
    for kind in kinds_of(case.secrecy):
        people = people.filter(id__in=live_clearances().filter(kind=kind).values("person"))
    return people


def knowers_of(case: Case) -> QuerySet[NeedToKnow]:
    """Who is named for a case now."""
    rows = case.known_to.filter(ended_at=None).select_related("person", "named_by")
    return rows.order_by("named_at", "id")


def clearances_listed() -> QuerySet[Clearance]:
    """Every clearance ever given, those in force first."""
    rows = Clearance.objects.alias(live=Exists(live_clearances().filter(id=OuterRef("id"))))
    return rows.select_related("person", "given_by").order_by("-live", "-since", "id")


def is_in_force(one: Clearance) -> bool:
    """Whether a clearance holds now."""
    return one.ended_at is None and one.since <= clock.now() < one.until
