"""What waits on My desk for the offices a person holds: answers, hearings, leads, files.

Not for the cases a person carries (`desk_cases`). Reads only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse

from liuhen.access.queries import requests_waiting
from liuhen.actions.hearing_kinds import REPORTS
from liuhen.approvals.queries import KIND_TITLES
from liuhen.archive.queries import files_to_receive
from liuhen.cases.draws import visible_draws
from liuhen.cases.lead_queries import LeadState, leads_in_state, visible_leads
from liuhen.cases.models import Case
from liuhen.cases.queries import cases_to_chair, requests_to_answer, visible_cases
from liuhen.compliance.models import Explanation
from liuhen.compliance.queries import DeskFinding, desk_findings, findings_about
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.oversight.reconciling import own_differences
from liuhen.people.models import DeviceFault, MailState, Office, Person
from liuhen.people.queries import is_allowed, office_kinds
from liuhen.search.queries import exports_waiting
from liuhen.vault.queries import standing_alarms
from liuhen.web.approval_facts import clocks_of
from liuhen.web.desk_breaches import breach_tasks
from liuhen.web.desk_keeping import keeping_tasks

ALARMS_SHOWN, SHOWN = 5, 20


def office_tasks(person: Person) -> list[dict[str, Any]]:
    """Everything that waits for an office of a person, as `desk.html` lists tasks."""
    return [
        *_mailbox(person),
        *_alarms(person),
        *_approvals(person),
        *_viewing_requests(person),
        *_list_exports(person),
        *_judgements(person),
        *_leads(person),
        *_draws(person),
        *_hearings(person),
        *_explanations(person),
        *_files(person),
        *_differences(person),
        *_faults(person),
        *breach_tasks(person),
        *keeping_tasks(person),
    ]


def case_words(case: Case) -> dict[str, str]:
    """A case as a task names it."""
    return {"number": case.number, "cause": case.cause, "href": reverse("case", args=[case.id])}


def _mailbox(person: Person) -> list[dict[str, Any]]:
    """An address to which no mail goes any more, for whoever gave it."""
    return [
        {
            "label": "更正接收邮件提醒的地址",
            "lamp": "yellow",
            "lamp_words": "邮件被拒收",
            "reason": f"{person.email}：{state.trouble}",
            "href": reverse("notices_choose"),
            "act": "更正",
        }
        for state in MailState.objects.filter(person=person, is_refused=True)
    ]


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
    rows = list(requests_to_answer(person)[:SHOWN])
    cases = visible_cases(person).in_bulk([row.case_id for row in rows if row.case_id])
    clocks = clocks_of(rows)
    return [
        {
            **clocks.get(row.id, {}),
            "label": KIND_TITLES[row.kind],
            "lamp": "blue",
            "lamp_words": "待我审批",
            "case": case_words(cases[row.case_id]) if row.case_id in cases else None,
            "reason": "，".join(
                filter(None, (f"{row.asked_by.name}报送", clocks.get(row.id, {}).get("to_confirm")))
            ),
            "href": reverse("approval", args=[row.id]),
            "act": "审批",
        }
        for row in rows
    ]


def _viewing_requests(person: Person) -> list[dict[str, Any]]:
    """Who asks the leader in charge to view recordings."""
    return [
        {
            "label": "批准调阅音像记录",
            "lamp": "blue",
            "lamp_words": "待批准",
            "article": "42",
            "case": case_words(row.case) if row.case else None,
            "reason": f"{row.asked_by.name}申请，{row.purpose}",
            "href": reverse("viewing_requests"),
            "act": "答复",
        }
        for row in requests_waiting(person)[:SHOWN]
    ]


def _list_exports(person: Person) -> list[dict[str, Any]]:
    """Who asks the leader in charge to take lists of answers away."""
    return [
        {
            "label": "批准导出检索结果",
            "lamp": "blue",
            "lamp_words": "待批准",
            "article": "42",
            "reason": f"{row.asked_by.name}申请，{row.purpose}",
            "href": reverse("search_exports"),
            "act": "答复",
        }
        for row in exports_waiting(person)[:SHOWN]
    ]


def _faults(person: Person) -> list[dict[str, Any]]:
    """Devices that somebody reported broken, for who has them mended."""
    if not is_allowed(person, "device.mend"):
        return []
    broken = DeviceFault.objects.filter(mended_at=None).select_related("device", "reported_by")
    return [
        {
            "label": f"修复执法设备 {row.device.serial}",
            "lamp": "blue",
            "lamp_words": "待修复",
            "article": "5",
            "reason": f"{row.reported_by.name}报修，{row.description}",
            "href": reverse("device_mend", args=[row.id]),
            "act": "登记修复",
        }
        for row in broken.order_by("found_at", "id")[:SHOWN]
    ]


def _judgements(person: Person) -> list[dict[str, Any]]:
    """What the law leaves to one of the person's offices to judge, case by case."""
    if not is_allowed(person, "judgement.decide"):
        return []
    mine = {Office.Kind(kind).label for kind in office_kinds(person)}
    found: dict[UUID, DeskFinding] = {}
    for row in desk_findings(person, "blue").rows:
        if row.finding.decider in mine:
            found.setdefault(row.case.id, row)
    return [
        {
            "label": f"认定：{row.finding.text}",
            "lamp": "blue",
            "lamp_words": "待认定",
            "article": row.finding.clause,
            "case": case_words(row.case),
            "href": reverse(
                "case_finding", args=[row.case.id, row.finding.rule, row.finding.subject_id]
            ),
            "act": "认定",
        }
        for row in [*found.values()][:SHOWN]
    ]


def _leads(person: Person) -> list[dict[str, Any]]:
    """Leads nobody has been given yet, for who hands them out."""
    if not is_allowed(person, "lead.assign"):
        return []
    waiting = leads_in_state(visible_leads(person), LeadState.UNASSIGNED)
    rows = waiting.order_by("received_at", "id")[:SHOWN]
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
        for draw in waiting[:SHOWN]
    ]


def _hearings(person: Person) -> list[dict[str, Any]]:
    """Hearings this person chairs and has not reported on, from the day they are held."""
    cases = list(cases_to_chair(person)[:SHOWN])
    reported = set(
        Paper.objects.filter(
            type__in=REPORTS, state=Paper.State.ISSUED, case__in=cases
        ).values_list("case_id", flat=True)
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
                "case": case_words(case),
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
        .order_by("explained_at", "id")[:SHOWN]
    )
    return [
        {
            "label": "知悉书面说明",
            "lamp": "blue",
            "lamp_words": "待知悉",
            "case": case_words(row.case),
            "reason": f"{row.explained_by.name}说明不能补做的欠缺",
            "href": reverse("case_explanations", args=[row.case_id]),
            "act": "查看",
        }
        for row in rows
    ]


def _files(person: Person) -> list[dict[str, Any]]:
    """Files handed over and not received, each with the clock of its hand-over (Art. 38)."""
    if not is_allowed(person, "case_file.receive"):
        return []
    files = files_to_receive(person)[:SHOWN]
    clocks = _hand_over_clocks(file.case_id for file in files)
    return [
        {
            **clocks.get(file.case_id, {}),
            "label": "接收案卷",
            "lamp": "blue",
            "lamp_words": "待接收",
            "article": "38.1",
            "case": case_words(file.case),
            "reason": f"{file.pages}页",
            "href": reverse("case_hand_over", args=[file.case_id]),
            "act": "接收",
        }
        for file in files
    ]


def _hand_over_clocks(cases: Iterable[UUID]) -> dict[UUID, dict[str, dt.datetime | None]]:
    told = findings_about("case", cases)
    return {
        UUID(case_id): {"due_at": one.due_at, "warn_at": one.warn_at}
        for case_id, found in told.items()
        for one in found
        if one.rule == "original_handed_over" and one.outcome == "pending"
    }


def _differences(person: Person) -> list[dict[str, Any]]:
    """What should be in the vault and is not, for who answers for it."""
    return [
        {
            "label": "补交或者说明应有的音像",
            "lamp": "red" if row.due_at < clock.now() else "open",
            "lamp_words": "应有未有",
            "article": "39.2",
            "case": case_words(row.case) if row.case else None,
            "reason": row.what,
            "due_at": row.due_at,
            "warn_at": None,
            "href": reverse("difference", args=[row.id]),
            "act": "办理",
        }
        for row in own_differences(person, limit=SHOWN)
    ]
