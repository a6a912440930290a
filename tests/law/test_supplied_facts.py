"""Every fact the rules know is supplied from rows: one nobody supplies is for ever unknown."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from liuhen.law import facts, unit_facts
from liuhen.law.facts import PersonalDecision

SOURCE = Path(__file__).resolve().parents[2] / "src" / "liuhen"
BUILDERS = [path for part in ("compliance", "oversight") for path in (SOURCE / part).glob("*.py")]
ENTITIES: dict[str, type[Any]] = {
    name: found
    for module in (facts, unit_facts)
    for name, found in vars(module).items()
    if isinstance(found, type) and is_dataclass(found)
}


@cache
def supplied() -> dict[str, set[str]]:
    """By entity what its builders name: by place, by keyword, or as a key of a mapping that is
    spread into the call; what `replace` names counts for all."""
    found: dict[str, set[str]] = defaultdict(set)
    nodes = [node for path in BUILDERS for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    texts = {one.value for one in nodes if isinstance(one, ast.Constant)}
    for call in nodes:
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            continue
        name = call.func.id
        if name not in ENTITIES and name != "replace":
            continue
        found[name] |= {one.arg for one in call.keywords if one.arg}
        if any(one.arg is None for one in call.keywords):
            found[name] |= {text for text in texts if isinstance(text, str)}
        if name in ENTITIES:
            found[name] |= {one.name for one in fields(ENTITIES[name])[: len(call.args)]}
    return found


@pytest.mark.parametrize("name", sorted(ENTITIES))
def test_every_fact_is_supplied(name: str) -> None:
    known = supplied()[name] | supplied()["replace"]
    # What a unit has none of is typed so: the engine asks a case and a unit alike.
    asked = {field.name for field in fields(ENTITIES[name]) if field.type not in (None, "None")}
    assert asked - known == set()


def test_nothing_is_true_that_nobody_stated() -> None:
    true = {
        (kind, field.name)
        for kind in ENTITIES.values()
        for field in fields(kind)
        if field.default is True
    }
    # A decision is about what it answers, unless it says that the duty doesn't bite there.
    assert true == {(PersonalDecision, "is_applicable")}
