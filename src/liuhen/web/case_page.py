"""The page of one case. Reads only; acts have pages of their own."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.access.looks import hidden_looks
from liuhen.access.queries import viewing_ground
from liuhen.actions.simple_procedure import KIND
from liuhen.approvals.models import Approval
from liuhen.approvals.queries import KIND_TITLES
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import dead_party, visible_case
from liuhen.compliance.outline import Outline, outline_of_case
from liuhen.compliance.readiness import CaseState, may_still, state_from, work_on
from liuhen.compliance.shown import UNKNOWN, ArticleGroup, ShownFinding, by_article
from liuhen.documents.models import Paper
from liuhen.law.catalogue import catalogue
from liuhen.law.explanations import duty_text
from liuhen.law.findings import Column
from liuhen.law.procedures import courses
from liuhen.law.vocabulary import CaseKind, Procedure
from liuhen.ledger.models import Entry
from liuhen.ledger.queries import events_of_case, newest_entries
from liuhen.people.models import Office, Person
from liuhen.people.queries import office_kinds
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import ActivityCoverage, CaseRecordings, recordings_of_case
from liuhen.web.acting import person_of, signed_in
from liuhen.web.events import event_title
from liuhen.web.file_step import file_step, files_of, without_hand_over
from liuhen.web.gap_words import flaw_lines, gap_line
from liuhen.web.next_step import course_step, goes_first
from liuhen.web.offered import acts_offered, is_held, kind_page
from liuhen.web.papers import paper_line, without_ink
from liuhen.web.publications import publication_fact
from liuhen.web.remedy_file import remedy_clock
from liuhen.web.service_lines import service_line, services_of
from liuhen.web.steps import activity_href, duty, first_step, told_duty
from liuhen.web.timeline import timeline_data

LEDGER_ROWS = 20
# The page of each stage of an ordinary penalty that everybody who sees the case may open.
_STAGE_PAGES = {
    "lead": "case_lead",
    "lead_check": "case_lead",
    "initiation": "case_initiation",
    "investigation": "case_activities",
    "investigation_report": "case_conclusion",
    "prior_notice": "case_notice",
    "defence": "case_defence",
    "defence_review": "case_defence",
    "legality_review": "case_review",
    "collective_discussion": "case_discussion",
    "decision_approval": "case_decision",
    "decision": "case_decision",
    "service": "case_service",
    "performance": "case_performance",
    "binding": "case_binding",
    "hand_over": "case_hand_over",
}
_TAIL = frozenset({"performance", "closing", "binding", "hand_over"})
# Of long lists the page shows some; the whole is on pages of their own. A case may have hundreds.
# Recordings have cards up to `CARDS` an activity and `CARDS_IN_ALL` on the page.
PAPERS, ACTIVITIES, UNTIED, CARDS, CARDS_IN_ALL = 30, 12, 12, 6, 30
_LAMPS = ("red", "yellow", "blue", "unknown", "open", "green")
_ORDER = ("red", "yellow", "blue", "unknown", "open", "green", "grey")


def kind_words(case: Case) -> str:
    """行政处罚 · 简易程序."""
    return f"{case.get_kind_display()} · {case.get_procedure_display()}"


def stages_of(case: Case) -> list[dict[str, Any]]:
    """The stages for the tag `stage_bar`."""
    steps = courses()[CaseKind(case.kind), Procedure(case.procedure)].stages
    keys = [step.key for step in steps]
    reached = keys.index(case.stage) if case.stage in keys else 0
    last = len(keys) - 1
    return [
        {
            "name": step.name,
            "state": "done"
            if place < reached or (place == reached == last)
            else "current"
            if place == reached
            else "todo",
            "href": _page(case, _stage_page(case, step.key)),
        }
        for place, step in enumerate(steps)
    ]


def _stage_page(case: Case, key: str) -> str | None:
    own = kind_page(case)
    return own[0] if own is not None and key not in _TAIL else _STAGE_PAGES.get(key)


def _page(case: Case, page: str | None) -> str | None:
    """A page of a case that goes stage by stage; a simple one has none of them."""
    return reverse(page, args=[case.id]) if page and not case.is_on_the_spot else None


@signed_in
@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The page of one case."""
    person = person_of(request)
    return render(request, "case.html", case_context(person, visible_case(person, case_id)))


def case_context(person: Person, case: Case) -> dict[str, Any]:
    """Everything `case.html` shows, in a fixed number of queries."""
    held = recordings_of_case(person, case)
    prefetch_related_objects([case], "holds")
    papers = list(_papers(case))
    services = list(services_of(case))
    approvals = list(_asked(case))
    hidden = hidden_looks(person)
    happened = events_of_case(case.id, hidden)
    outline = outline_of_case(case)
    findings = outline.shown
    offices = office_kinds(person)
    acts = acts_offered(case, offices, held)
    scene = _scene(held)
    live = [paper for paper in papers if paper.state != Paper.State.VOID]
    return {
        "case": _head(case, outline.standing),
        "remedy": remedy_clock(case),
        "facts": _facts(case),
        "stages": stages_of(case),
        "step": _step(person, state_from(case, papers, services, approvals), findings, scene),
        "timeline": timeline_data(case, held, papers, services, approvals, happened, findings),
        "duties": _duties(case, outline, _running_id(scene)),
        "duty_counts": {lamp: outline.lamps.get(lamp, 0) for lamp in _LAMPS},
        "papers": [paper_line(paper, offices) for paper in live[-PAPERS:]],
        "papers_count": len(live),
        **_recordings(person, held, acts),
        "approvals": [_approval(one) for one in approvals],
        "services": [service_line(one, findings) for one in services],
        "ledger": [entry_line(entry) for entry in newest_entries(case.id, hidden)[:LEDGER_ROWS]],
        "ledger_count": len(happened),
        "acts": acts,
        "crumbs": [{"label": "案件", "href": reverse("cases")}, {"label": case.number}],
    }


def _papers(case: Case) -> QuerySet[Paper]:
    listed = case.papers.prefetch_related(Prefetch("signatures", without_ink()))
    return listed.select_related("original").order_by("drawn_up_at", "id")


def _asked(case: Case) -> QuerySet[Approval]:
    asked = Approval.objects.filter(case_id=case.id).select_related("asked_by", "decided_by")
    return asked.order_by("asked_at", "id")


def _scene(held: CaseRecordings) -> Activity | None:
    """The activity of the simple procedure, on whose page its steps are done."""
    listed = (one.activity for one in held.activities)
    return next((one for one in listed if one.kind == KIND), None)


def _step(
    person: Person, state: CaseState, findings: Sequence[ShownFinding], scene: Activity | None
) -> dict[str, Any] | None:
    """What can be done next; while the officers are on the spot, that is their procedure."""
    case = state.case
    if scene is not None and scene.ended_at is None and case.handler_id == person.id:
        return {
            "label": "继续办理当场处罚",
            "reason": "现场办理还没有结束，请按步骤完成。",
            "article": "27.1",
            "href": reverse("simple_case", args=[scene.id]),
        }
    is_open_penalty = case.kind == Case.Kind.PENALTY and case.closed_at is None
    dead = dead_party(case) if is_open_penalty else None
    if dead is not None and "closing" not in state.asked:
        return {
            "label": "报请终止案件",
            "reason": f"当事人{dead.name}已经死亡或者终止，不能再告知、决定或者送达。",
            "article": "37.1",
            "href": reverse("case_closing", args=[case.id]),
        }
    file = files_of([case]).get(case.id)
    work = without_hand_over(work_on(state, findings), file)
    own, steps = file_step(person, file, work), work.steps
    if own is not None:
        return own
    if not steps and state.asked:
        asked = "、".join(
            f"{KIND_TITLES[kind]}（{Office.Kind(office).label}）"
            for kind, office in state.asked.items()
        )
        return {"label": "等待答复", "reason": f"正在审批：{asked}。"}
    owed = [one for one in steps if one.findings[0].column == Column.TEXT and one.lamp != UNKNOWN]
    course = course_step(state)
    if course is not None and goes_first(course, case, [one.lamp for one in owed]):
        return course
    return first_step(case, steps, _running_id(scene))


def _running_id(scene: Activity | None) -> str | None:
    """The scene's id while its steps can still be done there."""
    return str(scene.id) if scene is not None and scene.ended_at is None else None


def _recordings(
    person: Person, held: CaseRecordings, acts: Sequence[dict[str, str]]
) -> dict[str, Any]:
    upload_href = next((one["href"] for one in acts if one["icon"] == "upload"), None)
    # One question serves the whole case: the scope of an approval is the case's, not the file's.
    first = next(_held(held), None)
    ground = viewing_ground(person, first) if first else None
    newest, left, shown = held.activities[-ACTIVITIES:], CARDS_IN_ALL, []
    for one in newest:
        cards = min(CARDS, left, len(one.bars))
        left -= cards
        shown.append(_activity(one, ground, upload_href, cards))
    return {
        "activities": shown,
        "activities_count": len(held.activities),
        "unlabelled": [recording_line(one, ground) for one in held.untied[:UNTIED]],
        "unlabelled_count": len(held.untied),
    }


def _held(held: CaseRecordings) -> Iterator[Recording]:
    for one in held.activities:
        yield from (bar.recording for bar in one.bars)
    yield from held.untied


def _head(case: Case, lamps: Collection[str]) -> dict[str, Any]:
    state = next((s["name"] for s in stages_of(case) if s["state"] == "current"), "已归档")
    return {
        "id": case.id,
        "number": case.number,
        "cause": case.cause,
        "kind_words": kind_words(case),
        "state_words": state,
        "state_tone": "green" if state == "已归档" else "blue",
        "is_held": is_held(case),
        "lamp": next((lamp for lamp in _ORDER if lamp in lamps), "grey"),
    }


def _facts(case: Case) -> list[dict[str, Any]]:
    parties = "、".join(party.name for party in case.parties.all())
    carried = case.officers.filter(until=None).select_related("person").order_by("id")
    officers = "、".join(one.person.name for one in carried)
    public = publication_fact(case)
    return [
        {"label": "当事人", "value": parties, "href": _page(case, "case_parties")},
        {"label": "承办机构", "value": case.unit.name},
        {"label": "执法人员", "value": officers, "href": _page(case, "case_officers")},
        {"label": "地点", "value": case.place},
        *([public] if public else ()),
    ]


def _duties(
    case: Case, outline: Outline, activity_id: str | None
) -> dict[str, list[dict[str, Any]]]:
    groups = by_article(outline.shown)

    def shown(group: ArticleGroup) -> dict[str, Any]:
        listed = sorted(group.duties, key=lambda one: _ORDER.index(one.lamp))
        return {
            "article": group.duties[0].clause,
            "title": group.title,
            "duties": [_duty(case, one, activity_id) for one in listed],
            "further": [
                {
                    "lamp": lamp,
                    "text": duty_text(rule),
                    "count": count,
                    "href": f"{reverse('case_duties', args=[case.id])}?rule={rule}",
                }
                for (rule, lamp), count in outline.further.items()
                if rule in {one.rule for one in listed}
            ],
        }

    return {"open": [*map(shown, groups.open)], "settled": [*map(shown, groups.settled)]}


def _duty(case: Case, finding: ShownFinding, activity_id: str | None) -> dict[str, Any]:
    """A duty with its button, where the act can still be done."""
    is_explained = case.bound_at is None and not finding.is_curable
    if is_explained or may_still(finding.act, case):
        return duty(finding, case.id, activity_id)
    return told_duty(finding, case.id)


def _activity(
    one: ActivityCoverage, ground: object | None, upload_href: str | None, cards: int
) -> dict[str, Any]:
    activity = one.activity
    kind = catalogue().activities.get(activity.kind)
    return {
        "id": activity.id,
        "name": kind.name if kind else activity.kind,
        "place": activity.place,
        "started_at": activity.started_at,
        "ended_at": activity.ended_at,
        "href": activity_href(activity),
        "recordings": [recording_line(bar.recording, ground) for bar in one.bars[:cards]],
        "bars": [bar.recording for bar in one.bars],
        "recordings_href": f"{reverse('recordings')}?activity={activity.id}",
        "gaps": [gap_line(gap) for gap in one.gaps if gap.filled_at is None],
        "flaws": flaw_lines(one),
        "upload_href": upload_href,
    }


def recording_line(one: Recording, ground: object | None) -> dict[str, Any]:
    """A recording for `parts/recording_card.html`, without its picture (Art. 42)."""
    length = one.ended_at - one.started_at if one.ended_at and one.started_at else None
    is_moment = not length  # a photo, or nothing tells how long it is
    shown = {
        "name": one.name,
        "kind": one.kind,
        "kind_words": one.get_kind_display(),
        "started_at": one.started_at,
        "ended_at": None if is_moment else one.ended_at,
        "length": None if is_moment else length,
        "has_video": one.has_video,
        "has_audio": one.has_audio,
        "device": one.device.serial if one.device else "",
        "size": one.original.size,
        "sha256": one.original_id,
        "activity": _tied(one),
        "href": reverse("recording", args=[one.id]),
    }
    if ground is None:
        shown["no_access"] = "调阅须经分管负责同志批准（办法第42条）"
    return shown


def _tied(one: Recording) -> dict[str, str] | None:
    if one.activity_id is None or one.case_id is None:
        return None
    href = f"{reverse('case', args=[one.case_id])}#activity-{one.activity_id}"
    return {"label": "已关联执法活动", "href": href}


def _approval(one: Approval) -> dict[str, Any]:
    tones = {"approved": "green", "returned": "yellow", "": "blue"}
    return {
        "label": KIND_TITLES[one.kind],
        "asked_by": one.asked_by.name,
        "asked_at": one.asked_at,
        "office": Office.Kind(one.office).label,
        "outcome_words": one.get_outcome_display() if one.outcome else "待审批",
        "outcome_tone": tones[one.outcome],
        "opinion": one.opinion,
        "decided_by": one.decided_by.name if one.decided_by else None,
        "decided_at": one.decided_at,
        "href": reverse("approval", args=[one.id]),
    }


def entry_line(entry: Entry) -> dict[str, Any]:
    place = getattr(entry, "sequenced", None)
    return {
        "index": place.index if place else None,
        "at": entry.recorded_at,
        "event": event_title(entry.event),
        "actor": json.loads(bytes(entry.body))["actor"]["name"],
        "digest": bytes(entry.leaf_hash).hex(),
        "href": reverse("entry", args=[entry.id]),
    }
