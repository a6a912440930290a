"""Judges cases by the law and keeps what it finds, row by row.

Findings are derived: they are replaced by difference, so that a judgement that changes nothing
writes nothing. Not for the rules (`law`), nor for reading findings (`queries`).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from liuhen.cases.models import Case
from liuhen.compliance.facts import facts_from, judged
from liuhen.compliance.gating import refuse_at_gate
from liuhen.compliance.models import Finding as StoredFinding
from liuhen.compliance.present import present_rows
from liuhen.compliance.stored import body_text
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.law.facts import CaseFacts
from liuhen.law.findings import Column, Finding, Outcome
from liuhen.law.lapse import has_lapsed
from liuhen.law.parameters import Parameters
from liuhen.law.vocabulary import LeadOutcome
from liuhen.rulebook.queries import Rulebook

__all__ = ["STORED_COLUMNS", "is_kept", "judge_case", "judge_cases", "refuse_at_gate", "warning_of"]

_Key = tuple[UUID, str, str]
# Column and type, in one text parameter: binding row by row costs more than judging does.
STORED_COLUMNS = {
    **dict.fromkeys(("rule", "clause", "subject_kind", "subject_id"), "text"),
    **dict.fromkeys(("outcome", "column", "digest", "body"), "text"),
    **dict.fromkeys(("due_at", "warn_at", "changes_at", "judged_at", "noted_at"), "timestamptz"),
    "case_id": "uuid",
    "is_curable": "boolean",
}
_STORE = """
INSERT INTO compliance_finding ({names})
SELECT {values} FROM json_to_recordset(%s) AS r({types})
ON CONFLICT (case_id, rule, subject_id) DO UPDATE SET {updates}
""".format(
    names=", ".join(f'"{name}"' for name in STORED_COLUMNS),
    values=", ".join(
        "r.body::jsonb" if name == "body" else f'r."{name}"' for name in STORED_COLUMNS
    ),
    types=", ".join(f'"{name}" {kind}' for name, kind in STORED_COLUMNS.items()),
    updates=", ".join(f'"{name}" = EXCLUDED."{name}"' for name in STORED_COLUMNS),
)


class Judged(NamedTuple):
    """The facts a case was judged by, and the figures and calendar that held."""

    facts: CaseFacts
    rulebook: Rulebook


def judge_case(case: Case, at: dt.datetime) -> Judged | None:
    """Judge one locked case and replace its stored findings; gives what it was judged by."""
    return judge_cases([case.id], at).get(case.id)


def judge_cases(case_ids: Iterable[UUID], at: dt.datetime) -> dict[UUID, Judged]:
    """Judge locked cases at an instant: eight queries at most, whatever their size and number."""
    rows = present_rows(case_ids)
    if not rows:
        return {}
    by_case: dict[UUID, Judged] = {}
    figures = next(iter(rows.values())).rulebook.parameters
    found: dict[_Key, Finding] = {}
    for case_id, mine in rows.items():
        known = facts_from(mine)
        by_case[case_id] = Judged(known, mine.rulebook)
        for finding in judged(mine, known, at):
            if is_kept(finding, known):
                found[case_id, finding.rule, finding.subject.key] = finding
    _replace(list(rows), found, at, figures)
    return by_case


def is_kept(finding: Finding, facts: CaseFacts) -> bool:
    """Whether a finding has a row: a duty that simply doesn't bite on a case has none.

    Nor has a duty of the case as such where every lead was refused or transferred: what is owed
    then is owed for the lead (Art. 11), and no procedure will come. Nor has what would be done
    towards a party that is no more.
    """
    if finding.subject.kind == "case" and _is_turned_away(facts):
        return False
    if has_lapsed(finding, facts):
        return False
    if finding.outcome is not Outcome.NOT_APPLICABLE:
        return True
    return finding.exception is not None or finding.explanation.code != (
        f"{finding.rule}.{Outcome.NOT_APPLICABLE.value}"
    )


def _is_turned_away(facts: CaseFacts) -> bool:
    ends = {lead.outcome for lead in facts.leads or ()}
    return bool(ends) and ends <= {LeadOutcome.REFUSED, LeadOutcome.TRANSFERRED}


class _Stored(NamedTuple):
    """What must be known of a stored row to tell whether it still says the same."""

    id: int
    case_id: UUID
    rule: str
    subject_id: str
    digest: str
    outcome: str
    due_at: dt.datetime | None
    warn_at: dt.datetime | None
    noted_at: dt.datetime | None


def _replace(
    case_ids: Sequence[UUID], found: dict[_Key, Finding], at: dt.datetime, figures: Parameters
) -> None:
    rows = StoredFinding.objects.filter(case_id__in=case_ids).values_list(*_Stored._fields)
    stored = {(row.case_id, row.rule, row.subject_id): row for row in map(_Stored._make, rows)}
    gone = [row.id for key, row in stored.items() if key not in found]
    if gone:
        StoredFinding.objects.filter(id__in=gone).delete()
    changed = [
        row
        for key, finding in found.items()
        if (row := _row(key[0], finding, stored.get(key), at, figures)) is not None
    ]
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [json.dumps(changed)])


def _row(
    case_id: UUID,
    finding: Finding,
    before: _Stored | None,
    at: dt.datetime,
    figures: Parameters,
) -> dict[str, Any] | None:
    """The columns of a finding as JSON values, or None when the stored row says the same."""
    text = body_text(finding)
    digest, warn_at = sha256_hex(text.encode()), warning_of(finding, figures)
    if before is not None and (before.digest, before.warn_at) == (digest, warn_at):
        return None
    noted_at = _still_noted(finding, before)
    return {
        "case_id": str(case_id),
        "rule": finding.rule,
        "clause": finding.clause,
        "subject_kind": finding.subject.kind,
        "subject_id": finding.subject.key,
        "outcome": finding.outcome.value,
        "column": finding.column.value,
        "is_curable": finding.is_curable,
        "due_at": _iso(finding.due_at),
        "warn_at": _iso(warn_at),
        "changes_at": _iso(_looked_at_again(finding, noted_at)),
        "judged_at": _iso(at),
        "noted_at": _iso(noted_at),
        "digest": digest,
        "body": text,
    }


def _iso(instant: dt.datetime | None) -> str | None:
    return None if instant is None else clock.iso(instant)


def _still_noted(finding: Finding, before: _Stored | None) -> dt.datetime | None:
    """A breach stays noted as long as it is the same clock that ran out."""
    if before is None or finding.outcome is not Outcome.BREACHED:
        return None
    is_same = before.outcome == Outcome.BREACHED and before.due_at == finding.due_at
    return before.noted_at if is_same else None


def _looked_at_again(finding: Finding, noted_at: dt.datetime | None) -> dt.datetime | None:
    """When the pass must look: time changes the finding, or the ledger owes its breach an entry."""
    is_owed = finding.outcome is Outcome.BREACHED and finding.column is Column.TEXT
    if is_owed and noted_at is None and finding.due_at is not None:
        return finding.due_at + dt.timedelta.resolution
    return finding.changes_at


def warning_of(finding: Finding, figures: Parameters) -> dt.datetime | None:
    """When the lamp of a running clock turns yellow: at the start of its last thirds."""
    start, end = finding.clock_started_at, finding.due_at
    if start is None or end is None:
        return None
    used = figures.on("product.lamp_yellow_fraction", clock.local_date(start))
    thirds = used.value if isinstance(used.value, int) else 0
    return end - (end - start) * min(max(thirds, 0), 3) / 3
