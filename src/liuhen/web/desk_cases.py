"""The cases a person carries, on My desk: what can be done in each now, which clocks run.

One row a case. What can't be done yet is no task: its clock is shown apart. Not for what waits for
an office (`desk_offices`). Reads only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from liuhen.actions.simple_procedure import KIND
from liuhen.approvals.queries import KIND_TITLES
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import visible_cases
from liuhen.cases.secrecy import carried_ids
from liuhen.compliance.queries import (
    NextStep,
    broken_cases,
    by_urgency,
    unacknowledged,
    undone_findings,
)
from liuhen.compliance.readiness import CaseState, states_of, work_on
from liuhen.compliance.shown import BLUE, RED, UNKNOWN, ShownFinding
from liuhen.people.models import Office, Person
from liuhen.people.queries import office_kinds
from liuhen.web.desk_offices import case_words
from liuhen.web.file_step import (
    files_of,
    given_back,
    is_given_back,
    is_with_archive,
    without_hand_over,
)
from liuhen.web.next_step import course_step, goes_first
from liuhen.web.steps import href_of_finding, is_waiting_for_statement

CASES, WATCHED = 30, 10
_WATCHING = frozenset({Office.Kind.UNIT_HEAD, Office.Kind.DEPARTMENT_HEAD, Office.Kind.SUPERVISOR})


@dataclass(frozen=True)
class Carried:
    """What the cases a person carries come to: tasks, and clocks that merely run."""

    tasks: list[dict[str, Any]]
    clocks: list[dict[str, Any]]


def carried_cases(person: Person) -> Carried:
    """The work of the cases a person carries, the nearest clock first; eleven queries at most."""
    is_open = Q(handed_over_at=None) | Q(file__received_at=None)
    open_cases = visible_cases(person).filter(is_open, id__in=carried_ids(person))
    cases = list(by_urgency(open_cases)[:CASES])
    states, findings, files = states_of(cases), undone_findings(cases), files_of(cases)
    scenes = {
        one.case_id: one
        for one in Activity.objects.filter(case__in=cases, kind=KIND, ended_at=None)
    }
    explained = unacknowledged(cases)
    tasks, clocks = [], []
    for case in cases:
        found = [
            one
            for one in findings.get(case.id, [])
            if (case.id, one.rule, one.subject_id) not in explained
        ]
        file = files.get(case.id)
        work = without_hand_over(work_on(states[case.id], found), file)
        steps = _steps(states[case.id], work.steps, found, scenes.get(case.id))
        if file is not None and is_given_back(file):
            steps.insert(0, given_back(file))
        if steps:
            first, *more = steps
            tasks.append({**first, "case": case_words(case), "more": more})
        line = _clocks(case, work.clocks, states[case.id], is_with_archive=is_with_archive(file))
        if line:
            clocks.append(line)
    return Carried(tasks, clocks)


def watched_cases(person: Person) -> list[dict[str, Any]]:
    """Cases with breaches, for the offices that watch over others' cases."""
    if not office_kinds(person) & _WATCHING:
        return []
    return [
        {**case_words(case), "count": count, "due_at": due}
        for case, count, due in broken_cases(person, limit=WATCHED)
    ]


def _steps(
    state: CaseState,
    steps: Sequence[NextStep],
    findings: Iterable[ShownFinding],
    scene: Activity | None,
) -> list[dict[str, Any]]:
    """What can be done in a case now, each kind of act once, the most pressing first."""
    rows = [_going_on(scene)] if scene is not None else []
    rows += [_ending(state.case)] if state.may_be_ended else []
    merged: dict[str, dict[str, Any]] = {}
    for step in steps:
        row = _step(state.case.id, step, scene)
        if row is None or (scene is not None and row["lamp"] not in ("red", "yellow")):
            continue
        known = merged.setdefault(row["href"], row)
        if known is not row and known["label"] == row["label"]:
            known["count"] = known.get("count", 1) + 1
    rows += merged.values()
    broken = [one for one in findings if one.lamp == RED and not one.is_curable]
    rows += [_explaining(state.case, len(broken))] if broken else []
    if not rows and _may_be_closed(state):
        rows.append(_closing(state.case))
    course = course_step(state)
    if course is not None:
        _place(rows, state.case, {**course, "lamp": "open", "lamp_words": "待办理"})
    return rows


def _place(rows: list[dict[str, Any]], case: Case, course: dict[str, Any]) -> None:
    """Put the step of the course where it belongs, with the clock the law has for that page."""
    same = next((row for row in rows if row["href"] == course["href"]), None)
    if same is not None and case.kind != Case.Kind.PENALTY:
        same |= {"label": course["label"], "reason": course["reason"]}
    elif goes_first(course, case, [row["lamp"] for row in rows if row["lamp"] != UNKNOWN]):
        rows.insert(0, course)
    elif not course["is_last"] and case.kind != Case.Kind.PENALTY:
        rows.append(course)


def _step(case_id: UUID, step: NextStep, scene: Activity | None) -> dict[str, Any] | None:
    """A step as a task; None for one that is done nowhere, or not by who carries the case."""
    first = step.findings[0]
    is_statement = step.lamp == UNKNOWN and is_waiting_for_statement(first)
    if step.lamp == BLUE or (step.lamp == UNKNOWN and not is_statement):
        return None
    href = href_of_finding(first, case_id, str(scene.id) if scene else None)
    if href is None:
        return None
    return {
        "label": "确认案件情形" if is_statement else step.text,
        "lamp": step.lamp,
        "lamp_words": "待确认" if is_statement else first.lamp_words,
        "article": first.clause,
        "due_at": step.due_at,
        "warn_at": step.warn_at,
        "reason": first.reason,
        "href": href,
    }


def _going_on(scene: Activity) -> dict[str, Any]:
    return {
        "label": "继续办理当场处罚",
        "lamp": "open",
        "lamp_words": "现场办理中",
        "article": "27.1",
        "reason": scene.place,
        "href": reverse("simple_case", args=[scene.id]),
        "act": "继续",
    }


def _ending(case: Case) -> dict[str, Any]:
    return {
        "label": "报请终止案件",
        "lamp": "blue",
        "lamp_words": "当事人已不存在",
        "article": "37.1",
        "href": reverse("case_closing", args=[case.id]),
    }


def _explaining(case: Case, count: int) -> dict[str, Any]:
    return {
        "label": "书面说明不能补做的欠缺",
        "count": count,
        "lamp": "red",
        "lamp_words": "",
        "article": "37.1",
        "href": reverse("case_explanations", args=[case.id]),
        "act": "去说明",
    }


def _may_be_closed(state: CaseState) -> bool:
    is_open = state.case.closed_at is None and "closing" not in state.asked
    return is_open and state.is_performed


def _closing(case: Case) -> dict[str, Any]:
    return {
        "label": "报请结案",
        "lamp": "open",
        "lamp_words": "已经履行",
        "article": "37.1",
        "href": reverse("case_closing", args=[case.id]),
    }


def _clocks(
    case: Case, clocks: Sequence[ShownFinding], state: CaseState, *, is_with_archive: bool
) -> dict[str, Any] | None:
    """The clocks of a case that run for what can't be done yet, and whose answer it waits for."""
    waiting = [
        f"{KIND_TITLES.get(kind, kind)}等{Office.Kind(office).label}答复"
        for kind, office in state.asked.items()
    ]
    waiting += ["移交的案卷等档案室接收"] if is_with_archive else []
    if not (clocks or waiting):
        return None
    nearest = clocks[0] if clocks else None
    return {
        **case_words(case),
        "label": nearest.act_text if nearest else "",
        "due_at": nearest.due_at if nearest else None,
        "warn_at": nearest.warn_at if nearest else None,
        "waiting": "、".join(waiting),
        "more": [
            {"label": one.act_text, "due_at": one.due_at, "warn_at": one.warn_at}
            for one in clocks[1:]
        ],
    }
