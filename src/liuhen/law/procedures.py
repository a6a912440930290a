"""The procedures as data: stages of each kind of case, with what each does, writes and asks.

For: where a case stands, which paper or activity belongs to which stage, which gate and whose
approval stands before it, what must be in writing when it is left behind (Art. 7).
Not for: judging whether that is so (`measures`), nor for who may do it (`approvals`, `people`).
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from liuhen.law.catalogue import catalogue
from liuhen.law.errors import LawError
from liuhen.law.vocabulary import CaseKind, Procedure


@dataclass(frozen=True, slots=True)
class Required:
    """A record a stage leaves behind: one of these types of paper."""

    one_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: `activities` and `papers` belong to it, `required` records it in text.

    `approval` is the matter an office is asked about, `gate` the gate of the law before it;
    `is_optional` when a case may pass it by.
    """

    key: str
    name: str
    clauses: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    required: tuple[Required, ...] = ()
    approval: str = ""
    gate: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """The stages of one kind and procedure, first to last."""

    kind: CaseKind
    procedure: Procedure
    name: str
    stages: tuple[Stage, ...]

    def before(self, key: str) -> tuple[Stage, ...]:
        """The stages a case at `key` has left behind; none for a key that isn't of the course."""
        keys = [stage.key for stage in self.stages]
        return self.stages[: keys.index(key)] if key in keys else ()

    def stage_of_paper(self, paper: str) -> Stage | None:
        """The first stage a type of paper belongs to."""
        return next((each for each in self.stages if paper in each.papers), None)

    def stage_of_activity(self, activity: str) -> Stage | None:
        """The first stage an activity belongs to."""
        return next((each for each in self.stages if activity in each.activities), None)


def course_of(kind: CaseKind | None, procedure: Procedure | None) -> Course | None:
    """The course of a kind of case and procedure; None when they don't go together."""
    return courses().get((kind, procedure)) if kind and procedure else None


@lru_cache(maxsize=1)
def courses() -> Mapping[tuple[CaseKind, Procedure], Course]:
    """Every course of this package."""
    text = resources.files("liuhen.law").joinpath("procedures.toml").read_text("utf-8")
    return courses_from_toml(text)


def courses_from_toml(text: str) -> dict[tuple[CaseKind, Procedure], Course]:
    """Read courses from the format of `procedures.toml`; the tail is added to each.

    Raises:
        LawError: a row is incomplete, or names an activity or paper that doesn't exist, a stage
            twice, or a required paper that isn't among the stage's; the message names the stage.
    """
    table = tomllib.loads(text)
    try:
        tail = [_stage(row) for row in table["tail"]]
        found = [_course(key, row, tail) for key, row in table["course"].items()]
    except (KeyError, TypeError, ValueError) as error:
        raise LawError(f"procedures: {error}") from error
    for course in found:
        _check(course)
    return {(course.kind, course.procedure): course for course in found}


def _course(key: str, row: Mapping[str, Any], tail: list[Stage]) -> Course:
    kind, _, procedure = key.partition(".")
    stages = (*(_stage(each) for each in row["stage"]), *tail)
    return Course(CaseKind(kind), Procedure(procedure), row["name"], stages)


def _stage(row: Mapping[str, Any]) -> Stage:
    return Stage(
        key=row["key"],
        name=row["name"],
        clauses=tuple(row.get("clauses", ())),
        activities=tuple(row.get("activities", ())),
        papers=tuple(row.get("papers", ())),
        required=tuple(Required(tuple(each)) for each in row.get("required", ())),
        approval=row.get("approval", ""),
        gate=row.get("gate", ""),
        is_optional=row.get("is_optional", False),
    )


def _check(course: Course) -> None:
    where = f"procedures: {course.kind}.{course.procedure}"
    seen: set[str] = set()
    for stage in course.stages:
        if stage.key in seen:
            raise LawError(f"{where}: stage {stage.key} twice")
        seen.add(stage.key)
        for activity in stage.activities:
            if activity not in catalogue().activities:
                raise LawError(f"{where}: {stage.key} names the unknown activity {activity}")
        for paper in stage.papers:
            if paper not in catalogue().papers:
                raise LawError(f"{where}: {stage.key} names the unknown paper {paper}")
        for each in stage.required:
            if not set(each.one_of) <= set(stage.papers):
                raise LawError(f"{where}: {stage.key} requires a paper that isn't its own")
