"""Closing a case, or ending one whose party is no more: report and approval (Art. 37)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions import inspections, licensing
from liuhen.actions.act import Draft, act
from liuhen.actions.asking import ask, opinion
from liuhen.actions.drawing_up import draw_up, issue
from liuhen.actions.enforcement_halts import terminated_at
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.cases.queries import dead_party, performing
from liuhen.compliance.models import Explanation
from liuhen.documents.case_facts import DECISION_TYPES, SPARING
from liuhen.documents.crime_transfers import is_with_police, transferred_for_good
from liuhen.documents.models import Paper, Signature
from liuhen.documents.ordinary_facts import first_service
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

# The report of a penalty tells its decision and how it was performed, the others their result.
TYPE, GENERAL = "closing_report", "general_closing_report"
TERMINATED = "terminated"
# What the report of a case says in which nobody is punished.
_SPARED = {
    "penalty_content": "不予行政处罚。",
    "performance": "不予处罚，没有履行内容。",
    "disposal": "没有罚没款物。",
}


# And of a case that went to the police, who filed theirs.
_TRANSFERRED = {
    "reason": "transferred",
    "penalty_content": "未作出处罚决定，案件涉嫌犯罪，已移送公安机关立案侦查。",
    "performance": "没有履行内容。",
    "disposal": "涉案物品和材料已移交公安机关。",
}


@act(permission="case.propose_closing", event="case.closing_proposed")
def propose_closing(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    summary: str,
    reason: str,
    handler_opinion: str,
    remedy_state: str,
    strokes: Sequence[Any],
) -> Approval:
    """Write the closing report and send it to the leader of the commission.

    What can still be made good blocks; what can't must be explained and acknowledged first.

    Raises:
        Refused: `closing.closed`, `closing.incomplete`, `closing.not_performed`,
            `closing.not_ended`, `law.forbids`, `approval.pending`, `crime.with_police`.
    """
    case = _unclosed(draft, case_id)
    ended_at = _ENDS.get(case.kind, _performed)(case)
    stated: dict[str, str | None] = {"summary": summary, "reason": reason}
    if transferred_for_good(case) is not None:
        stated |= _TRANSFERRED
    elif spared_at(case) is not None:
        stated |= _SPARED
    return _propose(draft, case, ended_at, stated, remedy_state, handler_opinion, strokes)


@act(permission="case.propose_closing", event="case.termination_proposed")
def propose_termination(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    summary: str,
    reason: str,
    handler_opinion: str,
    remedy_state: str,
    strokes: Sequence[Any],
) -> Approval:
    """Ask the leader of the commission to end a case whose party has died or ceased to be.

    `reason` says why it can't go on: of an undecided case that nobody is left to decide against,
    of a decided one that nothing and nobody is left to perform it.

    Raises:
        Refused: `closing.closed`, `closing.incomplete`, `termination.party_lives`,
            `termination.performed`, `law.forbids`, `approval.pending`.
    """
    case = _unclosed(draft, case_id)
    if case.kind != Case.Kind.PENALTY or dead_party(case) is None:
        raise Refused("termination.party_lives")
    if performing(case).exists():
        raise Refused("termination.performed")
    if not reason.strip():
        raise Refused("closing.incomplete")
    is_decided = case.papers.filter(type__in=DECISION_TYPES, state=Paper.State.ISSUED).exists()
    stated = {
        "summary": f"{summary.strip()}\n终止理由：{reason.strip()}" if summary.strip() else "",
        "reason": TERMINATED,
        "penalty_content": None if is_decided else "当事人死亡或者终止，未作出处罚决定。",
        "performance": "没有履行，案件终止。" if is_decided else "未作出处罚决定，没有履行内容。",
        "disposal": "没有罚没款物。",
    }
    draft.note(reason=reason.strip())
    return _propose(draft, case, draft.at, stated, remedy_state, handler_opinion, strokes)


def _unclosed(draft: Draft, case_id: UUID) -> Case:
    case = draft.lock_case(case_id)
    if case.closed_at is not None:
        raise Refused("closing.closed")
    if Approval.objects.filter(case_id=case.id, kind="closing", outcome="").exists():
        raise Refused("approval.pending")
    if is_with_police(case) and transferred_for_good(case) is None:
        raise Refused("crime.with_police")
    return case


def _propose(
    draft: Draft,
    case: Case,
    ended_at: dt.datetime,
    stated: Mapping[str, str | None],
    remedy_state: str,
    handler_opinion: str,
    strokes: Sequence[Any],
) -> Approval:
    """Draw up the report, sign it, send it; `stated` are its fields."""
    summary = (stated["summary"] or "").strip()
    if not (summary and handler_opinion.strip() and remedy_state.strip()):
        raise Refused("closing.incomplete")
    case.ended_at = ended_at
    case.circumstances = {**case.circumstances, "remedy_state": remedy_state.strip()}
    case.save(update_fields=["ended_at", "circumstances"])
    draft.gate(_gate(case, stated["reason"]), case)
    _void_old(case)
    signed = opinion(handler_opinion.strip(), draft)
    given = {
        **stated,
        "summary": summary,
        "handler_opinion": signed,
        "gaps": _explained(case) or None,
    }
    paper = draw_up(draft, case, report_type(case), given=given)
    Signature.objects.create(
        paper=paper,
        role=Signature.Role.HANDLER,
        person=draft.actor,
        name=draft.actor.name,
        strokes=list(strokes),
        signed_at=draft.at,
    )
    return ask(draft, case, kind="closing", subject=paper, opinion=signed["text"])


def report_type(case: Case) -> str:
    """The type of closing report a case has."""
    return TYPE if case.kind == Case.Kind.PENALTY else GENERAL


def _performed(case: Case) -> dt.datetime:
    """The end of the act: when the decision was performed (Art. 38; a dated assumption).

    Of an enforcement that came to nothing, when it was terminated (Coercion Law 40).
    """
    last = performing(case).order_by("-performed_at").first()
    if last is not None:
        return last.performed_at
    for ended in (transferred_for_good(case), spared_at(case)):
        if ended is not None:
            return ended
    terminated = terminated_at(case)
    if terminated is None:
        raise Refused("closing.not_performed")
    return terminated


def spared_at(case: Case) -> dt.datetime | None:
    """When the decision not to punish reached the party: nothing is left to perform."""
    service = first_service(case, SPARING)
    return None if service is None else service.received_at or service.served_at


# When the act of another kind of case ended.
_ENDS: Mapping[str, Callable[[Case], dt.datetime]] = {
    Case.Kind.INSPECTION: inspections.ended_at,
    Case.Kind.LICENSING: licensing.ended_at,
}


def _gate(case: Case, reason: object) -> str:
    """A case ended without a decision has a gate of its own while nothing of it is performed."""
    is_ended = reason == TERMINATED or transferred_for_good(case) is not None
    is_ended = is_ended and case.kind == Case.Kind.PENALTY
    return "terminate" if is_ended and not performing(case).exists() else "close"


def _void_old(case: Case) -> None:
    for old in case.papers.filter(type__in=(TYPE, GENERAL), state=Paper.State.DRAFT):
        old.state, old.void_reason = Paper.State.VOID, "重新报请结案"
        old.save(update_fields=["state", "void_reason"])


def _explained(case: Case) -> list[dict[str, str]]:
    return [
        {"what": e.rule, "explanation": e.text}
        for e in Explanation.objects.filter(case=case).exclude(acknowledged_at=None)
    ]


def close(draft: Draft, case: Case, approval: Approval) -> None:
    """The leader approves: the report is issued and the case closed."""
    paper = Paper.objects.select_for_update().get(id=approval.subject_id)
    paper.case = case
    draft.gate(_gate(case, paper.data.get("reason")), case)
    issue(draft, paper)
    case.closed_at = draft.at
    case.save(update_fields=["closed_at"])
    advance(case, "closing")
