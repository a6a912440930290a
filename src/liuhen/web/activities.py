"""Activities of a case: the list, beginning one on the spot, one activity with what it needs.

Made for a phone in the street. Not for what is done within one (`activity_acts`), nor for the
simple procedure, which has a page of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from liuhen.actions.investigation import start_activity, startable_kinds
from liuhen.actions.paper_drafts import EXEMPTION, RECORDS
from liuhen.actions.paper_order import is_of_course
from liuhen.actions.scene_statements import AT_A_TAKING
from liuhen.actions.simple_procedure import KIND
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import visible_activity, visible_case
from liuhen.compliance.queries import findings_about
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import ActivityKind, Code, catalogue
from liuhen.law.measures.a21 import CONTENTS
from liuhen.law.procedures import courses
from liuhen.law.subjects import INVESTIGATIONS
from liuhen.law.vocabulary import CaseKind, Procedure
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, require
from liuhen.recordings.models import Bookmark
from liuhen.recordings.queries import ActivityCoverage, bookmarks_of, recordings_of_case
from liuhen.web.acting import form_page, person_of, signed_in
from liuhen.web.activity_forms import DescribeForm, StartForm, demand_words, kind_name
from liuhen.web.case_acts import case_frame
from liuhen.web.case_page import recording_line
from liuhen.web.gap_words import flaw_lines, gap_line
from liuhen.web.one_form import posted
from liuhen.web.papers import paper_line
from liuhen.web.steps import activity_href, duty
from liuhen.web.templatetags.wording import clock_time, span_exact

# The kinds as people look for them on the spot, after those of the case's own course; what isn't
# named comes under the last.
_ON_THE_SPOT = ("dangerous_action", "non_cooperation", "refusal_to_sign", "other_contact")
_REST = "其他"
# Begun on pages of their own, which know what they are about.
_ELSEWHERE = frozenset({"collective_discussion", "statement_and_defence"})


# -- the list ----------------------------------------------------------------------------------


@signed_in
@require_safe
def case_activities(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The activities of a case in the order of time, and what may be begun."""
    person = person_of(request)
    case = visible_case(person, case_id)
    held = recordings_of_case(person, case).activities
    may_start = case.closed_at is None and is_allowed(person, "activity.start")
    context = case_frame(
        case,
        "执法活动",
        running=[_line(one) for one in held if one.activity.ended_at is None],
        ended=[_line(one) for one in held if one.activity.ended_at is not None],
        groups=_groups(case) if may_start and _is_ordinary(case) else [],
    )
    return render(request, "case_activities.html", context)


def _is_ordinary(case: Case) -> bool:
    return not case.is_on_the_spot


def _line(one: ActivityCoverage) -> dict[str, Any]:
    activity = one.activity
    open_gaps = [gap for gap in one.gaps if gap.filled_at is None]
    return {
        "name": kind_name(activity.kind),
        "row": activity,
        "recordings": len(one.bars),
        "gaps": len(open_gaps),
        "percent": one.percent,
        "href": activity_href(activity),
    }


def _groups(case: Case) -> list[dict[str, Any]]:
    kinds = startable_kinds(case)
    course = courses()[CaseKind(case.kind), Procedure(case.procedure)]
    own = [key for stage in course.stages for key in stage.activities if key not in _ELSEWHERE]
    label = "调查取证" if case.kind == Case.Kind.PENALTY else "本程序的活动"
    groups = ((label, own), ("现场情况", [key for key in _ON_THE_SPOT if key not in own]))
    named = {key for _, keys in groups for key in keys} | _ELSEWHERE
    rest = (key for key in kinds if key not in named and not key.startswith("service_"))
    grouped = [*groups, (_REST, tuple(rest))]
    address = reverse("activity_start", args=[case.id])
    return [
        {
            "label": label,
            "kinds": [
                {
                    "name": kinds[key].name,
                    "demand": demand_words(kinds[key]),
                    "href": f"{address}?kind={key}",
                }
                for key in keys
                if key in kinds and not key.startswith("service_")
            ],
        }
        for label, keys in grouped
    ]


# -- beginning ---------------------------------------------------------------------------------


@signed_in
def activity_start(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Begin an activity of one kind, named in the address, now or as it began a while ago."""
    person = person_of(request)
    case = visible_case(person, case_id)
    kind = request.GET.get("kind", "")
    if request.method != "POST":
        require(person, "activity.start")
        if kind not in startable_kinds(case):
            raise Refused("record.not_found")
    running = list(case.activities.filter(ended_at=None).order_by("started_at", "id"))
    form = StartForm(
        posted(request), case=case, running=running, kind=kind, initial=_initial(case, kind)
    )

    def perform(data: dict[str, Any]) -> str:
        begun = start_activity(actor=person, case_id=case.id, kind=kind, **form.given())
        return reverse("activity", args=[begun.id])

    row = catalogue().activities.get(kind)
    return form_page(
        request,
        form,
        "activity_start.html",
        perform=perform,
        success=f"{kind_name(kind)}已开始。",
        context=case_frame(
            case,
            f"开始{kind_name(kind)}",
            row=row,
            demand=demand_words(row) if row else "",
            shows_certificates=kind in INVESTIGATIONS,
            has_running=bool(running),
        ),
    )


def _initial(case: Case, kind: str) -> dict[str, Any]:
    carried = case.officers.filter(until=None).values_list("person", flat=True)
    return {
        "place": case.place,
        "is_on_site": "no" if kind in ("collective_discussion", "hearing") else "yes",
        "officers": [str(one) for one in carried],
    }


# -- one activity ------------------------------------------------------------------------------


@signed_in
@require_safe
def activity(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """One activity: who is there, what it shows, its papers and recordings, its end."""
    person = person_of(request)
    found = visible_activity(person, activity_id)
    if found.kind == KIND or "chair_id" in found.facts:
        return HttpResponseRedirect(activity_href(found))
    return render(request, "activity.html", activity_context(person, found))


def activity_context(
    person: Person, found: Activity, form: DescribeForm | None = None
) -> dict[str, Any]:
    """Everything `activity.html` shows, in a fixed number of queries."""
    case = visible_case(person, found.case_id)
    row = catalogue().activities.get(found.kind)
    present = list(found.officers.select_related("person", "certificate").order_by("id"))
    is_running = found.ended_at is None
    may_describe = is_running and is_allowed(person, "activity.describe")
    if form is None and may_describe:
        form = DescribeForm(activity=found, present=[one.person.name for one in present])
    papers = list(_papers(found))
    held = recordings_of_case(person, case)
    mine = next(one for one in held.activities if one.activity.id == found.id)
    duties = findings_about("activity", [case.id]).get(str(found.id), [])
    may_draw = case.closed_at is None and is_allowed(person, "paper.draw_up")
    return case_frame(
        case,
        kind_name(found.kind),
        activity=found,
        row=row,
        demand=demand_words(row) if row else "",
        officers=present,
        danger=found.facts.get("danger"),
        whole=_whole(held.activities, found),
        form=form if may_describe else None,
        told=_told(found),
        papers=[paper_line(one) for one in papers],
        may_exempt=may_draw and _asks_both(row) and not _has(papers, EXEMPTION),
        drawable=_drawable(found, papers) if may_draw else [],
        **_covered(mine),
        checklist=_checklist(found, papers, mine) if mine.bars else [],
        duties=[{**duty(one, case.id), "subject": None} for one in duties],
        may_end=is_running and is_allowed(person, "activity.end"),
        may_tie=is_allowed(person, "recording.tie"),
        may_upload=is_allowed(person, "recording.take_in"),
        may_state=is_allowed(person, "activity.describe"),
    )


def _covered(mine: ActivityCoverage) -> dict[str, Any]:
    """Its recordings and what they leave open, for the list and for the drawing."""
    return {
        "coverage": mine,
        "recordings": [recording_line(bar.recording, None) for bar in mine.bars],
        "bars": [bar.recording for bar in mine.bars],
        "flaws": flaw_lines(mine),
        "gaps": [gap_line(gap) for gap in mine.gaps if gap.filled_at is None],
    }


def _checklist(
    found: Activity, papers: Sequence[Paper], mine: ActivityCoverage
) -> list[dict[str, Any]]:
    """What the footage should show, each with the moments somebody marked; advice, no duty."""
    kinds = Bookmark.Kind
    wanted = [kinds.CERTIFICATE, kinds.RIGHTS] if found.kind in INVESTIGATIONS else []
    wanted += [kinds.SIGNING] if any(paper.signatures.all() for paper in papers) else []
    wanted += [kinds(name) for name in CONTENTS] if found.is_on_site else []
    marks: dict[str, list[dict[str, str]]] = {kind: [] for kind in wanted}
    shown = [bar.recording for bar in mine.bars]
    for mark in bookmarks_of(*shown):
        if mark.kind in marks:
            href = reverse("recording", args=[mark.recording_id])
            at = span_exact(dt.timedelta(milliseconds=mark.at_ms))
            marks[mark.kind].append({"href": href, "at": at, "name": mark.recording.name})
    return [{"label": kind.label, "marks": marks[kind]} for kind in wanted]


def _papers(found: Activity) -> Any:
    live = found.papers.exclude(state=Paper.State.VOID).select_related("original")
    return live.prefetch_related("signatures").order_by("drawn_up_at", "id")


def _asks_both(row: ActivityKind | None) -> bool:
    """Whether the law asks for sound and picture together, from which there may be leave."""
    return row is not None and any(one.code is Code.SYNCHRONOUS for one in row.text)


def _has(papers: Sequence[Paper], type_key: str) -> bool:
    return any(paper.type == type_key for paper in papers)


def _whole(listed: Sequence[ActivityCoverage], found: Activity) -> dict[str, str] | None:
    """The activity this one is a part of."""
    wanted = found.facts.get("within")
    for one in listed:
        if str(one.activity.id) == wanted:
            return {"name": kind_name(one.activity.kind), "href": activity_href(one.activity)}
    return None


def _drawable(found: Activity, papers: Sequence[Paper]) -> list[dict[str, str]]:
    """The records of this kind of activity that are still to be drawn up."""
    drawn = {paper.type for paper in papers}
    return [
        {
            "title": document_type(key).title,
            "action": reverse("activity_paper", args=[found.id, key]),
        }
        for key, kinds in RECORDS.items()
        if found.kind in kinds and key not in drawn and is_of_course(found.case, key)
    ]


_LABELS: Mapping[str, str] = {
    "recorder": "记录人",
    "person_in_charge": "现场负责人",
    "relation": "与本案的关系",
    "witness": "见证人",
    "rights_told": "权利告知",
    "content": "现场情况",
    "attachments": "附图、附件",
    "statement_text": "陈述申辩",
    "statement_reasons": "事实和理由",
    "statement_exhibits": "证据材料",
    "called": "通知到场",
    "told": "当场告知",
    "heard": "陈述申辩",
    "result": "执行结果",
    "urgency": "紧急情况",
}
_ANSWERS: Mapping[str, str] = {
    "is_uncooperative": "对方不配合",
    "has_conflict": "发生争执、冲突",
    "is_sudden_incident": "属于突发事件",
    "has_objection": "当事人有异议，可能投诉、复议或者诉讼",
    "is_designated": "指定同步录音录像",
    "brought_party": "当事人被带到办案场所",
    "is_urgent": "情况紧急",
    "keeps_supply": "没有停水、停电、停热、停气",
    **AT_A_TAKING,
}


def _told(found: Activity) -> list[dict[str, str]]:
    """What has been written down of the activity, for `parts/facts.html`."""
    facts = found.facts
    lines = [(label, facts.get(key)) for key, label in _LABELS.items()]
    lines += [
        (label, "是" if facts[key] else "否") for key, label in _ANSWERS.items() if key in facts
    ]
    reached, stated = facts.get("reached_room_at"), facts.get("circumstances")
    lines += [("带入办案场所", clock_time(clock.parse_iso(reached)))] if reached else []
    lines += [("说明", f"{stated['reason']}（{stated['by']}）")] if stated else []
    return [{"label": label, "value": text} for label, text in lines if text]
