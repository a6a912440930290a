"""A hearing of a penalty or a licence: called, held by a chair apart, reported (Art. 19).

The request and its withdrawal are letters or a waiver (`actions.defence`, `actions.paper_drafts`);
notice and record are signed, issued and served like other papers. Penalty Law 63–65, Licensing Law
46–48. Not for who is told of the right to one on a licence (`actions.licence_hearings`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.activities import finish
from liuhen.actions.drawing_up import draw_up, issue, sign
from liuhen.actions.hearing_kinds import (
    HearingKind,
    answered_id,
    days_before,
    earliest_day,
    hearing_kind,
    refuse_agents,
    refuse_other_moment,
    standing_request,
)
from liuhen.actions.joining import refuse_busy
from liuhen.actions.paper_order import follow_issue, refuse_dead, refuse_out_of_order
from liuhen.actions.paper_subjects import addressed_to
from liuhen.actions.parties import open_case
from liuhen.actions.simple_procedure import running_activity
from liuhen.actions.stages import advance
from liuhen.cases.choices import HEARING_OUTCOMES
from liuhen.cases.models import Activity, ActivityOfficer, Case, CaseOfficer, Party
from liuhen.cases.queries import is_known_to
from liuhen.documents.models import Paper, Service, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import is_allowed, valid_certificate

KIND = "hearing"
_REQUIRED = ("rights", "investigated", "defended", "final")


@act(permission="hearing.arrange", event="hearing.arranged")
def arrange_hearing(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    held_at: dt.datetime,
    place: str,
    chair: Person,
    clerk: str,
    is_public: bool,
    assessors: str = "",
) -> Paper:
    """Set time, place and chair of the hearing, and draw up its notice; gives the party's.

    On a licence each interested person gets one of their own. Arranging again, before it is
    opened, puts new notices in the place of the old ones.

    Raises:
        Refused: `record.not_found`, `case.closed`, `party.dead`, `hearing.not_asked`,
            `hearing.begun`, `hearing.incomplete`, `hearing.chair_investigated`,
            `hearing.chair_office`, `hearing.too_soon`, `paper.too_early`.
    """
    case = open_case(draft, case_id)
    refuse_dead(case)
    kind = hearing_kind(case)
    standing_request(case)
    refuse_begun(case)
    refuse_out_of_order(case, kind.notice)
    if not (place.strip() and clerk.strip()):
        raise Refused("hearing.incomplete")
    _refuse_chair(case, chair)
    last = earliest_day(case, draft.at)
    if clock.local_date(held_at) < last:
        days = days_before(case, draft.at)
        raise Refused("hearing.too_soon", earliest=last.isoformat(), days=days, law=kind.law)
    told = {
        "held_at": clock.iso(held_at),
        "place": place.strip(),
        "chair": chair.name,
        "chair_id": str(chair.id),
        "clerk": clerk.strip(),
        "assessors": assessors.strip(),
        "is_public": is_public,
    }
    case.facts = {**case.facts, KIND: told}
    case.save(update_fields=["facts"])
    paper = _call(draft, case, kind)
    draft.about(paper)
    draft.note(held_at=held_at, chair=chair.name)
    return paper


def _call(draft: Draft, case: Case, kind: HearingKind) -> Paper:
    """Draw up a notice for each who is called; gives the party's."""
    _void_unissued(case, kind)
    paper = draw_up(draft, case, kind.notice, subject_id=answered_id(case))
    for other in _others(case):
        draw_up(draft, case, kind.notice, given=addressed_to(other), subject_id=other.id)
    return paper


def _others(case: Case) -> list[Party]:
    """Who is called beside the party: the interested persons of a licence (Licensing Law 48)."""
    if case.kind != Case.Kind.LICENSING:
        return []
    return list(case.parties.filter(role=Party.Role.INTERESTED).order_by("id"))


def refuse_begun(case: Case) -> None:
    """Refuse what is done before a hearing is opened. Raises `Refused("hearing.begun")`."""
    if case.activities.filter(kind=KIND).exists():
        raise Refused("hearing.begun")


def _refuse_chair(case: Case, chair: Person) -> None:
    """Nobody chairs who ever carried the case (Penalty Law 64, Licensing Law 48), or may not."""
    law = hearing_kind(case).law
    has_carried = CaseOfficer.objects.filter(case=case, person=chair).exists()
    if has_carried or case.handler_id == chair.id:
        raise Refused("hearing.chair_investigated", name=chair.name, law=law)
    if not (is_allowed(chair, "hearing.hold") and is_known_to(chair, case)):
        raise Refused("hearing.chair_office", name=chair.name, law=law)


def _void_unissued(case: Case, kind: HearingKind) -> None:
    for old in case.papers.filter(type=kind.notice, state=Paper.State.DRAFT):
        old.state, old.void_reason = Paper.State.VOID, "重新安排听证"
        old.save(update_fields=["state", "void_reason"])


@act(permission="hearing.hold", event="hearing.opened")
def open_hearing(
    draft: Draft, *, actor: Person, case_id: UUID, investigators: Sequence[Person]
) -> Activity:
    """The chair declares the hearing open, at the time the party was told, or later that day.

    `investigators` are officers of the case who put its facts, evidence and proposal; on a licence
    those who reviewed the application.

    Raises:
        Refused: `record.not_found`, `case.closed`, `party.dead`, `hearing.not_asked`,
            `hearing.begun`, `hearing.not_arranged`, `hearing.chair_only`,
            `hearing.chair_investigated`, `hearing.chair_office`, `hearing.not_notified`,
            `hearing.other_time`, `hearing.investigators`, `activity.officer_busy`, `law.forbids`.
    """
    case = open_case(draft, case_id)
    refuse_dead(case)
    kind = hearing_kind(case)
    standing_request(case)
    refuse_begun(case)
    told = case.facts.get(KIND)
    if told is None:
        raise Refused("hearing.not_arranged", law=kind.law)
    _refuse_other_chair(actor, case, told)
    _refuse_chair(case, actor)
    _refuse_other_time(case, told, draft.at)
    carried = set(case.officers.filter(until=None).values_list("person_id", flat=True))
    present = {person.id: person for person in investigators}
    if not present or not present.keys() <= carried:
        raise Refused("hearing.investigators", law=kind.law)
    refuse_busy(list(present.values()), draft.at, None)
    names = "、".join(person.name for person in present.values())
    activity = Activity.objects.create(
        case=case,
        kind=KIND,
        place=told["place"],
        is_on_site=False,
        started_at=draft.at,
        facts={"chair_id": str(actor.id), KIND: {**told, "investigators": names}},
    )
    for person in present.values():
        shown = valid_certificate(person, clock.local_date(draft.at))
        ActivityOfficer.objects.create(activity=activity, person=person, certificate=shown)
    advance(case, kind.stage)
    draft.about(activity)
    draft.gate(kind.gate, case)
    return activity


def _refuse_other_chair(actor: Person, case: Case, told: Mapping[str, Any]) -> None:
    if str(actor.id) != told["chair_id"]:
        raise Refused("hearing.chair_only", name=told["chair"], law=hearing_kind(case).law)


def _refuse_other_time(case: Case, told: Mapping[str, Any], at: dt.datetime) -> None:
    """The party comes when it was told to: not before, nor on another day."""
    kind = hearing_kind(case)
    served = Service.objects.filter(paper__case=case, paper__type=kind.notice)
    if not served.filter(paper__data__held_at=told["held_at"]).exists():
        raise Refused("hearing.not_notified", law=kind.law)
    refuse_other_moment(case, clock.parse_iso(told["held_at"]), at)


def _chaired(draft: Draft, activity_id: UUID) -> Activity:
    """A hearing that goes on, for its chair."""
    activity = running_activity(draft, activity_id)
    _require_chaired(draft, activity)
    return activity


def _require_chaired(draft: Draft, activity: Activity) -> None:
    if activity.kind != KIND:
        raise Refused("activity.kind", kind=activity.kind)
    _refuse_other_chair(draft.actor, activity.case, activity.facts[KIND])


def _state(activity: Activity, **facts: Any) -> None:
    activity.facts = {**activity.facts, KIND: {**activity.facts[KIND], **facts}}
    activity.save(update_fields=["facts"])


@act(permission="hearing.hold", event="hearing.adjourned")
def adjourn_hearing(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    reason: str,
    resumes_at: dt.datetime,
    resumes_in: str = "",
) -> Activity:
    """Break a running hearing off until a stated time; what lies between is not filmed (Art. 19).

    The officers are free meanwhile. `resumes_in`: another place, else the same.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `activity.kind`, `hearing.chair_only`,
            `hearing.adjourned`, `hearing.no_reason`, `hearing.resumes_before`.
    """
    activity = _sitting(draft, activity_id)
    if not reason.strip():
        raise Refused("hearing.no_reason")
    if resumes_at <= draft.at:
        raise Refused("hearing.resumes_before")
    told = {
        "started_at": clock.iso(draft.at),
        "reason": reason.strip(),
        "resumes_at": clock.iso(resumes_at),
        "resumes_in": resumes_in.strip() or activity.place,
    }
    _break(activity, [*activity.facts.get("adjournments", ()), told])
    draft.note(reason=reason.strip(), resumes_at=resumes_at)
    return activity


@act(permission="hearing.hold", event="hearing.resumed")
def resume_hearing(draft: Draft, *, actor: Person, activity_id: UUID) -> Activity:
    """Take an adjourned hearing up again, at the time its party was told, or later that day.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `activity.kind`, `hearing.chair_only`,
            `hearing.not_adjourned`, `hearing.other_time`, `activity.officer_busy`, `party.dead`.
    """
    activity = _chaired(draft, activity_id)
    if not activity.is_adjourned:
        raise Refused("hearing.not_adjourned")
    refuse_dead(activity.case)
    *before, last = activity.facts["adjournments"]
    refuse_other_moment(activity.case, clock.parse_iso(last["resumes_at"]), draft.at)
    officers = [row.person for row in activity.officers.select_related("person")]
    refuse_busy(officers, draft.at, activity)
    _break(activity, [*before, {**last, "ended_at": clock.iso(draft.at)}])
    draft.note(adjourned_at=last["started_at"])
    return activity


def _sitting(draft: Draft, activity_id: UUID) -> Activity:
    """A hearing that goes on and isn't adjourned, for its chair."""
    activity = _chaired(draft, activity_id)
    if activity.is_adjourned:
        raise Refused("hearing.adjourned")
    return activity


def _break(activity: Activity, adjournments: list[dict[str, Any]]) -> None:
    activity.facts = {**activity.facts, "adjournments": adjournments}
    activity.save(update_fields=["facts"])


@act(permission="hearing.hold", event="hearing.recorded")
def record_hearing(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    rights: str,
    investigated: str,
    defended: str,
    final: str,
    agents: str = "",
    debate: str = "",
    interested: str = "",
) -> Activity:
    """Write down a running hearing as its record prints it. Recording again replaces.

    `interested` names the interested persons who came.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `activity.kind`, `hearing.chair_only`,
            `hearing.adjourned`, `hearing.unrecorded`, `hearing.agents`.
    """
    activity = _sitting(draft, activity_id)
    refuse_agents(activity.case, agents, draft.at)
    said = {
        "rights": rights.strip(),
        "agents": agents.strip(),
        "interested": interested.strip(),
        "investigated": investigated.strip(),
        "defended": defended.strip(),
        "debate": debate.strip(),
        "final": final.strip(),
    }
    if not all(said[name] for name in _REQUIRED):
        raise Refused("hearing.unrecorded", law=hearing_kind(activity.case).law)
    _state(activity, **said)
    return activity


@act(permission="hearing.hold", event="hearing.ended")
def end_hearing(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    outcome: str,
    note: str = "",
    ended_at: dt.datetime | None = None,
) -> Activity:
    """End a hearing: held to its end, or terminated because of the party (`HEARING_OUTCOMES`).

    One that was held must be written down; of one terminated `note` says what happened.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `activity.kind`, `hearing.chair_only`,
            `hearing.adjourned`, `hearing.outcome`, `hearing.unrecorded`, `hearing.no_note`,
            `activity.ends_before_start`, `activity.ends_in_future`, `activity.overlaps`.
    """
    activity = _sitting(draft, activity_id)
    if outcome not in HEARING_OUTCOMES:
        raise Refused("hearing.outcome")
    said = activity.facts[KIND]
    if outcome == "held":
        if not all(said.get(name) for name in _REQUIRED):
            raise Refused("hearing.unrecorded", law=hearing_kind(activity.case).law)
        _state(activity, outcome=outcome, note=note.strip())
    else:
        if not note.strip():
            raise Refused("hearing.no_note", law=hearing_kind(activity.case).law)
        words = f"{HEARING_OUTCOMES[outcome]}：{note.strip()}"
        ending = {name: said.get(name) or words for name in _REQUIRED}
        _state(activity, outcome=outcome, note=note.strip(), **ending)
    draft.note(outcome=outcome)
    return finish(draft, activity, ended_at)


@act(permission="hearing.hold", event="hearing.reported")
def report_hearing(
    draft: Draft,
    *,
    actor: Person,
    activity_id: UUID,
    course: str,
    opinion: str,
    strokes: Sequence[Any],
) -> Paper:
    """The chair reports on an ended hearing; the report is signed and issued at once (Art. 19).

    Raises:
        Refused: `record.not_found`, `case.closed`, `activity.kind`, `hearing.chair_only`,
            `hearing.running`, `hearing.reported`, `hearing.incomplete`, `paper.too_early`,
            `signature.empty`, `storage.full`.
    """
    found = Activity.objects.filter(id=activity_id).first()
    if found is None:
        raise Refused("record.not_found")
    case = open_case(draft, found.case_id)
    _require_chaired(draft, found)
    if found.ended_at is None:
        raise Refused("hearing.running")
    report = hearing_kind(case).report
    if case.papers.filter(type=report, state=Paper.State.ISSUED).exists():
        raise Refused("hearing.reported")
    refuse_out_of_order(case, report)
    if not (course.strip() and opinion.strip()):
        raise Refused("hearing.incomplete")
    given = {"course": course.strip(), "opinion": opinion.strip()}
    paper = draw_up(draft, case, report, activity=found, given=given)
    sign(draft, paper, Signature.Role.CHAIR, strokes)
    issue(draft, paper)
    follow_issue(paper)
    draft.about(paper)
    return paper
