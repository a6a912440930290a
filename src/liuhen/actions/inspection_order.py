"""Which steps of an inspection come before which paper or activity. Not acts by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from liuhen.actions.paper_needs import Need, Order, has_party, issued
from liuhen.cases.models import Case


def is_emergency(case: Case) -> bool:
    """Whether the inspection was started before its approval (Art. 10)."""
    return case.circumstances.get("is_emergency_start") is True


def _is_notified(case: Case) -> bool:
    return is_emergency(case) or issued("inspection_notice")(case)


def _is_to_correct(case: Case) -> bool:
    return bool(case.facts.get("correction"))


_PARTY = Need("被检查人基本情况", "办法第10条", has_party, "case_parties")
_APPROVED = Need(
    "行政检查审批（程序启动）",
    "办法第10条",
    lambda case: case.initiated_at is not None,
    "case_inspection",
)
_NOTIFIED = Need("行政检查通知书", "办法第8条", _is_notified, "case_inspection")
_RECORDED = Need("现场检查笔录", "办法第13条", issued("inspection_record"), "case_activities")
_FOUND = Need(
    "检查结果的认定",
    "办法第7条",
    lambda case: bool((case.facts.get("inspection") or {}).get("outcome")),
    "inspection_result",
)
_CORRECTING = Need("责令改正的内容和期限", "行政处罚法第28条", _is_to_correct, "inspection_result")
_ORDERED = Need(
    "责令改正通知书", "行政处罚法第28条", issued("correction_notice"), "case_inspection"
)

ORDERS: Mapping[str, Order] = {
    "inspection_approval": Order("approval", (_PARTY,)),
    "inspection_notice": Order("approval", (_APPROVED,), is_addressed=True),
    "random_draw_minutes": Order("draw"),
    "inspection_result_notice": Order("result", (_RECORDED, _FOUND), is_addressed=True),
    "correction_notice": Order("correction", (_RECORDED, _CORRECTING), is_addressed=True),
    "reinspection_record": Order("reinspection", (_ORDERED,)),
}
_ON_SITE = (_APPROVED, _NOTIFIED)
BEFORE_ACTIVITIES: Mapping[str, tuple[Need, ...]] = {
    **dict.fromkeys(
        ("inspection", "promise_supervision", "inquiry", "evidence_collection", "sampling"),
        _ON_SITE,
    ),
    "reinspection": (_ORDERED,),
}
