"""What became of each thing that was sealed or seized: listed, sold, handled, by which paper.

A decision is an issued paper that names things by their number on the list. A sale of what can't
be kept only changes a thing into its price; anything else ends its keeping. Not for judging
(`compliance.procedure_facts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from liuhen.cases.models import Case
from liuhen.documents.models import Paper
from liuhen.law.vocabulary import HandlingWay

LIST, LIFTING, HANDLING = "seizure_list", "seizure_lifting", "seizure_handling"
RECORD, ENTRUSTMENT = "confiscated_disposal_record", "auction_entrustment"


@dataclass(frozen=True, slots=True)
class Thing:
    """One row of the list, the paper that let it be sold, the paper that ended its keeping."""

    number: str
    row: Mapping[str, Any]
    sold_by: Paper | None = None
    handled_by: Paper | None = None

    def is_open_to(self, way: HandlingWay) -> bool:
        """Whether it may still be handled in a way: sold once, anything else once."""
        if self.handled_by is not None:
            return False
        return way is not HandlingWay.SALE or self.sold_by is None


def way_of(paper: Paper) -> HandlingWay:
    """How a paper handles the things it names."""
    if paper.type == LIFTING:
        return HandlingWay.LIFTING
    return HandlingWay(paper.data["way"])


def numbers_of(paper: Paper) -> list[str]:
    """The numbers on the list that a paper names."""
    return [number_of(row) for row in paper.data.get("items") or ()]


def number_of(row: Mapping[str, Any]) -> str:
    """The number of a row of a list."""
    return str(row.get("number") or "").strip()


def handling_papers(case: Case) -> list[Paper]:
    """The issued decisions on what was taken, oldest first; without those another corrected."""
    issued = case.papers.filter(type__in=(LIFTING, HANDLING), state=Paper.State.ISSUED)
    corrected = issued.exclude(corrects=None).values("corrects_id")
    return list(issued.exclude(id__in=corrected).order_by("issued_at", "id"))


def things_of(case: Case, decisions: Iterable[Paper] | None = None) -> list[Thing]:
    """The things on the newest issued list, each with what was decided on it."""
    listed = case.papers.filter(type=LIST, state=Paper.State.ISSUED).order_by("-issued_at").first()
    sold: dict[str, Paper] = {}
    handled: dict[str, Paper] = {}
    for paper in handling_papers(case) if decisions is None else decisions:
        kept = sold if way_of(paper) is HandlingWay.SALE else handled
        for number in numbers_of(paper):
            kept.setdefault(number, paper)
    rows = (listed.data.get("items") or ()) if listed else ()
    found = [(number_of(row), row) for row in rows]
    return [Thing(each, row, sold.get(each), handled.get(each)) for each, row in found]


def is_settled(case: Case) -> bool:
    """Whether nothing taken is kept any more; before there is a list, once it was lifted."""
    decisions = handling_papers(case)
    things = things_of(case, decisions)
    if not things:
        return any(way_of(paper) is HandlingWay.LIFTING for paper in decisions)
    return all(thing.handled_by is not None for thing in things)
