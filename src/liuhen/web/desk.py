"""My desk: what this person has to do, the most pressing first. Reads only."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from liuhen.approvals.queries import KIND_TITLES, waiting_for
from liuhen.archive.queries import files_to_receive
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_cases
from liuhen.compliance.queries import DeskFinding, desk_counts, desk_findings
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.recordings.queries import unlabelled_recordings
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_page import kind_words, stages_of
from liuhen.web.steps import href_of

CASES_SHOWN = 12
UPLOADS_SHOWN = 8
LAMPS = ("red", "yellow", "open")


@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """The page people come to after signing in."""
    person = person_of(request)
    chosen = request.GET.get("lamp", "")
    lamp = chosen if chosen in LAMPS else ""
    counts = desk_counts(person)
    tasks = [*_approval_tasks(person), *_archive_tasks(person)] if not lamp else []
    for one in (lamp,) if lamp else LAMPS:
        tasks += [_task(row) for row in desk_findings(person, one).rows]
    context = {
        "today": clock.local_date(clock.now()),
        "counts": counts,
        "lamp": lamp,
        "tasks": tasks[:60],
        "starts": _starts(person),
        "cases": _open_cases(person),
        "cases_href": reverse("cases"),
        "uploads": _uploads(person),
        "role_panels": [],
    }
    return render(request, "desk.html", context)


def _approval_tasks(person: Person) -> list[dict[str, Any]]:
    rows = list(waiting_for(person).filter(case_id__in=visible_cases(person).values("id"))[:20])
    cases = visible_cases(person).in_bulk([row.case_id for row in rows if row.case_id])
    return [
        {
            "label": KIND_TITLES[row.kind],
            "lamp": "blue",
            "lamp_words": "待我审批",
            "case": _case(cases[row.case_id]) if row.case_id in cases else None,
            "reason": f"{row.asked_by.name}报送",
            "href": reverse("approval", args=[row.id]),
            "act": "审批",
        }
        for row in rows
    ]


def _archive_tasks(person: Person) -> list[dict[str, Any]]:
    if not is_allowed(person, "case_file.receive"):
        return []
    return [
        {
            "label": "接收案卷",
            "lamp": "blue",
            "lamp_words": "待接收",
            "article": "38.1",
            "case": _case(file.case),
            "reason": f"{file.pages}页",
            "href": reverse("case_hand_over", args=[file.case_id]),
            "act": "接收",
        }
        for file in files_to_receive(person)[:20]
    ]


def _case(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "cause": case.cause,
        "href": reverse("case", args=[case.id]),
    }


def _task(row: DeskFinding) -> dict[str, Any]:
    finding = row.finding
    activity = finding.subject_id if finding.subject_kind == "activity" else None
    is_to_explain = finding.lamp == "red" and not finding.is_curable
    return {
        "label": "书面说明不能补做的欠缺" if is_to_explain else finding.act_text or finding.text,
        "lamp": finding.lamp,
        "lamp_words": finding.lamp_words,
        "article": finding.citation,
        "due_at": finding.due_at,
        "warn_at": finding.warn_at,
        "case": _case(row.case),
        "reason": finding.reason,
        "href": reverse("case_explanations", args=[row.case.id])
        if is_to_explain
        else href_of(finding.act, row.case.id, activity),
    }


def _starts(person: Person) -> list[dict[str, str]]:
    if not is_allowed(person, "simple_case.start"):
        return []
    return [
        {
            "label": "简易程序",
            "hint": "当场处罚，从出示证件开始",
            "icon": "gavel",
            "href": reverse("simple_start"),
        }
    ]


def _open_cases(person: Person) -> list[dict[str, Any]]:
    rows = (
        visible_cases(person)
        .filter(closed_at=None)
        .prefetch_related("parties")
        .order_by("-started_at", "id")[:CASES_SHOWN]
    )
    return [_case_line(case) for case in rows]


def _case_line(case: Case) -> dict[str, Any]:
    stages = stages_of(case)
    place = next((i for i, s in enumerate(stages) if s["state"] == "current"), len(stages) - 1)
    return {
        **_case(case),
        "party": "、".join(party.name for party in case.parties.all()),
        "kind_words": kind_words(case),
        "position": place + 1,
        "stages": len(stages),
        "stage_words": stages[place]["name"],
        "lamp": "open",
        "lamp_words": "办理中",
    }


def _uploads(person: Person) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "returned_at": one.returned_at,
            "due_at": None,
            "warn_at": None,
            "state_words": "待标注",
            "href": reverse("recording", args=[one.id]),
        }
        for one in unlabelled_recordings(person)[:UPLOADS_SHOWN]
    ]
