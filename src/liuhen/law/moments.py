"""Three-valued instants and states, and the few comparisons the rules make with them.

For: facts and rules. Not for: clocks and periods (`calendar`).
"""

from collections.abc import Mapping
from datetime import datetime

from liuhen.law.vocabulary import NOT_YET, NotYet

Moment = datetime | NotYet | None
"""An aware UTC datetime; `NOT_YET` = known not to have happened; `None` = not known."""

States = Mapping[str, bool | None]
"""Name to True, False or None (not known); a missing name counts as None."""


def nothing() -> States:
    """Empty states, for dataclass defaults."""
    return {}


def as_of(moment: Moment, at: datetime) -> Moment:
    """What was known of `moment` at `at`: what lies after `at` has not happened yet."""
    if isinstance(moment, datetime) and moment > at:
        return NOT_YET
    return moment


def happened(moment: Moment, at: datetime) -> bool | None:
    """True when it happened by `at`, False when not, None when that is not known."""
    if moment is None:
        return None
    return isinstance(moment, datetime) and moment <= at
