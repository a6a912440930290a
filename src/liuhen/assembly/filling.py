"""A paper's data from what the case already knows. Not for judging whether they suffice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from liuhen.assembly.amounts import fen
from liuhen.assembly.document_types import DocumentType, document_type, types
from liuhen.kernel import clock

UNKNOWN: tuple[Any, ...] = (None, "", [], {}, ())


def is_known(value: Any) -> bool:
    """Whether a value says anything: zero and false do, an empty text or list does not."""
    if isinstance(value, str):
        return bool(value.strip())
    return value not in UNKNOWN


def fill(paper_type: str | DocumentType, case_facts: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a new paper: each field taken from its source in the facts of the case.

    Facts are nested mappings and sequences (`party.name`, `officers.0.name`). What the facts do
    not hold is left out, never guessed. The result is plain JSON: days and instants as ISO
    text, `Decimal` yuan as whole fen, and it shares nothing with the facts.

    Raises:
        Refused: `paper.type_unknown`; `amount.*` for a sum that is no sum.
    """
    found = document_type(paper_type) if isinstance(paper_type, str) else paper_type
    data = {one.key: _plain(value_at(case_facts, one.source)) for one in found.fields}
    return {key: value for key, value in data.items() if is_known(value)}


def sources() -> Mapping[str, tuple[str, ...]]:
    """Every path into the facts that some type reads, with the types that read it."""
    from_path: dict[str, list[str]] = {}
    for found in types().values():
        for one in found.fields:
            if one.source:
                from_path.setdefault(one.source, []).append(found.key)
    return {path: tuple(keys) for path, keys in sorted(from_path.items())}


def value_at(facts: Any, path: str) -> Any:
    """What stands at a dotted path, or None when nothing does."""
    if not path:
        return None
    for step in path.split("."):
        if isinstance(facts, Mapping):
            facts = facts.get(step)
        elif isinstance(facts, Sequence) and not isinstance(facts, str) and step.isdigit():
            facts = facts[int(step)] if int(step) < len(facts) else None
        else:
            return None
    return facts


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Decimal):
        return fen(value)
    if isinstance(value, dt.datetime):
        return clock.iso(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value
