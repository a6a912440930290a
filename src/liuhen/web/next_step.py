"""What the course of an ordinary penalty asks for where the law names no act.

The law says what must stand before a decision, not that one goes out and investigates. Not for
what is owed (`compliance.readiness`), nor for where an act is done (`steps`).
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from liuhen.compliance.readiness import CaseState

# By the stage a case has reached: what to do, why, the article, the page.
_COURSE = {
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


def course_step(state: CaseState) -> dict[str, Any] | None:
    """What comes next by the course, as `parts/next_step.html` shows it; None when it says nothing.

    Nothing while somebody else has to answer, nor once the case is closed.
    """
    case = state.case
    is_open = case.closed_at is None and case.initiated_at is not None
    is_ordinary = case.kind == case.Kind.PENALTY and case.procedure == case.Procedure.ORDINARY
    if not (is_open and is_ordinary) or state.asked or case.stage not in _COURSE:
        return None
    label, reason, article, page = _COURSE[case.stage]
    return {
        "label": label,
        "reason": reason,
        "article": article,
        "href": reverse(page, args=[case.id]),
    }
