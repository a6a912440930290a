"""Dated figures of the law and the authority's overrides of them (stub, filled next)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Override:
    """A figure set by the authority for the half-open days [valid_from, valid_until)."""

    name: str
    value: int | str | None
    valid_from: date
    valid_until: date | None = None
    reason: str = ""
    set_by: str = ""
