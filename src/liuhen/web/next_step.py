"""What the course of a case asks for where the law names no act.

The law says what must stand before a decision, not that one goes out and investigates. Not for
what is owed (`compliance.readiness`), nor for where an act is done (`steps`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse

from liuhen.cases.models import Case
from liuhen.compliance.readiness import CaseState
from liuhen.web.kind_steps import next_of_kind
from liuhen.web.periods import with_periods

# An ordinary penalty, by the stage it has reached: what to do, why, the article, the page.
_PENALTY = {
    "initiation": ("开展调查", "已经立案，开展检查、询问等调查取证。", "12.1", "case_activities"),
    "investigation": (
        "作出调查结论",
        "调查取证完成后，认定事实、提出处罚建议、制作调查终结报告；还要调查的，继续开展活动。",
        "penalty_law:57",
        "case_conclusion",
    ),
    "decision": ("送达决定书", "处罚决定书制作以后送达当事人。", "28.1", "case_service"),
    "service": ("登记履行情况", "处罚决定已经送达，当事人履行后登记。", "34.1", "case_performance"),
    "performance": ("报请结案", "处罚决定已经履行，制作结案报告。", "37.1", "case_closing"),
}

# Where nobody is punished, nothing is performed.
_SPARED = {
    "decision": ("送达决定书", "不予处罚决定书制作以后送达当事人。", "28.1", "case_service"),
    "service": ("报请结案", "不予处罚决定已经送达，制作结案报告。", "37.1", "case_closing"),
}


def course_step(state: CaseState) -> dict[str, Any] | None:
    """What comes next by the course, as `parts/next_step.html` shows it; None when it says nothing.

    `is_last`: nothing but the report that closes the case.
    Nothing while somebody else has to answer, nor once the case is closed.
    """
    case = state.case
    if case.closed_at is not None or state.asked:
        return None
    found = _of_penalty(state) if case.kind == case.Kind.PENALTY else _of_kind(state)
    if found is None:
        return None
    label, reason, article, page = found
    return {
        "label": label,
        "reason": reason,
        "article": article,
        "href": reverse(page, args=[case.id]),
        "is_last": page == "case_closing",
    }


def _of_penalty(state: CaseState) -> tuple[str, str, str, str] | None:
    case = state.case
    if case.initiated_at is None or case.procedure != case.Procedure.ORDINARY:
        return None
    steps = _PENALTY | _SPARED if "no_penalty" in case.facts else _PENALTY
    return steps.get(case.stage)


def _of_kind(state: CaseState) -> tuple[str, str, str, str] | None:
    step = next_of_kind(state)
    if step is None:
        return None
    return step.label, with_periods(step.reason), step.article, step.page


def goes_first(course: Mapping[str, Any], case: Case, lamps: Iterable[str]) -> bool:
    """Whether the step of the course comes before steps that the law asks for, by their lamps.

    Of a penalty the law names most steps, of another kind few; a report is the last of them.
    """
    if case.kind == Case.Kind.PENALTY or course["is_last"]:
        return not [*lamps]
    return not {"red", "yellow"}.intersection(lamps)
