"""Facts that contradict themselves: they are not judged, they are named.

For: the engine, which answers unknown for such a subject. Not for: refusing input (the acts do).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime
from typing import Any

from liuhen.law.facts import CaseFacts
from liuhen.law.unit_facts import UnitFacts
from liuhen.law.view import kind_of

_SPANS = (("started_at", "ended_at"),)
_AFTER = {
    "case": (("started_at", "closed_at"), ("started_at", "bound_at")),
    "collection": (("collected_at", "handed_in_at"), ("handed_in_at", "banked_at")),
    "activity": _SPANS,
    "recording": _SPANS,
    "gap": _SPANS,
    "measure": (("started_at", "disposed_at"),),
    "disc": (("burnt_at", "filed_at"),),
}


def contradictions(facts: CaseFacts | UnitFacts) -> Iterator[tuple[str, str]]:
    """Kind and key of every entity whose instants run backwards or whose key occurs twice."""
    yield from _backwards(facts.root)
    for field in fields(facts):
        value = getattr(facts, field.name)
        if not isinstance(value, tuple):
            continue
        for key, count in Counter(each.key for each in value).items():
            if count > 1:
                yield kind_of(value[0]), key
        for entity in value:
            yield from _backwards(entity)


def _backwards(entity: Any) -> Iterator[tuple[str, str]]:
    kind = kind_of(entity)
    for before, after in _AFTER.get(kind, ()):
        first, last = getattr(entity, before), getattr(entity, after)
        if isinstance(first, datetime) and isinstance(last, datetime) and last < first:
            yield kind, entity.key
