"""Everything a layman is told of one finding: the duty, the text, the facts, the clock, the rule.

Not for many findings at once (`queries`), nor for deciding anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from liuhen.cases.models import Case
from liuhen.compliance.models import Finding as StoredFinding
from liuhen.compliance.models import Judgement
from liuhen.compliance.present import present_rows
from liuhen.compliance.queries import shown_findings
from liuhen.compliance.shown import ShownFinding, article_of
from liuhen.compliance.state_words import StateWords
from liuhen.compliance.stored import finding_from
from liuhen.kernel.refusals import Refused
from liuhen.law.clauses import clauses
from liuhen.law.clock_days import Month, clock_days, months_of
from liuhen.law.documentation import clause_table
from liuhen.law.explanations import entity_key
from liuhen.law.findings import Finding
from liuhen.rulebook.models import OfficialText
from liuhen.rulebook.queries import official_text, rulebook


@dataclass(frozen=True)
class Explained:
    """One finding with all it rests on; `months` draw its clock, `official` is loaded text.

    `names` says what the subject and the rows among the facts are called, by their keys.
    """

    finding: Finding
    shown: ShownFinding
    restated: str
    official: OfficialText | None
    months: tuple[Month, ...]
    table: str
    judgements: tuple[Judgement, ...]
    names: Mapping[str, str]


def explained(case: Case, rule: str, subject_id: str, at: dt.datetime | None = None) -> Explained:
    """The stored finding of one duty about one subject of a visible case.

    Raises:
        Refused: `record.not_found`.
    """
    row = StoredFinding.objects.filter(case=case, rule=rule, subject_id=subject_id).first()
    if row is None:
        raise Refused("record.not_found")
    finding = finding_from(row.body, row.judged_at)
    (words,) = shown_findings(case, [row], at)
    clause = clauses()[finding.clause]
    judged = Judgement.objects.filter(case=case, rule=rule, subject_id=subject_id)
    return Explained(
        finding=finding,
        shown=words,
        restated=clause.zh,
        official=official_text(article_of(finding.clause)),
        months=months_of(clock_days(finding, rulebook().calendar)),
        table=table_of_rule(rule),
        judgements=tuple(judged.select_related("decided_by").order_by("-decided_at", "-id")),
        names=_names(case, finding),
    )


def _names(case: Case, finding: Finding) -> dict[str, str]:
    """What rows are called; the case itself goes without."""
    keys = {finding.subject.key}
    for used in finding.facts_used:
        keys |= {entity_key(used.path), str(used.value)}
    rows = present_rows([case.id]).get(case.id)
    words = None if rows is None else StateWords(rows)
    found = {key: words.called(key) for key in keys if key} if words else {}
    return {key: name for key, name in found.items() if name}


def table_of_rule(rule: str) -> str:
    """Path of the table that tests a rule."""
    for row in clause_table():
        for one in row.rules:
            if one.name == rule:
                return one.table
    return ""
