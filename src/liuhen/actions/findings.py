"""What an investigation found and what penalty is proposed: the words its papers are filled from.

Nothing here decides: that is `actions.decision` and the papers. Penalty Law 40, 44, 57, 63.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.discretion import chosen_offence, reason_outside
from liuhen.actions.minors import refuse_minor, refuse_unlightened
from liuhen.actions.parties import open_case
from liuhen.cases.models import Case
from liuhen.documents.ordinary_facts import has_hearing_right
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import PenaltyKind
from liuhen.people.models import Person

_LABELS = ("案由", "发生地点", "违法事实", "违反的规定", "案件定性", "调查经过")


@act(permission="case.record_findings", event="findings.recorded")
def record_findings(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    cause: str,
    violated_at: dt.datetime,
    violated_place: str,
    facts: str,
    breached: str,
    characterisation: str,
    course: str,
    evidence: Sequence[Mapping[str, str]],
    discovered_on: dt.date | None = None,
) -> Case:
    """Record what the investigation found: facts, provisions, evidence, its own course.

    `evidence` rows hold name, kind and what it proves. Recording again replaces. `discovered_on` is
    the day the act came to light where that was before its first lead (Penalty Law 36).

    Raises:
        Refused: `record.not_found`, `case.closed`, `findings.incomplete`,
            `findings.evidence`, `violation.in_future`, `violation.discovered`.
    """
    case = open_case(draft, case_id)
    _refuse_misdated(draft, violated_at, discovered_on)
    texts = (cause, violated_place, facts, breached, characterisation, course)
    missing = [label for label, text in zip(_LABELS, texts, strict=True) if not text.strip()]
    if missing:
        raise Refused("findings.incomplete", missing="、".join(missing))
    rows = _rows(evidence)
    case.cause = cause.strip()
    violation = {
        "at": clock.iso(violated_at),
        "place": violated_place.strip(),
        "facts": facts.strip(),
        "breached": breached.strip(),
        "characterisation": characterisation.strip(),
    }
    if discovered_on is not None:
        violation["discovered_on"] = discovered_on.isoformat()
    found = {"violation": violation, "evidence": rows, "course": course.strip()}
    case.facts = {**case.facts, **found}
    case.save(update_fields=["cause", "facts"])
    draft.about(case)
    return case


def _refuse_misdated(draft: Draft, violated_at: dt.datetime, discovered_on: dt.date | None) -> None:
    if violated_at > draft.at:
        raise Refused("violation.in_future")
    if discovered_on is None:
        return
    if not clock.local_date(violated_at) <= discovered_on <= clock.local_date(draft.at):
        raise Refused("violation.discovered")


def _rows(evidence: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    parts = ("name", "kind", "proves")
    rows = [{part: row.get(part, "").strip() for part in parts} for row in evidence]
    if not rows or not all(row["name"] and row["proves"] for row in rows):
        raise Refused("findings.evidence")
    return rows


@act(permission="case.record_findings", event="penalty.proposed")
def propose_penalty(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    basis: str,
    discretion: str,
    kinds: Sequence[str],
    proposed: str,
    performance_terms: str,
    fine_fen: int | None = None,
    statement_days: int | None = None,
    grants_hearing: bool = False,
    offence: str = "",
    grade: str = "",
    deviation: str = "",
    correction: str = "",
) -> Case:
    """Propose the penalty: basis, discretion, kinds, amount in fen, words of the decision.

    `offence` and `grade` name the list's entry it follows; a fine outside its range needs the
    reason `deviation`.

    `correction` is what the party is ordered to put right, and until when (28).

    `statement_days` is the period given for statement and defence, in working days; by default
    that for asking a hearing. What is proposed tells whether the party has a right to a hearing;
    `grants_hearing` gives it one where the figures don't (Penalty Law 63).

    Raises:
        Refused: `record.not_found`, `case.closed`, `penalty.unfounded`, `penalty.no_kind`,
            `fine.missing`, `penalty.incomplete`, `penalty.minor`, `penalty.minor_unlightened`,
            `offence.unknown`, `fine.outside_range`.
    """
    case = _founded(draft, case_id, discretion)
    texts = {
        "basis": basis,
        "discretion": discretion,
        "proposed": proposed,
        "performance_terms": performance_terms,
    }
    listed = chosen_offence(offence, grade, cause=case.cause)
    penalty: dict[str, Any] = {
        **_kinds_and_amount(kinds, fine_fen),
        **_worded(texts, statement_days),
        "statement_days": statement_days,
        "offence": listed,
        "deviation": reason_outside(listed, fine_fen, deviation),
        "correction": correction.strip() or None,
    }
    case.facts = {**_without(case, "no_penalty"), "penalty": penalty}
    right = grants_hearing or has_hearing_right(case, penalty, clock.local_date(draft.at))
    case.circumstances = {**case.circumstances, "hearing_right": right}
    case.save(update_fields=["facts", "circumstances"])
    draft.about(case)
    return case


def _founded(draft: Draft, case_id: UUID, discretion: str) -> Case:
    """An open case whose findings are recorded, against somebody old enough for what is given."""
    case = open_case(draft, case_id)
    if not case.facts.get("violation"):
        raise Refused("penalty.unfounded")
    committed_at = case.facts["violation"].get("at")
    refuse_minor(case, draft.at, committed_at)
    refuse_unlightened(case, draft.at, committed_at, discretion)
    return case


def _without(case: Case, proposal: str) -> dict[str, Any]:
    """What is stated of a case but for one of the two proposals, which replace each other."""
    return {key: value for key, value in case.facts.items() if key != proposal}


def _kinds_and_amount(kinds: Sequence[str], fine_fen: int | None) -> dict[str, Any]:
    chosen = sorted(set(kinds))
    if not chosen or not set(chosen) <= set(PenaltyKind):
        raise Refused("penalty.no_kind")
    if ("fine" in chosen) != bool(fine_fen and fine_fen > 0):
        raise Refused("fine.missing")
    return {"kinds": chosen, "amount_fen": fine_fen}


def _worded(texts: Mapping[str, str], statement_days: int | None) -> dict[str, str]:
    if not all(text.strip() for text in texts.values()) or (statement_days or 1) < 1:
        raise Refused("penalty.incomplete")
    return {key: text.strip() for key, text in texts.items()}


@act(permission="case.record_findings", event="no_penalty.proposed")
def propose_no_penalty(
    draft: Draft, *, actor: Person, case_id: UUID, reason: str, basis: str, education: str
) -> Case:
    """Propose not to punish: why, by which provision, how the party was taught (Penalty Law 33).

    It takes the place of a penalty proposed before; a penalty proposed later takes its place.

    Raises:
        Refused: `record.not_found`, `case.closed`, `penalty.unfounded`, `no_penalty.incomplete`.
    """
    case = open_case(draft, case_id)
    if not case.facts.get("violation"):
        raise Refused("penalty.unfounded")
    texts = {"reason": reason, "basis": basis, "education": education}
    found = {key: text.strip() for key, text in texts.items()}
    if not all(found.values()):
        raise Refused("no_penalty.incomplete")
    case.facts = {**_without(case, "penalty"), "no_penalty": found}
    case.circumstances = {**case.circumstances, "hearing_right": False}
    case.save(update_fields=["facts", "circumstances"])
    draft.about(case)
    return case
