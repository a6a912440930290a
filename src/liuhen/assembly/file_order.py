"""Into which volume of a case file papers go, in which order (`file_order.toml`).

Not for binding (`binding`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from liuhen.assembly.document_types import MAIN, types

OTHERS = "*"


def volume_of(type_key: str) -> str:
    """`main` or `side`. A type that the authority changed stays where the product has it."""
    product = types().get(type_key)
    return product.volume if product is not None else MAIN


def place_in_file(type_key: str) -> int:
    """The place of a type's group, from 0; a type that is not named stands with the evidence."""
    places = _places()
    return places.get(type_key, places[OTHERS])


@cache
def _places() -> Mapping[str, int]:
    text = resources.files("liuhen.assembly").joinpath("file_order.toml").read_text("utf-8")
    groups = tomllib.loads(text)["group"]
    return {key: place for place, group in enumerate(groups) for key in group}
