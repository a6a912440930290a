"""The data of the timeline island (frontend/islands/timeline/schema.ts). Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.urls import reverse

from liuhen.actions.paper_order import orders_of
from liuhen.approvals.models import Approval
from liuhen.approvals.queries import KIND_TITLES
from liuhen.cases.models import Case
from liuhen.compliance.shown import ShownFinding
from liuhen.documents.models import Paper, Service
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.law.procedures import courses
from liuhen.law.vocabulary import CaseKind, Procedure
from liuhen.ledger.queries import Happened
from liuhen.recordings.models import Gap, Recording
from liuhen.recordings.queries import ActivityCoverage, CaseRecordings
from liuhen.web.events import event_title
from liuhen.web.gap_words import gap_words

T = TypeVar("T")
# How many are drawn: photos of one activity, papers, entries.
RECORDINGS, MARKS, ENTRIES = 12, 120, 120
# Which event of the ledger opens each stage of the simple procedure.
_OPENS = {
    "identity": "simple_case.started",
    "facts": "violation.recorded",
    "oral_notice": "notice.told",
    "defence": "statement.recorded",
    "decision": "decision.drawn_up",
    "service": "paper.served",
    "collection": "fine.collected",
    "filing": "simple_case.filing_asked",
    "performance": "performance.recorded",
    "closing": "case.closing_proposed",
    "binding": "case.bound",
    "hand_over": "case_file.handed_over",
}


def _iso(instant: dt.datetime | None) -> str | None:
    return clock.iso(instant) if instant else None


def timeline_data(
    case: Case,
    held: CaseRecordings,
    papers: Sequence[Paper],
    services: Sequence[Service],
    approvals: Sequence[Approval],
    entries: Sequence[Happened],
    findings: Sequence[ShownFinding],
) -> dict[str, Any]:
    """Everything the island draws, as JSON values; of what is many, a part evenly spread."""
    is_over = case.stage == "hand_over"
    last = entries[-1].recorded_at if entries and is_over else None
    return {
        "label": f"{case.number} {case.cause}",
        "started_at": _iso(case.started_at),
        "ended_at": _iso(last),
        "now": _iso(clock.now()),
        "stages": _stages(case, entries, papers, services),
        "activities": [_activity(case, one) for one in held.activities],
        "unlabelled": [_recording(one) for one in thinned(held.untied, RECORDINGS)],
        "marks": [
            *_paper_marks(thinned(papers, MARKS)),
            *_approval_marks(approvals),
            *_service_marks(services),
            *_deadlines(findings),
        ],
        "ledger": [_entry(entry) for entry in thinned(entries, ENTRIES)],
    }


def thinned(rows: Sequence[T], most: int) -> Sequence[T]:
    """At most so many of a list, evenly spread, the first and the last among them."""
    if len(rows) <= most:
        return rows
    step = (len(rows) - 1) / (most - 1)
    return [rows[round(place * step)] for place in range(most)]


def _opened_at(
    case: Case, entries: Iterable[Happened], papers: Sequence[Paper], services: Sequence[Service]
) -> dict[str, dt.datetime]:
    """When each stage was reached: by an event; in ordinary procedure by its paper or service."""
    first: dict[str, dt.datetime] = {}
    for entry in entries:
        first.setdefault(entry.event, entry.recorded_at)
    opens = {stage: first[event] for stage, event in _OPENS.items() if event in first}
    if case.is_on_the_spot:
        return opens
    orders = orders_of(case)
    reached = [("lead", case.started_at), ("lead_check", first.get("lead.checked"))]
    reached += [("initiation", case.initiated_at), ("investigation", first.get("activity.started"))]
    reached += [
        (orders[one.type].stage, one.issued_at)
        for one in papers
        if one.type in orders and one.state == Paper.State.ISSUED and orders[one.type].stage
    ]
    reached += [
        ("service", one.served_at) for one in services if one.paper.type == "penalty_decision"
    ]
    reached.append(("performance", first.get("fine.collected")))
    last = ("closing", "binding", "hand_over")
    opened = {stage: at for stage, at in opens.items() if stage in last}
    for stage, at in reached:
        if at is not None and (stage not in opened or at < opened[stage]):
            opened[stage] = at
    return opened


def _stages(
    case: Case, entries: Iterable[Happened], papers: Sequence[Paper], services: Sequence[Service]
) -> list[dict[str, Any]]:
    at = _opened_at(case, entries, papers, services)
    steps = courses()[CaseKind(case.kind), Procedure(case.procedure)].stages
    opened = [(step, at[step.key]) for step in steps if step.key in at]
    shown = []
    for place, (step, start) in enumerate(opened):
        end = opened[place + 1][1] if place + 1 < len(opened) else None
        is_current = step.key == case.stage and case.stage != "hand_over"
        shown.append(
            {
                "name": step.name,
                "started_at": _iso(start),
                "ended_at": _iso(max(end, start)) if end else None,
                "state": "current" if is_current else "done",
            }
        )
    return shown


def _activity(case: Case, one: ActivityCoverage) -> dict[str, Any]:
    activity = one.activity
    kind = catalogue().activities.get(activity.kind)
    return {
        "id": str(activity.id),
        "name": kind.name if kind else activity.kind,
        "started_at": _iso(activity.started_at),
        "ended_at": _iso(activity.ended_at),
        "place": activity.place,
        "href": f"{reverse('case', args=[case.id])}#activity-{activity.id}",
        "recordings": [_recording(one) for one in _drawn(one)],
        "gaps": [_gap(case, gap) for gap in one.gaps if gap.filled_at is None],
    }


def _drawn(one: ActivityCoverage) -> list[Recording]:
    """What lasts is drawn whole, so that no gap seems to be one; of the photos a part."""
    held = [bar.recording for bar in one.bars]
    lasting = [each for each in held if _lasts(each)]
    return [*lasting, *thinned([each for each in held if not _lasts(each)], RECORDINGS)]


def _lasts(one: Recording) -> bool:
    return one.ended_at is not None and one.ended_at != one.started_at


def _recording(one: Recording) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "kind": one.kind,
        "started_at": _iso(one.started_at),
        "ended_at": _iso(one.ended_at),
        "has_video": one.has_video,
        "has_audio": one.has_audio,
        "device": one.device.serial if one.device else "",
        "href": reverse("recording", args=[one.id]),
    }


def _gap(case: Case, gap: Gap) -> dict[str, Any]:
    return {
        "started_at": _iso(gap.started_at),
        "ended_at": _iso(gap.ended_at),
        "words": gap_words(gap),
        "href": reverse("case_gaps", args=[case.id]),
    }


def _paper_marks(papers: Iterable[Paper]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(paper.id),
            "lane": "paper",
            "label": paper.document_type.title,
            "at": _iso(paper.issued_at or paper.drawn_up_at),
            "note": paper.number or "草稿",
            "href": reverse("paper", args=[paper.id]),
        }
        for paper in papers
        if paper.state != Paper.State.VOID
    ]


def _approval_marks(approvals: Iterable[Approval]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.id),
            "lane": "approval",
            "label": KIND_TITLES[one.kind],
            "at": _iso(one.decided_at or one.asked_at),
            "note": one.get_outcome_display() if one.outcome else "待审批",
            "lamp": "green" if one.outcome == Approval.Outcome.APPROVED else "open",
            "href": reverse("approval", args=[one.id]),
        }
        for one in approvals
    ]


def _service_marks(services: Iterable[Service]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.id),
            "lane": "service",
            "label": f"{one.get_mode_display()}：{one.paper.document_type.title}",
            "at": _iso(one.received_at or one.served_at),
            "note": one.recipient,
        }
        for one in services
    ]


def _deadlines(findings: Iterable[ShownFinding]) -> list[dict[str, Any]]:
    """Clocks that still run or ran out, one mark per instant and rule."""
    return [
        {
            "id": f"{one.rule}:{one.subject_id}",
            "lane": "deadline",
            "label": one.text,
            "at": _iso(one.due_at),
            "note": one.citation,
            "lamp": one.lamp,
        }
        for one in findings
        if one.due_at is not None and one.lamp in ("red", "yellow", "open")
    ]


def _entry(entry: Happened) -> dict[str, Any]:
    return {
        "index": entry.index,
        "at": _iso(entry.recorded_at),
        "event": event_title(entry.event),
    }
