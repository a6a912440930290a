"""The scoring sheet of case files as data (`sheet.toml`). Not for scores given (`models`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the sheet: what is looked at, for how many points, under which clauses."""

    key: str
    title: str
    points: int
    articles: tuple[str, ...]
    guidance: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole sheet; a score names its version."""

    version: str
    items: tuple[Item, ...]

    @property
    def full(self) -> int:
        """The points of a file without fault that has everything."""
        return sum(item.points for item in self.items)

    def full_of(self, scores: Mapping[str, Mapping[str, object]]) -> int:
        """The most that a file can have: items that don't concern it count for nothing."""
        without = {key for key, given in scores.items() if given["points"] is None}
        return sum(item.points for item in self.items if item.key not in without)


@cache
def packaged_sheet() -> Sheet:
    """The sheet of this package."""
    text = resources.files("liuhen.oversight").joinpath("sheet.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    return Sheet(raw["version"], tuple(_item(row) for row in raw["item"]))


def _item(row: Mapping[str, object]) -> Item:
    articles = row["articles"]
    assert isinstance(articles, list)
    return Item(**{**row, "articles": tuple(articles)})  # type: ignore[arg-type]
