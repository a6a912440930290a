"""Inspections: planned, approved, what they found, handed over as a lead, made public.

The draw is `actions.inspection_draws`, the order of papers `actions.inspection_order`; activities
and papers are everybody's. Art. 8, 10, 13; inspection rules.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import issue, next_number
from liuhen.actions.entrusted import require_entrusted
from liuhen.actions.joining import carry, enough_officers
from liuhen.actions.leads import new_lead
from liuhen.actions.paper_needs import is_issued, is_served
from liuhen.actions.paper_order import follow_issue
from liuhen.actions.parties import open_case, record_party
from liuhen.actions.stages import advance
from liuhen.approvals.models import Approval
from liuhen.cases.choices import (
    CORRECTION,
    INSPECTION_MODES,
    INSPECTION_OUTCOMES,
    TRANSFER,
)
from liuhen.cases.models import Case, Lead, Party
from liuhen.documents.licences import unit_licences
from liuhen.documents.models import Licence, Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person, Unit


@dataclass(frozen=True, slots=True)
class Plan:
    """What an inspection is for, by which unit, when and where."""

    unit: Unit
    matter: str
    basis: str
    mode: str
    planned_from: dt.datetime
    planned_until: dt.datetime
    place: str
    batch: str = ""
    licence: Licence | None = None


@act(permission="inspection.plan", event="inspection.planned")
def plan_inspection(
    draft: Draft,
    *,
    actor: Person,
    mode: str,
    matter: str,
    basis: str,
    planned_from: dt.datetime,
    planned_until: dt.datetime,
    place: str,
    party: Mapping[str, str],
    officers: Sequence[Person],
    licence_number: str = "",
) -> Case:
    """Plan the inspection of one object without a draw; the first officer carries the case.

    With `licence_number` it supervises the holder of that licence: its record is open to the
    public (Licensing Law 61).

    Raises:
        Refused: `inspection.incomplete`, `inspection.licence`, `draw.span`, `officer.alone`,
            `officer.not_officer`, `certificate.invalid`, `entrustment.missing`, what a
            party is refused with (`parties.add_party`).
    """
    unit = actor.unit
    texts = (matter, basis, place)
    is_named = mode in INSPECTION_MODES and mode != "random"
    if unit is None or not is_named or not all(map(str.strip, texts)):
        raise Refused("inspection.incomplete")
    if not draft.at <= planned_from < planned_until:
        raise Refused("draw.span")
    said = (matter.strip(), basis.strip(), mode, planned_from, planned_until, place.strip())
    plan = Plan(unit, *said, licence=_supervised(actor, licence_number.strip(), party))
    case = opened(draft, plan, party, enough_officers(officers, draft.at))
    draft.about(case)
    return case


def _supervised(actor: Person, number: str, party: Mapping[str, str]) -> Licence | None:
    """The licence of the unit whose holder is inspected; None for an inspection of anybody."""
    if not number:
        return None
    found = unit_licences(actor).filter(number=number).first()
    if found is None or found.holder != party.get("name", "").strip():
        raise Refused("inspection.licence", number=number)
    return found


def opened(draft: Draft, plan: Plan, party: Mapping[str, str], officers: Sequence[Person]) -> Case:
    """Open the case of an inspection, with its party and officers.

    Raises:
        Refused: `entrustment.missing`, and what `parties.record_party` refuses.
    """
    require_entrusted(plan.unit, Case.Kind.INSPECTION, draft.at)
    year, sequence = next_number(plan.unit, "inspection", draft.at)
    begin, end = clock.iso(plan.planned_from), clock.iso(plan.planned_until)
    case = Case.objects.create(
        number=f"{plan.unit.number_prefix}检〔{year}〕{sequence:04d}号",
        kind=Case.Kind.INSPECTION,
        procedure=Case.Procedure.ORDINARY,
        stage="draw",
        cause=plan.matter,
        place=plan.place,
        unit=plan.unit,
        handler=officers[0],
        started_at=draft.at,
        facts={
            "inspection": {
                "matter": plan.matter,
                "basis": plan.basis,
                "mode": plan.mode,
                "batch": plan.batch or None,
                "planned": {"started_at": begin, "ended_at": end},
                **_of_licence(plan),
            }
        },
    )
    draft.opens(case)
    named = record_party(draft, case, party)
    case.facts["inspection"]["frequency"] = _frequency(named, year)
    case.save(update_fields=["facts"])
    carry(case, officers, draft.at)
    draft.note(number=case.number)
    return case


def _of_licence(plan: Plan) -> dict[str, Any]:
    if plan.licence is None:
        return {}
    return {"licence": {"id": str(plan.licence.id), "number": plan.licence.number}}


def _frequency(party: Party, year: int) -> int:
    """How many inspections of the same party this year has seen, this one included."""
    known = {"number_digest": party.number_digest} if party.number_digest else {}
    same = Party.objects.filter(
        case__kind=Case.Kind.INSPECTION,
        case__started_at__year=year,
        **(known or {"name": party.name}),
    )
    return same.count()


def approve(draft: Draft, case: Case, approval: Approval) -> None:
    """The head approves: the inspection may be notified and carried out."""
    paper = Paper.objects.select_for_update().get(id=approval.subject_id)
    paper.case = case
    if case.initiated_at is None:
        case.initiated_at = draft.at
        case.save(update_fields=["initiated_at"])
    issue(draft, paper)
    follow_issue(paper)


def _inspection(draft: Draft, case_id: UUID) -> Case:
    case = open_case(draft, case_id)
    if case.kind != Case.Kind.INSPECTION:
        raise Refused("record.not_found")
    draft.about(case)
    return case


@act(permission="inspection.find", event="inspection.found")
def record_inspection_result(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    outcome: str,
    result: str,
    handling: str,
    correction: Mapping[str, Any] | None = None,
) -> Case:
    """Record what the inspection found and how it goes on; written again, it replaces.

    `correction` has facts, breached, basis, content, due_on and perhaps recheck_on (days), when
    the party is ordered to correct.

    Raises:
        Refused: `record.not_found`, `case.closed`, `inspection.no_record`, `inspection.told`,
            `inspection.outcome`, `inspection.correction`.
    """
    case = _inspection(draft, case_id)
    if not is_issued(case, "inspection_record"):
        raise Refused("inspection.no_record")
    if is_issued(case, "inspection_result_notice"):
        raise Refused("inspection.told")
    if outcome not in INSPECTION_OUTCOMES or not (result.strip() and handling.strip()):
        raise Refused("inspection.outcome")
    found = {"outcome": outcome, "result": result.strip(), "handling": handling.strip()}
    facts = {**case.facts, "inspection": {**case.facts["inspection"], **found}}
    facts.pop("correction", None)
    facts.pop("violation", None)
    if outcome == CORRECTION:
        facts |= _correction(draft, correction or {})
    case.facts = facts
    case.save(update_fields=["facts"])
    advance(case, "result")
    draft.note(outcome=outcome)
    return case


def _correction(draft: Draft, given: Mapping[str, Any]) -> dict[str, Any]:
    names = ("facts", "breached", "basis", "content")
    texts = {key: str(given.get(key) or "").strip() for key in names}
    due_on, recheck_on = given.get("due_on"), given.get("recheck_on")
    today = clock.local_date(draft.at)
    if not all(texts.values()) or not isinstance(due_on, dt.date) or due_on < today:
        raise Refused("inspection.correction")
    if recheck_on is not None and recheck_on < due_on:
        raise Refused("inspection.correction")
    return {
        "violation": {"facts": texts["facts"], "breached": texts["breached"]},
        "correction": {
            "basis": texts["basis"],
            "content": texts["content"],
            "due_on": due_on.isoformat(),
            "recheck_on": recheck_on.isoformat() if recheck_on else None,
        },
    }


@act(permission="inspection.transfer", event="inspection.transferred")
def transfer_to_lead(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    content: str,
    registrar_opinion: str,
    strokes: Sequence[Any],
) -> Lead:
    """Register what the inspection found as a lead, from which a penalty case may start (Art. 11).

    Raises:
        Refused: `record.not_found`, `case.closed`, `inspection.no_breach`,
            `inspection.transferred`, `lead.incomplete`, `signature.empty`.
    """
    case = _inspection(draft, case_id)
    known = case.facts["inspection"]
    if known.get("lead"):
        raise Refused("inspection.transferred", number=known["lead"]["number"])
    if known.get("outcome") != TRANSFER and corrected(case) is not False:
        raise Refused("inspection.no_breach")
    party = case.parties.filter(role=Party.Role.PARTY).get()
    lead = new_lead(
        draft,
        {
            "source": Lead.Source.INSPECTION,
            "subject": party.name,
            "place": case.place,
            "content": content,
        },
        registrar_opinion=registrar_opinion,
        strokes=strokes,
    )
    told = {"number": lead.number, "id": str(lead.id), "at": clock.iso(draft.at)}
    case.facts = {**case.facts, "inspection": {**known, "lead": told}}
    case.save(update_fields=["facts"])
    draft.entry.case_id = case.id
    draft.note(lead=lead.number)
    return lead


def corrected(case: Case) -> bool | None:
    """Whether the last re-inspection found the breach put right; None while there was none."""
    records = case.papers.filter(type="reinspection_record", state=Paper.State.ISSUED)
    last = records.order_by("-issued_at").first()
    return None if last is None else last.data.get("result") == "done"


def still_open(case: Case) -> list[str]:
    """What an inspection still lacks before it has ended, in words."""
    known = case.facts["inspection"]
    lacking = []
    if not is_served(case, "inspection_result_notice"):
        lacking.append("检查结果告知书的送达")
    if known.get("outcome") == TRANSFER and not known.get("lead"):
        lacking.append("移送立案的线索登记")
    if known.get("outcome") == CORRECTION:
        if not is_served(case, "correction_notice"):
            lacking.append("责令改正通知书的送达")
        if corrected(case) is None:
            lacking.append("改正情况的复查")
        elif not corrected(case) and not known.get("lead"):
            lacking.append("未改正部分的移送或者再次复查")
    return lacking


def ended_at(case: Case) -> dt.datetime:
    """When the inspection ended: its result told, the last re-inspection, or the lead handed on.

    Raises:
        Refused: `closing.not_ended` with what is lacking.
    """
    lacking = still_open(case)
    if lacking:
        raise Refused("closing.not_ended", missing="、".join(lacking))
    notices = case.papers.filter(type="inspection_result_notice", services__isnull=False)
    moments = [one for one in notices.values_list("services__served_at", flat=True) if one]
    records = case.papers.filter(type="reinspection_record", state=Paper.State.ISSUED)
    moments += [one for one in records.values_list("issued_at", flat=True) if one]
    lead = case.facts["inspection"].get("lead")
    if lead:
        moments.append(clock.parse_iso(lead["at"]))
    return max(moments)
