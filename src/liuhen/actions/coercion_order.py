"""The papers of coercion and levy in their order: what each waits for and what it brings about.

Taken over by `paper_order`. Not for what the law forbids, which its gates say.
"""

from __future__ import annotations

from collections.abc import Mapping

from liuhen.actions.enforcement_halts import halted_by, terminated_at
from liuhen.actions.paper_needs import Need, Order, has_party, is_issued, issued
from liuhen.cases.models import Case
from liuhen.documents.coercion_facts import OBJECTION_RECORD, STATEMENT_RECORD
from liuhen.documents.handled_things import (
    ENTRUSTMENT,
    HANDLING,
    handling_papers,
    is_settled,
    way_of,
)
from liuhen.documents.models import Material
from liuhen.documents.ordinary_facts import first_service
from liuhen.law.vocabulary import HandlingWay

_PARTY = Need("当事人基本情况", "办法第12条", has_party, "case_parties")

# -- sealing and seizure -----------------------------------------------------------------------


def _is_stated(case: Case) -> bool:
    return bool((case.facts.get("coercion") or {}).get("measure"))


def _is_taken(case: Case) -> bool:
    return case.activities.filter(kind="sealing_or_seizure").exists()


def _is_kept(case: Case) -> bool:
    return is_issued(case, "seizure_decision") and not is_settled(case)


def _is_to_be_auctioned(case: Case) -> bool:
    return any(way_of(one) is HandlingWay.AUCTION for one in handling_papers(case))


_AUCTIONED = Need("拍卖抵缴罚款的决定", "行政强制法第46条", _is_to_be_auctioned, "case_course")
_MEASURE_STATED = Need("拟采取的措施", "行政强制法第18条", _is_stated, "case_course")
_ON_SITE = Need("现场实施查封、扣押", "行政强制法第18条", _is_taken, "case_course")
_DECIDED = Need("查封（扣押）决定书", "行政强制法第24条", issued("seizure_decision"))
_KEPT = Need("正在实施的查封、扣押", "行政强制法第25条", _is_kept)
_ONCE = Need(
    "没有延长过（只能延长一次）",
    "行政强制法第25条",
    lambda case: not is_issued(case, "seizure_prolongation"),
)

MEASURE: Mapping[str, Order] = {
    "coercion_approval": Order("approval", (_PARTY, _MEASURE_STATED)),
    "coercion_scene_record": Order("on_site", (_ON_SITE,)),
    "seizure_decision": Order(
        "decision_and_list", (_ON_SITE,), is_addressed=True, gate="issue_sealing_decision"
    ),
    "seizure_list": Order("decision_and_list", (_ON_SITE, _DECIDED), is_addressed=True),
    "testing_entrustment": Order("keeping", (_KEPT,)),
    "testing_period_notice": Order("keeping", (_KEPT,), is_addressed=True),
    "seizure_prolongation": Order("prolongation", (_KEPT, _ONCE), is_addressed=True),
    "seizure_lifting": Order("disposal", (_KEPT,), is_addressed=True),
    "collective_minutes": Order(),
    HANDLING: Order("disposal", (_KEPT,), is_addressed=True, asks="handle_things"),
    ENTRUSTMENT: Order("disposal", (_AUCTIONED,)),
}

# -- enforcement -------------------------------------------------------------------------------


def _is_reminded(case: Case) -> bool:
    return first_service(case, "reminder") is not None


def _is_answered(case: Case) -> bool:
    letters = case.materials.filter(kind=Material.Kind.STATEMENT)
    return is_issued(case, STATEMENT_RECORD) or letters.exists()


_REMINDED = Need("催告书的送达", "行政强制法第35条", _is_reminded, "case_service")
_ANSWERED = Need("当事人的陈述申辩", "行政强制法第36条", _is_answered, "case_defence")
_ENFORCED = Need(
    "强制执行决定书",
    "行政强制法第37条",
    issued("enforcement_decision", "substitute_performance_decision"),
    "case_course",
)

_GOING_ON = Need(
    "正在进行的强制执行（没有中止、终结）",
    "行政强制法第39条、第40条",
    lambda case: halted_by(case) is None and terminated_at(case) is None,
)
_NOT_OVER = Need("没有终结的强制执行", "行政强制法第40条", lambda case: terminated_at(case) is None)

ENFORCEMENT: Mapping[str, Order] = {
    "reminder": Order("reminder", (_PARTY,), is_addressed=True),
    "statement_record": Order("defence", (_REMINDED,)),
    "defence_review": Order("defence", (_ANSWERED,)),
    "collective_minutes": Order("", (_REMINDED,)),
    "other_decision_approval": Order("enforcement_decision", (_REMINDED,)),
    "enforcement_decision": Order(
        "enforcement_decision", (_REMINDED,), is_addressed=True, gate="issue_enforcement_decision"
    ),
    "substitute_performance_decision": Order(
        "enforcement_decision", (_REMINDED,), is_addressed=True, gate="issue_enforcement_decision"
    ),
    "enforcement_record": Order("enforcement", (_ENFORCED,)),
    "enforcement_agreement": Order("enforcement", (_ENFORCED, _GOING_ON)),
    "enforcement_suspension": Order("enforcement", (_ENFORCED, _GOING_ON), is_addressed=True),
    "enforcement_termination": Order("enforcement", (_ENFORCED, _NOT_OVER), is_addressed=True),
    "enforcement_result": Order("enforcement", (_ENFORCED,)),
    "enforcement_application": Order("court", (_REMINDED,), asks="apply_to_court"),
}

# -- levy --------------------------------------------------------------------------------------


def _is_assessed(case: Case) -> bool:
    return bool((case.facts.get("levy") or {}).get("item"))


def _is_served(case: Case) -> bool:
    return first_service(case, "levy_decision") is not None


def _is_told(case: Case) -> bool:
    return first_service(case, "other_prior_notice") is not None


def _is_objected(case: Case) -> bool:
    letters = case.materials.filter(kind=Material.Kind.STATEMENT)
    return is_issued(case, OBJECTION_RECORD) or letters.exists()


_ASSESSED = Need("征收事项", "办法第22条", _is_assessed, "case_course")
_TOLD = Need("决定前告知书的送达", "办法第15条", _is_told, "case_service")
_SERVED = Need("征收决定书的送达", "办法第28条", _is_served, "case_service")
_OBJECTED = Need("当事人的异议", "办法第15条", _is_objected, "case_defence")

LEVY: Mapping[str, Order] = {
    "other_prior_notice": Order("prior_notice", (_PARTY, _ASSESSED), is_addressed=True),
    "collective_minutes": Order("", (_ASSESSED,)),
    "other_decision_approval": Order(
        "decision_approval", (_PARTY, _ASSESSED), asks="approve_general_decision"
    ),
    "levy_decision": Order(
        "decision", (_PARTY, _ASSESSED), is_addressed=True, gate="issue_levy_decision"
    ),
    STATEMENT_RECORD: Order("prior_notice", (_TOLD,)),
    OBJECTION_RECORD: Order("objection", (_SERVED,)),
    "levy_objection_decision": Order("objection_decision", (_OBJECTED,), is_addressed=True),
    "reminder": Order("reminder", (_SERVED,), is_addressed=True),
    "enforcement_application": Order("court", (_SERVED,), asks="apply_to_court"),
}
