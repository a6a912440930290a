"""Facts that contradict themselves: they are not judged, they are named.

For: the engine, which answers unknown for such a subject. Not for: refusing input (the acts do).
"""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from liuhen.law.facts import CaseFacts
from liuhen.law.unit_facts import UnitFacts
from liuhen.law.view import kind_of

_SPANS = (("started_at", "ended_at"),)
# A draw chooses the case, an application opens it.
_OPENING = frozenset({"double_random_draw", "workplace_intake"})
_AFTER = {
    "case": (("started_at", "closed_at"), ("started_at", "bound_at")),
    "collection": (("collected_at", "handed_in_at"), ("handed_in_at", "banked_at")),
    "activity": _SPANS,
    "recording": _SPANS,
    "gap": _SPANS,
    "measure": (("started_at", "disposed_at"),),
    "handling": (("decided_at", "done_at"),),
    "disc": (("burnt_at", "filed_at"),),
    "remedy": (("began_at", "ended_at"),),
}


def contradictions(facts: CaseFacts | UnitFacts) -> Iterator[tuple[str, str]]:
    """Kind and key of every entity whose instants run backwards, that comes before what it rests
    on, or whose key occurs twice."""
    yield from _backwards(facts.root)
    if isinstance(facts, CaseFacts):
        yield from _before_the_case(facts)
        yield from _before_the_paper(facts)
    for field in fields(facts):
        value = getattr(facts, field.name)
        if not isinstance(value, tuple):
            continue
        seen: set[str] = set()
        for entity in value:
            if entity.key in seen:
                yield kind_of(entity), entity.key
            seen.add(entity.key)
            yield from _backwards(entity)


def _before_the_case(facts: CaseFacts) -> Iterator[tuple[str, str]]:
    """Activities that began before anything of the case was known, but for those it came out of."""
    begun = [facts.case.started_at, facts.case.initiated_at]
    begun += [lead.received_at for lead in facts.leads or ()]
    if facts.leads is None or any(each is None for each in begun):
        return  # what is not known contradicts nothing
    first = min((each for each in begun if isinstance(each, datetime)), default=None)
    for each in facts.activities or ():
        is_early = isinstance(each.started_at, datetime) and first and each.started_at < first
        if is_early and each.kind not in _OPENING:
            yield "activity", each.key


def _before_the_paper(facts: CaseFacts) -> Iterator[tuple[str, str]]:
    """Services of a paper that was not issued yet."""
    issued = {paper.key: paper.issued_at for paper in facts.papers or ()}
    for each in facts.services or ():
        made, paper = each.made_at, issued.get(each.paper)
        if isinstance(made, datetime) and isinstance(paper, datetime) and made < paper:
            yield "service", each.key


def _backwards(entity: Any) -> Iterator[tuple[str, str]]:
    kind = kind_of(entity)
    for before, after in _AFTER.get(kind, ()):
        first, last = getattr(entity, before), getattr(entity, after)
        if isinstance(first, datetime) and isinstance(last, datetime) and last < first:
            yield kind, entity.key
