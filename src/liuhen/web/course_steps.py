"""What a step of a course is, and the tests by which one tells that it is done.

Not for the courses themselves (`kind_steps`, `licence_steps`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from liuhen.compliance.readiness import CaseState
from liuhen.law.procedures import courses
from liuhen.law.vocabulary import CaseKind, Procedure

Done = Callable[[CaseState], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """What to do, why, by which article, on which page of the case, and whether it is done."""

    label: str
    reason: str
    article: str
    page: str
    is_done: Done


def issued(*types: str) -> Done:
    """One of these papers is issued."""
    return lambda state: bool(state.issued.intersection(types))


def all_issued(*types: str) -> Done:
    """All of these papers are issued."""
    return lambda state: state.issued.issuperset(types)


def served(*types: str) -> Done:
    """One of these papers has reached its addressee."""
    return lambda state: bool(state.served.intersection(types))


def knows(part: str, key: str) -> Done:
    """The case's facts hold something."""
    return lambda state: (state.case.facts.get(part) or {}).get(key) is not None


def has_reached(stage: str) -> Done:
    """The case stands at a stage or has left it behind."""

    def reached(state: CaseState) -> bool:
        case = state.case
        stages = courses()[CaseKind(case.kind), Procedure(case.procedure)].stages
        keys = [one.key for one in stages]
        return case.stage in keys and keys.index(case.stage) >= keys.index(stage)

    return reached


def unless(applies: Done, done: Done) -> Done:
    """A step that only some cases have."""
    return lambda state: not applies(state) or done(state)


def both(one: Done, other: Done) -> Done:
    """Both are done."""
    return lambda state: one(state) and other(state)


def is_published(state: CaseState) -> bool:
    """The result was made public, or it was stated why it is not."""
    told = state.case.facts.get("publication") or {}
    return state.case.published_at is not None or "withheld_by" in told


def never(_: CaseState) -> bool:
    """Not to be done by itself."""
    return False


CLOSING = Step("报请结案", "已经办理完毕，制作结案报告。", "37.1", "case_closing", never)
