"""What an approver must know of a request: the case in short, the route, the clock. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from liuhen.approvals.models import Approval
from liuhen.approvals.routes import substitutes_of
from liuhen.cases.models import Case
from liuhen.cases.queries import who_may_answer
from liuhen.compliance.models import Finding
from liuhen.compliance.shown import TO_CONFIRM
from liuhen.compliance.stored import finding_from
from liuhen.documents.case_facts import facts_of
from liuhen.kernel import clock
from liuhen.law.findings import Outcome
from liuhen.people.models import Office

# The duties whose clock runs while a request of a kind waits.
_CLOCKS: Mapping[str, frozenset[str]] = {
    "initiation": frozenset({"start_approved", "lead_checked_in_time"}),
    "lead_prolongation": frozenset({"lead_checked_in_time"}),
    "lead_refusal": frozenset({"lead_checked_in_time"}),
    "lead_transfer": frozenset({"lead_checked_in_time"}),
    "crime_transfer": frozenset({"transfer_decided_in_time"}),
    "defence_review": frozenset({"decided_in_time"}),
    "legality_review": frozenset({"decided_in_time"}),
    "decision": frozenset({"decided_in_time"}),
}
# Section and name of a case's facts, and what an approver calls them.
_TOLD = (
    ("lead", "content", "线索"),
    ("lead", "check", "核查情况"),
    ("violation", "facts", "违法事实"),
    ("violation", "evidence_summary", "主要证据"),
    ("violation", "breached", "违反的规定"),
    ("penalty", "basis", "处罚依据"),
    ("penalty", "discretion", "裁量"),
    ("penalty", "proposed", "拟处罚"),
    ("statement", "summary", "陈述申辩"),
    ("review", "summary", "法制审核"),
    ("discussion", "summary", "集体讨论"),
    ("performance", "summary", "履行"),
)


def case_in_short(case: Case) -> list[dict[str, Any]]:
    """The case as an approver reads it, for `parts/facts.html`; what is not known is left out."""
    facts = facts_of(case, None, clock.now())
    party = facts["party"] or {}
    shown: list[dict[str, Any]] = [
        {"label": "当事人", "value": party.get("name")},
        {"label": "承办", "value": f"{case.handler.name}，{case.unit.name}"},
    ]
    for section, name, label in _TOLD:
        value = (facts.get(section) or {}).get(name)
        if value:
            shown.append({"label": label, "value": value})
    return shown


def route_of(approval: Approval, case: Case) -> list[dict[str, Any]]:
    """The offices of a request in their order: who answered what, who is asked, who comes next."""
    asked = {
        one.step: one
        for one in Approval.objects.filter(request_id=approval.request_id).select_related(
            "decided_by", "answered_as__deputy_for__person"
        )
    }
    return [
        _answered(asked[place]) if place in asked else _coming(office, approval, case)
        for place, office in enumerate(approval.route or [approval.office], start=1)
    ]


def _answered(one: Approval) -> dict[str, Any]:
    meant = one.route[one.step - 1] if one.route else one.office
    states = {"approved": "done", "returned": "blocked", "": "current"}
    acting = one.answered_as.deputy_for if one.answered_as else None
    return {
        "office": Office.Kind(one.office).label,
        "instead_of": Office.Kind(meant).label if meant != one.office else "",
        "state": states[one.outcome],
        "words": one.get_outcome_display() if one.outcome else "待审批",
        "name": one.decided_by.name if one.decided_by else "",
        "in_place_of": acting.person.name if acting else "",
        "opinion": one.opinion,
        "at": one.decided_at,
    }


def _coming(office: str, approval: Approval, case: Case) -> dict[str, Any]:
    able = who_may_answer(office, case, approval.asked_by_id)
    return {
        "office": Office.Kind(office).label,
        "state": "skipped" if approval.outcome == Approval.Outcome.RETURNED else "todo",
        "words": "尚未送到",
        "name": "、".join(able.values_list("name", flat=True)),
    }


def who_is_asked(approval: Approval, case: Case) -> list[str]:
    """Names of those who may answer an open request now; empty when it lies with nobody."""
    able = who_may_answer(approval.office, case, approval.asked_by_id).order_by("name")
    return list(able.values_list("name", flat=True))


def offices_instead(approval: Approval, case: Case) -> list[tuple[str, str]]:
    """Offices that may be asked in the place of one nobody holds, with who holds them."""
    found = []
    for office in substitutes_of(approval.office):
        able = who_may_answer(office, case, approval.asked_by_id).values_list("name", flat=True)
        if able:
            found.append((office, f"{Office.Kind(office).label}（{'、'.join(able)}）"))
    return found


def clocks_of(approvals: Iterable[Approval]) -> dict[UUID, dict[str, Any]]:
    """By request, the nearest clock that runs while it waits: `due_at`, `warn_at`, `to_confirm`.

    `to_confirm` says in words that a figure which decided it is not confirmed yet.
    """
    asked = list(approvals)
    running = Finding.objects.filter(
        case__in={one.case_id for one in asked},
        rule__in=frozenset().union(*_CLOCKS.values()),
        outcome__in=(Outcome.PENDING.value, Outcome.BREACHED.value),
        due_at__isnull=False,
    ).order_by("due_at")
    found = list(running)
    clocks: dict[UUID, dict[str, Any]] = {}
    for one in asked:
        rules = _CLOCKS.get(one.kind, frozenset())
        mine = (row for row in found if row.case_id == one.case_id and row.rule in rules)
        if (nearest := next(mine, None)) is not None:
            is_open = finding_from(nearest.body, nearest.judged_at).needs_confirmation
            clocks[one.id] = {
                "due_at": nearest.due_at,
                "warn_at": nearest.warn_at,
                "to_confirm": f"期限所用{TO_CONFIRM}" if is_open else "",
            }
    return clocks
