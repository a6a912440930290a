"""Investigating: activities of the recording catalogue, and what they showed.

Papers of an activity are `actions.paper_drafts`, its end is `actions.activities`, what follows from
all of them is `actions.findings`; service and discussion have facts of their own
(`actions.service`, `actions.discussion`). Art. 12–17, 21.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.coercion_scene import begin_coercion
from liuhen.actions.hearing_kinds import CHAIRED
from liuhen.actions.joining import certified, enough_officers, refuse_busy
from liuhen.actions.paper_order import (
    gate_of_activity,
    refuse_early_activity,
    refuse_late_evidence,
)
from liuhen.actions.parties import open_case
from liuhen.actions.scene_statements import AT_A_TAKING
from liuhen.actions.simple_procedure import running_activity
from liuhen.actions.stages import advance
from liuhen.cases.models import Activity, ActivityOfficer, Case, CaseOfficer
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import ActivityKind, catalogue
from liuhen.law.procedures import courses
from liuhen.law.subjects import INVESTIGATIONS
from liuhen.law.vocabulary import CaseKind, Procedure
from liuhen.people.models import Person

# Activities of members, not of officers who show certificates.
_WITHOUT_OFFICERS = frozenset({"collective_discussion"})
# Begun by acts of their own, or by cameras that never stop.
_NOT_STARTED_HERE = frozenset(
    {"simple_procedure", "handling_room", "workplace_intake", "double_random_draw"}
)
# Its chair opens it (`actions.hearing`), in kinds of case that know one.
_OF_A_CHAIR = frozenset({"hearing"})
# What an activity may be described by, as its papers print it.
_DESCRIBED = frozenset(
    {
        *("person_in_charge", "witness", "recorder", "rights_told", "content", "attachments"),
        *("confirmation", "ordinal", "person", "relation", "dialogue", "statement_text"),
        *("statement_reasons", "statement_exhibits", "is_uncooperative", "has_conflict"),
        *("is_sudden_incident", "called", "told", "heard", "result", "urgency"),
        *("is_urgent", "keeps_supply", "brought_party"),
        *AT_A_TAKING,
    }
)
_FLAGS = frozenset(
    {
        *("is_uncooperative", "has_conflict", "is_sudden_incident", "is_urgent", "keeps_supply"),
        "brought_party",
        *AT_A_TAKING,
    }
)


@act(permission="activity.start", event="activity.started")
def start_activity(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    kind: str,
    place: str,
    officers: Sequence[Person],
    is_on_site: bool,
    is_certificate_shown: bool = False,
    is_dangerous: bool | None = None,
    danger_reason: str = "",
    started_at: dt.datetime | None = None,
    within_id: UUID | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Activity:
    """Begin an activity of the recording catalogue, now or as it began a while ago.

    `within_id` names the activity it is part of. The danger flag needs its reason (Art. 21).
    `facts` describe it as `describe_activity` does.

    Raises:
        Refused: `record.not_found`, `case.closed`, `activity.kind`, `place.missing`,
            `officer.alone`, `officer.not_officer`, `certificate.invalid`,
            `certificate.not_shown`, `activity.danger_reason`, `activity.starts_in_future`,
            `activity.before_case`, `activity.after_decision`, `activity.officer_busy`,
            `activity.within`,
            `activity.fact_unknown`, `activity.too_early`, `party.dead`, `law.forbids`,
            and for coercion what `coercion_scene` does.
    """
    case = open_case(draft, case_id)
    row = _row(case, kind)
    refuse_early_activity(case, kind)
    begin = started_at or draft.at
    _check_start(draft, case, row, begin, place=place, is_shown=is_certificate_shown)
    danger = {} if is_dangerous is None else {"danger": _danger(draft, danger_reason)}
    whole = _whole(case, within_id)
    part = {} if whole is None else {"within": str(whole.id)}
    present = [] if kind in _WITHOUT_OFFICERS else enough_officers(officers, begin)
    refuse_busy(present, begin, whole)
    activity = Activity.objects.create(
        case=case,
        kind=row.key,
        place=place.strip(),
        is_on_site=is_on_site,
        started_at=begin,
        certificate_shown_at=begin if is_certificate_shown else None,
        is_dangerous=is_dangerous,
        facts={**_described(facts or {}), **danger, **part},
    )
    _join(draft, case, activity, present)
    draft.note(kind=row.key, started_at=begin)
    begin_coercion(draft, case, activity)
    return activity


def startable_kinds(case: Case) -> dict[str, ActivityKind]:
    """The kinds of activity that may be begun in a case, by key, in the catalogue's order."""
    elsewhere = _NOT_STARTED_HERE | (_OF_A_CHAIR if case.kind in CHAIRED else frozenset())
    return {
        key: row
        for key, row in catalogue().activities.items()
        if key not in elsewhere and CaseKind(case.kind) in row.kinds
    }


def _row(case: Case, kind: str) -> ActivityKind:
    row = catalogue().activities.get(kind)
    if row is None or kind not in startable_kinds(case):
        raise Refused("activity.kind", kind=row.name if row else kind)
    return row


def _check_start(
    draft: Draft, case: Case, row: ActivityKind, begin: dt.datetime, *, place: str, is_shown: bool
) -> None:
    if not place.strip():
        raise Refused("place.missing")
    if row.key in INVESTIGATIONS and not is_shown:
        raise Refused("certificate.not_shown")
    if begin > draft.at:
        raise Refused("activity.starts_in_future")
    first = case.leads.order_by("received_at").values_list("received_at", flat=True).first()
    if begin < (first or case.started_at):
        raise Refused("activity.before_case")
    refuse_late_evidence(case, row.key, begin)


def _whole(case: Case, within_id: UUID | None) -> Activity | None:
    if within_id is None:
        return None
    whole = Activity.objects.filter(id=within_id, case=case).first()
    if whole is None:
        raise Refused("activity.within")
    return whole


def _join(draft: Draft, case: Case, activity: Activity, officers: Sequence[Person]) -> None:
    draft.about(activity)
    stage = courses()[CaseKind(case.kind), Procedure(case.procedure)].stage_of_activity(
        activity.kind
    )
    if activity.kind in INVESTIGATIONS and case.initiated_at is not None and stage is not None:
        advance(case, stage.key)
    for officer in officers:
        shown = certified(officer, activity.started_at)
        ActivityOfficer.objects.create(activity=activity, person=officer, certificate=shown)
        if not CaseOfficer.objects.filter(case=case, person=officer, until=None).exists():
            CaseOfficer.objects.create(case=case, person=officer, since=activity.started_at)
    gate = gate_of_activity(case, activity.kind)
    if gate:
        draft.gate(gate, case)


def _described(facts: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in facts.items():
        if key not in _DESCRIBED or (key in _FLAGS and not isinstance(value, bool)):
            raise Refused("activity.fact_unknown", fact=key)
    return dict(facts)


def _danger(draft: Draft, reason: str) -> dict[str, str]:
    if not reason.strip():
        raise Refused("activity.danger_reason")
    return {"reason": reason.strip(), "by": draft.actor.name, "at": clock.iso(draft.at)}


@act(permission="activity.describe", event="activity.described")
def describe_activity(
    draft: Draft, *, actor: Person, activity_id: UUID, facts: Mapping[str, Any]
) -> Activity:
    """Write down what a running activity shows, as its papers print it; keys given replace.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `activity.fact_unknown`.
    """
    activity = running_activity(draft, activity_id)
    activity.facts = {**activity.facts, **_described(facts)}
    activity.save(update_fields=["facts"])
    return activity


@act(permission="activity.describe", event="activity.danger_flagged")
def flag_danger(
    draft: Draft, *, actor: Person, activity_id: UUID, is_dangerous: bool, reason: str
) -> Activity:
    """Set or clear the flag of Art. 21 on a running activity, in one's own name with a reason.

    Raises:
        Refused: `record.not_found`, `activity.ended`, `activity.danger_reason`.
    """
    activity = running_activity(draft, activity_id)
    activity.is_dangerous = is_dangerous
    activity.facts = {**activity.facts, "danger": _danger(draft, reason)}
    activity.save(update_fields=["is_dangerous", "facts"])
    return activity
