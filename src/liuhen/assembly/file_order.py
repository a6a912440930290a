"""In which order papers stand in a case file; which activities are internal (`file_order.toml`).

The volume of a paper is its type's (`DocumentType.volume`). Not for binding (`binding`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

OTHERS = "*"


def side_activities() -> frozenset[str]:
    """Kinds of activity whose recordings go with the side file."""
    return frozenset(_order()["side_activities"])


def place_in_file(type_key: str) -> int:
    """The place of a type's group, from 0; a type that is not named stands with the evidence."""
    places = _places()
    return places.get(type_key, places[OTHERS])


@cache
def _places() -> Mapping[str, int]:
    return {key: place for place, group in enumerate(_order()["group"]) for key in group}


@cache
def _order() -> Mapping[str, Any]:
    text = resources.files("liuhen.assembly").joinpath("file_order.toml").read_text("utf-8")
    return tomllib.loads(text)
