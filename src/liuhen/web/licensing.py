"""Licences: the counter, the page of one licence, its supplement and its proposal.

Not for papers (their own pages), nor for what is done on the spot (`activities`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions.licence_hearings import announce_hearing, tell_interested_person
from liuhen.actions.licensing import (
    FORMS,
    GRANT,
    REFUSAL,
    end_intake,
    propose_licence,
    receive_application,
    receive_supplement,
    still_open,
)
from liuhen.assembly.dates import chinese_date
from liuhen.cases.models import Case, Party
from liuhen.cases.queries import visible_case
from liuhen.compliance.gating import way_through
from liuhen.compliance.queries import findings_of_case
from liuhen.documents.licences import words_of
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import act_and_return, form_page, person_of, signed_in
from liuhen.web.case_acts import case_frame, may_post
from liuhen.web.drawing import drawing_page
from liuhen.web.inspection_page import served_step, visit_line
from liuhen.web.licence_hearings import hearing_card
from liuhen.web.licences import carrying
from liuhen.web.licensing_forms import (
    AnnouncedForm,
    ApplicationForm,
    ProposalForm,
    SupplementForm,
    ToldForm,
)
from liuhen.web.one_form import OneForm, posted
from liuhen.web.periods import period_words
from liuhen.web.publications import publication_card
from liuhen.web.simple_signing import strokes_in
from liuhen.web.steps import obstacles, told_duty
from liuhen.web.templatetags.wording import day

FORM = "other_decision_approval"
_ANSWERS = (
    "spot_correction_record",
    "supplement_notice",
    "acceptance_notice",
    "non_acceptance_notice",
    "no_licence_needed_notice",
)
_OTHERS = (
    "licence_prolongation_notice",
    "special_procedure_notice",
    "licence_hearing_right_notice",
    "licence_hearing_notice",
)
_DRAWN = (*_ANSWERS, *_OTHERS, FORM, GRANT, REFUSAL)
_CLOCKS = frozenset(
    {
        "application_answered_in_time",
        "licence_decided_in_time",
        "licence_delivered_in_time",
        "licence_certificate_delivered_in_time",
        "licence_prolongation_decided_in_time",
        "licence_decision_published",
        "licence_ending_published",
    }
)


def licensing_case(person: Person, case_id: UUID) -> Case:
    """A visible licence applied for. Raises `Refused("record.not_found")`."""
    case = visible_case(person, case_id)
    if case.kind != Case.Kind.LICENSING or case.procedure != Case.Procedure.ORDINARY:
        raise Refused("record.not_found")
    return case


# -- the counter -------------------------------------------------------------------------------


@signed_in
def application_receive(request: HttpRequest) -> HttpResponse:
    """Take in an application: applicant and officer sign its registration."""
    actor = person_of(request)
    may_post(request, actor, "licence.receive")
    unit = actor.unit
    if unit is None:
        raise Refused("officer.not_officer", name=actor.name)
    place = f"{unit.profile.get('authority', unit.name)}受理窗口"
    asked = {"purpose": request.GET.get("purpose", "new"), "place": place}
    asked["licence_number"] = request.GET.get("licence", "")
    form = ApplicationForm(posted(request), unit=unit, actor=actor, initial=asked)

    def perform(data: dict[str, Any]) -> str:
        case = receive_application(
            actor=actor,
            applicant_strokes=strokes_in(data["applicant_strokes"]),
            registrar_strokes=strokes_in(data["registrar_strokes"]),
            **form.given(),
        )
        return reverse("case_licensing", args=[case.id])

    return form_page(
        request,
        form,
        "application_receive.html",
        perform=perform,
        success="申请已经登记，登记表已制作。请当场审查材料，作出答复。",
        context={
            "signer": {"role": "受理人员", "name": actor.name},
            "crumbs": [{"label": "收取许可申请"}],
        },
    )


@signed_in
@require_POST
def intake_end(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The applicant leaves with the voucher."""
    person = person_of(request)
    case = licensing_case(person, case_id)
    return act_and_return(
        request,
        lambda: end_intake(actor=person, case_id=case.id),
        success="窗口受理已经结束；请把窗口监控录像关联到这次受理。",
        then=reverse("case_licensing", args=[case.id]),
    )


# -- one licence -------------------------------------------------------------------------------


@signed_in
def case_licensing(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Where the licence stands, and drawing up its papers."""
    person = person_of(request)
    case = licensing_case(person, case_id)

    told = {**_stands(case), **_offered(person, case), "carried": carrying(person, case)}
    told |= {
        "hearing": hearing_card(person, case),
        "publication": publication_card(person, case),
    }
    context = case_frame(case, "行政许可", **told)
    return drawing_page(request, case, "case_licensing.html", context)


def _stands(case: Case) -> dict[str, Any]:
    """How far the licence is, for everybody who may see it."""
    known = case.facts["licence"]
    visits = case.activities.filter(kind="on_site_verification")
    return {
        "applied": _applied(known),
        "materials": known["materials"],
        "intake": case.activities.filter(kind="workplace_intake").first(),
        "visits": [visit_line(one) for one in visits.order_by("started_at")],
        "proposed": _proposed(known),
        "is_granted": known.get("is_granted"),
        "lacking": still_open(case) if case.closed_at is None else [],
        "clocks": [
            told_duty(one, case.id)
            for one in findings_of_case(case)
            if one.rule in _CLOCKS and one.lamp != "grey"
        ],
    }


def _offered(person: Person, case: Case) -> dict[str, Any]:
    """The papers as steps, and what this person may do now."""
    is_open = case.closed_at is None
    steps = {key: served_step(person, case, key) for key in _DRAWN}
    answered = any(steps[key]["is_issued"] for key in _ANSWERS[2:])
    # What acceptance still waits for is told; of the others only what may be made is shown.
    waiting = () if answered else ("acceptance_notice",)
    deciding = steps[REFUSAL if case.facts["licence"].get("is_granted") is False else GRANT]
    return {
        "papers": steps,
        "answers": [steps[key] for key in _ANSWERS if steps[key]["paper"] or key in waiting],
        "answers_offered": [] if answered else _offered_now(steps, _ANSWERS),
        "others": [steps[key] for key in _OTHERS],
        "others_offered": _offered_now(steps, _OTHERS),
        "is_accepted": steps["acceptance_notice"]["is_issued"],
        "form_step": steps[FORM],
        "deciding": deciding,
        "obstacles": _obstacles(case, steps[FORM], deciding),
        "serve_href": reverse("service_begin", args=[case.id]),
        "start_href": reverse("activity_start", args=[case.id]),
        "may_review": is_open and is_allowed(person, "licence.review"),
        "may_receive": is_open and is_allowed(person, "licence.receive"),
        "may_start": is_open and is_allowed(person, "activity.start"),
    }


def _offered_now(steps: Mapping[str, dict[str, Any]], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Of these papers the steps that may be drawn up now."""
    found = [steps[key] for key in keys]
    return [one for one in found if one["may_draw"] and not one["needs"]]


def _obstacles(case: Case, form: Mapping[str, Any], deciding: Mapping[str, Any]) -> list[Any]:
    """What the law wants before approval is asked for, then before the decision."""
    if deciding["is_issued"] or case.facts["licence"].get("is_granted") is None:
        return []
    gate = "issue_licence_decision" if form["is_issued"] else "approve_general_decision"
    return obstacles(way_through(gate, case.id), case.id)


def _purpose(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What an application about a licence that is held asks for; nothing of a new one."""
    if known.get("purpose", "new") == "new":
        return []
    rows = [
        {"label": "申请什么", "value": f"{words_of(known['purpose'])}：{known['licence_number']}"}
    ]
    if until := known.get("expires_on"):
        rows.append({"label": "现有效期止", "value": day(dt.date.fromisoformat(until))})
    return rows


def _applied(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    supplemented = known.get("supplemented_at")
    rows: list[dict[str, Any]] = [
        *_purpose(known),
        {"label": "申请事项", "value": known["matter"]},
        {"label": "申请方式", "value": FORMS[known["form"]]},
        {"label": "申请内容", "value": known["content"]},
    ]
    if supplemented:
        day = clock.local(clock.parse_iso(supplemented))
        rows.append({"label": "补正", "value": f"{chinese_date(day)}收到补正材料"})
    return rows


def _proposed(known: Mapping[str, Any]) -> list[dict[str, Any]]:
    if known.get("is_granted") is None:
        return []
    return [
        {"label": "结论", "value": "准予行政许可" if known["is_granted"] else "不予行政许可"},
        {"label": "审查情况", "value": known["found"]},
        {"label": "理由", "value": known["reasons"]},
        {"label": "依据", "value": known["basis"]},
        {"label": "决定内容", "value": known["decided"]},
        {"label": "要求", "value": known["terms"]},
    ]


# -- forms -------------------------------------------------------------------------------------


def _page(case: Case, **page: Any) -> OneForm:
    crumbs = [
        (case.number, reverse("case", args=[case.id])),
        ("行政许可", reverse("case_licensing", args=[case.id])),
    ]
    return OneForm(crumbs=crumbs, about=f"{case.number} {case.cause}", **page)


@signed_in
def licence_supplement(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Take in what the applicant was told to supplement."""
    person = person_of(request)
    case = licensing_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        receive_supplement(actor=person, case_id=case.id, **data)
        return reverse("case_licensing", args=[case.id])

    page = _page(
        case,
        permission="licence.receive",
        title="收取补正材料",
        submit="登记",
        success="补正材料已经登记，列入材料清单。",
        notes=["按告知的内容全部补正的，应当受理；不能再次要求补正。"],
        article="licensing_law:32",
    )
    return page.answer(request, SupplementForm(posted(request)), perform)


@signed_in
def licence_proposal(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """What the review found, and the decision proposed."""
    person = person_of(request)
    case = licensing_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        propose_licence(actor=person, case_id=case.id, **data)
        return reverse("case_licensing", args=[case.id])

    page = _page(
        case,
        permission="licence.review",
        title="提出审查结论",
        submit="提出",
        success="审查结论已经提出，审批表和决定书由此填写。",
        notes=[
            "作出决定以前可以再改；改了以后，已起草的审批表要重新起草。",
            "不予许可的，应当说明理由，告知复议、诉讼的权利。",
            "直接涉及他人重大利益的，登记利害关系人，制作听证告知书，逐一告知。",
        ],
        article="licensing_law:38",
    )
    return page.answer(request, ProposalForm(posted(request), initial=_known(case)), perform)


def _known(case: Case) -> dict[str, Any]:
    known = case.facts["licence"]
    told = {None: None, True: "yes", False: "no"}
    span = known.get("valid") or {}
    days = {
        name: clock.local_date(clock.parse_iso(span[key]))
        for name, key in (("valid_from", "started_at"), ("valid_until", "ended_at"))
        if key in span
    }
    texts = {key: known.get(key) for key in ("reasons", "basis", "terms")}
    return {
        **texts,
        **days,
        "facts": known.get("found"),
        "content": known.get("decided"),
        "is_granted": told[known.get("is_granted")],
        **{
            key: bool(case.circumstances.get(key))
            for key in ("is_major", "is_complex", "has_expert_argument", "is_hearing_public")
        },
        "touches_others": bool(case.circumstances.get("hearing_right")),
        "has_certificate": known.get("has_certificate", True),
    }


@signed_in
def licence_hearing_tell(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record that an interested person was told of the right to a hearing."""
    person = person_of(request)
    case = licensing_case(person, case_id)
    told = case.facts["licence"].get("hearing_told") or {}
    interested = case.parties.filter(role=Party.Role.INTERESTED).order_by("id")
    offered = [(str(one.id), one.name) for one in interested if str(one.id) not in told]

    def perform(data: dict[str, Any]) -> str:
        tell_interested_person(actor=person, case_id=case.id, **data)
        return reverse("case_licensing", args=[case.id])

    days = period_words("licensing_law.hearing_request")
    page = _page(
        case,
        permission="licence.review",
        title="登记告知利害关系人",
        submit="登记",
        success="已经登记，要求听证的期限从告知之日起算。",
        notes=[
            "申请人以送达听证告知书告知，不在这里登记。",
            "利害关系人也应当收到写给本人的听证告知书；用其他方式告知的，才在这里登记。",
            f"自告知之日起{days}内可以要求听证；期限届满以前不能作出决定。",
        ],
        article="licensing_law:47",
    )
    return page.answer(request, ToldForm(posted(request), offered=offered), perform)


@signed_in
def licence_hearing_announce(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Record that a hearing was announced to the public."""
    person = person_of(request)
    case = licensing_case(person, case_id)

    def perform(data: dict[str, Any]) -> str:
        announce_hearing(actor=person, case_id=case.id, **data)
        return reverse("case_licensing", args=[case.id])

    page = _page(
        case,
        permission="licence.review",
        title="登记听证公告",
        submit="登记",
        success="听证公告已经登记。",
        notes=["公告内容按听证通知书（公告）：事项、时间、地点、主持人。"],
        article="licensing_law:46",
    )
    return page.answer(request, AnnouncedForm(posted(request)), perform)
