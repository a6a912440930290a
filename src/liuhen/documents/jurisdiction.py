"""A dispute with another authority on who is competent for a lead: how far it is. Reads only.

Order 55:6. Kept in `case.facts["jurisdiction"]`, written by `actions.jurisdiction`. Not for the
transfer that may follow (`actions.lead_outcomes`).
"""

from __future__ import annotations

from typing import Any

from liuhen.cases.models import Case, Lead

DISPUTED = "disputed"
# How the two authorities end it, or hand it on; the last two are the common superior's word.
OUTCOMES = {
    "agreed_ours": "协商一致，由本机关管辖",
    "agreed_theirs": "协商一致，由对方机关管辖",
    "referred": "协商不成，报请共同的上一级机关指定管辖",
    "designated_ours": "上级机关指定本机关管辖",
    "designated_theirs": "上级机关指定对方机关管辖",
}
STEPS = {DISPUTED: "发生管辖争议", **OUTCOMES}
# What may follow: agreed on or handed on first, then the superior's word.
AFTER = {
    "negotiating": ("agreed_ours", "agreed_theirs", "referred"),
    "referred": ("designated_ours", "designated_theirs"),
}
# A lead that ended so is with nobody here any more.
OVER = frozenset({Lead.Outcome.REFUSED, Lead.Outcome.TRANSFERRED})
_STAGES = {DISPUTED: "negotiating", "referred": "referred"}


def disputes(case: Case) -> list[dict[str, Any]]:
    """The steps in their order: of each `step` (a key of `STEPS`), `body`, `at` (ISO), `number`,
    `note`, `material` (id of the file that was kept, or "")."""
    found: list[dict[str, Any]] = case.facts.get("jurisdiction") or []
    return found


def dispute_stage(case: Case) -> str:
    """negotiating, referred, ours or theirs; "" where nobody disputes."""
    rows = disputes(case)
    if not rows:
        return ""
    last = rows[-1]["step"]
    return _STAGES.get(last) or last.rpartition("_")[2]


def competent_body(case: Case) -> str:
    """The other authority, where it was agreed or decided that the matter is its own; "" else."""
    return disputes(case)[-1]["body"] if dispute_stage(case) == "theirs" else ""


def is_over(lead: Lead) -> bool:
    """Whether nothing can be disputed any more."""
    return lead.outcome in OVER or lead.case.closed_at is not None
