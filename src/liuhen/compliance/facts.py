"""The facts of a case for the law engine, built from rows, present or past.

Four queries whatever the size and number of the cases. What nobody stated stays unknown. Not for
judging (`judging`) nor for the facts papers are filled from (`documents.case_facts`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.compliance import (
    earlier_fines,
    enforcement_facts,
    handling_facts,
    hearing_facts,
    lead_facts,
    licence_hearing_facts,
    ordinary_facts,
    paper_facts,
    procedure_facts,
    scene_facts,
    service_facts,
    simple_facts,
    stopped_clocks,
)
from liuhen.compliance.present import present_rows
from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.scene_facts import member, or_not_yet, truth_in
from liuhen.compliance.simple_facts import noted_instant
from liuhen.kernel.refusals import Refused
from liuhen.law.engine import judge
from liuhen.law.facts import Case, CaseFacts, Party, PersonalDecision
from liuhen.law.findings import Finding
from liuhen.law.moments import Moment
from liuhen.law.vocabulary import (
    CaseKind,
    Initiation,
    Office,
    PartyKind,
    PartyRole,
    Procedure,
    ReviewGround,
)

# Kinds whose start an act of ours notes in `initiated_at`.
_STARTED_BY_ACT = frozenset({CaseKind.PENALTY, CaseKind.INSPECTION, CaseKind.LICENSING})
# Who sets a case of a kind going; a levy may begin either way, so a person states it.
_INITIATIONS = {
    CaseKind.PENALTY: Initiation.EX_OFFICIO,
    CaseKind.COERCION: Initiation.EX_OFFICIO,
    CaseKind.INSPECTION: Initiation.EX_OFFICIO,
    CaseKind.LICENSING: Initiation.ON_APPLICATION,
}


def facts_of_cases(case_ids: Iterable[UUID]) -> dict[UUID, CaseFacts]:
    """The present facts of many cases; a case that doesn't exist is left out."""
    return {case_id: facts_from(rows) for case_id, rows in present_rows(case_ids).items()}


def judged(rows: CaseRows, facts: CaseFacts, at: dt.datetime) -> list[Finding]:
    """The findings of a case by its facts, with the figures and the calendar of its rows."""
    book = rows.rulebook
    return judge(facts, at, overrides=book.overrides, calendar=book.calendar)


def facts_of_case(case_id: UUID) -> CaseFacts:
    """The present facts of one case. Raises `Refused("record.not_found")`."""
    found = facts_of_cases([case_id]).get(case_id)
    if found is None:
        raise Refused("record.not_found")
    return found


def facts_from(rows: CaseRows) -> CaseFacts:
    """Facts from the rows of one case."""
    return CaseFacts(
        case=_case(rows),
        parties=tuple(_party(rows, row) for row in rows.all("parties")),
        officers=scene_facts.officers(rows),
        activities=scene_facts.activities(rows),
        recordings=scene_facts.recordings(rows),
        gaps=scene_facts.gaps(rows),
        exemptions=scene_facts.exemptions(rows),
        papers=(*paper_facts.papers(rows), *enforcement_facts.kept_elsewhere(rows)),
        services=service_facts.services(rows),
        approvals=paper_facts.approvals(rows),
        decisions=paper_facts.decisions(rows),
        collections=paper_facts.collections(rows),
        performances=paper_facts.performances(rows),
        remedies=enforcement_facts.remedies(rows),
        acknowledgements=paper_facts.acknowledgements(rows),
        same_act_fines=earlier_fines.same_act_fines(rows),
        personal_decisions=tuple(_personal_decision(row) for row in rows.all("judgements")),
        **_steps(rows),
    )


def _steps(rows: CaseRows) -> dict[str, Any]:
    """The steps of the procedure the case takes; those it doesn't have are known to be none."""
    if rows.case.text("procedure") == Procedure.SIMPLE:
        return {
            **dict.fromkeys(_ORDINARY_STEPS, ()),
            "notices": simple_facts.notices(rows),
            "statements": simple_facts.statements(rows),
            "defence_reviews": simple_facts.defence_reviews(rows),
            "discs": procedure_facts.discs(rows),
        }
    is_licensing = rows.case.text("kind") == CaseKind.LICENSING
    return {
        "leads": lead_facts.leads(rows),
        "notices": ordinary_facts.notices(rows),
        "statements": ordinary_facts.statements(rows),
        "defence_reviews": ordinary_facts.defence_reviews(rows),
        "hearing_requests": ordinary_facts.hearing_requests(rows),
        "hearings": hearing_facts.hearings(rows),
        "legality_reviews": ordinary_facts.legality_reviews(rows),
        "discussions": ordinary_facts.discussions(rows),
        "measures": procedure_facts.measures(rows),
        "handlings": handling_facts.handlings(rows),
        "applications": procedure_facts.applications(rows) if is_licensing else (),
        "answers": procedure_facts.answers(rows) if is_licensing else (),
        "prolongations": (
            *ordinary_facts.prolongations(rows),
            *procedure_facts.prolongations(rows),
        ),
        "suspensions": stopped_clocks.suspensions(rows),
        "discs": procedure_facts.discs(rows),
    }


_ORDINARY_STEPS = (
    *("leads", "hearing_requests", "hearings", "legality_reviews", "discussions", "measures"),
    *("handlings", "applications", "answers"),
)


def _case(rows: CaseRows) -> Case:
    row = rows.case
    stated = row.stated("circumstances")
    kind, procedure = member(CaseKind, row.text("kind")), member(Procedure, row.text("procedure"))
    # Only plain and small cases go by simple procedure: choosing it says these don't hold.
    unless_stated = False if procedure is Procedure.SIMPLE else None
    circumstances: dict[str, Any] = {
        name: truth_in(stated, name, unless_stated) for name in _CIRCUMSTANCES
    }
    started_at: Moment = row.instant("started_at")
    violation_ended_on = simple_facts.violation_ended_on(rows)
    initiated_at = noted_instant(stated, "initiated_at", None)
    circumstances |= _of_kind(rows, kind, stated)
    if procedure is Procedure.ORDINARY and kind is CaseKind.PENALTY:
        circumstances |= _ordinary(rows, stated)
        violation_ended_on = ordinary_facts.violation_ended_on(rows)
    if procedure is Procedure.ORDINARY and kind in _STARTED_BY_ACT:
        started_at = initiated_at = or_not_yet(row.instant("initiated_at"))
    return Case(
        key=row.id,
        kind=kind,
        procedure=procedure,
        initiation=_initiation(kind, procedure, stated.get("initiation")),
        number=row.text("number"),
        stage=row.text("stage"),
        cause=row.text("cause"),
        **_facts_of(row),
        unit=row.reference("unit_id"),
        started_at=started_at,
        initiated_at=initiated_at,
        lead_number=next((lead.text("number") for lead in rows.all("leads")), None),
        review_grounds=_review_grounds(stated.get("review_grounds")),
        violation_ended_on=violation_ended_on,
        has_audiovisual_evidence=_has_recordings_as_evidence(row),
        act_ended_at=or_not_yet(row.instant("ended_at")),
        filed_with_authority_at=noted_instant(stated, "filed_at"),
        **enforcement_facts.enforced(rows),
        **circumstances,
        **_ends(row),
    )


def _facts_of(row: Row) -> dict[str, Any]:
    facts = row.stated("facts")
    return {
        "is_without_penalty": bool(facts.get("no_penalty")),
        "is_with_police": _is_with_police(facts.get("crime_transfers") or []),
        "supervises_licence": bool((facts.get("inspection") or {}).get("licence")),
        "hearing_announced_at": licence_hearing_facts.announced_at(facts.get("licence") or {}),
    }


def _is_with_police(told: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the newest transfer was decided and the case did not come back."""
    return bool(told) and "decided_at" in told[-1] and "resumed_at" not in told[-1]


def _of_kind(rows: CaseRows, kind: CaseKind | None, stated: Mapping[str, Any]) -> dict[str, Any]:
    """What a kind of case says by itself: only a penalty can be a heavier one."""
    if kind is None or kind is CaseKind.PENALTY:
        return {}
    if kind is CaseKind.LICENSING and procedure_facts.is_turned_away(rows):
        stated = {**stated, **dict.fromkeys(_OF_A_DECISION, False)}
    known = _KNOWN_BY_KIND.get(kind)
    return {"is_heavier_penalty": False, **(known(stated) if known else {})}


def _ordinary(rows: CaseRows, stated: Mapping[str, Any]) -> dict[str, Any]:
    """What our acts raise when it happens: nobody started it in an emergency, so it was not."""
    return {
        "is_emergency_start": truth_in(stated, "is_emergency_start", False),
        # Every ordinary penalty has an approval of its start; a lead turned away has no start.
        "has_internal_approval": not ordinary_facts.is_turned_away(rows),
        "discovered_on": ordinary_facts.discovered_on(rows),
    }


# What a person says of a decision to come; an application that is turned away will have none.
_OF_A_DECISION = (
    *("is_major", "is_complex", "has_expert_argument", "hearing_right", "is_hearing_public"),
)


def _licensing(stated: Mapping[str, Any]) -> dict[str, Any]:
    """A licence is applied for: nothing is started in an emergency, nothing punished.

    Only who is to lose one is told before (`actions.licence_endings` says so).
    """
    none = ("is_emergency_start", "has_internal_approval", "is_heavier_penalty")
    told = ("is_major", "is_complex", "has_expert_argument")
    # Asked with the proposal; one made before that was asked had none of it raised.
    unraised = False if "is_major" in stated else None
    return {
        **dict.fromkeys(none, False),
        **{name: truth_in(stated, name) for name in told},
        **{
            name: truth_in(stated, name, unraised)
            for name in ("hearing_right", "is_hearing_public")
        },
        "is_notice_required": truth_in(stated, "is_notice_required", False),
    }


def _natured(stated: Mapping[str, Any]) -> dict[str, Any]:
    """What was not ticked when the nature of the case was stated is not so."""
    if "is_major" not in stated:
        return {}
    return {"is_notice_required": truth_in(stated, "is_notice_required", False)}


def _undecided(stated: Mapping[str, Any]) -> dict[str, Any]:
    """An inspection ends in a result and never in a decision: nothing in it is major or heavier."""
    none = dict.fromkeys(
        (
            *("is_major", "is_complex", "is_heavier_penalty", "hearing_right"),
            *("has_expert_argument", "is_notice_required"),
        ),
        False,
    )
    is_emergency = truth_in(stated, "is_emergency_start", False)
    return {**none, "is_emergency_start": is_emergency, "has_internal_approval": True}


# What choosing a kind says of a case.
_KNOWN_BY_KIND: Mapping[CaseKind | None, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    CaseKind.LICENSING: _licensing,
    CaseKind.COERCION: _natured,
    CaseKind.LEVY: _natured,
    CaseKind.INSPECTION: _undecided,
}


def _has_recordings_as_evidence(row: Row) -> bool:
    """Whether the findings name recordings among the evidence; what nobody named is none."""
    evidence = row.stated("facts").get("evidence")
    rows = evidence if isinstance(evidence, list) else ()
    return any(isinstance(each, dict) and each.get("kind") in _RECORDED for each in rows)


_RECORDED = frozenset({"视听资料", "电子数据"})
_CIRCUMSTANCES = (
    "is_emergency_start",
    "has_internal_approval",
    "is_major",
    "is_complex",
    "is_heavier_penalty",
    "hearing_right",
    "is_hearing_public",
    "has_expert_argument",
    "is_notice_required",
    "has_coercive_power",
    "is_of_public_concern",
)


def _ends(row: Row) -> dict[str, Any]:
    """The instants of closing and archiving (Art. 37, 38)."""
    return {
        "closed_at": or_not_yet(row.instant("closed_at")),
        "bound_at": or_not_yet(row.instant("bound_at")),
        "original_handed_over_at": or_not_yet(row.instant("handed_over_at")),
        "unit_copy_kept_at": or_not_yet(row.instant("unit_copy_kept_at")),
        "published_at": or_not_yet(row.instant("published_at")),
        "is_publication_withheld": "withheld_by" in (row.stated("facts").get("publication") or {}),
        "publication_withdrawn_at": noted_instant(
            row.stated("facts").get("publication") or {}, "withdrawn_at"
        ),
    }


def _initiation(
    kind: CaseKind | None, procedure: Procedure | None, stated: object
) -> Initiation | None:
    if procedure is Procedure.ENDING:
        return Initiation.EX_OFFICIO
    if kind in _INITIATIONS:
        return _INITIATIONS[kind]
    return member(Initiation, stated)


def _review_grounds(stated: object) -> frozenset[ReviewGround] | None:
    if not isinstance(stated, list):
        return None
    return frozenset(ground for each in stated if (ground := member(ReviewGround, each)))


def _personal_decision(row: Row) -> PersonalDecision:
    return PersonalDecision(
        key=row.id,
        rule=row.text("rule"),
        subject=row.text("subject_id"),
        is_fulfilled=row.truth("is_fulfilled"),
        is_applicable=row.truth("is_applicable"),
        reason=row.text("reason"),
        office=member(Office, row.text("office")),
        decided_at=row.instant("decided_at"),
    )


def _party(rows: CaseRows, row: Row) -> Party:
    is_applied_for = rows.case.text("kind") == CaseKind.LICENSING
    return Party(
        key=row.id,
        role=member(PartyRole, row.text("role")) or PartyRole.PARTY,
        kind=member(PartyKind, row.text("kind")),
        name=row.text("name"),
        died_on=row.day("died_on"),
        hearing_told_at=licence_hearing_facts.told_at(rows, row) if is_applied_for else None,
    )
