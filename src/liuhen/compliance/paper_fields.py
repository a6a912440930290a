"""Which fields of a paper are filled, under the names the law asks for.

The document types name their fields for the people who fill them; the rules ask for what the
articles list. This is the one place that holds the two against each other. Not for what a
paper must hold (`assembly`, `law`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from liuhen.assembly.document_types import DocumentType, types
from liuhen.assembly.filling import is_known

Data = Mapping[str, Any]

# The law's name, and the fields of ours that together say it.
SAID_BY: Mapping[str, tuple[str, ...]] = {
    "legal_basis": ("basis",),
    "penalty_basis": ("basis",),
    "penalty": ("penalty_kinds",),
    "time": ("made_at",),
    "place": ("made_place",),
    "remedies": ("review_body", "review_days", "court", "suit_months"),
    "acts": ("facts",),
    "reasons": ("discretion",),
    "facts_evidence": ("facts", "evidence"),
    "performance": ("performance_terms",),
}


# What each decision on a licence does with it.
_ON_LICENCES: Mapping[str, str] = {
    "licence_grant": "is_granted",
    "licence_refusal": "is_refused",
    "licence_withdrawal_decision": "is_withdrawn",
    "licence_revocation_decision": "is_revoked",
    "licence_standing_decision": "is_kept",
}
# Whether each decision to enforce has another perform.
_ENFORCING: Mapping[str, bool] = {
    "enforcement_decision": False,
    "substitute_performance_decision": True,
}
# The same for single types, whose fields say it in words of their own.
OF_TYPE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "seizure_decision": {
        "acts": ("reason",),
        "reasons": ("reason",),
        "content": ("measure", "objects"),
        "performance": ("kept", "keeping"),
    },
    "enforcement_decision": {
        "acts": ("decision_number", "reminder_number"),
        "reasons": ("reason",),
        "content": ("way",),
        "performance": ("way",),
    },
    "substitute_performance_decision": {
        "acts": ("decision_number",),
        "reasons": ("reason",),
        "content": ("way", "performer"),
        "performance": ("way", "cost"),
    },
    "levy_decision": {
        "acts": ("item", "quantity"),
        "reasons": ("standard",),
        "content": ("amount",),
        "performance": ("pay_by", "payee"),
    },
    "reminder": {"period": ("days",), "manner": ("way",), "amount": ("sum",)},
}


def _of_each(part: str) -> Callable[[Data], bool]:
    def is_named(data: Data) -> bool:
        people: list[Data] = data.get("officers") or []
        return bool(people) and all(is_known(one.get(part)) for one in people)

    return is_named


OFFICERS: Mapping[str, Callable[[Data], bool]] = {
    "officers_count": lambda data: is_known(data.get("officers")),
    "officer_names": _of_each("name"),
    "certificate_numbers": _of_each("certificate_number"),
}


def field_states(type_key: str, data: Data, *, is_draft: bool) -> dict[str, bool | None]:
    """Every field by our name and by the law's: filled, empty, or not known.

    An empty field of a draft is not known, for it may still be filled. What a type has no field
    for is left out, which is not known either.
    """
    empty = None if is_draft else False
    kind = types().get(type_key)
    own = {*data, *(kind.by_key if kind else ())}
    states: dict[str, bool | None] = {
        name: True if is_known(data.get(name)) else empty for name in own
    }
    for name, parts in (*OF_TYPE.get(type_key, {}).items(), *SAID_BY.items()):
        if name not in own and own.issuperset(parts):
            states[name] = True if all(states[part] for part in parts) else empty
    if "officers" in own:
        states.update((name, True if told(data) else empty) for name, told in OFFICERS.items())
    states.update(_marks(kind, data, is_draft=is_draft))
    return states


def _marks(kind: DocumentType | None, data: Data, *, is_draft: bool) -> dict[str, bool | None]:
    """The seal, which issuing puts on; a statement that was asked for, even when waived."""
    marks: dict[str, bool | None] = {}
    if kind is not None and kind.seal:
        marks["seal"] = None if is_draft else True
    if kind is not None and kind.key in _ON_LICENCES:
        marks |= {name: name == _ON_LICENCES[kind.key] for name in _ON_LICENCES.values()}
    if kind is not None and kind.key in _ENFORCING:
        marks["is_substitute"] = _ENFORCING[kind.key]
    if marks.get("is_substitute"):
        # Only money is moved out of reach (Coercion Law 37).
        marks["hiding_evidence"] = False
    if kind is not None and kind.key == "reminder":
        # Its layout always says that the party may state and defend itself.
        marks["statement_right"] = None if is_draft else True
    if "statement_made" in data:
        marks["statement"] = is_known(data["statement_made"])
    return marks
