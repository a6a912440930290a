"""Moving a case along its stages: forward only, in the law's order. Not an act by itself."""

from __future__ import annotations

from liuhen.cases.models import Case
from liuhen.law.procedures import courses
from liuhen.law.vocabulary import CaseKind, Procedure


def advance(case: Case, stage: str) -> None:
    """Set the stage of a locked case; a step repeated later does not move it back."""
    course = courses()[CaseKind(case.kind), Procedure(case.procedure)]
    order = [step.key for step in course.stages]
    if case.stage in order and order.index(stage) <= order.index(case.stage):
        return
    case.stage = stage
    case.save(update_fields=["stage"])
