"""What comes next in the course of a licence applied for, and of one that is to end.

Not for the other kinds (`kind_steps`).
"""

from __future__ import annotations

from liuhen.actions.licensing import ENDED, KEPT
from liuhen.actions.licensing_order import ANSWERS
from liuhen.compliance.readiness import CaseState
from liuhen.web.course_steps import (
    CLOSING,
    Step,
    both,
    is_published,
    issued,
    knows,
    served,
    unless,
)


def _is_to_be_entered(state: CaseState) -> bool:
    """A licence that was granted since licences are entered."""
    known = state.case.facts.get("licence") or {}
    return "licence_grant" in state.issued and "has_certificate" in known


LICENSING = (
    Step(
        "答复申请",
        "审查申请材料，受理、不予受理，或者一次告知补正。",
        "licensing_law:32",
        "case_licensing",
        issued(*ANSWERS, "supplement_notice"),
    ),
    Step(
        "收取补正材料，作出受理决定",
        "已经告知补正；申请人补正以后受理。",
        "licensing_law:32",
        "case_licensing",
        issued(*ANSWERS),
    ),
    Step(
        "提出审查结论",
        "申请已经受理：审查材料，需要的到现场核查，提出准予或者不予的结论。",
        "licensing_law:34",
        "case_licensing",
        unless(issued("acceptance_notice"), knows("licence", "is_granted")),
    ),
    Step(
        "报批许可决定",
        "审查结论已经提出，制作决定审批表报批。",
        "22.1",
        "case_licensing",
        unless(issued("acceptance_notice"), issued("other_decision_approval")),
    ),
    Step(
        "登记许可",
        "准予决定书已经制作：登记许可，颁发许可证的一并制作。",
        "licensing_law:44",
        "case_licensing",
        unless(_is_to_be_entered, knows("licence", "entered")),
    ),
    Step(
        "颁发、送达决定书",
        "决定已经批准，制作决定书并送达申请人；有许可证的一并送达。",
        "licensing_law:44",
        "case_licensing",
        unless(
            issued("acceptance_notice"),
            both(
                served("licence_grant", "licence_refusal"),
                unless(issued("licence_certificate"), served("licence_certificate")),
            ),
        ),
    ),
    Step(
        "公开许可决定",
        "准予许可的决定已经送达，向社会公开并登记。",
        "licensing_law:40",
        "case_publication",
        unless(issued("licence_grant"), is_published),
    ),
    CLOSING,
)


def _ends(state: CaseState) -> bool:
    """Whether the licence is to end, or no conclusion says otherwise yet."""
    return state.case.facts["licence"].get("is_granted") is not False


def _stands(state: CaseState) -> bool:
    return not _ends(state)


def _is_against(state: CaseState) -> bool:
    return _ends(state) and bool(state.case.facts["licence"]["purpose"] != "cancel")


ENDING = (
    Step(
        "提出结论",
        "查明事实，提出撤回、撤销、注销或者许可继续有效的结论。",
        "licensing_law:69",
        "ending_proposal",
        knows("licence", "is_granted"),
    ),
    Step(
        "告知被许可人",
        "撤回、撤销以前制作决定前告知书并送达，听取陈述申辩。",
        "15.1",
        "case_course",
        unless(_is_against, served("other_prior_notice")),
    ),
    Step(
        "报批决定",
        "结论已经提出，制作决定审批表报批。",
        "22.1",
        "case_course",
        issued("other_decision_approval"),
    ),
    Step(
        "作出并送达决定",
        "决定已经批准，作出决定，送达被许可人。",
        "licensing_law:69",
        "case_course",
        unless(_is_against, served(*ENDED)),
    ),
    Step(
        "办理注销",
        "许可已经终止，从登记中除去。",
        "licensing_law:70",
        "case_course",
        unless(_ends, issued("licence_cancellation_decision")),
    ),
    Step(
        "作出并送达继续有效的决定",
        "查明许可应当继续有效，决定已经批准：作出决定，送达被许可人。",
        "licensing_law:8",
        "case_course",
        unless(_stands, served(KEPT)),
    ),
    Step(
        "公开决定",
        "决定已经送达，向社会公开并登记。",
        "three_systems:2",
        "case_publication",
        unless(_is_against, is_published),
    ),
    CLOSING,
)
