"""What a duty is: clause, trigger, satisfaction, clock, dates, exceptions.

For: the rule modules (`measures`, `statutes`), which declare duties, and the engine, which runs
them. Not for: any duty in particular.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from liuhen.law.findings import Column
from liuhen.law.moments import Moment
from liuhen.law.verdicts import Verdict

if TYPE_CHECKING:
    from liuhen.law.view import View

S = TypeVar("S")

IN_FORCE_SINCE: dict[str, date] = {
    "": date(2024, 11, 29),  # the measures
    "penalty_law": date(2021, 7, 15),
    "coercion_law": date(2012, 1, 1),
    "licensing_law": date(2019, 4, 23),
    "civil_procedure": date(2024, 1, 1),
    "transfer_rules": date(2020, 8, 7),
    "order55": date(2022, 5, 1),
    "business_environment": date(2020, 1, 1),
    "three_systems": date(2018, 12, 5),
    "reconsideration_law": date(2024, 1, 1),
    "litigation_law": date(2017, 7, 1),
}


@dataclass(frozen=True, slots=True)
class Over(Generic[S]):
    """Which subjects a duty is judged for.

    `pick` gives them from a view (None: the collection isn't known); `governed_by` gives the
    instant that decides which text and figures govern a subject. `scope` says whose facts they
    are: a case's or a unit's.
    """

    kind: str
    pick: Callable[["View"], Sequence[S] | None]
    governed_by: Callable[[S], Moment]
    scope: str = "case"


@dataclass(frozen=True, slots=True)
class Due:
    """A running clock; `due_at` is the last lawful instant."""

    started_at: datetime
    due_at: datetime
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class Duty(Generic[S]):
    """One executable duty.

    `trigger` says whether it bites on a subject (None: not known); without one it always does.
    `satisfied` answers with a verdict. `clock` gives the time limit, or None when none runs.
    `since`/`until` are the half-open days the text is in force, by the subject's governing day.
    `exception_to` names the duty this one relieves from: when its trigger holds and the base
    duty isn't met, its own verdict stands instead. `act` is the kind of act that would satisfy
    it. Whether what is not done can still be made good, the verdict says.
    """

    name: str
    clause: str
    over: Over[S]
    satisfied: Callable[["View", S], Verdict]
    trigger: Callable[["View", S], bool | None] | None = None
    clock: Callable[["View", S], Due | None] | None = None
    column: Column = Column.TEXT
    since: date | None = None
    until: date | None = None
    exception_to: str | None = None
    act: str | None = None

    @property
    def in_force_since(self) -> date:
        """First day of the text; the statute's own day unless the duty says otherwise."""
        if self.since is not None:
            return self.since
        statute, colon, _ = self.clause.partition(":")
        return IN_FORCE_SINCE[statute if colon else ""]

    @property
    def text_version(self) -> str:
        """Which text it is judged by, and since when that is in force: "measures/2024-11-29"."""
        statute, colon, _ = self.clause.partition(":")
        return f"{statute if colon else 'measures'}/{self.in_force_since.isoformat()}"


AnyDuty = Duty[Any]


def conj(*values: bool | None) -> bool | None:
    """Three-valued "and": False wins over unknown, unknown over True."""
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def disj(*values: bool | None) -> bool | None:
    """Three-valued "or": True wins over unknown, unknown over False."""
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def negate(value: bool | None) -> bool | None:
    """Three-valued "not"."""
    return None if value is None else not value


def utc(value: datetime) -> datetime:
    """The same instant in UTC."""
    return value.astimezone(UTC)
