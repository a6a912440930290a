"""Which steps of an ordinary penalty come before which paper, and what issuing brings about.

What the law forbids is asked of its gates; here stands only the order in which papers are made.
Not acts by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from liuhen.actions.stages import advance
from liuhen.cases.models import Case, Party
from liuhen.documents.models import Material, Paper
from liuhen.documents.ordinary_facts import first_service
from liuhen.kernel.refusals import Refused


@dataclass(frozen=True, slots=True)
class Need:
    """Something that must stand before a paper: what it is, the article, and the test."""

    label: str
    article: str
    is_met: Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Order:
    """What a paper needs, the stage its issue reaches, and whether it is addressed to the party."""

    stage: str = ""
    needs: tuple[Need, ...] = ()
    is_addressed: bool = False


def is_issued(case: Case, *types: str) -> bool:
    """Whether the case has an issued paper of one of these types."""
    return case.papers.filter(type__in=types, state=Paper.State.ISSUED).exists()


def _is_noticed(case: Case) -> bool:
    return first_service(case, "prior_notice") is not None


def _is_stated(case: Case) -> bool:
    kinds = (Material.Kind.STATEMENT, Material.Kind.HEARING_REQUEST)
    return is_issued(case, "statement_record") or case.materials.filter(kind__in=kinds).exists()


def _needs(*types: str) -> Callable[[Case], bool]:
    return lambda case: is_issued(case, *types)


_CHECKED = Need(
    "线索核查情况",
    "办法第11条",
    lambda case: not case.leads.filter(check_note="").exists(),
)
_PARTY = Need(
    "当事人基本情况", "办法第10条", lambda case: case.parties.filter(role="party").exists()
)
_INITIATED = Need("立案（程序启动）", "办法第10条", lambda case: case.initiated_at is not None)
_REPORTED = Need("案件调查终结报告", "行政处罚法第57条", _needs("investigation_report"))
_NOTICED = Need("事先告知书的送达", "办法第15条、行政处罚法第44条", _is_noticed)
_STATED = Need("当事人的陈述申辩", "办法第15条、行政处罚法第45条", _is_stated)
_DECIDED = Need("行政处罚决定书", "办法第22条", _needs("penalty_decision"))

ORDERS: Mapping[str, Order] = {
    "initiation_approval": Order("", (_CHECKED, _PARTY)),
    "investigation_report": Order("investigation_report", (_INITIATED,)),
    "prior_notice": Order("prior_notice", (_REPORTED,), is_addressed=True),
    "statement_record": Order("defence", (_NOTICED,)),
    "waiver": Order("defence", (_NOTICED,)),
    "defence_review": Order("defence_review", (_STATED,)),
    "legality_review_opinion": Order("legality_review", (_REPORTED,)),
    "collective_minutes": Order("collective_discussion", (_REPORTED,)),
    "decision_approval": Order("decision_approval", (_REPORTED, _NOTICED)),
    "penalty_decision": Order("decision", (_INITIATED, _REPORTED), is_addressed=True),
    "performance_record": Order("performance", (_DECIDED,)),
}


def refuse_out_of_order(case: Case, type_key: str) -> None:
    """Refuse a paper whose time has not come, or whose addressee is no more.

    Raises:
        Refused: `paper.too_early` with what is missing and the articles; `party.dead`.
    """
    missing = [f"{need.label}（{need.article}）" for need in needs_unmet(case, type_key)]
    if missing:
        raise Refused("paper.too_early", missing="、".join(missing))
    order = ORDERS.get(type_key)
    if order is not None and order.is_addressed and case.procedure == Case.Procedure.ORDINARY:
        refuse_dead(case)


def needs_unmet(case: Case, type_key: str) -> list[Need]:
    """What must still be done in a case before a paper of a type."""
    order = ORDERS.get(type_key)
    if order is None or case.procedure != Case.Procedure.ORDINARY:
        return []
    return [need for need in order.needs if not need.is_met(case)]


def refuse_dead(case: Case) -> None:
    """Nothing more is decided against a party that is dead or has ceased to be."""
    dead = Party.objects.filter(case=case, role=Party.Role.PARTY, died_on__isnull=False).first()
    if dead is not None and dead.died_on is not None:
        raise Refused("party.dead", name=dead.name, day=dead.died_on.isoformat())


def follow_issue(paper: Paper) -> None:
    """Move the case to the stage an issued paper reaches."""
    order = ORDERS.get(paper.type)
    if order is not None and order.stage and paper.case.procedure == Case.Procedure.ORDINARY:
        advance(paper.case, order.stage)
