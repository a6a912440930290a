"""What becomes of a lead: refused and told to who complained, or transferred (Art. 11).

A refusal has its form of approval, what follows its letter: both are drawn up here, from the lead.
Initiating it is `actions.initiation`. Not for registering, handing out or checking (`leads`).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.asking import ask, opinion
from liuhen.actions.drawing_up import draw_up, issue
from liuhen.actions.leads import locked_lead, refuse_while_asked, register_of, touch
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.assembly.dates import chinese_instant
from liuhen.assembly.document_types import document_type
from liuhen.cases.models import Case, Lead
from liuhen.documents.models import Paper
from liuhen.documents.taken_facts import latest_issued
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

FORM, NOTICE = "lead_refusal_approval", "lead_refusal_notice"
CRIME_LETTER, LETTER = "crime_transfer_letter", "case_transfer_letter"


@act(permission="lead.propose", event="lead.refusal_proposed")
def propose_refusal(
    draft: Draft, *, actor: Person, lead_id: UUID, reason: str, version: int | None = None
) -> Approval:
    """Ask the heads of unit and authority not to take the lead up, on its form.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.changed`, `lead.unchecked`,
            `reason.missing`, `approval.pending`.
    """
    lead = _checked(draft, lead_id, reason, version)
    # A transfer that was proposed before and sent back is off the table.
    _state(lead, reason, is_suspected_crime=False)
    _void_drafts(lead.case, FORM, reason="重新报请不予立案")
    given = {"handler_opinion": opinion(reason.strip(), draft)}
    form = draw_up(draft, lead.case, FORM, given=given, subject_id=lead.id)
    return ask(draft, lead.case, kind="lead_refusal", subject=form, opinion=reason.strip())


@act(permission="lead.propose", event="lead.transfer_proposed")
def propose_transfer(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    reason: str,
    recipient: str,
    is_suspected_crime: bool,
    version: int | None = None,
) -> Approval:
    """Ask for the transfer of a lead: suspected crime, or else no jurisdiction.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.changed`, `lead.unchecked`,
            `reason.missing`, `lead.recipient`, `approval.pending`.
    """
    lead = _checked(draft, lead_id, reason, version)
    if not recipient.strip():
        raise Refused("lead.recipient")
    _state(lead, reason, is_suspected_crime=is_suspected_crime, recipient=recipient.strip())
    return ask(
        draft,
        lead.case,
        kind="lead_transfer",
        subject=register_of(lead),
        opinion=reason.strip(),
        circumstances={"is_suspected_crime": is_suspected_crime},
    )


def _checked(draft: Draft, lead_id: UUID, reason: str, version: int | None) -> Lead:
    lead = locked_lead(draft, lead_id, version=version)
    if not lead.check_note:
        raise Refused("lead.unchecked")
    if lead.case.initiated_at is not None:
        raise Refused("lead.decided", outcome=Lead.Outcome.INITIATED.label)
    if lead.transfer_decided_at is not None:
        raise Refused("lead.decided", outcome=Lead.Outcome.TRANSFERRED.label)
    if not reason.strip():
        raise Refused("reason.missing")
    refuse_while_asked(lead.case)
    return lead


def _state(lead: Lead, reason: str, *, is_suspected_crime: bool, recipient: str = "") -> None:
    touch(
        lead,
        outcome_reason=reason.strip(),
        is_suspected_crime=is_suspected_crime,
        is_outside_jurisdiction=bool(recipient) and not is_suspected_crime,
        transferred_to=recipient,
    )


def refuse(draft: Draft, case: Case, approval: Approval) -> None:
    """The head agrees: not taken up. A complainant who gave a name is still to be told."""
    lead = case.leads.get()
    lead.case = case
    form = Paper.objects.select_for_update().get(id=approval.subject_id)
    form.case = case
    issue(draft, form)
    touch(lead, outcome=Lead.Outcome.REFUSED, outcome_at=draft.at)
    advance(case, "lead_check")
    register = register_of(lead)
    register.data["unit_opinion"] = form.data["unit_opinion"]
    register.save(update_fields=["data"])
    if lead.is_named:
        draw_up(draft, case, NOTICE, subject_id=lead.id)
    else:
        complete_register(draft, lead, informed="线索未实名，无须告知。")


def decide_transfer(draft: Draft, case: Case, approval: Approval) -> None:
    """Transfer is decided; it is carried out by handing the lead over, with its letter."""
    lead = case.leads.get()
    touch(lead, transfer_decided_at=draft.at)
    advance(case, "lead_check")
    draw_up(draft, case, letter_of(lead), subject_id=lead.id)


def letter_of(lead: Lead) -> str:
    """The type of letter with which a lead is handed over."""
    return CRIME_LETTER if lead.is_suspected_crime else LETTER


def _void_drafts(case: Case, type_key: str, *, reason: str) -> None:
    for old in case.papers.filter(type=type_key, state=Paper.State.DRAFT):
        old.state, old.void_reason = Paper.State.VOID, reason
        old.save(update_fields=["state", "void_reason"])


@act(permission="lead.inform", event="complainant.informed")
def inform_complainant(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    note: str,
    informed_at: dt.datetime | None = None,
    version: int | None = None,
) -> Lead:
    """Record that a named complainant was told that the lead is not taken up, how and of what.

    The notice that was drawn up names its number; unissued, it was not needed and is void.

    Raises:
        Refused: `record.not_found`, `lead.changed`, `lead.not_refused`, `lead.anonymous`,
            `lead.informed`, `lead.no_note`, `lead.in_future`, `lead.informed_early`.
    """
    lead = locked_lead(draft, lead_id, version=version, is_open=False)
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
    touch(lead, informed_at=told, informed_note=note.strip())
    when = chinese_instant(told)
    _void_drafts(lead.case, NOTICE, reason="以其他方式告知")
    notice = latest_issued(lead.case, NOTICE)
    by_paper = f"（{notice.number}）" if notice else ""
    complete_register(draft, lead, informed=f"{when}，{note.strip()}{by_paper}")
    return lead


@act(permission="lead.transfer", event="lead.transferred")
def hand_over_lead(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    note: str,
    transferred_at: dt.datetime | None = None,
    version: int | None = None,
) -> Lead:
    """Record that a lead was handed to the body it is transferred to, with letter and receipt.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.changed`, `lead.no_transfer`,
            `lead.no_letter`, `lead.no_note`, `lead.in_future`, `lead.transferred_early`.
    """
    lead = locked_lead(draft, lead_id, version=version)
    handed = transferred_at or draft.at
    if lead.transfer_decided_at is None:
        raise Refused("lead.no_transfer")
    if latest_issued(lead.case, letter_of(lead)) is None:
        raise Refused("lead.no_letter", title=document_type(letter_of(lead)).title)
    if not note.strip():
        raise Refused("lead.no_note")
    if handed > draft.at:
        raise Refused("lead.in_future")
    if handed < lead.transfer_decided_at:
        raise Refused("lead.transferred_early")
    touch(
        lead,
        outcome=Lead.Outcome.TRANSFERRED,
        outcome_at=draft.at,
        transferred_at=handed,
        transfer_note=note.strip(),
    )
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
