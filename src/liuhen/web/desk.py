"""My desk: what this person has to do, the most pressing first. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.hearing import REPORT
from liuhen.actions.simple_procedure import KIND
from liuhen.approvals.queries import KIND_TITLES
from liuhen.archive.queries import files_to_receive
from liuhen.cases.draws import visible_draws
from liuhen.cases.lead_queries import LeadState, leads_in_state, visible_leads
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import cases_to_chair, requests_to_answer, visible_cases
from liuhen.compliance.models import Explanation
from liuhen.compliance.queries import DeskFinding, desk_counts, desk_findings
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.recordings.queries import unlabelled_recordings, unreturned_recordings
from liuhen.vault.queries import standing_alarms
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_page import kind_words, stages_of
from liuhen.web.steps import href_of_finding

CASES_SHOWN = 12
UPLOADS_SHOWN = 8
TASKS_SHOWN = 60
ALARMS_SHOWN = 5
OPEN = "open"
LAMPS = ("red", "yellow", OPEN)


@signed_in
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The page people come to after signing in."""
    person = person_of(request)
    chosen = request.GET.get("lamp", "")
    lamp = chosen if chosen in LAMPS else ""
    tasks = _alarms(person) if lamp in ("", "red") else []
    tasks += [] if lamp else [*_approvals(person), *_leads(person), *_draws(person)]
    tasks += [] if lamp else [*_hearings(person), *_explanations(person), *_files(person)]
    found = [row for one in ((lamp,) if lamp else LAMPS) for row in desk_findings(person, one).rows]
    tasks += _findings(person, found[: TASKS_SHOWN - len(tasks)], lamp)
    context = {
        "today": clock.local_date(clock.now()),
        "counts": desk_counts(person),
        "lamp": lamp,
        "tasks": tasks,
        "starts": _starts(person),
        "cases": _open_cases(person),
        "cases_href": reverse("cases") if is_allowed(person, "case.list") else None,
        "uploads": _uploads(person),
        "role_panels": [],
    }
    return render(request, "desk.html", context)


def _alarms(person: Person) -> list[dict[str, Any]]:
    """What the continuous scrub found altered, for who must look into it."""
    if not is_allowed(person, "alarm.read"):
        return []
    return [
        {
            "label": f"查明核验告警：{one.what}",
            "lamp": "red",
            "lamp_words": "不一致",
            "reason": f"{one.record}，{clock.local(one.found_at):%Y-%m-%d %H:%M} 巡检发现",
            "href": f"{reverse('trust')}#alarms",
            "act": "查看",
        }
        for one in standing_alarms()[:ALARMS_SHOWN]
    ]


def _approvals(person: Person) -> list[dict[str, Any]]:
    rows = list(requests_to_answer(person)[:20])
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


def _leads(person: Person) -> list[dict[str, Any]]:
    """Leads nobody has been given yet, for who hands them out."""
    if not is_allowed(person, "lead.assign"):
        return []
    waiting = leads_in_state(visible_leads(person), LeadState.UNASSIGNED)
    rows = waiting.order_by("received_at", "id")[:20]
    return [
        {
            "label": "分派线索",
            "lamp": "blue",
            "lamp_words": "待分派",
            "article": "11.1",
            "case": {
                "number": lead.number,
                "cause": lead.subject,
                "href": reverse("lead", args=[lead.id]),
            },
            "reason": lead.get_source_display(),
            "href": reverse("lead_assign", args=[lead.id]),
            "act": "分派",
        }
        for lead in rows
    ]


def _draws(person: Person) -> list[dict[str, Any]]:
    """Draws of the person's unit that are not done: to be drawn, or to be recorded."""
    if not is_allowed(person, "inspection.draw"):
        return []
    waiting = visible_draws(person).filter(unit=person.unit, recorded_at=None)
    return [
        {
            "label": "制作抽取记录" if draw.seed else "双随机抽取",
            "lamp": "blue",
            "lamp_words": "待办理",
            "article": "8.1(5)",
            "case": {
                "number": draw.number,
                "cause": draw.matter,
                "href": reverse("inspection_draw", args=[draw.id]),
            },
            "reason": f"{draw.announced_by.name}公布",
            "href": reverse("inspection_draw", args=[draw.id]),
            "act": "办理",
        }
        for draw in waiting[:20]
    ]


def _hearings(person: Person) -> list[dict[str, Any]]:
    """Hearings this person chairs and has not reported on, from the day they are held."""
    cases = list(cases_to_chair(person)[:20])
    reported = set(
        Paper.objects.filter(type=REPORT, state=Paper.State.ISSUED, case__in=cases).values_list(
            "case_id", flat=True
        )
    )
    today = clock.local_date(clock.now())
    rows = []
    for case in cases:
        held_at = clock.parse_iso(case.facts["hearing"]["held_at"])
        if case.id in reported or clock.local_date(held_at) > today:
            continue
        rows.append(
            {
                "label": "主持听证、提出听证报告",
                "lamp": "blue",
                "lamp_words": "由我主持",
                "article": "19.1",
                "case": _case(case),
                "reason": f"听证时间 {clock.local(held_at):%Y-%m-%d %H:%M}",
                "href": reverse("case_hearing", args=[case.id]),
                "act": "去办理",
            }
        )
    return rows


def _explanations(person: Person) -> list[dict[str, Any]]:
    """Written explanations that wait for a leader to take note of them."""
    if not is_allowed(person, "explanation.acknowledge"):
        return []
    rows = (
        Explanation.objects.filter(acknowledged_at=None, case__in=visible_cases(person))
        .exclude(explained_by=person)
        .select_related("case", "explained_by")
        .order_by("explained_at", "id")[:20]
    )
    return [
        {
            "label": "知悉书面说明",
            "lamp": "blue",
            "lamp_words": "待知悉",
            "case": _case(row.case),
            "reason": f"{row.explained_by.name}说明不能补做的欠缺",
            "href": reverse("case_explanations", args=[row.case_id]),
            "act": "查看",
        }
        for row in rows
    ]


def _files(person: Person) -> list[dict[str, Any]]:
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


@dataclass(frozen=True)
class _Place:
    """Where this person stands to a case: whether they carry it, and its scene."""

    is_mine: bool
    scene: Activity | None

    @property
    def is_under_way(self) -> bool:
        """Whether the officers are still on the spot."""
        return self.scene is not None and self.scene.ended_at is None


def _findings(person: Person, rows: list[DeskFinding], lamp: str) -> list[dict[str, Any]]:
    """Findings as tasks: done by those who carry the case, looked at by everybody else.

    While a case is handled on the spot, what is merely open in it is one task: to go on there.
    Others' open duties are shown only to who asks for them.
    """
    cases = {row.case.id for row in rows}
    carried = Q(handler=person) | Q(officers__person=person, officers__until=None)
    mine = set(Case.objects.filter(carried, id__in=cases).values_list("id", flat=True))
    scenes = {one.case_id: one for one in Activity.objects.filter(case__in=cases, kind=KIND)}
    tasks: list[dict[str, Any]] = []
    under_way: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        place = _Place(row.case.id in mine, scenes.get(row.case.id))
        if row.finding.lamp != OPEN or lamp == OPEN:
            tasks.append(_task(row, place))
        elif place.is_mine and place.is_under_way:
            under_way.setdefault(row.case.id, _going_on(row.case, place))
        elif place.is_mine:
            tasks.append(_task(row, place))
    return [*under_way.values(), *tasks]


def _going_on(case: Case, place: _Place) -> dict[str, Any]:
    assert place.scene is not None
    return {
        "label": "继续办理当场处罚",
        "lamp": "open",
        "lamp_words": "现场办理中",
        "article": "27.1",
        "case": _case(case),
        "reason": place.scene.place,
        "href": reverse("simple_case", args=[place.scene.id]),
        "act": "继续",
    }


def _task(row: DeskFinding, place: _Place) -> dict[str, Any]:
    finding = row.finding
    task = {
        "label": finding.act_text or finding.text,
        "lamp": finding.lamp,
        "lamp_words": finding.lamp_words,
        "article": finding.clause,
        "due_at": finding.due_at,
        "warn_at": finding.warn_at,
        "case": _case(row.case),
        "reason": finding.reason,
    }
    duties = f"{reverse('case', args=[row.case.id])}#duties"
    if not place.is_mine:
        return {**task, "label": finding.text, "href": duties, "act": "查看"}
    if finding.lamp == "red" and not finding.is_curable:
        href = reverse("case_explanations", args=[row.case.id])
        return {**task, "label": "书面说明不能补做的欠缺", "href": href, "act": "去说明"}
    scene = str(place.scene.id) if place.scene and place.is_under_way else None
    page = href_of_finding(finding, row.case.id, scene)
    return {**task, "href": page} if page else {**task, "href": duties, "act": "查看"}


def _case(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "cause": case.cause,
        "href": reverse("case", args=[case.id]),
    }


def _starts(person: Person) -> list[dict[str, str]]:
    offered = (
        ("简易程序", "当场处罚，从出示证件开始", "gavel", "simple_start", "simple_case.start"),
        ("登记线索", "投诉、举报、移送和检查发现", "inbox", "lead_register", "lead.register"),
        (
            "许可申请",
            "窗口收取，登记、答复",
            "file-certificate",
            "application_receive",
            "licence.receive",
        ),
        ("行政检查", "双随机抽取、计划检查", "clipboard-check", "inspections", "inspection.plan"),
        ("上传音像", "交存执法记录仪的录像和照片", "upload", "recordings", "recording.take_in"),
    )
    return [
        {"label": label, "hint": hint, "icon": icon, "href": reverse(name)}
        for label, hint, icon, name, permission in offered
        if is_allowed(person, permission)
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
    """What is not labelled, then what is labelled but whose return nobody has stated."""
    unlabelled = list(unlabelled_recordings(person)[:UPLOADS_SHOWN])
    known = {one.id for one in unlabelled}
    unreturned = unreturned_recordings(person).exclude(id__in=known)
    rows = [(one, "待标注") for one in unlabelled]
    rows += [(one, "已标注") for one in unreturned[: UPLOADS_SHOWN - len(rows)]]
    return [
        {
            "name": one.name,
            "returned_at": one.returned_at,
            "due_at": None,
            "warn_at": None,
            "state_words": words,
            "href": reverse("recording", args=[one.id]),
        }
        for one, words in rows
    ]
