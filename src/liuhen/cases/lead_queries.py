"""Reads of leads: whom they concern, and what each waits for.

Not for writes (`actions.leads`), nor for how the clocks stand (`compliance.queries`).
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Case as Choice
from django.db.models import CharField, Exists, OuterRef, QuerySet, TextChoices, Value, When

from liuhen.approvals.models import Approval
from liuhen.cases.models import CaseOfficer, Lead
from liuhen.cases.queries import visible_cases
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

# What decides a lead: one of them is asked at a time.
OUTCOMES_ASKED = ("initiation", "lead_refusal", "lead_transfer")


class LeadState(TextChoices):
    """What a lead waits for, or what became of it."""

    UNASSIGNED = "unassigned", "待分派"
    UNCHECKED = "unchecked", "待核查"
    UNDECIDED = "undecided", "待处理"
    ASKED = "asked", "审批中"
    STARTED = "started", "先行启动待补批"
    TO_HAND_OVER = "to_hand_over", "待移送"
    TO_INFORM = "to_inform", "待告知"
    INITIATED = "initiated", "已立案"
    REFUSED = "refused", "不予立案"
    TRANSFERRED = "transferred", "已移送"


def visible_leads(person: Person) -> QuerySet[Lead]:
    """Leads of the cases a person may see, each with its `state` (a value of `LeadState`)."""
    given = CaseOfficer.objects.filter(case=OuterRef("case"), until=None)
    asked = Approval.objects.filter(case_id=OuterRef("case"), kind__in=OUTCOMES_ASKED, outcome="")
    state = Choice(
        When(outcome=Lead.Outcome.INITIATED, then=Value(LeadState.INITIATED)),
        When(outcome=Lead.Outcome.TRANSFERRED, then=Value(LeadState.TRANSFERRED)),
        When(
            outcome=Lead.Outcome.REFUSED,
            is_named=True,
            informed_at=None,
            then=Value(LeadState.TO_INFORM),
        ),
        When(outcome=Lead.Outcome.REFUSED, then=Value(LeadState.REFUSED)),
        When(Exists(asked), then=Value(LeadState.ASKED)),
        When(transfer_decided_at__isnull=False, then=Value(LeadState.TO_HAND_OVER)),
        When(case__initiated_at__isnull=False, then=Value(LeadState.STARTED)),
        When(~Exists(given), then=Value(LeadState.UNASSIGNED)),
        When(check_note="", then=Value(LeadState.UNCHECKED)),
        default=Value(LeadState.UNDECIDED),
        output_field=CharField(),
    )
    return Lead.objects.filter(case__in=visible_cases(person)).annotate(state=state)


def visible_lead(person: Person, lead_id: UUID) -> Lead:
    """One lead with its `state`. Raises `Refused("record.not_found")`."""
    lead = (
        visible_leads(person)
        .filter(id=lead_id)
        .select_related("case__unit", "case__handler")
        .first()
    )
    if lead is None:
        raise Refused("record.not_found")
    return lead


def leads_in_state(rows: QuerySet[Lead], state: str) -> QuerySet[Lead]:
    """Those of `visible_leads` in one state."""
    return rows.filter(state=state)  # type: ignore[misc] # annotated there
