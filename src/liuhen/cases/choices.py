"""Choices that stand in facts as keys, in the words people read. Not for those of columns."""

from __future__ import annotations

from collections.abc import Mapping

# Why an inspection is made.
INSPECTION_MODES: Mapping[str, str] = {
    "plan": "计划检查",
    "random": "双随机抽查",
    "lead": "线索核查",
    "promise": "承诺制事后监管",
}
# What becomes of an inspection.
NO_PROBLEM, CORRECTION, TRANSFER = "no_problem", "correction", "transfer"
INSPECTION_OUTCOMES: Mapping[str, str] = {
    NO_PROBLEM: "未发现问题",
    CORRECTION: "责令改正",
    TRANSFER: "发现违法行为，移送立案",
}
# How a hearing ends. Whoever stays away or leaves without leave is taken to have given it up.
HEARING_OUTCOMES: Mapping[str, str] = {
    "held": "听证结束",
    "absent": "当事人无正当理由未到场，听证终止",
    "left": "当事人未经许可中途退场，听证终止",
    "withdrawn": "当事人当场撤回听证要求，听证终止",
}
HEARINGS_GIVEN_UP = frozenset(HEARING_OUTCOMES) - {"held"}
