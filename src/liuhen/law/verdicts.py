"""What a rule answers for one subject, before clocks and exceptions are applied.

For: rules (they make verdicts) and the engine (it turns them into findings).
Not for: outcomes as shown to people (`findings`).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from liuhen.kernel import clock
from liuhen.law.vocabulary import Office


class State(Enum):
    """MET and UNMET as of now; OPEN = not yet done, and nothing forbids doing it later."""

    MET = "met"
    UNMET = "unmet"
    OPEN = "open"
    UNKNOWN = "unknown"
    JUDGEMENT = "judgement"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`done_at` is compared with the clock. `is_final`: no waiting for the clock, and no cure."""

    state: State
    code: str = ""
    data: tuple[tuple[str, str], ...] = ()
    done_at: datetime | None = None
    is_final: bool = False
    missing: tuple[str, ...] = ()
    decider: Office | None = None


def met(done_at: datetime | None = None, code: str = "", /, **data: object) -> Verdict:
    """The duty is done; `done_at` when it was, for duties with a clock."""
    return Verdict(State.MET, code, _texts(data), done_at)


def unmet(code: str = "", /, **data: object) -> Verdict:
    """Not done. Before the clock's end that is pending, after it (or without one) a breach."""
    return Verdict(State.UNMET, code, _texts(data))


def failed(code: str = "", /, **data: object) -> Verdict:
    """Not done, and it can't be made good any more: a breach now, whatever the clock says."""
    return Verdict(State.UNMET, code, _texts(data), is_final=True)


def still_open(code: str = "", /, **data: object) -> Verdict:
    """Not done yet and not late: pending; with a clock that has run out, a breach."""
    return Verdict(State.OPEN, code, _texts(data))


def unknown(*missing: str) -> Verdict:
    """Can't be told; without `missing`, the unknown facts that were read are named."""
    return Verdict(State.UNKNOWN, missing=missing)


def judgement(
    decider: Office, code: str = "", /, *, is_final: bool = False, **data: object
) -> Verdict:
    """A person has to decide; `decider` is the office. `is_final`: their no can't be made good."""
    return Verdict(State.JUDGEMENT, code, _texts(data), decider=decider, is_final=is_final)


def not_applicable(code: str = "", /, **data: object) -> Verdict:
    """The duty doesn't bite on this subject after all."""
    return Verdict(State.NOT_APPLICABLE, code, _texts(data))


def answer(value: bool | None, code: str = "", /, **data: object) -> Verdict:
    """met / unmet / unknown from a three-valued truth."""
    if value is None:
        return unknown()
    return met(None, "", **data) if value else unmet(code, **data)


def _texts(data: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, _text(value)) for name, value in data.items()))


def _text(value: object) -> str:
    return clock.iso(value) if isinstance(value, datetime) else str(value)
