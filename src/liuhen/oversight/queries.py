"""Reads of suspected breaches (Art. 47). Not for deciding on them, nor for raising them (acts)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import QuerySet

from liuhen.cases.queries import visible_cases
from liuhen.law.clauses import clause_order
from liuhen.oversight.models import Suspicion
from liuhen.people.models import Person

# The six situations of Art. 47; each has elements that a person, not the system, decides.
ITEMS: Mapping[int, str] = {
    1: "未按规定进行记录",
    2: "违规泄露记录",
    3: "故意损毁或者擅自删改记录",
    4: "未按规定存储维护致使记录损毁、丢失",
    5: "人员调动不按规定移交记录",
    6: "其他违反本办法的行为",
}
_NOT_RECORDED, _NOT_KEPT, _NOT_HANDED_OVER, _OTHER = 1, 4, 5, 6
_KEEPING, _HAND_OVER = 39, 40
_LAST_OF_RECORDING = 36


def suspected_item(clause: str) -> int:
    """The situation of Art. 47 a breach of a clause points to.

    Art. 7 to 36 say how the course of a case is recorded, Art. 39 how recordings are kept,
    Art. 40 that they are handed over. A breach of a statute is among "others".
    """
    place, article, *_ = clause_order(clause)
    if place:
        return _OTHER
    if article <= _LAST_OF_RECORDING:
        return _NOT_RECORDED
    return {_KEEPING: _NOT_KEPT, _HAND_OVER: _NOT_HANDED_OVER}.get(article, _OTHER)


def suspicions_of_case(case_id: UUID) -> QuerySet[Suspicion]:
    """The suspicions raised on one case, oldest first."""
    return Suspicion.objects.filter(case_id=case_id).order_by("raised_at", "id")


def visible_suspicions(person: Person) -> QuerySet[Suspicion]:
    """Suspicions on the cases a person may see, newest first, with their cases."""
    return (
        Suspicion.objects.filter(case__in=visible_cases(person))
        .select_related("case", "case__unit")
        .order_by("-raised_at", "-id")
    )
