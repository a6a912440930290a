"""Where each thing the law asks for is done: kinds of act to addresses. Not for what is due."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse

from liuhen.actions.simple_procedure import KIND
from liuhen.cases.models import Activity, Case
from liuhen.compliance.gating import Way
from liuhen.compliance.queries import NextStep
from liuhen.compliance.shown import ShownFinding
from liuhen.documents.models import Paper
from liuhen.law.explanations import label_of
from liuhen.web.service_ways import PAGES as SERVICE_PAGES

# The page of an ordinary case on which an act is done that the simple procedure does on the spot.
_ORDINARY_PAGES = {
    "issue_prior_notice": "case_notice",
    "record_statement": "case_defence",
    "review_statement": "case_defence",
    "issue_decision": "case_decision",
    "record_service": "case_service",
}
# The page of one case on which an act is done.
_CASE_PAGES = {
    "issue_hearing_notice": "case_notice",
    "keep_statement": "case_defence",
    "notify_hearing": "case_hearing",
    "appoint_chair": "case_hearing",
    "hold_hearing": "case_hearing",
    "review_legality": "case_review",
    "hold_discussion": "case_discussion",
    "issue_decision_approval": "case_decision",
    "approve_decision": "case_decision",
    "complete_service_receipt": "case_service",
    "wait_for_announcement": "case_service",
    "wait_for_delay": "case_course",
    "refund_fine": "case_performance",
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
    "file_disc": "case_evidence",
    "upload_recording": "case_upload",
    "explain_gap": "case_gaps",
    "report_gap": "case_gap_report",
    "acknowledge_breach": "case_explanations",
    "approve_initiation": "case_initiation",
    "publish_result": "case_publication",
    "withdraw_publication": "case_publication_withdrawal",
    "answer_application": "case_licensing",
    "answer_remedy": "case_remedies",
    "assign_officers": "case_officers",
    "approve_measure": "case_course",
    "approve_preservation": "case_papers",
    "settle_preservation": "case_papers",
    "record_reply": "case_papers",
    "release_things": "case_course",
    "record_handling": "case_course",
    "approve_prolongation": "case_course",
    "tell_party": "case_course",
    "issue_reminder": "case_course",
    "apply_to_court": "case_course",
    "cancel_licence": "case_course",
}
# The page of one lead on which an act is done.
_LEAD_PAGES = {
    "decide_lead": "lead",
    "record_lead": "lead",
    "inform_complainant": "lead_informing",
    "transfer_lead": "lead",
    "settle_jurisdiction": "lead_dispute_end",
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
        "issue_paper",
        "issue_prior_notice",
    }
)
# Acts on a paper that is there; the page of its form tells what is missing.
_ON_A_PAPER = {
    "complete_paper": "paper_edit",
    "issue_paper": "paper_edit",
    "issue_prior_notice": "paper_edit",
    "sign_paper": "paper_sign",
    "note_refusal": "paper_sign",
}
# Acts on an activity: its records, its things, what was shown there.
_ON_AN_ACTIVITY = frozenset(
    {"issue_paper", "show_certificates", "describe_items", "describe_scene", "sign_paper"}
)
# Duties whose act is done on another page than the same act elsewhere.
_RULE_PAGES = {
    "evidence_recording_explained": "case_evidence",
    "licence_decided_in_time": "case_licensing",
    **dict.fromkeys(
        (
            *("licensing_hearing_announced", "licensing_hearing_right_told"),
            *("licensing_hearing_awaited", "licence_special_time_told"),
        ),
        "case_licensing",
    ),
    "licence_decided_on_record": "case_hearing",
    "levy_objection_decided": "case_course",
}
# A measure is known by the activity in which things were taken.
_SUBJECTS_OF_ACTIVITIES = frozenset({"activity", "measure"})
_ON_A_RECORDING = frozenset({"hand_in_recording", "label_recording", "review_recording"})


def href_of(
    act: str | None,
    case_id: UUID,
    *,
    about: tuple[str, str] = ("", ""),
    activity_id: str | None = None,
    rule: str = "",
) -> str | None:
    """The page where an act is done for a case; None while there is none.

    `about` is the kind and id of its subject, `activity_id` a simple procedure under way, `rule`
    the duty that asks for it.
    """
    if act in _ON_A_RECORDING and about[0] == "recording":
        return reverse("recording", args=[about[1]])
    if act in _LEAD_PAGES and about[0] == "lead":
        return reverse(_LEAD_PAGES[act], args=[about[1]])
    if rule in _RULE_PAGES:
        return reverse(_RULE_PAGES[rule], args=[case_id])
    if act in _CASE_PAGES:
        return reverse(_CASE_PAGES[act], args=[case_id])
    if act in _ON_THE_SPOT and activity_id:
        return reverse("simple_case", args=[activity_id])
    if act == "decide_judgement" and rule:
        return reverse("case_finding", args=[case_id, rule, about[1]])
    if act in _ON_AN_ACTIVITY and about[0] in _SUBJECTS_OF_ACTIVITIES:
        return reverse("activity", args=[about[1]])
    if act in _ON_A_PAPER and about[0] == "paper":
        return reverse(_ON_A_PAPER[act], args=[about[1]])
    if act == "review_recording" and about[0] == "activity":
        return f"{reverse('case', args=[case_id])}#activity-{about[1]}"
    if act in _ORDINARY_PAGES and not rule.startswith("simple_"):
        return reverse(_ORDINARY_PAGES[act], args=[case_id])
    return None


# Kinds of activity with a page of their own; of a hearing only one that a chair opened.
_ACTIVITY_PAGES = {
    KIND: "simple_case",
    "statement_and_defence": "defence_talk",
    "collective_discussion": "discussion",
    "service_in_person": "service_door",
    "service_left": "service_door",
}


def activity_href(activity: Activity) -> str:
    """The page of one activity."""
    is_chaired = "chair_id" in activity.facts
    under_way = SERVICE_PAGES if activity.ended_at is None else {}
    own = under_way.get(activity.kind) or _ACTIVITY_PAGES.get(activity.kind, "activity")
    name = "hearing" if is_chaired else own
    return reverse(name, args=[activity.id])


def going_on(paper: Paper) -> dict[str, str]:
    """Where one goes on after a paper: its activity while that runs, else the case's next step."""
    activity = paper.activity
    if activity is None or activity.ended_at is not None:
        return {"href": reverse("case", args=[paper.case_id]), "label": "继续办案"}
    return {"href": activity_href(activity), "label": "回到活动"}


# What a person has to state before the law can tell (`case_circumstances`).
_CIRCUMSTANCES = frozenset(
    label_of(f"case.{name}")
    for name in (
        *("is_major", "is_complex", "is_heavier_penalty", "has_expert_argument"),
        *("is_notice_required", "review_grounds"),
    )
)
_STATING = "确认案件情形"


def is_waiting_for_statement(finding: ShownFinding) -> bool:
    """Whether nobody has stated the circumstances a finding depends on."""
    return finding.lamp == "unknown" and bool(_CIRCUMSTANCES & set(finding.missing))


def href_of_finding(finding: ShownFinding, case_id: UUID, activity_id: str | None) -> str | None:
    """The page where what a finding asks for is done; None while there is none."""
    if is_waiting_for_statement(finding):
        return reverse("case_circumstances", args=[case_id])
    about = (finding.subject_kind, finding.subject_id)
    return href_of(finding.act, case_id, about=about, activity_id=activity_id, rule=finding.rule)


def obstacles(way: Way, case_id: UUID, activity_id: str | None = None) -> list[dict[str, Any]]:
    """What stands in the way of a step, each with the page where it is put right."""
    return [
        {
            "text": one.text,
            "article": one.clause,
            "todo": one.remedy,
            "due_at": one.due_at,
            "is_curable": one.is_curable,
            "href": href_of(
                one.act,
                case_id,
                about=(one.subject.kind, one.subject.key),
                activity_id=activity_id,
                rule=one.rule,
            ),
        }
        for one in (*way.curable, *way.incurable)
    ]


def first_step(
    case: Case, steps: Sequence[NextStep], activity_id: str | None
) -> dict[str, Any] | None:
    """The most urgent step that is done on a page, as `parts/next_step.html` shows it.

    When none of them is, the most urgent of all, which then leads nowhere.
    """
    pages = [href_of_finding(step.findings[0], case.id, activity_id) for step in steps]
    place = next((place for place, page in enumerate(pages) if page), 0)
    if not steps:
        return None
    step, first = steps[place], steps[place].findings[0]
    return {
        "label": _STATING if is_waiting_for_statement(first) else step.text,
        "reason": first.reason,
        "article": first.clause,
        "due_at": step.due_at,
        "warn_at": step.warn_at,
        "href": pages[place],
        "is_advice": first.column != "text",
    }


def duty(finding: ShownFinding, case_id: UUID, activity_id: str | None = None) -> dict[str, Any]:
    """A finding as `parts/duty.html` shows it, with what can be done about it."""
    return {**told_duty(finding, case_id), "act": _answer(finding, case_id, activity_id)}


def told_duty(finding: ShownFinding, case_id: UUID) -> dict[str, Any]:
    """A finding as `parts/duty.html` shows it where nothing is to be done about it."""
    return {
        **{name: getattr(finding, name) for name in _COPIED},
        "due_at": finding.due_at if _is_running(finding) else None,
        "lamp_words": "已说明并知悉" if finding.is_acknowledged else finding.lamp_words,
        "subject": _subject(finding, case_id),
        "act": None,
        "href": reverse("case_finding", args=[case_id, finding.rule, finding.subject_id]),
    }


def _answer(
    finding: ShownFinding, case_id: UUID, activity_id: str | None
) -> dict[str, str | None] | None:
    """Where the next step stands, or the explanation of what can't be made good."""
    if is_waiting_for_statement(finding):
        return {"href": reverse("case_circumstances", args=[case_id]), "label": _STATING}
    if finding.act and finding.is_curable and finding.lamp not in ("green", "grey"):
        href = href_of_finding(finding, case_id, activity_id)
        return {"href": href, "label": finding.act_text} if href else None
    if finding.lamp == "red" and not finding.is_curable and not finding.is_acknowledged:
        return {"href": reverse("case_explanations", args=[case_id]), "label": "书面说明"}
    return None


def _is_running(finding: ShownFinding) -> bool:
    """Whether the clock of a finding is shown: not that of our advice, nor one that was kept."""
    return finding.column == "text" and finding.lamp in ("red", "yellow", "open")


_COPIED = (
    "lamp",
    "text",
    "column",
    "warn_at",
    "started_at",
    "length_words",
    "reason",
    "facts",
    "parameters",
    "missing",
    "is_missing_told",
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
