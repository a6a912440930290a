"""What a judgement says: one finding per duty and subject, with all it rests on.

For: the engine, which makes findings, and everybody above, who stores, shows and gates on them.
Not for: how they are reached (`engine`) or worded (`explanations`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum
from typing import Any

from liuhen.kernel import canonical
from liuhen.law.version import ENGINE_VERSION
from liuhen.law.vocabulary import Office


class Outcome(StrEnum):
    """State of one duty for one subject."""

    MET = "met"
    BREACHED = "breached"
    PENDING = "pending"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    JUDGEMENT = "judgement"


class Column(StrEnum):
    """Which of the two columns a duty stands in; they are never mixed."""

    TEXT = "text"  # the least the law demands
    PRODUCT = "product"  # our own standard


class Severity(StrEnum):
    """What an unmet duty of the column is: TEXT a breach, PRODUCT advice."""

    BREACH = "breach"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, order=True)
class Subject:
    """What a finding is about: the case, or one activity, recording, paper and so on."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class FactUsed:
    """One fact as it was read: `path` is "kind:key.field"; `value` None means not known."""

    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class ParameterUsed:
    """One dated figure as it stood on the governing day."""

    name: str
    value: int | str | None
    unit: str
    confidence: str  # A text read, B excerpt read, M memory: to be confirmed, I our reading
    source: str
    valid_from: date
    is_overridden: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code of `explanations.toml` with the values its template needs."""

    code: str
    data: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """State of one duty for one subject at `judged_at`.

    `due_at` is the last lawful instant. `changes_at` is the first instant at which time alone
    may give another outcome (None: time alone changes nothing). `missing` names the facts that
    would settle an unknown. `decider` is the office whose judgement is asked for. `act` is the
    kind of act that would satisfy the duty. A breach that is not curable never blocks closing.
    """

    clause: str
    rule: str
    column: Column
    severity: Severity
    subject: Subject
    outcome: Outcome
    explanation: Explanation
    judged_at: datetime
    facts_used: tuple[FactUsed, ...] = ()
    parameters_used: tuple[ParameterUsed, ...] = ()
    clock_started_at: datetime | None = None
    due_at: datetime | None = None
    changes_at: datetime | None = None
    is_curable: bool = False
    is_provisional: bool = False  # leans on a year without a table of holidays
    missing: tuple[str, ...] = ()
    decider: Office | None = None
    act: str | None = None
    exception: str | None = None  # rule name of the exception that decided
    text_version: str = ""  # of the text it was judged by: "measures/2024-11-29"
    engine_version: str = ENGINE_VERSION  # a digest of the rules and tables that judged

    @property
    def needs_confirmation(self) -> bool:
        """True when a figure still to be confirmed by the authority decided it."""
        return any(used.confidence == "M" for used in self.parameters_used)

    def as_plain(self) -> dict[str, Any]:
        """The finding as JSON values; same finding, same value."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}

    def canonical(self) -> bytes:
        """Canonical bytes (`kernel.canonical`); equal findings give equal bytes."""
        return canonical.dumps(self.as_plain())


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | datetime | date):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(inner) for inner in value)
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return {name: _plain(getattr(value, name)) for name in value.__slots__}
