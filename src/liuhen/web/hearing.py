"""Pages of a hearing: arranging it, opening, recording, ending, reporting (Art. 19).

Not for receiving the request or its withdrawal (`defence`), nor for signing, issuing and serving
its papers (their own pages).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from liuhen.actions.hearing import (
    KIND,
    adjourn_hearing,
    arrange_hearing,
    end_hearing,
    open_hearing,
    record_hearing,
    report_hearing,
    resume_hearing,
)
from liuhen.actions.hearing_kinds import days_before, earliest_day, hearing_kind, is_hearing_due
from liuhen.actions.paper_order import needs_unmet
from liuhen.assembly.dates import chinese_date, chinese_instant
from liuhen.cases.choices import HEARING_OUTCOMES
from liuhen.cases.models import Activity, Case, Party
from liuhen.cases.queries import visible_activity, visible_case
from liuhen.documents.models import Paper, Service
from liuhen.documents.service_days import by_effect
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import form_page, person_of, signed_in, succeed
from liuhen.web.case_acts import case_frame
from liuhen.web.drawing import draft_href, drawn, live_paper
from liuhen.web.hearing_forms import (
    AdjournForm,
    ArrangeForm,
    EndForm,
    OpenForm,
    RecordForm,
    ReportForm,
)
from liuhen.web.hearing_words import words_of
from liuhen.web.one_form import OneForm, posted
from liuhen.web.papers import paper_line
from liuhen.web.simple_signing import strokes_in

TITLE = "听证"


@signed_in
@require_safe
def case_hearing(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Whether a hearing was asked for, when it is held, who is called, and how far it is."""
    person = person_of(request)
    case = _hearing_case(person, case_id)
    activity = case.activities.filter(kind=KIND).first()
    told = case.facts.get(KIND)
    is_asked = is_hearing_due(case)
    is_waiting = case.closed_at is None and is_asked and activity is None
    kind = hearing_kind(case)
    papers = [live_paper(case, key) for key in (kind.record, kind.report)]
    context = case_frame(
        case,
        TITLE,
        is_asked=is_asked,
        words=words_of(case),
        back_href=reverse(words_of(case).back[1], args=[case.id]),
        letters=case.materials.filter(kind__startswith="hearing_").order_by("received_at"),
        told=told,
        held_at=clock.parse_iso(told["held_at"]) if told else None,
        activity=activity,
        notices=_notices(case),
        papers=[paper_line(one) for one in papers if one],
        outcome=HEARING_OUTCOMES.get(activity.facts[KIND].get("outcome", "")) if activity else None,
        days=days_before(case, clock.now()),
        earliest=earliest_day(case, clock.now()),
        may_arrange=is_waiting and is_allowed(person, "hearing.arrange"),
        may_open=is_waiting and told is not None and told["chair_id"] == str(person.id),
        may_receive=is_waiting and is_allowed(person, "material.receive"),
    )
    return render(request, "case_hearing.html", context)


def _notices(case: Case) -> list[dict[str, Any]]:
    """The newest notice to each who is called, how far it is, and where it goes on."""
    drawn = case.papers.filter(type=hearing_kind(case).notice).exclude(state=Paper.State.VOID)
    listed = drawn.select_related("original").prefetch_related("signatures")
    others = {one.id: one.name for one in case.parties.filter(role=Party.Role.INTERESTED)}
    newest: dict[Any, Paper] = {}
    for paper in listed.order_by("drawn_up_at", "id"):
        newest[paper.subject_id if paper.subject_id in others else None] = paper
    serve = reverse("case_service", args=[case.id])
    return [
        {
            "name": others.get(to, ""),
            "paper": paper_line(paper),
            "edit_href": _edit_href(paper),
            "served": _served(paper),
            "serve_href": f"{serve}?paper={paper.id}",
        }
        for to, paper in newest.items()
    ]


def _edit_href(paper: Paper | None) -> str | None:
    """Where a paper is filled, signed and issued, while it is a draft."""
    return draft_href(paper.id) if paper and paper.state == Paper.State.DRAFT else None


def _served(notice: Paper) -> Service | None:
    return by_effect(notice.services.all()).first()


def _page(case: Case, **page: Any) -> OneForm:
    crumbs = [
        (case.number, reverse("case", args=[case.id])),
        (TITLE, reverse("case_hearing", args=[case.id])),
    ]
    return OneForm(crumbs=crumbs, about=f"{case.number} {case.cause}".strip(), **page)


@signed_in
def hearing_arrange(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Set time, place and chair; the notice is drawn up with them."""
    person = person_of(request)
    case = _hearing_case(person, case_id)
    form = ArrangeForm(posted(request), case=case, initial=_arranged(case, person))

    def perform(data: dict[str, Any]) -> str:
        return draft_href(arrange_hearing(actor=person, case_id=case.id, **data).id)

    page = _page(
        case,
        permission="hearing.arrange",
        title="安排听证",
        submit="安排并起草通知书",
        success="听证通知书已起草，请核对、制作并尽快送达。",
        notes=[
            f"今天送达通知的，最早可以在{chinese_date(earliest_day(case, clock.now()))}举行："
            f"举行的{days_before(case, clock.now())}个工作日前通知。",
            words_of(case).chair_note,
            "除涉及国家秘密、商业秘密或者个人隐私依法予以保密外，听证公开举行。",
        ],
        article=words_of(case).law,
    )
    return page.answer(request, form, perform)


def _arranged(case: Case, person: Person) -> dict[str, Any]:
    """What was arranged before, or what is likely."""
    told = case.facts.get(KIND)
    if told is None:
        return {"is_public": "yes"}
    return {
        **told,
        "held_at": clock.local(clock.parse_iso(told["held_at"])).replace(tzinfo=None),
        "chair": told["chair_id"],
        "is_public": "yes" if told["is_public"] else "no",
    }


@signed_in
def hearing_open(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The chair declares the hearing open."""
    person = person_of(request)
    case = _hearing_case(person, case_id)
    form = OpenForm(posted(request), case=case)

    def perform(data: dict[str, Any]) -> str:
        return reverse("hearing", args=[open_hearing(actor=person, case_id=case.id, **data).id])

    page = _page(
        case,
        permission="hearing.hold",
        title="宣布听证开始",
        submit="宣布开始",
        success="听证已经开始，请边听边记。",
        notes=["听证全过程同步录音录像；当事人没有到场的，也请先宣布开始，再按“未到场”结束。"],
        article="19.2",
    )
    return page.answer(request, form, perform)


# -- one hearing -------------------------------------------------------------------------------


def _visible(person: Person, activity_id: UUID) -> Activity:
    activity = visible_activity(person, activity_id)
    if activity.kind != KIND or "chair_id" not in activity.facts:
        raise Refused("record.not_found")
    return activity


@signed_in
def hearing(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """One hearing: written down while it runs; its record, its end, its report."""
    person = person_of(request)
    activity = _visible(person, activity_id)
    case = _hearing_case(person, activity.case_id)
    address = reverse("hearing", args=[activity.id])

    def perform(data: dict[str, Any]) -> str:
        record_hearing(actor=person, activity_id=activity.id, **data)
        return address

    said = activity.facts[KIND]
    return form_page(
        request,
        RecordForm(posted(request), case=case, initial={"rights": words_of(case).rights, **said}),
        "hearing.html",
        perform=perform,
        success="已记下。",
        context=_sitting(person, case, activity),
    )


def _sitting(person: Person, case: Case, activity: Activity) -> dict[str, Any]:
    """What the page of one hearing shows, and what the person may do on it."""
    said = activity.facts[KIND]
    kind = hearing_kind(case)
    record, report = live_paper(case, kind.record), live_paper(case, kind.report)
    is_chair = activity.facts["chair_id"] == str(person.id)
    is_running = activity.ended_at is None and not activity.is_adjourned
    is_written = bool(said.get("final"))
    may_draw = is_allowed(person, "paper.draw_up") and case.closed_at is None
    return case_frame(
        case,
        TITLE,
        activity=activity,
        said=said,
        outcome=HEARING_OUTCOMES.get(said.get("outcome", "")),
        record=paper_line(record) if record else None,
        record_edit_href=_edit_href(record) if may_draw else None,
        report=paper_line(report) if report else None,
        needs=needs_unmet(case, kind.report),
        words=words_of(case),
        hearing_href=reverse("case_hearing", args=[case.id]),
        is_written=is_written,
        may_record=is_running and is_chair,
        may_draw=is_written and record is None and may_draw,
        may_upload=is_allowed(person, "recording.take_in"),
        may_report=activity.ended_at is not None and is_chair and report is None,
        breaks=[_adjournment(row) for row in activity.facts.get("adjournments", ())],
        may_resume=activity.is_adjourned and is_chair,
    )


def _adjournment(row: dict[str, Any]) -> dict[str, Any]:
    """An adjournment as the page shows it, its instants read."""
    moments = {key: clock.parse_iso(row[key]) for key in ("started_at", "resumes_at")}
    ended = row.get("ended_at")
    return {**row, **moments, "ended_at": clock.parse_iso(ended) if ended else None}


@signed_in
@require_POST
def hearing_record(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Draw up the record of what the chair wrote down."""
    person = person_of(request)
    activity = _visible(person, activity_id)
    ended = activity.ended_at or clock.now()
    span = {"started_at": clock.iso(activity.started_at), "ended_at": clock.iso(ended)}
    case = _hearing_case(person, activity.case_id)
    record = hearing_kind(case).record
    address = drawn(person, case.id, record, activity_id=activity.id, given={"span": span})
    succeed(request, "听证笔录已起草，请交当事人核对、逐页签字。")
    return HttpResponseRedirect(address)


@signed_in
def hearing_adjourn(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Break the hearing off until a stated time."""
    person = person_of(request)
    activity = _visible(person, activity_id)
    case = _hearing_case(person, activity.case_id)
    address = reverse("hearing", args=[activity.id])

    def perform(data: dict[str, Any]) -> str:
        adjourn_hearing(actor=person, activity_id=activity.id, **data)
        return address

    page = _page(
        case,
        permission="hearing.hold",
        title="休庭、延期",
        submit="休庭",
        success="听证已经休庭。请停止录音录像，到时间恢复听证。",
        notes=[
            "先在听证笔录里记明休庭，并当场告知到场的人何时、何地恢复。",
            "休庭的时间不要求录音录像，不算缺口；从听证开始到结束的时间不计入办案期限（机关可以调整）。",
        ],
        article="19.2",
    )
    return page.answer(request, AdjournForm(posted(request)), perform)


@signed_in
@require_POST
def hearing_resume(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """Take the adjourned hearing up again."""
    person = person_of(request)
    activity = _visible(person, activity_id)
    resume_hearing(actor=person, activity_id=activity.id)
    succeed(request, "听证已经恢复，请继续录音录像、边听边记。")
    return HttpResponseRedirect(reverse("hearing", args=[activity.id]))


@signed_in
def hearing_end(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """End the hearing, and say how."""
    person = person_of(request)
    activity = _visible(person, activity_id)
    case = _hearing_case(person, activity.case_id)
    address = reverse("hearing", args=[activity.id])

    def perform(data: dict[str, Any]) -> str:
        end_hearing(actor=person, activity_id=activity.id, **data)
        return address

    page = _page(
        case,
        permission="hearing.hold",
        title="结束听证",
        submit="结束听证",
        success="听证已结束。",
        notes=[
            "笔录交当事人核对签字以后再结束；结束以后缺录的部分记为缺口。",
            "当事人及其代理人无正当理由拒不出席或者未经许可中途退出的，视为放弃听证权利，终止听证。",
        ],
        article=words_of(case).law,
        is_grave=True,
    )
    return page.answer(request, EndForm(posted(request), initial={"outcome": "held"}), perform)


@signed_in
def hearing_report(request: HttpRequest, activity_id: UUID) -> HttpResponse:
    """The chair's report, signed here and issued at once."""
    person = person_of(request)
    activity = _visible(person, activity_id)
    case = _hearing_case(person, activity.case_id)

    def perform(data: dict[str, Any]) -> str:
        strokes = strokes_in(data.pop("chair_strokes"))
        report_hearing(actor=person, activity_id=activity.id, strokes=strokes, **data)
        return reverse("hearing", args=[activity.id])

    said = activity.facts[KIND]
    return form_page(
        request,
        ReportForm(posted(request), initial={"course": _course(activity)}),
        "hearing_report.html",
        perform=perform,
        success="听证报告书已制作。",
        context=case_frame(
            case,
            "听证报告",
            said=said,
            is_chair=activity.facts["chair_id"] == str(person.id),
            hearing_href=reverse("hearing", args=[activity.id]),
            signer={"role": "主持人", "name": person.name},
        ),
    )


def _course(activity: Activity) -> str:
    """The course of the hearing in a sentence, to be gone over by the chair."""
    said, ended = activity.facts[KIND], activity.ended_at
    words = f"{chinese_instant(activity.started_at)}，在{said['place']}举行听证"
    if ended is not None:
        words += f"，{clock.local(ended):%H时%M分}结束"
    outcome = HEARING_OUTCOMES.get(said.get("outcome", ""), "")
    note = said.get("note", "").rstrip("。")
    return f"{words}。{outcome}{'：' + note if note else ''}。"


def _hearing_case(person: Person, case_id: UUID) -> Case:
    """A visible case that may hold a hearing. Raises `Refused("record.not_found")`."""
    case = visible_case(person, case_id)
    is_applied_for = case.kind == Case.Kind.LICENSING and case.procedure == Case.Procedure.ORDINARY
    if not (case.is_ordinary_penalty or is_applied_for):
        raise Refused("record.not_found")
    return case
