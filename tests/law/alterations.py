"""Whole-case alterations for properties: shifting in time, reordering, forgetting one fact.

For: tests that say what must hold for every case. Not for: the rows of the tables.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from liuhen.law.facts import CaseFacts
from liuhen.law.view import kind_of


def shifted(value: Any, by: timedelta) -> Any:
    """The same value with every instant and day moved."""
    if isinstance(value, datetime | date):
        return value + by
    if isinstance(value, tuple | frozenset):
        return type(value)(shifted(each, by) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{field.name: shifted(getattr(value, field.name), by) for field in fields(value)},
        )
    return value


def reordered(facts: Any, seed: int) -> Any:
    """The same facts with every collection in another order."""
    chance = random.Random(seed)
    mixed: dict[str, Any] = {}
    for field in fields(facts):
        value = getattr(facts, field.name)
        if isinstance(value, tuple):
            mixed[field.name] = tuple(chance.sample(value, len(value)))
    return replace(facts, **mixed)


def forgettings(facts: CaseFacts) -> Iterator[tuple[str, CaseFacts]]:
    """Each fact's path with the facts in which just that one isn't known."""
    for path, less in _forgets(facts.case):
        yield path, replace(facts, case=less)
    for field in fields(CaseFacts):
        value = getattr(facts, field.name)
        if not isinstance(value, tuple):
            continue
        yield field.name, _with(facts, field.name, None)
        for index, entity in enumerate(value):
            for path, less in _forgets(entity):
                changed = (*value[:index], less, *value[index + 1 :])
                yield path, _with(facts, field.name, changed)


def _with(entity: Any, name: str, value: Any) -> Any:
    changes: dict[str, Any] = {name: value}
    return replace(entity, **changes)


def _forgets(entity: Any) -> Iterator[tuple[str, Any]]:
    """Path and the entity without that fact."""
    kind = kind_of(entity)
    for field in fields(entity):
        if field.name in _FIXED or (kind == "activity" and field.name == "kind"):
            continue
        path, value = f"{kind}:{entity.key}.{field.name}", getattr(entity, field.name)
        if isinstance(value, Mapping):
            for name in value:
                less = {key: inner for key, inner in value.items() if key != name}
                yield f"{path}.{name}", _with(entity, field.name, less)
        elif value is not None:
            yield path, _with(entity, field.name, None)


_FIXED = frozenset(
    {"key", "type", "role", "activity_kind", "paper", "statement", "matter", "stage", "rule"}
    | {"subject", "clock", "days", "started_on", "subject_key", "lead_number", "name", "within"}
    | {"number", "unit", "is_void"}
)
