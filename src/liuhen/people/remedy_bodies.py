"""Which body reviews a unit's decisions and which court hears suits, as the unit stated it, dated.

Rows stand in `Unit.profile["remedies"]`: {"since": day, "kind": kind of case or "" for all,
"review_body", "court"}. What was registered without a day (`Unit.profile`) holds until the first
row. Not for how long a party has: those are figures of the law.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from liuhen.people.models import Unit

NAMES = ("review_body", "court")


def remedy_rows(unit: Unit) -> list[dict[str, str]]:
    """The rows stated, the earliest first."""
    found: list[dict[str, str]] = unit.profile.get("remedies") or []
    return sorted(found, key=lambda row: (row["since"], row["kind"]))


def remedy_bodies(unit: Unit, kind: str, on: dt.date) -> Mapping[str, Any]:
    """`review_body` and `court` for an act of this kind on a local day; None where nobody knows.

    A row of the kind goes before one for all kinds; of several the newest holds.
    """
    in_force = [row for row in remedy_rows(unit) if row["since"] <= on.isoformat()]
    for wanted in (kind, ""):
        fitting = [row for row in in_force if row["kind"] == wanted]
        if fitting:
            return {name: fitting[-1][name] for name in NAMES}
    return {name: unit.profile.get(name) or None for name in NAMES}
