"""What papers say of cases that end without a penalty: transferred elsewhere, nobody punished.

Sections of `ordinary_facts`, in its conventions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from liuhen.assembly.document_types import SIDE
from liuhen.cases.models import Case, Lead
from liuhen.documents.crime_transfers import last_transfer
from liuhen.documents.models import Paper
from liuhen.documents.taken_facts import taken_things


def transfer_facts(case: Case) -> dict[str, Any]:
    """Where the case goes and why, as it was approved; {} while nobody decided a transfer."""
    row = last_transfer(case)
    if row is not None and "decided_at" in row:
        return _crime(case, row)
    lead: Lead | None = case.leads.order_by("received_at").first()
    if lead is None or lead.transfer_decided_at is None:
        return {}
    is_crime = bool(lead.is_suspected_crime)
    material = [one.document_type.title for one in _made(case)]
    found = (case.facts.get("violation") or {}).get("facts")
    return {
        "to": lead.transferred_to,
        "cause": case.cause or lead.subject,
        "content": found or f"{lead.content.rstrip('。')}。经核查：{lead.check_note}",
        "reason": lead.outcome_reason,
        "basis": _TRANSFER_BASIS,
        "approved_at": lead.transfer_decided_at,
        "items": taken_things(case),
        "materials": [{"name": name, "copies": 1} for name in material or _MATERIAL[is_crime]],
    }


def _crime(case: Case, row: Mapping[str, Any]) -> dict[str, Any]:
    """A suspected crime found in the case itself: with all the case has."""
    material = [one.document_type.title for one in _made(case)]
    return {
        "to": row["to"],
        "cause": case.cause,
        "content": row["reason"],
        "reason": row["reason"],
        "basis": _TRANSFER_BASIS,
        "approved_at": row["decided_at"],
        "items": taken_things(case),
        "materials": [{"name": name, "copies": 1} for name in material or _MATERIAL[True]],
    }


_TRANSFER_BASIS = (
    "《中华人民共和国行政处罚法》第二十七条、《行政执法机关移送涉嫌犯罪案件的规定》第三条、第五条"
)
_MATERIAL: Mapping[bool, tuple[str, ...]] = {
    True: ("涉嫌犯罪案件情况的调查报告", "案件线索和核查材料"),
    False: ("案件线索和核查材料",),
}


def _made(case: Case) -> list[Paper]:
    """What the case has issued that goes to who takes it over: not what was settled among us."""
    issued = case.papers.filter(state=Paper.State.ISSUED).order_by("issued_at", "id")
    return [one for one in issued if one.document_type.volume != SIDE]


def sparing_penalty(case: Case) -> dict[str, Any]:
    """What reports say in the place of a penalty when none is proposed; {} while one may be."""
    found = case.facts.get("no_penalty")
    if not found:
        return {}
    return {
        "basis": found["basis"],
        "discretion": found["reason"],
        "proposed": "不予行政处罚",
        "suggestion": f"建议对当事人不予行政处罚：{found['reason']}",
    }


def no_penalty_facts(case: Case, facts: str | None, told: str | None) -> dict[str, Any]:
    """What the decision not to punish and its form of approval say; {} while none is proposed."""
    found = case.facts.get("no_penalty")
    if not found:
        return {}
    form = {
        "kind": "no_penalty",
        "facts": facts,
        "basis": found["basis"],
        "told": told,
        "content": f"不予行政处罚。理由：{found['reason']}",
    }
    return {"no_penalty": found, "other_decision": form}
