"""Licensing: an application received, supplemented, accepted, reviewed; its decision proposed.

The order of papers is `actions.licensing_order`; papers, approvals, service and activities are
everybody's. Art. 9; Licensing Law 29–44.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import draw_up, issue, next_number
from liuhen.actions.entrusted import require_entrusted
from liuhen.actions.joining import carry, certified, enough_officers
from liuhen.actions.licence_holders import (
    about,
    applied_about,
    expires_on,
    longer,
    note_applied,
    refuse_backdated,
)
from liuhen.actions.paper_needs import is_issued, is_served
from liuhen.actions.parties import open_case, record_party
from liuhen.actions.recordings import settle_gaps
from liuhen.actions.stages import advance
from liuhen.assembly.signing import stroke_drawing
from liuhen.cases.models import Activity, ActivityOfficer, Case
from liuhen.documents.models import Paper, Service, Signature
from liuhen.documents.service_days import in_effect
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.calendar import end_of_day, start_of_day
from liuhen.people.models import Person

APPLICATION = "licence_application"
INTAKE = "workplace_intake"
FORMS: Mapping[str, str] = {"written": "书面", "oral": "口头", "electronic": "电子"}
GRANT, REFUSAL = "licence_grant", "licence_refusal"
CERTIFICATE = "licence_certificate"
WITHDRAWAL, REVOCATION = "licence_withdrawal_decision", "licence_revocation_decision"
CANCELLATION = "licence_cancellation_decision"
ENDED = (WITHDRAWAL, REVOCATION)
KEPT = "licence_standing_decision"
TURNED_AWAY = ("non_acceptance_notice", "no_licence_needed_notice")


@act(permission="licence.receive", event="application.received")
def receive_application(
    draft: Draft,
    *,
    actor: Person,
    matter: str,
    form: str,
    content: str,
    materials: Sequence[Mapping[str, Any]],
    place: str,
    party: Mapping[str, str],
    second: Person,
    applicant: str,
    applicant_strokes: Sequence[Any],
    registrar_strokes: Sequence[Any],
    purpose: str = "new",
    licence_number: str = "",
) -> Case:
    """Take in an application at the counter: registered, signed by both, its materials listed.

    The intake is an activity of the workplace until its voucher is handed over. `materials` have
    name, copies and form. `second` is the other officer who will verify. To "change" or "prolong"
    a licence of the unit (`purpose`) its holder applies with its number.

    Raises:
        Refused: `application.incomplete`, `signature.empty`, `officer.alone`,
            `officer.not_officer`, `certificate.invalid`, `licence.unknown`, `licence.ended`,
            `licence.not_holder`, `licence.over`, `licence.prolonging`, `licence.unlimited`,
            `entrustment.missing`, what a party is refused with.
    """
    listed = _materials(materials)
    is_said = matter.strip() and content.strip() and place.strip()
    if not (is_said and form in FORMS and listed):
        raise Refused("application.incomplete")
    if not (applicant.strip() and _are_drawn(applicant_strokes, registrar_strokes)):
        raise Refused("signature.empty")
    held = applied_about(draft, purpose, licence_number.strip(), party)
    licence = {"matter": matter.strip(), "content": content.strip(), "materials": listed}
    licence |= {"form": form, "purpose": purpose, "received_at": clock.iso(draft.at)}
    licence |= about(held)
    case = _opened(draft, licence, party, enough_officers([actor, second], draft.at))
    note_applied(case, held)
    paper = draw_up(draft, case, APPLICATION, activity=_intake(draft, case, place.strip()))
    _sign(draft, paper, Signature.Role.PARTY, None, applicant.strip(), applicant_strokes)
    _sign(draft, paper, Signature.Role.REGISTRAR, actor, actor.name, registrar_strokes)
    issue(draft, paper)
    draft.about(case)
    return case


def _intake(draft: Draft, case: Case, place: str) -> Activity:
    """The activity of the workplace, filmed until the voucher is handed over (Art. 9)."""
    activity = Activity.objects.create(
        case=case, kind=INTAKE, place=place, is_on_site=False, started_at=draft.at
    )
    shown = certified(draft.actor, draft.at)
    ActivityOfficer.objects.create(activity=activity, person=draft.actor, certificate=shown)
    return activity


def _are_drawn(*drawn: Sequence[Any]) -> bool:
    return all(stroke_drawing(each) is not None for each in drawn)


def _sign(
    draft: Draft,
    paper: Paper,
    role: Signature.Role,
    person: Person | None,
    name: str,
    strokes: Sequence[Any],
) -> None:
    Signature.objects.create(
        paper=paper, role=role, person=person, name=name, strokes=list(strokes), signed_at=draft.at
    )


def _materials(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"name": str(one["name"]).strip(), "copies": one["copies"], "form": one.get("form") or None}
        for one in given
        if str(one.get("name") or "").strip() and isinstance(one.get("copies"), int)
    ]


def _opened(
    draft: Draft,
    licence: Mapping[str, Any],
    party: Mapping[str, str],
    officers: Sequence[Person],
) -> Case:
    unit = draft.actor.unit
    if unit is None:
        raise Refused("officer.not_officer", name=draft.actor.name)
    require_entrusted(unit, Case.Kind.LICENSING, draft.at)
    year, sequence = next_number(unit, "licensing", draft.at)
    case = Case.objects.create(
        number=f"{unit.number_prefix}许〔{year}〕{sequence:04d}号",
        kind=Case.Kind.LICENSING,
        procedure=Case.Procedure.ORDINARY,
        stage="application",
        cause=str(licence["matter"]),
        place=party.get("address", ""),
        unit=unit,
        handler=draft.actor,
        started_at=draft.at,
        facts={"licence": dict(licence)},
    )
    draft.opens(case)
    record_party(draft, case, party)
    carry(case, officers, draft.at)
    draft.note(number=case.number)
    return case


def licence_case(draft: Draft, case_id: UUID) -> Case:
    """An open case about a licence, locked. Raises `record.not_found`, `case.closed`."""
    case = open_case(draft, case_id)
    if case.kind != Case.Kind.LICENSING:
        raise Refused("record.not_found")
    draft.about(case)
    return case


def _know(case: Case, **facts: Any) -> None:
    case.facts = {**case.facts, "licence": {**case.facts["licence"], **facts}}
    case.save(update_fields=["facts"])


@act(permission="licence.receive", event="application.intake_ended")
def end_intake(draft: Draft, *, actor: Person, case_id: UUID) -> Activity:
    """End the intake at the workplace: the applicant leaves with the voucher.

    Raises:
        Refused: `record.not_found`, `case.closed`, `application.no_intake`,
            `activity.ends_before_start`.
    """
    case = licence_case(draft, case_id)
    activity = case.activities.filter(kind=INTAKE, ended_at=None).first()
    if activity is None:
        raise Refused("application.no_intake")
    if draft.at <= activity.started_at:
        raise Refused("activity.ends_before_start")
    activity.ended_at = draft.at
    activity.save(update_fields=["ended_at"])
    activity.case = case
    settle_gaps(draft, activity)
    return activity


@act(permission="licence.receive", event="application.supplemented")
def receive_supplement(
    draft: Draft, *, actor: Person, case_id: UUID, materials: Sequence[Mapping[str, Any]]
) -> Case:
    """Take in what the applicant was told to supplement; it joins the list of materials.

    Raises:
        Refused: `record.not_found`, `case.closed`, `application.not_told`,
            `application.answered`, `application.incomplete`.
    """
    case = licence_case(draft, case_id)
    if not is_issued(case, "supplement_notice"):
        raise Refused("application.not_told")
    if is_issued(case, "acceptance_notice", *TURNED_AWAY):
        raise Refused("application.answered")
    listed = _materials(materials)
    if not listed:
        raise Refused("application.incomplete")
    known = case.facts["licence"]["materials"]
    _know(case, materials=[*known, *listed], supplemented_at=clock.iso(draft.at))
    draft.note(materials=len(listed))
    return case


@act(permission="licence.review", event="licence.proposed")
def propose_licence(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    is_granted: bool,
    facts: str,
    reasons: str,
    basis: str,
    content: str,
    terms: str,
    is_major: bool = False,
    is_complex: bool = False,
    has_expert_argument: bool = False,
    touches_others: bool = False,
    is_hearing_public: bool = False,
    valid_from: dt.date | None = None,
    valid_until: dt.date | None = None,
    has_certificate: bool = False,
) -> Case:
    """Record what the review found and the decision proposed; written again, it replaces.

    `has_certificate`: a certificate is to be made (38); a change or prolongation always has one.
    `touches_others`: it directly concerns large interests of others, who are told that they may
    ask for a hearing (47); `is_hearing_public`: it is announced to the public and heard (46).

    Raises:
        Refused: `record.not_found`, `case.closed`, `licence.not_accepted`, `licence.decided`,
            `licence.proposal`, `licence.span`, `licence.not_longer`, `licence.backdated`.
    """
    case = _under_review(draft, case_id)
    texts = {"found": facts, "reasons": reasons, "basis": basis, "terms": terms, "decided": content}
    if not all(text.strip() for text in texts.values()):
        raise Refused("licence.proposal")
    valid = _span(valid_from, valid_until)
    stripped = {key: text.strip() for key, text in texts.items()}
    purpose = case.facts["licence"].get("purpose", "new")
    if is_granted and purpose == "prolong":
        longer(valid_until, expires_on(case))
    if is_granted and purpose == "new":
        refuse_backdated(valid_from, draft.at)
    has_paper = is_granted and (has_certificate or purpose != "new")
    valid = valid if is_granted else None
    _know(case, is_granted=is_granted, valid=valid, has_certificate=has_paper, **stripped)
    _judge(case, is_major=is_major, is_complex=is_complex, has_expert_argument=has_expert_argument)
    _judge(case, hearing_right=touches_others, is_hearing_public=is_hearing_public)
    advance(case, "review")
    draft.note(is_granted=is_granted)
    return case


def _judge(case: Case, **judged: bool) -> None:
    case.circumstances = {**case.circumstances, **judged}
    case.save(update_fields=["circumstances"])


def _under_review(draft: Draft, case_id: UUID) -> Case:
    case = licence_case(draft, case_id)
    if case.initiated_at is None:
        raise Refused("licence.not_accepted")
    if is_issued(case, GRANT, REFUSAL):
        raise Refused("licence.decided")
    return case


def _span(since: dt.date | None, until: dt.date | None) -> dict[str, str] | None:
    """A span of local days as papers print it, from their first to their last instant."""
    if since is None and until is None:
        return None
    if since is None or until is None or until <= since:
        raise Refused("licence.span")
    begin, end = start_of_day(since), end_of_day(until)
    return {"started_at": clock.iso(begin), "ended_at": clock.iso(end)}


def still_open(case: Case) -> list[str]:
    """What a licence still lacks before its procedure has ended, in words."""
    if case.procedure == Case.Procedure.ENDING:
        return _ending_open(case)
    if is_issued(case, *TURNED_AWAY):
        return [] if is_served(case, *TURNED_AWAY) else ["不予受理通知的送达"]
    if not is_issued(case, GRANT, REFUSAL):
        return ["许可决定"]
    lacking = [] if is_served(case, GRANT, REFUSAL) else ["许可决定书的送达"]
    if "has_certificate" not in case.facts["licence"] or not is_issued(case, GRANT):
        return lacking
    if "entered" not in case.facts["licence"]:
        return [*lacking, "许可的登记"]
    needs = is_issued(case, CERTIFICATE) and not is_served(case, CERTIFICATE)
    return [*lacking, "许可证的送达"] if needs else lacking


def _ending_open(case: Case) -> list[str]:
    """A decision on a licence is served; what has ended is cancelled (70)."""
    if is_issued(case, KEPT):
        return [] if is_served(case, KEPT) else ["决定书的送达"]
    is_against = case.facts["licence"]["purpose"] != "cancel"
    lacking = []
    if is_against and not is_issued(case, *ENDED):
        lacking.append("撤回、撤销或者继续有效的决定")
    elif is_against and not is_served(case, *ENDED):
        lacking.append("决定书的送达")
    return lacking if is_issued(case, CANCELLATION) else [*lacking, "注销手续"]


def ended_at(case: Case) -> dt.datetime:
    """When the procedure ended: the decision delivered, or the application turned away.

    Raises:
        Refused: `closing.not_ended` with what is lacking.
    """
    lacking = still_open(case)
    if lacking:
        raise Refused("closing.not_ended", missing="、".join(lacking))
    types = (GRANT, REFUSAL, CERTIFICATE, *TURNED_AWAY, *ENDED, KEPT)
    served = in_effect(Service.objects.filter(paper__case=case, paper__type__in=types))
    ends = [one.received_at or one.served_at for one in served]
    struck = case.papers.filter(type=CANCELLATION, state=Paper.State.ISSUED)
    return max([*ends, *(one for one in struck.values_list("issued_at", flat=True) if one)])
