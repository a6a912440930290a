"""Leads: registered, checked, refused, transferred, told to who complained (Art. 11).

A lead opens the record of a case of ordinary procedure; initiating it is `actions.initiation`.
Not for parties or for the way of an approval.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.asking import ask, opinion
from liuhen.actions.drawing_up import draw_up, issue, next_number, sign
from liuhen.actions.joining import carry, enough_officers
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case, Lead
from liuhen.documents.models import Paper, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

REGISTER = "lead_register"
# Sources in which somebody outside complains, so that it matters whether they gave their name.
COMPLAINED = frozenset({Lead.Source.COMPLAINT, Lead.Source.PETITION, Lead.Source.REPORT})


@act(permission="lead.register", event="lead.registered")
def register_lead(
    draft: Draft,
    *,
    actor: Person,
    source: str,
    content: str,
    subject: str,
    place: str,
    registrar_opinion: str,
    strokes: Sequence[Any],
    received_at: dt.datetime | None = None,
    is_named: bool | None = None,
    reporter_name: str = "",
    reporter_contact: str = "",
) -> Lead:
    """Register a lead; the registrar signs, and the record of a case begins with it.

    Raises:
        Refused: `lead.incomplete`, `lead.reporter`, `lead.in_future`, `officer.not_officer`,
            `signature.empty`.
    """
    texts = (content, subject, place, registrar_opinion)
    if source not in Lead.Source.values or not all(text.strip() for text in texts):
        raise Refused("lead.incomplete")
    name, contact = reporter_name.strip(), reporter_contact.strip()
    is_named = _is_named(source, is_named, bool(name and contact))
    received = received_at or draft.at
    if received > draft.at:
        raise Refused("lead.in_future")
    case = _opened(draft, place.strip())
    lead = Lead.objects.create(
        case=case,
        number=case.number,
        source=source,
        received_at=received,
        is_named=is_named,
        reporter_name=name if is_named else "",
        reporter_contact=contact if is_named else "",
        subject=subject.strip(),
        place=place.strip(),
        content=content.strip(),
    )
    _draw_register(draft, lead, registrar_opinion.strip(), strokes)
    return lead


def _draw_register(draft: Draft, lead: Lead, said: str, strokes: Sequence[Any]) -> None:
    draft.about(lead)
    given = {"registrar_opinion": opinion(said, draft)}
    paper = draw_up(draft, lead.case, REGISTER, given=given, subject_id=lead.id)
    sign(draft, paper, Signature.Role.REGISTRAR, strokes)


def _is_named(source: str, is_named: bool | None, is_complete: bool) -> bool | None:
    """Whether somebody complained in their own name; None where nobody complained."""
    if source not in COMPLAINED:
        return None
    if is_named is None or (is_named and not is_complete):
        raise Refused("lead.reporter")
    return is_named


def _opened(draft: Draft, place: str) -> Case:
    """The record of a case that begins with a lead; the lead's number serves until it has one."""
    unit = draft.actor.unit
    if unit is None:
        raise Refused("officer.not_officer", name=draft.actor.name)
    year, sequence = next_number(unit, "lead", draft.at)
    case = Case.objects.create(
        number=f"{unit.number_prefix}线〔{year}〕{sequence:04d}号",
        kind=Case.Kind.PENALTY,
        procedure=Case.Procedure.ORDINARY,
        stage="lead",
        place=place,
        unit=unit,
        handler=draft.actor,
        started_at=draft.at,
    )
    return draft.opens(case)


def locked_lead(draft: Draft, lead_id: UUID, *, is_open: bool = True) -> Lead:
    """Lock the case of a lead, then the lead.

    Raises:
        Refused: `record.not_found`, `lead.decided` when it must still be open and is not.
    """
    case_id = Lead.objects.filter(id=lead_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("record.not_found")
    case = draft.lock_case(case_id)
    lead = Lead.objects.select_for_update().get(id=lead_id)
    lead.case = case
    draft.about(lead)
    if is_open and lead.outcome:
        raise Refused("lead.decided", outcome=lead.get_outcome_display())
    return lead


@act(permission="lead.assign", event="lead.assigned")
def assign_lead(
    draft: Draft, *, actor: Person, lead_id: UUID, handler: Person, officers: Sequence[Person]
) -> Lead:
    """Hand a lead to a handler and the officers who check it, the handler among them.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.handler`, `officer.alone`,
            `officer.not_officer`, `certificate.invalid`.
    """
    lead = locked_lead(draft, lead_id)
    each = enough_officers(officers, draft.at)
    if handler.id not in {officer.id for officer in each}:
        raise Refused("lead.handler")
    lead.case.handler = handler
    lead.case.save(update_fields=["handler"])
    carry(lead.case, each, draft.at)
    return lead


@act(permission="lead.check", event="lead.checked")
def record_check(draft: Draft, *, actor: Person, lead_id: UUID, check: str) -> Lead:
    """Write down what checking the lead showed.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.no_check`.
    """
    lead = locked_lead(draft, lead_id)
    if not check.strip():
        raise Refused("lead.no_check")
    lead.check_note = check.strip()
    lead.save(update_fields=["check_note"])
    advance(lead.case, "lead_check")
    return lead


@act(permission="lead.propose", event="lead.refusal_proposed")
def propose_refusal(draft: Draft, *, actor: Person, lead_id: UUID, reason: str) -> Approval:
    """Ask the unit's head not to take the lead up.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.unchecked`, `reason.missing`,
            `approval.pending`.
    """
    return _propose(draft, _checked(draft, lead_id, reason), "lead_refusal", reason)


@act(permission="lead.propose", event="lead.transfer_proposed")
def propose_transfer(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    reason: str,
    recipient: str,
    is_suspected_crime: bool,
) -> Approval:
    """Ask for the transfer of a lead: suspected crime, or else no jurisdiction.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.unchecked`, `reason.missing`,
            `lead.recipient`, `approval.pending`.
    """
    lead = _checked(draft, lead_id, reason)
    if not recipient.strip():
        raise Refused("lead.recipient")
    lead.is_suspected_crime = is_suspected_crime
    lead.is_outside_jurisdiction = not is_suspected_crime
    lead.transferred_to = recipient.strip()
    return _propose(draft, lead, "lead_transfer", reason)


def _checked(draft: Draft, lead_id: UUID, reason: str) -> Lead:
    lead = locked_lead(draft, lead_id)
    if not lead.check_note:
        raise Refused("lead.unchecked")
    if lead.case.initiated_at is not None:
        raise Refused("lead.decided", outcome=Lead.Outcome.INITIATED.label)
    if not reason.strip():
        raise Refused("reason.missing")
    return lead


def _propose(draft: Draft, lead: Lead, kind: str, reason: str) -> Approval:
    lead.outcome_reason = reason.strip()
    lead.save()
    paper = register_of(lead)
    crime = {"is_suspected_crime": lead.is_suspected_crime}
    return ask(
        draft, lead.case, kind=kind, subject=paper, opinion=reason.strip(), circumstances=crime
    )


def register_of(lead: Lead) -> Paper:
    """The register of a lead, locked. It is drawn up when the lead is registered."""
    paper = Paper.objects.select_for_update().get(type=REGISTER, subject_id=lead.id)
    paper.case = lead.case
    return paper


def refuse(draft: Draft, case: Case, approval: Approval) -> None:
    """The unit's head agrees: not taken up. A complainant who gave a name is still to be told."""
    lead = case.leads.get()
    lead.outcome, lead.outcome_at = Lead.Outcome.REFUSED, draft.at
    lead.save(update_fields=["outcome", "outcome_at"])
    advance(case, "lead_check")
    if not lead.is_named:
        complete_register(draft, lead, informed="线索未实名，无须告知。")


def decide_transfer(draft: Draft, case: Case, approval: Approval) -> None:
    """Transfer is decided; it is carried out by handing the lead over."""
    lead = case.leads.get()
    lead.transfer_decided_at = draft.at
    lead.save(update_fields=["transfer_decided_at"])
    advance(case, "lead_check")


@act(permission="lead.inform", event="complainant.informed")
def inform_complainant(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    note: str,
    informed_at: dt.datetime | None = None,
) -> Lead:
    """Record that a named complainant was told that the lead is not taken up, how and of what.

    Raises:
        Refused: `record.not_found`, `lead.not_refused`, `lead.anonymous`, `lead.informed`,
            `lead.no_note`, `lead.in_future`, `lead.informed_early`.
    """
    lead = locked_lead(draft, lead_id, is_open=False)
    told = informed_at or draft.at
    if lead.outcome != Lead.Outcome.REFUSED or lead.outcome_at is None:
        raise Refused("lead.not_refused")
    if not lead.is_named:
        raise Refused("lead.anonymous")
    if lead.informed_at is not None:
        raise Refused("lead.informed")
    if not note.strip():
        raise Refused("lead.no_note")
    if told > draft.at:
        raise Refused("lead.in_future")
    if told < lead.outcome_at:
        raise Refused("lead.informed_early")
    lead.informed_at, lead.informed_note = told, note.strip()
    lead.save(update_fields=["informed_at", "informed_note"])
    when = f"{clock.local(told):%Y年%m月%d日%H时%M分}"
    complete_register(draft, lead, informed=f"{when}，{note.strip()}")
    return lead


@act(permission="lead.transfer", event="lead.transferred")
def hand_over_lead(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    note: str,
    transferred_at: dt.datetime | None = None,
) -> Lead:
    """Record that a lead was handed to the body it is transferred to, with material and receipt.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.no_transfer`, `lead.no_note`,
            `lead.in_future`, `lead.transferred_early`.
    """
    lead = locked_lead(draft, lead_id)
    handed = transferred_at or draft.at
    if lead.transfer_decided_at is None:
        raise Refused("lead.no_transfer")
    if not note.strip():
        raise Refused("lead.no_note")
    if handed > draft.at:
        raise Refused("lead.in_future")
    if handed < lead.transfer_decided_at:
        raise Refused("lead.transferred_early")
    lead.outcome, lead.outcome_at = Lead.Outcome.TRANSFERRED, draft.at
    lead.transferred_at, lead.transfer_note = handed, note.strip()
    lead.save()
    complete_register(draft, lead)
    return lead


def complete_register(draft: Draft, lead: Lead, *, informed: str = "") -> Paper:
    """Fill the outcome into the register of a lead and issue it; the opinions stand on it."""
    paper = register_of(lead)
    outcome = {
        "check": lead.check_note,
        "outcome": lead.outcome,
        "outcome_reason": lead.outcome_reason,
        "transferred_to": lead.transferred_to,
        "informed": informed,
    }
    paper.data.update({key: text for key, text in outcome.items() if text})
    return issue(draft, paper)
