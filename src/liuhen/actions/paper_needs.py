"""What a paper of a course waits for and brings about: the words of `paper_order`'s tables.

Not for what the law forbids (its gates), nor for acts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from liuhen.cases.models import Case
from liuhen.documents.models import Paper, Service
from liuhen.documents.service_days import in_effect


@dataclass(frozen=True, slots=True)
class Need:
    """Something that must stand before a paper: what it is, the article, the test.

    `page` is the name of the case's address where it is done; "" when there is none.
    """

    label: str
    article: str
    is_met: Callable[[Case], bool]
    page: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """What a paper needs, the stage its issue reaches, whether it is addressed to the party.

    `gate` is the law's gate before it is issued, `asks` the one before its approval is asked for.
    """

    stage: str = ""
    needs: tuple[Need, ...] = ()
    is_addressed: bool = False
    gate: str = ""
    asks: str = ""


def is_issued(case: Case, *types: str) -> bool:
    """Whether the case has an issued paper of one of these types."""
    return case.papers.filter(type__in=types, state=Paper.State.ISSUED).exists()


def issued(*types: str) -> Callable[[Case], bool]:
    """The test whether one of these types is issued."""
    return lambda case: is_issued(case, *types)


def has_party(case: Case) -> bool:
    """Whether the party is recorded."""
    return case.parties.filter(role="party").exists()


def is_served(case: Case, *types: str) -> bool:
    """Whether an issued paper of one of these types has reached its addressee."""
    served = Service.objects.filter(paper__case=case, paper__type__in=types)
    return in_effect(served.filter(paper__state=Paper.State.ISSUED)).exists()
