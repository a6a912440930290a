"""Reads of cases. What a person may not see does not exist for that person.

Not for writes, nor for papers, recordings or findings of a case.
"""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from liuhen.approvals.models import Approval
from liuhen.approvals.queries import waiting_for
from liuhen.cases.models import Activity, ActivityOfficer, Case, CaseOfficer, Party, Performance
from liuhen.cases.secrecy import carried_by, known_cases, may_know
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders, offices_held, standing_offices

# Offices that see every case of the authority, because the measures give them a part in each.
ALL_CASES = frozenset(
    {
        Office.Kind.DEPUTY_IN_CHARGE,
        Office.Kind.COMMISSION_LEADER,
        Office.Kind.AUTHORITY_HEAD,
        Office.Kind.RECORDS_MANAGER,
        Office.Kind.SUPERVISOR,
        Office.Kind.SYSTEM,
    }
)
# Heads see and answer for their own unit; the other offices for the whole authority.
# The activity as which a double-random draw stands in the file of each case drawn.
DRAW = "double_random_draw"
UNIT_CASES = frozenset({Office.Kind.UNIT_HEAD, Office.Kind.DEPARTMENT_HEAD})
# Offices that see a case from the moment one of them was asked about it.
ASKED_CASES = frozenset({Office.Kind.LEGAL_REVIEWER, Office.Kind.COMMITTEE_MEMBER})
# Stages in which the archive room sees a case.
ARCHIVED_STAGES = ("binding", "hand_over")


def visible_cases(person: Person) -> QuerySet[Case]:
    """The cases a person may see: own, the unit's for its heads, all for leaders, supervisors.

    Who is to chair the hearing of an open case sees it.

    A classified one only to who carries it, or is cleared for it and needs it (`cases.secrecy`).
    """
    held = standing_offices(person)
    kinds = {office.kind for office in held}
    if Office.Kind.SYSTEM in kinds:
        return Case.objects.all()
    if not kinds:
        return Case.objects.none()
    known = known_cases(person, held)
    if kinds & ALL_CASES:
        return Case.objects.filter(known)
    mine = carried_by(person)
    units = [office.unit_id for office in held if office.kind in UNIT_CASES and office.unit_id]
    if units:
        mine |= Q(unit__in=units)
    if kinds & ASKED_CASES:
        mine |= Q(
            id__in=Approval.objects.filter(office__in=kinds, case_id__isnull=False).values(
                "case_id"
            )
        )
    if Office.Kind.LEGAL_REVIEWER in kinds:
        mine |= Q(id__in=_chaired_by(person).values("id"))
    if Office.Kind.ARCHIVIST in kinds:
        mine |= Q(stage__in=ARCHIVED_STAGES)
    return Case.objects.filter(mine & known)


def visible_case(person: Person, case_id: UUID) -> Case:
    """One case. Raises `Refused("record.not_found")` when there is none or it may not be seen."""
    case = visible_cases(person).filter(id=case_id).select_related("unit", "handler").first()
    if case is None:
        raise Refused("record.not_found")
    return case


def case_by_reference(person: Person, reference: str) -> Case:
    """A visible case by its number or id. Raises `Refused("record.not_found")`."""
    match = Q(number=reference)
    with suppress(ValueError):
        match |= Q(id=UUID(reference))
    case = visible_cases(person).filter(match).select_related("unit", "handler").first()
    if case is None:
        raise Refused("record.not_found")
    return case


def visible_party(person: Person, party_id: UUID) -> Party:
    """One party of a visible case. Raises `Refused("record.not_found")`."""
    party = (
        Party.objects.filter(id=party_id, case__in=visible_cases(person))
        .select_related("case")
        .first()
    )
    if party is None:
        raise Refused("record.not_found")
    return party


def dead_party(case: Case) -> Party | None:
    """The party of a case, when it has died or ceased to be."""
    return case.parties.filter(role=Party.Role.PARTY, died_on__isnull=False).first()


def visible_activity(person: Person, activity_id: UUID) -> Activity:
    """One activity of a visible case. Raises `Refused("record.not_found")`."""
    activity = (
        Activity.objects.filter(id=activity_id, case__in=visible_cases(person))
        .select_related("case")
        .first()
    )
    if activity is None:
        raise Refused("record.not_found")
    return activity


def filmed_activity(person: Person, activity_id: UUID) -> Activity:
    """One activity whose footage a person may hand in: of a visible case, or a draw they drew.

    Who draws inspections sees the draw and not the cases drawn, but has its footage.

    Raises:
        Refused: `record.not_found`.
    """
    known = Case.objects.filter(known_cases(person, standing_offices(person)))
    drew = ActivityOfficer.objects.filter(person=person, activity__kind=DRAW).values("activity")
    found = (
        Activity.objects.filter(
            Q(case__in=visible_cases(person)) | Q(id__in=drew, case__in=known), id=activity_id
        )
        .select_related("case")
        .first()
    )
    if found is None:
        raise Refused("record.not_found")
    return found


def cases_to_chair(person: Person) -> QuerySet[Case]:
    """Open cases whose hearing a person is to chair, or has not reported on yet.

    The few there are come by their own index first: asked for in one question in the order of
    time, the database would rather go through all cases.
    """
    chaired = list(_chaired_by(person).values_list("id", flat=True))
    return visible_cases(person).filter(id__in=chaired).order_by("started_at", "id")


def _chaired_by(person: Person) -> QuerySet[Case]:
    named = Case.objects.alias(chair=KT("facts__hearing__chair_id"))
    return named.filter(chair=str(person.id), closed_at__isnull=True)


def is_known_to(person: Person, case: Case) -> bool:
    """Whether a case is no secret to a person, who need not see it yet."""
    return Case.objects.filter(known_cases(person, standing_offices(person)), id=case.id).exists()


def requests_to_answer(person: Person) -> QuerySet[Approval]:
    """Open requests the person may answer, oldest first: nobody answers what they asked or carry.

    Heads answer for their own unit only.
    """
    cases = visible_cases(person).exclude(handler=person).exclude(officers__person=person)
    units = offices_held(person).filter(kind__in=UNIT_CASES).values("unit")
    elsewhere = Q(office__in=UNIT_CASES) & ~Q(case_id__in=cases.filter(unit__in=units).values("id"))
    return waiting_for(person).filter(case_id__in=cases.values("id")).exclude(elsewhere)


def who_may_answer(office: str, case: Case, asked_by: UUID) -> QuerySet[Person]:
    """Who holds an office now, has no part of their own in the case, and may know it.

    Nor does whoever holds it in the place of somebody who has.
    """
    carried = CaseOfficer.objects.filter(case=case).values_list("person", flat=True)
    concerned = {asked_by, case.handler_id, *carried}
    able = holders(office, case.unit if office in UNIT_CASES else None, concerned)
    return may_know(case, able).exclude(id__in=concerned)


def performing(case: Case) -> QuerySet[Performance]:
    """What performed the decision of a case: not parts of a fine, nor what is paid for delay."""
    return case.performances.filter(purpose=Performance.Purpose.WHOLE)
