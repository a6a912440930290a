"""What papers and facts say, in the words people read: keys of choices become their labels.

Pure but for the document types. Ids, digests, instants and identity numbers are left out. Not for
grams (`grams`) nor for rows (`indexing`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from liuhen.assembly.document_types import DocumentType, types
from liuhen.cases.choices import HEARING_OUTCOMES, INSPECTION_MODES, INSPECTION_OUTCOMES
from liuhen.cases.models import Party
from liuhen.cases.sealed import NUMBER
from liuhen.documents.licences import PURPOSES
from liuhen.documents.models import Service
from liuhen.search.grams import TEXT_LIMIT

# Ids, digests, instants: nobody looks for them, and they would be most of the grams.
_MACHINE = re.compile(r"[0-9a-f-]{32,}|\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-][\d:]+)|data:.*", re.DOTALL)

_Labels = dict[str, str]


def words_of_paper(kind: DocumentType, data: Mapping[str, Any]) -> Iterator[str]:
    """Every text of a paper's data, its choices as the paper prints them."""
    known = _known()
    own = {
        field.key: known[field.key] | {option.value: option.label for option in field.options}
        for field in kind.fields
        if field.options
    }
    return _texts(data, {**known, **own})


def words_of_facts(facts: Mapping[str, Any]) -> Iterator[str]:
    """Every text of what was stated about a case or an activity, its choices in words."""
    return _texts(facts, _known())


@cache
def _known() -> dict[str, _Labels]:
    """Labels by the name under which a choice stands: a type's field, or a step of its source."""
    found: dict[str, dict[str, str]] = {
        "kind": dict(Party.Kind.choices),
        "identity_kind": dict(Party.IdentityKind.choices),
        "mode": {**dict(Service.Mode.choices), **INSPECTION_MODES},
        "outcome": {**INSPECTION_OUTCOMES, **HEARING_OUTCOMES},
        "purpose": dict(PURPOSES),
    }
    for kind in types().values():
        for field in kind.fields:
            for option in field.options:
                for name in (field.key, *field.source.split(".")):
                    found.setdefault(name, {}).setdefault(option.value, option.label)
    return {**found, "measure_kind": found["measure"]}


def _texts(value: Any, known: Mapping[str, _Labels]) -> Iterator[str]:
    left = TEXT_LIMIT
    waiting: list[tuple[str, Any]] = [("", value)]
    while waiting and left > 0:
        name, one = waiting.pop()
        if isinstance(one, str):
            if not _MACHINE.fullmatch(one):
                said = known[name].get(one, one) if name in known else one
                left -= len(said)
                yield said
        else:
            waiting.extend(reversed(list(_parts(name, one))))


def _parts(name: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        return ((key, part) for key, part in value.items() if key != NUMBER)
    return ((name, part) for part in value) if isinstance(value, list) else ()
