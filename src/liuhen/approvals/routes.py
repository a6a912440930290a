"""Routes of approval as dated data: which offices are asked, in which order.

Not for requests and answers (`models`) nor for what follows from an approval (`actions`).
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import Any

from liuhen.kernel.refusals import Refused

ANY = "*"


@dataclass(frozen=True, slots=True)
class Route:
    """One row of `routes.toml`: half-open in local days, `until` None while it is in force.

    `least_fen` is the amount from which on it is taken; 0 for any, also one nobody knows. A `fixed`
    one is as the law has it to the last office: no authority may add to it. Of a `free` one the law
    names no office: an authority may ask others.
    """

    kind: str
    case_kind: str
    procedure: str
    offices: tuple[str, ...]
    clause: str
    since: dt.date
    until: dt.date | None = None
    when: frozenset[str] = frozenset()
    least_fen: int = 0
    fixed: bool = False
    free: bool = False

    @property
    def key(self) -> str:
        """What an authority sets anew as a whole: the rows of one request of one sort of case."""
        return ".".join((self.kind, self.case_kind, self.procedure))

    def fits(self, kind: str, case_kind: str, procedure: str, on: dt.date) -> bool:
        """Whether the row is in force on a day for such a request, circumstances aside."""
        return (
            self.kind == kind
            and self.case_kind in (case_kind, ANY)
            and self.procedure in (procedure, ANY)
            and self.since <= on
            and (self.until is None or on < self.until)
        )


@dataclass(frozen=True, slots=True)
class RouteTable:
    """All routes, who may stand in for an office nobody holds, the words of circumstances."""

    routes: tuple[Route, ...]
    substitutes: Mapping[str, tuple[str, ...]]
    circumstances: Mapping[str, str]

    def rows(self, key: str) -> tuple[Route, ...]:
        """The routes of one key; empty when there is no such."""
        return tuple(route for route in self.routes if route.key == key)

    def with_rows(self, key: str, rows: Iterable[Route]) -> RouteTable:
        """This table with other rows of one key."""
        others = (route for route in self.routes if route.key != key)
        return replace(self, routes=(*others, *rows))


@cache
def packaged_routes() -> RouteTable:
    """The table of this package."""
    text = resources.files("liuhen.approvals").joinpath("routes.toml").read_text("utf-8")
    return routes_from_toml(text)


def routes_from_toml(text: str) -> RouteTable:
    """Read a table in the format of `routes.toml`."""
    raw = tomllib.loads(text)
    return RouteTable(
        tuple(_route(row) for row in raw["route"]),
        {office: tuple(others) for office, others in raw.get("substitutes", {}).items()},
        raw.get("circumstances", {}),
    )


def _route(row: Mapping[str, Any]) -> Route:
    lists = {"offices": tuple(row["offices"]), "when": frozenset(row.get("when", ()))}
    return Route(**{**row, **lists})


def route_for(
    kind: str,
    *,
    case_kind: str,
    procedure: str,
    circumstances: Mapping[str, Any],
    on: dt.date,
    amount_fen: int | None = None,
    table: RouteTable | None = None,
) -> Route:
    """The route of a request made on a local day; a circumstance holds when it is `True`.

    Raises:
        Refused: `approval.no_route`.
    """
    routes = (table or packaged_routes()).routes
    fitting = [route for route in routes if route.fits(kind, case_kind, procedure, on)]
    held = {name for name, holds in circumstances.items() if holds is True}
    found = taken(fitting, held, amount_fen or 0)
    if found is None:
        raise Refused("approval.no_route", kind=kind)
    return found


def taken(routes: Sequence[Route], held: Collection[str], amount_fen: int) -> Route | None:
    """Of these routes the one with the most circumstances, all of which hold.

    Then the one for the largest amount, then the newest. None when none fits.
    """
    fitting = [one for one in routes if one.when <= set(held) and one.least_fen <= amount_fen]
    return max(
        fitting, key=lambda route: (len(route.when), route.least_fen, route.since), default=None
    )


def substitutes_of(office: str) -> tuple[str, ...]:
    """Offices that may be asked in the place of one that nobody holds."""
    return packaged_routes().substitutes.get(office, ())
