"""Reads of suspected breaches, correction orders and reports (Art. 47). Not for acts on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db.models import Q, QuerySet

from liuhen.cases.models import CaseOfficer
from liuhen.cases.queries import ALL_CASES, UNIT_CASES, visible_cases
from liuhen.cases.secrecy import hidden_cases
from liuhen.kernel.refusals import Refused
from liuhen.law.clauses import clause_order
from liuhen.oversight.models import AccountabilityReport, CorrectionOrder, Suspicion
from liuhen.people.models import Person, Unit
from liuhen.people.queries import office_kinds, offices_held, standing_offices

_NOT_RECORDED, _LEAKED, _ALTERED, _NOT_KEPT, _NOT_HANDED_OVER, _OTHER = range(1, 7)
_LAST_OF_RECORDING = 36
# The duties of units about looks at recordings, and about what verification finds.
_OF_LOOKS = frozenset({42, 43, 45, 46})
_BY_CLAUSE: Mapping[str, int] = {"40.1": _NOT_HANDED_OVER, "40.2": _ALTERED}
_KEEPING = 39
# A breach of the same kind by the same unit within this time is a repeated one.
REPEATED_WITHIN = dt.timedelta(days=365)
# What breaks Art. 40.1 otherwise than by not handing over.
_NO_HAND_OVER = frozenset({"records_keeper_named", "recording_indexed"})


def suspected_item(clause: str, rule: str = "") -> int:
    """The situation of Art. 47 a breach of a clause points to.

    Art. 7 to 36 say how the course of a case is recorded, 39 how recordings are kept, 40 that they
    are handed over and left as they are, 42 to 46 who may look at them. A breach of a statute is
    among "others".
    """
    place, article, *_ = clause_order(clause)
    if place or rule in _NO_HAND_OVER:
        return _OTHER
    if article <= _LAST_OF_RECORDING:
        return _NOT_RECORDED
    if article in _OF_LOOKS:
        return _LEAKED
    return _NOT_KEPT if article == _KEEPING else _BY_CLAUSE.get(clause, _OTHER)


def suspicions_of_case(case_id: UUID) -> QuerySet[Suspicion]:
    """The suspicions raised on one case, oldest first."""
    return Suspicion.objects.filter(case_id=case_id).order_by("raised_at", "id")


def visible_suspicions(person: Person) -> QuerySet[Suspicion]:
    """Suspicions a person may see, newest first, with what they concern.

    On the cases they may see; of no case, on the units they head or themselves, on all for those
    who see every case.
    """
    kinds = office_kinds(person)
    seen = Q(case__in=visible_cases(person).values("id"))
    if kinds & ALL_CASES:
        seen |= Q(case=None)
    else:
        seen |= Q(case=None, person=person) | Q(case=None, unit__in=headed_units(person))
    about = ("case__unit", "unit", "person", "decided_by", "report")
    rows = Suspicion.objects.filter(seen) if kinds else Suspicion.objects.none()
    return rows.select_related(*about).order_by("-raised_at", "-id")


def visible_suspicion(person: Person, suspicion_id: UUID) -> Suspicion:
    """One of them. Raises `Refused("record.not_found")`."""
    found = visible_suspicions(person).filter(id=suspicion_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found


def headed_units(person: Person) -> QuerySet[Unit]:
    """The units a person heads now."""
    held = offices_held(person).filter(kind__in=UNIT_CASES, unit__isnull=False)
    return Unit.objects.filter(id__in=held.values("unit"))


def is_own(person: Person, suspicion: Suspicion) -> bool:
    """Whether a suspicion concerns the person: by name, by their unit, by a case they carried."""
    if person.id == suspicion.person_id:
        return True
    known = (suspicion.unit_id, suspicion.case.unit_id if suspicion.case else None)
    units = {one for one in known if one is not None}
    if person.unit_id in units or headed_units(person).filter(id__in=units).exists():
        return True
    case = suspicion.case
    if case is None:
        return False
    carried = CaseOfficer.objects.filter(case=case, person=person).exists()
    return carried or case.handler_id == person.id


def is_repeated(suspicion: Suspicion, at: dt.datetime) -> bool:
    """Whether the unit's breach of the same kind was established within a year before."""
    earlier = Suspicion.objects.filter(
        unit=suspicion.unit_id,
        item=suspicion.item,
        outcome=Suspicion.Outcome.ESTABLISHED,
        decided_at__gt=at - REPEATED_WITHIN,
    )
    return suspicion.unit_id is not None and earlier.exclude(id=suspicion.id).exists()


def undecided_suspicions(person: Person) -> QuerySet[Suspicion]:
    """What waits for a decision, the newest first."""
    return visible_suspicions(person).filter(outcome="")


def unreported_suspicions(person: Person) -> QuerySet[Suspicion]:
    """Established breaches, serious or repeated, that stand in no report yet."""
    grave = Q(is_serious=True) | Q(is_repeated=True)
    return visible_suspicions(person).filter(
        grave, outcome=Suspicion.Outcome.ESTABLISHED, report=None
    )


def open_orders(person: Person) -> QuerySet[CorrectionOrder]:
    """Orders nobody has checked yet, on suspicions the person may see, by their last day."""
    rows = CorrectionOrder.objects.filter(
        checked_at=None, suspicion__in=visible_suspicions(person).order_by().values("id")
    )
    return rows.select_related("suspicion", "unit").order_by("due_on", "id")


def orders_of(suspicion: Suspicion) -> QuerySet[CorrectionOrder]:
    """The orders on one suspicion, oldest first."""
    people = ("unit", "issued_by", "answered_by", "checked_by")
    return suspicion.orders.select_related(*people).order_by("issued_at", "id")


def visible_reports(person: Person) -> QuerySet[AccountabilityReport]:
    """The accountability reports a person may see, newest first.

    Only leaders and supervision open them; one on a case that touches a secret (Art. 45) exists
    for those who may know the case.
    """
    secret = Suspicion.objects.filter(case__in=hidden_cases(person, standing_offices(person)))
    rows = AccountabilityReport.objects.exclude(id__in=secret.exclude(report=None).values("report"))
    return rows.select_related("made_by", "decided_by").order_by("-made_at", "id")


def visible_report(person: Person, report_id: UUID) -> AccountabilityReport:
    """One of them. Raises `Refused("record.not_found")`."""
    found = visible_reports(person).filter(id=report_id).first()
    if found is None:
        raise Refused("record.not_found")
    return found
