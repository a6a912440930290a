"""Where each thing the law asks for is done: kinds of act to addresses. Not for what is due."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse

from liuhen.cases.models import Case
from liuhen.compliance.queries import NextStep
from liuhen.compliance.shown import ShownFinding

# The page of one case on which an act is done; what is not listed is done on the case page itself.
_CASE_PAGES = {
    "file_with_authority": "case_filing",
    "record_performance": "case_performance",
    "record_collection": "case_performance",
    "give_receipt": "case_performance",
    "hand_in_fine": "case_performance",
    "bank_fine": "case_performance",
    "issue_closing_report": "case_closing",
    "approve_closing": "case_closing",
    "bind_case": "case_binding",
    "hand_over_case": "case_hand_over",
    "keep_unit_copy": "case_binding",
    "upload_recording": "case_upload",
    "hand_in_recording": "case_upload",
    "explain_gap": "case_explanations",
    "report_gap": "case_explanations",
}
_ON_THE_SPOT = frozenset(
    {
        "show_certificates",
        "record_oral_notice",
        "record_statement",
        "review_statement",
        "issue_decision",
        "sign_paper",
        "note_refusal",
        "record_service",
        "complete_paper",
    }
)


def href_of(act: str | None, case_id: UUID, activity_id: str | None = None) -> str:
    """The page where an act is done for a case."""
    if act in _CASE_PAGES:
        return reverse(_CASE_PAGES[act], args=[case_id])
    if act in _ON_THE_SPOT and activity_id:
        return reverse("simple_case", args=[activity_id])
    return f"{reverse('case', args=[case_id])}#duties"


def next_step(case: Case, step: NextStep | None, activity_id: str | None) -> dict[str, Any] | None:
    """The most urgent step as `parts/next_step.html` shows it."""
    if step is None:
        return None
    first = step.findings[0]
    return {
        "label": step.text,
        "reason": first.reason,
        "article": first.citation,
        "due_at": step.due_at,
        "warn_at": step.warn_at,
        "href": href_of(step.act, case.id, activity_id),
    }


def duty(finding: ShownFinding, case_id: UUID, activity_id: str | None = None) -> dict[str, Any]:
    """A finding as `parts/duty.html` shows it."""
    act = None
    if finding.act and finding.is_curable and finding.lamp not in ("green", "grey"):
        act = {"href": href_of(finding.act, case_id, activity_id), "label": finding.act_text}
    elif finding.lamp == "red" and not finding.is_curable and not finding.is_acknowledged:
        href = reverse("case_explanations", args=[case_id])
        act = {"href": href, "label": "书面说明"}
    return {
        **{name: getattr(finding, name) for name in _COPIED},
        "lamp_words": "已说明并知悉" if finding.is_acknowledged else finding.lamp_words,
        "subject": _subject(finding, case_id),
        "act": act,
        "href": None,
    }


_COPIED = (
    "lamp",
    "text",
    "column",
    "due_at",
    "warn_at",
    "started_at",
    "length_words",
    "reason",
    "facts",
    "parameters",
    "missing",
    "decider",
    "is_curable",
    "is_provisional",
)
_PLACES = {"activity": "recordings", "recording": "recordings", "paper": "papers"}


def _subject(finding: ShownFinding, case_id: UUID) -> dict[str, str] | None:
    if finding.subject_kind == "case":
        return None
    place = _PLACES.get(finding.subject_kind, "timeline")
    href = f"{reverse('case', args=[case_id])}#{place}"
    return {"label": f"（{finding.subject_label}）", "href": href}
