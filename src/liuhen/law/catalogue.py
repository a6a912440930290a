"""The recording catalogue, papers and offices, read from `catalogue.toml`.

For: what an activity must be recorded by, which papers it yields and who signs; names for screens.
Not for: judging whether that was done (`coverage`, `measures`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

from liuhen.law.errors import LawError
from liuhen.law.facts import Activity
from liuhen.law.vocabulary import CaseKind, Office


class Code(StrEnum):
    """How an activity must be recorded."""

    SHOWN = "A"  # any form of Art. 3 that shows the act, no span measured
    SYNCHRONOUS = "S"  # sound and picture together (17)
    WHOLE = "F"  # the whole course, recorded adjournments excluded (19, 27)
    CONTINUOUS = "C"  # without interruption (21)
    WORKPLACE = "K"  # camera of the workplace, tied to the application (9)
    ROOM = "R"  # camera over the whole room, always (20)


@dataclass(frozen=True, slots=True)
class Demand:
    """One code, limited to a circumstance when `when` isn't empty."""

    code: Code
    when: str = ""


@dataclass(frozen=True, slots=True)
class ActivityKind:
    """One row of the recording catalogue. The two columns `text` and `product` never mix."""

    key: str
    name: str
    kinds: frozenset[CaseKind]
    starts: str
    ends: str
    text: tuple[Demand, ...]
    product: tuple[Demand, ...]
    clauses: tuple[str, ...]
    papers: tuple[str, ...]
    signers: tuple[str, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PaperType:
    """A type of paper; see `catalogue.toml` for the two flags."""

    key: str
    name: str
    is_record: bool = False
    names_officers: bool = False


@dataclass(frozen=True, slots=True)
class OfficeRow:
    office: Office
    name: str
    clause: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole table."""

    activities: Mapping[str, ActivityKind]
    papers: Mapping[str, PaperType]
    offices: Mapping[Office, OfficeRow]


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue of this package."""
    text = resources.files("liuhen.law").joinpath("catalogue.toml").read_text("utf-8")
    return catalogue_from_toml(text)


def catalogue_from_toml(text: str) -> Catalogue:
    """Read a catalogue from the format of `catalogue.toml`.

    Raises:
        LawError: a row is incomplete or names a paper, kind or code that doesn't exist.
    """
    table = tomllib.loads(text)
    try:
        papers = {key: PaperType(key=key, **row) for key, row in table["paper"].items()}
        activities = {key: _activity(key, row) for key, row in table["activity"].items()}
        offices = {
            Office(key): OfficeRow(Office(key), row["name"], row["clause"])
            for key, row in table["office"].items()
        }
    except (KeyError, TypeError, ValueError) as error:
        raise LawError(f"catalogue: {error}") from error
    for row in activities.values():
        for paper in row.papers:
            if paper not in papers:
                raise LawError(f"catalogue: {row.key} names the unknown paper {paper}")
    return Catalogue(activities, papers, offices)


def demands(activity: Activity, *, product: bool = False) -> list[tuple[Code, bool | None]]:
    """Codes of an activity's row, each with whether it bites on it (None: not known).

    An activity whose kind isn't in the catalogue gives an empty list.
    """
    row = catalogue().activities.get(activity.kind)
    if row is None:
        return []
    column = row.product if product else row.text
    return [(demand.code, applies(activity, demand.when)) for demand in column]


def applies(activity: Activity, when: str) -> bool | None:
    """Whether a circumstance of the catalogue holds for an activity."""
    if when in ("", "penalty"):  # the kind of case is the rule's business
        return True
    if when == "on_site":
        return activity.is_on_site
    if when == "in_office":
        return None if activity.is_on_site is None else not activity.is_on_site
    if when == "within_on_site":
        return activity.is_on_site if activity.within else False
    flags = {
        "dangerous": activity.is_dangerous,
        "designated": activity.is_designated,
        "uncooperative": activity.is_uncooperative,
    }
    return flags[when]


def _activity(key: str, row: Mapping[str, Any]) -> ActivityKind:
    kinds = (
        frozenset(CaseKind) if row["kinds"] == ["any"] else frozenset(map(CaseKind, row["kinds"]))
    )
    return ActivityKind(
        key=key,
        name=row["name"],
        kinds=kinds,
        starts=row["starts"],
        ends=row["ends"],
        text=_demands(row["text"]),
        product=_demands(row["product"]),
        clauses=tuple(row["clauses"]),
        papers=tuple(row["papers"]),
        signers=tuple(row["signers"]),
        advice=tuple(row["advice"]),
    )


def _demands(rows: list[Mapping[str, str]]) -> tuple[Demand, ...]:
    return tuple(Demand(Code(row["code"]), row.get("when", "")) for row in rows)
