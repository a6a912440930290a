"""Leads: registered, handed out, checked, the check made longer (Art. 11).

A lead opens the record of a case of ordinary procedure. What becomes of it is
`actions.lead_outcomes`, or initiating it `actions.initiation`. Not for the way of an approval.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.asking import ask, opinion
from liuhen.actions.drawing_up import draw_up, next_number, sign
from liuhen.actions.joining import carry, enough_officers
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.cases.lead_queries import OUTCOMES_ASKED
from liuhen.cases.models import Case, Lead
from liuhen.compliance.models import Finding
from liuhen.documents.models import Paper, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.queries import history_of
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
    name, contact = reporter_name.strip(), reporter_contact.strip()
    if source not in Lead.Source.values:
        raise Refused("lead.incomplete")
    is_named = _is_named(source, is_named, bool(name and contact))
    told: dict[str, Any] = {"is_named": is_named}
    if is_named:
        told |= {"reporter_name": name, "reporter_contact": contact}
    lead = new_lead(
        draft,
        {"source": source, "content": content, "subject": subject, "place": place, **told},
        registrar_opinion=registrar_opinion,
        strokes=strokes,
        received_at=received_at,
    )
    draft.about(lead)
    return lead


def new_lead(
    draft: Draft,
    given: Mapping[str, Any],
    *,
    registrar_opinion: str,
    strokes: Sequence[Any],
    received_at: dt.datetime | None = None,
) -> Lead:
    """A lead with its register, opening the record of a case; `given` holds its columns.

    Raises:
        Refused: `lead.incomplete`, `lead.in_future`, `officer.not_officer`, `signature.empty`.
    """
    texts = {key: str(given[key]).strip() for key in ("content", "subject", "place")}
    if not (all(texts.values()) and registrar_opinion.strip()):
        raise Refused("lead.incomplete")
    received = received_at or draft.at
    if received > draft.at:
        raise Refused("lead.in_future")
    case = _opened(draft, texts["place"])
    lead = Lead.objects.create(
        case=case, number=case.number, received_at=received, **{**given, **texts}
    )
    _draw_register(draft, lead, registrar_opinion.strip(), strokes)
    return lead


def _draw_register(draft: Draft, lead: Lead, said: str, strokes: Sequence[Any]) -> None:
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


def locked_lead(
    draft: Draft, lead_id: UUID, *, version: int | None = None, is_open: bool = True
) -> Lead:
    """Lock the case of a lead, then the lead. `version` is the one the actor has on the screen.

    Raises:
        Refused: `record.not_found`, `lead.decided` when it must still be open and is not,
            `lead.changed` when somebody else has acted on it meanwhile.
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
    if version is not None and version != lead.version:
        raise Refused("lead.changed", **_last_act(lead))
    return lead


def _last_act(lead: Lead) -> dict[str, str]:
    """Who acted on a lead last, and when, by the ledger."""
    image = history_of(Lead._meta.db_table, str(lead.id)).first()
    if image is None:
        return {}
    who = json.loads(bytes(image.entry.body))["actor"]["name"]
    return {"name": who, "at": f"{clock.local(image.entry.recorded_at):%m月%d日%H:%M}"}


def touch(lead: Lead, **changes: Any) -> None:
    """Change columns of a locked lead and count the act on it."""
    for name, value in changes.items():
        setattr(lead, name, value)
    lead.version += 1
    lead.save(update_fields=[*changes, "version"])


def refuse_while_asked(case: Case) -> None:
    """Refuse while an office has the outcome of the lead before it.

    Raises:
        Refused: `approval.pending`.
    """
    waiting = Approval.objects.filter(case_id=case.id, kind__in=OUTCOMES_ASKED, outcome="")
    if waiting.exists():
        raise Refused("approval.pending")


@act(permission="lead.assign", event="lead.assigned")
def assign_lead(
    draft: Draft,
    *,
    actor: Person,
    lead_id: UUID,
    handler: Person,
    officers: Sequence[Person],
    version: int | None = None,
) -> Lead:
    """Hand a lead to a handler and the officers who check it, the handler among them.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.changed`, `lead.handler`,
            `officer.alone`, `officer.not_officer`, `certificate.invalid`.
    """
    lead = locked_lead(draft, lead_id, version=version)
    each = enough_officers(officers, draft.at)
    if handler.id not in {officer.id for officer in each}:
        raise Refused("lead.handler")
    lead.case.handler = handler
    lead.case.save(update_fields=["handler"])
    carry(lead.case, each, draft.at)
    touch(lead)
    return lead


@act(permission="lead.check", event="lead.checked")
def record_check(
    draft: Draft, *, actor: Person, lead_id: UUID, check: str, version: int | None = None
) -> Lead:
    """Write down what checking the lead showed; written again, it replaces what was there.

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.changed`, `lead.unassigned`,
            `lead.no_check`.
    """
    lead = locked_lead(draft, lead_id, version=version)
    if not lead.case.officers.filter(until=None).exists():
        raise Refused("lead.unassigned")
    if not check.strip():
        raise Refused("lead.no_check")
    touch(lead, check_note=check.strip())
    advance(lead.case, "lead_check")
    return lead


@act(permission="lead.propose", event="lead.prolongation_proposed")
def propose_prolongation(
    draft: Draft, *, actor: Person, lead_id: UUID, reason: str, version: int | None = None
) -> Approval:
    """Ask the head for more time to check a lead, while its time still runs (Order 55, 15).

    Raises:
        Refused: `record.not_found`, `lead.decided`, `lead.changed`, `lead.prolonged`,
            `lead.check_overdue`, `reason.missing`, `approval.pending`.
    """
    lead = locked_lead(draft, lead_id, version=version)
    _refuse_late_prolongation(draft, lead)
    if not reason.strip():
        raise Refused("reason.missing")
    touch(lead)
    return ask(draft, lead.case, kind="lead_prolongation", subject=lead, opinion=reason.strip())


def _refuse_late_prolongation(draft: Draft, lead: Lead) -> None:
    if lead.outcome:
        raise Refused("lead.decided", outcome=lead.get_outcome_display())
    if lead.prolonged_at is not None:
        raise Refused("lead.prolonged")
    clocks = Finding.objects.filter(case=lead.case, rule="lead_checked_in_time")
    if clocks.filter(subject_id=str(lead.id), due_at__lt=draft.at).exists():
        raise Refused("lead.check_overdue")


def prolong(draft: Draft, case: Case, approval: Approval) -> None:
    """The head agrees: the clock of the check is longer. One that has run out stays run out.

    Raises:
        Refused: `lead.decided`, `lead.prolonged`, `lead.check_overdue`.
    """
    lead = case.leads.get(id=approval.subject_id)
    lead.case = case
    _refuse_late_prolongation(draft, lead)
    touch(lead, prolonged_at=draft.at)


def register_of(lead: Lead) -> Paper:
    """The register of a lead, locked. It is drawn up when the lead is registered."""
    paper = Paper.objects.select_for_update().get(type=REGISTER, subject_id=lead.id)
    paper.case = lead.case
    return paper
