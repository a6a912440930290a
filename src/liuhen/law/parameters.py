"""Dated figures of the law, and the authority's overrides of them.

For: reading one figure as it stood on a day, with unit, source and confidence.
Not for: applying it (rules, `calendar`).
"""

import itertools
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

from liuhen.law.errors import ParameterError
from liuhen.law.findings import ParameterUsed

UNITS = frozenset(
    (
        *("hours", "days", "workdays", "months", "years", "seconds"),
        *("persons", "copies", "items", "times", "yuan", "percent", "percent_per_day", "thirds"),
        *("flag", "text"),
    )
)
CONFIDENCES = frozenset("ABMI")


@dataclass(frozen=True, slots=True)
class Override:
    """A figure set by the authority for the half-open days [valid_from, valid_until)."""

    name: str
    value: int | str | None
    valid_from: date
    valid_until: date | None = None
    reason: str = ""
    set_by: str = ""


@dataclass(frozen=True, slots=True)
class Dated:
    """One value of a parameter over the half-open days [valid_from, valid_until)."""

    valid_from: date
    valid_until: date | None
    value: int | str | None
    confidence: str
    source: str
    checked_on: date


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure through time; `reason` tells why an assumption was made.

    One that `is_fixed` is how the rules are built: it is shown, and no setting changes it. `rules`
    are those that read it, `functions` the modules that do, each with what it is for there;
    `idle` tells why it decides nothing in this system.
    """

    name: str
    title: str
    unit: str
    clause: str
    reason: str
    values: tuple[Dated, ...]
    is_fixed: bool = False
    rules: tuple[str, ...] = ()
    functions: tuple[tuple[str, str], ...] = ()
    idle: str = ""

    @property
    def is_settable(self) -> bool:
        """Whether a setting would change anything."""
        return not (self.is_fixed or self.idle)


class Parameters:
    """All parameters with the authority's overrides laid over them."""

    def __init__(self, table: Mapping[str, Parameter], overrides: Sequence[Override] = ()) -> None:
        """Raises ParameterError: overlapping dates, or an override of an unknown parameter."""
        self._table = table
        self._overrides: dict[str, list[Override]] = {}
        for override in overrides:
            if override.name not in table:
                raise ParameterError(f"{override.name}: no such parameter to override")
            self._overrides.setdefault(override.name, []).append(override)
        for name, found in self._overrides.items():
            _refuse_overlap(name, [(each.valid_from, each.valid_until) for each in found])
        self._read: dict[tuple[str, date], ParameterUsed] = {}

    @property
    def table(self) -> Mapping[str, Parameter]:
        """The parameters by name, without overrides."""
        return self._table

    def on(self, name: str, day: date) -> ParameterUsed:
        """The figure as it stands on `day`; before its first value, ParameterError."""
        known = self._read.get((name, day))
        if known is None:
            known = self._read[name, day] = self._look_up(name, day)
        return known

    def _look_up(self, name: str, day: date) -> ParameterUsed:
        parameter = self._table.get(name)
        if parameter is None:
            raise ParameterError(f"{name}: no such parameter")
        for override in self._overrides.get(name, ()):
            if _covers(override.valid_from, override.valid_until, day):
                return ParameterUsed(
                    name,
                    override.value,
                    parameter.unit,
                    "A",
                    override.reason,
                    override.valid_from,
                    is_overridden=True,
                )
        for dated in parameter.values:
            if _covers(dated.valid_from, dated.valid_until, day):
                return ParameterUsed(
                    name,
                    dated.value,
                    parameter.unit,
                    dated.confidence,
                    dated.source,
                    dated.valid_from,
                )
        raise ParameterError(f"{name}: no value on {day}")


def parameters_from_toml(text: str) -> dict[str, Parameter]:
    """Read parameters from the format of `parameters.toml`.

    Raises:
        ParameterError: not such a table, an unknown unit or confidence, overlapping dates, or a
            figure that nothing reads and that doesn't say why; the message names the parameter.
    """
    try:
        groups = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"not a parameter table: {error}") from error
    found = {}
    for group, rows in groups.items():
        for short, row in rows.items():
            name = f"{group}.{short}"
            found[name] = _parameter(name, row)
    return found


@lru_cache(maxsize=1)
def packaged_parameters() -> Parameters:
    """The parameters of this package, without overrides."""
    return Parameters(_packaged_table())


def with_overrides(overrides: Sequence[Override]) -> Parameters:
    """The package's parameters with `overrides`; see Parameters for what is refused."""
    return _overridden(tuple(overrides)) if overrides else packaged_parameters()


@lru_cache(maxsize=16)
def _overridden(overrides: tuple[Override, ...]) -> Parameters:
    return Parameters(_packaged_table(), overrides)


@lru_cache(maxsize=1)
def _packaged_table() -> Mapping[str, Parameter]:
    text = resources.files("liuhen.law").joinpath("parameters.toml").read_text("utf-8")
    return parameters_from_toml(text)


def _parameter(name: str, row: Mapping[str, Any]) -> Parameter:
    try:
        values = tuple(_dated(value) for value in row["values"])
        title, unit, clause = row["title"], row["unit"], row["clause"]
    except (KeyError, TypeError) as error:
        raise ParameterError(f"{name}: {error} is missing or wrong") from error
    if unit not in UNITS:
        raise ParameterError(f"{name}: unknown unit {unit}")
    for dated in values:
        if dated.confidence not in CONFIDENCES:
            raise ParameterError(f"{name}: unknown confidence {dated.confidence}")
    _refuse_overlap(name, [(dated.valid_from, dated.valid_until) for dated in values])
    found = Parameter(
        name,
        title,
        unit,
        clause,
        row.get("reason", ""),
        values,
        is_fixed=bool(row.get("fixed")),
        rules=tuple(row.get("rules", ())),
        functions=tuple(row.get("functions", {}).items()),
        idle=row.get("idle", ""),
    )
    if bool(found.idle) == bool(found.rules or found.functions or found.is_fixed):
        raise ParameterError(f"{name}: either something reads it or it says why nothing does")
    return found


def _dated(value: Mapping[str, Any]) -> Dated:
    return Dated(
        valid_from=value["from"],
        valid_until=value.get("until"),
        value=value.get("value"),
        confidence=value["confidence"],
        source=value["source"],
        checked_on=value["checked"],
    )


def _covers(first: date, until: date | None, day: date) -> bool:
    return first <= day and (until is None or day < until)


def _refuse_overlap(name: str, spans: Iterable[tuple[date, date | None]]) -> None:
    ordered = sorted(spans, key=lambda span: span[0])
    for first, until in ordered:
        if until is not None and until <= first:
            raise ParameterError(f"{name}: the value from {first} ends before it begins")
    for (first, until), (after, _) in itertools.pairwise(ordered):
        if until is None or until > after:
            raise ParameterError(f"{name}: the values from {first} and from {after} overlap")
