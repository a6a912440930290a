"""My desk: what this person can do now, the most pressing first. Reads only."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.cases.models import Case
from liuhen.cases.queries import visible_cases
from liuhen.cases.secrecy import carried_ids
from liuhen.compliance.queries import standing_warnings
from liuhen.kernel import clock
from liuhen.people.models import Person, Unit
from liuhen.people.queries import is_allowed
from liuhen.recordings.queries import unlabelled_recordings, unreturned_recordings
from liuhen.web.acting import person_of, signed_in
from liuhen.web.case_page import kind_words, stages_of
from liuhen.web.deputies import standing_in
from liuhen.web.desk_cases import Carried, carried_cases, watched_cases
from liuhen.web.desk_offices import case_words, office_tasks

CASES_SHOWN = 12
UPLOADS_SHOWN = 8
WARNINGS_SHOWN = 8
LAMPS = ("red", "yellow", "open")
_FAR = dt.datetime.max.replace(tzinfo=dt.UTC)


@signed_in
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The page people come to after signing in."""
    person = person_of(request)
    chosen = request.GET.get("lamp", "")
    lamp = chosen if chosen in LAMPS else ""
    carried = carried_cases(person)
    tasks = _sorted(person, carried)
    context = {
        "today": clock.local_date(clock.now()),
        "counts": {one: sum(lamp_of(task) == one for task in tasks) for one in LAMPS},
        "lamp": lamp,
        "tasks": [task for task in tasks if not lamp or lamp_of(task) == lamp],
        "clocks": carried.clocks,
        "watched": watched_cases(person),
        "warnings": _warnings(person),
        "starts": _starts(person),
        "standing_in": standing_in(person),
        "cases": _open_cases(person),
        "cases_href": reverse("cases") if is_allowed(person, "case.list") else None,
        "is_carrier": is_allowed(person, "activity.start"),
        "returns_href": f"{reverse('recordings')}?show=unreturned",
        "uploads": _uploads(person),
        "role_panels": [],
    }
    return render(request, "desk.html", context)


def desk_tasks(person: Person) -> list[dict[str, Any]]:
    """What waits for a person now, as `desk.html` lists tasks, the most pressing first."""
    return _sorted(person, carried_cases(person))


def _sorted(person: Person, carried: Carried) -> list[dict[str, Any]]:
    return sorted([*office_tasks(person), *carried.tasks], key=_pressing)


def _warnings(person: Person) -> list[dict[str, Any]]:
    """Clocks of which this person was warned and that still run."""
    return [
        {
            "label": row.finding.text,
            "case": case_words(row.case),
            "due_at": row.finding.due_at,
            "warn_at": row.finding.warn_at,
        }
        for row in standing_warnings(person, clock.now(), limit=WARNINGS_SHOWN)
    ]


def lamp_of(task: dict[str, Any]) -> str:
    """Late, soon due, or neither: by the lamp, and for a question by the clock that runs."""
    if task["lamp"] in ("red", "yellow"):
        return str(task["lamp"])
    due, warn, now = task.get("due_at"), task.get("warn_at"), clock.now()
    if due is not None and due < now:
        return "red"
    return "yellow" if warn is not None and warn <= now else "open"


def _pressing(task: dict[str, Any]) -> tuple[int, dt.datetime]:
    """Late before soon due before the rest, each in the order of its clock."""
    return LAMPS.index(lamp_of(task)), task.get("due_at") or _FAR


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
        ("查封、扣押", "行政强制措施，先确认、报批", "lock", "measure_open", "coercion.open"),
        ("行政征收", "确认征收事项、报批、决定", "receipt-yuan", "levy_open", "levy.open"),
        ("上传音像", "交存执法记录仪的录像和照片", "upload", "recordings", "recording.take_in"),
        ("登记人员", "账号、职务和执法证件", "users", "person_register", "person.register"),
        ("登记机构", "机构和文号前缀", "building", "unit_register", "unit.register"),
        ("登记设备", "执法记录仪、固定监控", "camera", "device_register", "device.register"),
    )
    return [
        {"label": label, "hint": hint, "icon": icon, "href": reverse(name)}
        for label, hint, icon, name, permission in offered
        if is_allowed(person, permission) and (name != "measure_open" or _may_measure(person))
    ]


def _may_measure(person: Person) -> bool:
    """Whether the list of powers of the person's unit holds sealing and seizure."""
    return person.unit is not None and Unit.Power.MEASURE in person.unit.powers


def _open_cases(person: Person) -> list[dict[str, Any]]:
    """The open cases the person carries, newest first."""
    carried = visible_cases(person).filter(id__in=carried_ids(person), closed_at=None)
    rows = carried.prefetch_related("parties").order_by("-started_at", "id")
    return [_case_line(case) for case in rows[:CASES_SHOWN]]


def _case_line(case: Case) -> dict[str, Any]:
    stages = stages_of(case)
    place = next((i for i, s in enumerate(stages) if s["state"] == "current"), len(stages) - 1)
    return {
        **case_words(case),
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
