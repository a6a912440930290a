"""Reads of samplings of case files. Not for announcing, drawing or scoring (`actions.sampling`)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from liuhen.cases.models import Case
from liuhen.cases.secrecy import hidden_cases
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.oversight.models import SampledCase, Sampling
from liuhen.people.models import Office, Person, Unit
from liuhen.people.queries import office_kinds, offices_held, standing_offices

# Who sees every sampling; a unit's head sees what was scored of their own unit.
_ALL = frozenset(
    {
        Office.Kind.SUPERVISOR,
        Office.Kind.DEPUTY_IN_CHARGE,
        Office.Kind.COMMISSION_LEADER,
        Office.Kind.AUTHORITY_HEAD,
    }
)


def candidates(unit: Unit | None, since: dt.date, until: dt.date) -> list[str]:
    """Numbers of the cases closed from `since` to `until`, both days included, in order."""
    begin = dt.datetime.combine(since, dt.time(), tzinfo=clock.CHINA)
    end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), tzinfo=clock.CHINA)
    cases = Case.objects.filter(closed_at__gte=begin, closed_at__lt=end)
    if unit is not None:
        cases = cases.filter(unit=unit)
    return list(cases.order_by("number").values_list("number", flat=True))


def visible_samplings(person: Person) -> QuerySet[Sampling]:
    """The samplings a person may see, newest first."""
    rows = Sampling.objects.select_related("unit", "announced_by").order_by("-announced_at", "-id")
    if office_kinds(person) & _ALL:
        return rows
    return rows.filter(cases__in=visible_sampled(person)).distinct()


def visible_sampled(person: Person) -> QuerySet[SampledCase]:
    """The drawn files a person may see: a unit's head those of the unit, once they are scored.

    Of one that touches a secret (Art. 45) others than those who may know the case see the number
    alone, among the candidates: the draw stays whole.
    """
    rows = SampledCase.objects.select_related("case", "case__unit", "sampling", "scored_by")
    rows = rows.exclude(case__in=hidden_cases(person, standing_offices(person)))
    if office_kinds(person) & _ALL:
        return rows
    units = offices_held(person).filter(kind=Office.Kind.UNIT_HEAD).values("unit")
    return rows.filter(Q(case__unit__in=units), total__isnull=False)


def sampling_of(person: Person, sampling_id: UUID) -> Sampling:
    """One sampling. Raises `Refused("record.not_found")`."""
    found = visible_samplings(person).filter(id=sampling_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def sampled_case(person: Person, sampled_id: UUID) -> SampledCase:
    """One drawn file. Raises `Refused("record.not_found")`."""
    found = visible_sampled(person).filter(id=sampled_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found
