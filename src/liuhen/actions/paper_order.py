"""Which steps of a course come before which paper, and what issuing brings about.

What the law forbids is asked of its gates; here stands only the order in which papers are made.
Not acts by themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from liuhen.actions import coercion_order, inspection_order, licensing_order
from liuhen.actions.paper_needs import Need, Order, has_party, is_issued, issued
from liuhen.actions.stages import advance
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case
from liuhen.cases.queries import dead_party
from liuhen.documents.collection_facts import has_banked_fine
from liuhen.documents.crime_transfers import is_with_police
from liuhen.documents.models import Material, Paper
from liuhen.documents.ordinary_facts import first_service
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import catalogue


def _is_noticed(case: Case) -> bool:
    return first_service(case, "prior_notice") is not None


def _is_stated(case: Case) -> bool:
    kinds = (Material.Kind.STATEMENT, Material.Kind.HEARING_REQUEST)
    return is_issued(case, "statement_record") or case.materials.filter(kind__in=kinds).exists()


_CHECKED = Need(
    "线索核查情况",
    "办法第11条",
    lambda case: not case.leads.filter(check_note="").exists(),
    "case_initiation",
)
_PARTY = Need("当事人基本情况", "办法第10条", has_party, "case_parties")
_INITIATED = Need(
    "立案（程序启动）",
    "办法第10条",
    lambda case: case.initiated_at is not None,
    "case_initiation",
)
_REPORTED = Need(
    "案件调查终结报告", "行政处罚法第57条", issued("investigation_report"), "case_conclusion"
)
_NOTICED = Need("事先告知书的送达", "办法第15条、行政处罚法第44条", _is_noticed, "case_notice")
_PUNISHING = Need(
    "处罚建议",
    "行政处罚法第57条",
    lambda case: "no_penalty" not in case.facts,
    "case_conclusion",
)
_RIGHT = Need(
    "当事人的听证权利",
    "行政处罚法第63条",
    lambda case: case.circumstances.get("hearing_right") is True,
    "case_conclusion",
)
_SPARING = Need(
    "不予处罚的建议",
    "行政处罚法第57条",
    lambda case: "no_penalty" in case.facts,
    "case_conclusion",
)
_APPROVED = Need(
    "不予处罚决定的批准",
    "办法第22条、第24条",
    issued("other_decision_approval"),
    "case_decision",
)
_STATED = Need("当事人的陈述申辩", "办法第15条、行政处罚法第45条", _is_stated, "case_defence")
_RECORDED = Need(
    "听证笔录", "办法第19条、行政处罚法第64条", issued("hearing_record"), "case_hearing"
)
_REPORTED_HEARING = Need(
    "听证报告书",
    "办法第19条、行政处罚法第65条",
    lambda case: (
        not case.activities.filter(kind="hearing").exists() or is_issued(case, "hearing_report")
    ),
    "case_hearing",
)
_DECIDED = Need("行政处罚决定书", "办法第22条", issued("penalty_decision"), "case_decision")

_SERVED = Need(
    "行政处罚决定书的送达",
    "行政处罚法第61条",
    lambda case: first_service(case, "penalty_decision") is not None,
    "case_service",
)

_COLLECTED = Need(
    "罚款的缴纳（当场收缴的，已交机关并缴付银行）",
    "行政处罚法第67条、第71条",
    has_banked_fine,
    "case_performance",
)

# Drawn up by the decision on the lead; by hand again where a draft was voided.
_REFUSED = Need(
    "不予立案的批准",
    "办法第11条",
    lambda case: case.leads.filter(outcome="refused").exists(),
    "case_lead",
)


def _transferred(*, is_crime: bool) -> Need:
    def is_decided(case: Case) -> bool:
        decided = case.leads.filter(transfer_decided_at__isnull=False, is_suspected_crime=is_crime)
        return decided.exists() or (is_crime and is_with_police(case))

    return Need("移送的批准", "办法第11条", is_decided, "case_lead")


_PENALTY: Mapping[str, Order] = {
    "lead_refusal_notice": Order("", (_REFUSED,)),
    "crime_transfer_letter": Order("", (_transferred(is_crime=True),)),
    "case_transfer_letter": Order("", (_transferred(is_crime=False),)),
    "initiation_approval": Order("", (_CHECKED, _PARTY)),
    "investigation_report": Order("investigation_report", (_INITIATED,)),
    "prior_notice": Order("prior_notice", (_REPORTED, _PUNISHING), is_addressed=True),
    # the right came up after the prior notice, which did not tell it
    "hearing_right_notice": Order(
        "prior_notice", (_REPORTED, _PUNISHING, _NOTICED, _RIGHT), is_addressed=True
    ),
    "statement_record": Order("defence", (_NOTICED,)),
    "waiver": Order("defence", (_NOTICED,)),
    "defence_review": Order("defence_review", (_STATED,)),
    "legality_review_opinion": Order("legality_review", (_REPORTED,)),
    "collective_minutes": Order("collective_discussion", (_REPORTED,)),
    "hearing_notice": Order("defence", (_NOTICED,), is_addressed=True),
    "hearing_record": Order("defence", (_NOTICED,)),
    "hearing_report": Order("defence", (_RECORDED,)),
    "decision_approval": Order(
        "decision_approval", (_REPORTED, _PUNISHING, _NOTICED, _REPORTED_HEARING)
    ),
    "other_decision_approval": Order(
        "decision_approval", (_REPORTED, _SPARING, _REPORTED_HEARING), asks="approve_decision"
    ),
    "penalty_decision": Order("decision", (_INITIATED, _REPORTED, _PUNISHING), is_addressed=True),
    "no_penalty_decision": Order(
        "decision", (_REPORTED, _SPARING, _APPROVED), is_addressed=True, gate="issue_decision"
    ),
    "performance_record": Order("performance", (_DECIDED,)),
    "instalment_approval": Order("", (_DECIDED, _SERVED)),
    "late_penalty_decision": Order("", (_DECIDED, _SERVED), is_addressed=True),
    "fine_collection": Order("", (_COLLECTED,)),
}
# What would punish, or tell the party of it, in the place of a transfer (Transfer rules 11).
_PUNISHES = frozenset(
    {"prior_notice", "hearing_right_notice", "decision_approval", "penalty_decision"}
    | {"other_decision_approval", "no_penalty_decision"}
)
# Not addressed to the party, but it must be there to be proceeded against or to speak.
_OF_THE_PARTY = frozenset({"initiation_approval", "statement_record", "waiver"})
# Activities in which the party is heard or handed something.
_WITH_THE_PARTY = frozenset({"statement_and_defence", "service_in_person", "service_left"})
_COURSES: Mapping[tuple[str, str], Mapping[str, Order]] = {
    (Case.Kind.PENALTY, Case.Procedure.ORDINARY): _PENALTY,
    (Case.Kind.COERCION, Case.Procedure.MEASURE): coercion_order.MEASURE,
    (Case.Kind.COERCION, Case.Procedure.ENFORCEMENT): coercion_order.ENFORCEMENT,
    (Case.Kind.LEVY, Case.Procedure.ORDINARY): coercion_order.LEVY,
    (Case.Kind.INSPECTION, Case.Procedure.ORDINARY): inspection_order.ORDERS,
    (Case.Kind.LICENSING, Case.Procedure.ORDINARY): licensing_order.ORDERS,
    (Case.Kind.LICENSING, Case.Procedure.ENDING): licensing_order.ENDING,
}
# The law's gate before an activity, by kind of case.
_ACTIVITY_GATES: Mapping[str, Mapping[str, str]] = {
    Case.Kind.INSPECTION: {
        "inspection": "begin_inspection",
        "promise_supervision": "begin_inspection",
    },
}
# Activities that find out what a decision rests on, and the decisions that end finding out.
_EVIDENCE = frozenset(
    {"inquiry", "inspection", "evidence_collection", "sampling", "preservation"}
    | {"on_site_verification"}
)
_DECISIONS: Mapping[str, tuple[str, ...]] = {
    Case.Kind.PENALTY: ("penalty_decision", "no_penalty_decision"),
    Case.Kind.LICENSING: licensing_order.DECISIONS,
}
# What must stand before an activity of a kind begins.
_BEFORE_ACTIVITIES: Mapping[str, Mapping[str, tuple[Need, ...]]] = {
    Case.Kind.INSPECTION: inspection_order.BEFORE_ACTIVITIES,
    Case.Kind.LICENSING: licensing_order.BEFORE_ACTIVITIES,
}


def orders_of(case: Case) -> Mapping[str, Order]:
    """The papers of the case's course by type, in the order they are made."""
    return _COURSES.get((case.kind, case.procedure), {})


def refuse_out_of_order(case: Case, type_key: str) -> None:
    """Refuse a paper of another kind, whose time has not come, or whose addressee is no more.

    Raises:
        Refused: `paper.other_kind`; `paper.too_early` with what is missing and the articles;
            `party.dead`, `crime.with_police`.
    """
    if not is_of_course(case, type_key):
        raise Refused("paper.other_kind", title=document_type(type_key).title)
    if type_key in _PUNISHES and is_with_police(case):
        raise Refused("crime.with_police")
    missing = [f"{need.label}（{need.article}）" for need in needs_unmet(case, type_key)]
    if missing:
        raise Refused("paper.too_early", missing="、".join(missing))
    order = orders_of(case).get(type_key)
    if order is not None and (order.is_addressed or type_key in _OF_THE_PARTY):
        refuse_dead(case)


def is_of_course(case: Case, type_key: str) -> bool:
    """Whether a type of paper belongs to the case's course, or to none in particular."""
    owners = {course for course, orders in _COURSES.items() if type_key in orders}
    return not owners or case.is_on_the_spot or (case.kind, case.procedure) in owners


def needs_unmet(case: Case, type_key: str) -> list[Need]:
    """What must still be done in a case before a paper of a type."""
    order = orders_of(case).get(type_key)
    return [] if order is None else [need for need in order.needs if not need.is_met(case)]


def refuse_dead(case: Case) -> None:
    """Nothing more is decided against a party that is dead or has ceased to be.

    Raises:
        Refused: `party.dead`.
    """
    dead = dead_party(case)
    if dead is not None and dead.died_on is not None:
        raise Refused("party.dead", name=dead.name, day=dead.died_on.isoformat())


def follow_issue(paper: Paper) -> None:
    """Move the case to the stage an issued paper reaches."""
    order = orders_of(paper.case).get(paper.type)
    if order is not None and order.stage:
        advance(paper.case, order.stage)


def refuse_early_activity(case: Case, kind: str) -> None:
    """Refuse an activity whose time has not come, or whose party is no more.

    Raises:
        Refused: `activity.too_early`, `party.dead`.
    """
    if kind in _WITH_THE_PARTY:
        refuse_dead(case)
    missing = [
        f"{need.label}（{need.article}）"
        for need in _BEFORE_ACTIVITIES.get(case.kind, {}).get(kind, ())
        if not need.is_met(case)
    ]
    if missing:
        name = catalogue().activities[kind].name
        raise Refused("activity.too_early", activity=name, missing="、".join(missing))


def refuse_late_evidence(case: Case, kind: str, begin: dt.datetime) -> None:
    """Refuse evidence for a decision that is made: it rests on what was there before.

    Raises:
        Refused: `activity.after_decision`.
    """
    types = _DECISIONS.get(case.kind)
    if types is None or kind not in _EVIDENCE:
        return
    decided = case.papers.filter(type__in=types, state=Paper.State.ISSUED)
    first = decided.order_by("issued_at").first()
    if first is not None and first.issued_at is not None and begin >= first.issued_at:
        raise Refused(
            "activity.after_decision",
            activity=catalogue().activities[kind].name,
            title=document_type(first.type).title,
        )


def gate_of_activity(case: Case, kind: str) -> str:
    """The law's gate before an activity of a case; "" for none."""
    return _ACTIVITY_GATES.get(case.kind, {}).get(kind, "")
