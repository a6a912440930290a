"""Acts on what can't be made good: its written explanation, and the leader's acknowledgement.

Neither cures anything: closing may then go on, and a suspicion under Art. 47 is raised for a
person to decide. Not for gaps of recordings as such (`actions.recordings`).
"""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.cases.models import Case
from liuhen.compliance.judging import judge_case
from liuhen.compliance.models import Explanation, Finding
from liuhen.kernel.refusals import Refused
from liuhen.law.clauses import citation, clauses
from liuhen.law.findings import Column, Outcome
from liuhen.oversight.models import Suspicion
from liuhen.oversight.queries import suspected_item
from liuhen.people.models import Person


@act(permission="explanation.write", event="breach.explained")
def explain_gap(
    draft: Draft, *, actor: Person, case_id: UUID, rule: str, subject_id: str, text: str
) -> Explanation:
    """Explain in writing a breach that can't be made good; until acknowledged it may be rewritten.

    Raises:
        Refused: `explanation.not_handler`, `explanation.empty`, `explanation.no_breach`,
            `explanation.curable`, `explanation.acknowledged`.
    """
    case = draft.lock_case(case_id)
    if case.handler_id != actor.id:
        raise Refused("explanation.not_handler", handler=case.handler.name)
    if not text.strip():
        raise Refused("explanation.empty")
    finding = _incurable(draft, case, rule, subject_id)
    explanation = Explanation.objects.filter(case=case, rule=rule, subject_id=subject_id).first()
    explanation = explanation or Explanation(case=case, rule=rule, subject_id=subject_id)
    if explanation.acknowledged_at is not None:
        raise Refused("explanation.acknowledged")
    explanation.text = text.strip()
    explanation.explained_by, explanation.explained_at = draft.actor, draft.at
    explanation.save()
    draft.about(explanation)
    draft.note(rule=rule, clause=finding.clause, subject=subject_id)
    return explanation


def _incurable(draft: Draft, case: Case, rule: str, subject_id: str) -> Finding:
    """The breach as of this instant: what is stored may be older than its clock."""
    judge_case(case, draft.at)
    finding = Finding.objects.filter(
        case=case,
        rule=rule,
        subject_id=subject_id,
        outcome=Outcome.BREACHED.value,
        column=Column.TEXT.value,
    ).first()
    if finding is None:
        raise Refused("explanation.no_breach")
    if finding.is_curable:
        raise Refused("explanation.curable", article=citation(finding.clause))
    return finding


@act(permission="explanation.acknowledge", event="explanation.acknowledged")
def acknowledge_explanation(draft: Draft, *, actor: Person, explanation_id: UUID) -> Explanation:
    """Take note of an explanation as the leader; raises the suspicion of Art. 47, once.

    Raises:
        Refused: `record.not_found`, `explanation.own`, `explanation.acknowledged`.
    """
    found = Explanation.objects.filter(id=explanation_id).values_list("case_id", flat=True).first()
    if found is None:
        raise Refused("record.not_found")
    case = draft.lock_case(found)
    explanation = Explanation.objects.select_for_update().get(id=explanation_id)
    draft.about(explanation)
    if explanation.explained_by_id == actor.id:
        raise Refused("explanation.own")
    if explanation.acknowledged_at is not None:
        raise Refused("explanation.acknowledged")
    explanation.acknowledged_by, explanation.acknowledged_at = draft.actor, draft.at
    explanation.save(update_fields=["acknowledged_by", "acknowledged_at"])
    draft.note(rule=explanation.rule, subject=explanation.subject_id)
    _raise_suspicion(draft, case, explanation)
    return explanation


def _raise_suspicion(draft: Draft, case: Case, explanation: Explanation) -> None:
    """Raise what a person has to decide on; one suspicion for one breach, under the case's lock."""
    about = {"case": case, "rule": explanation.rule, "subject_id": explanation.subject_id}
    breach = Finding.objects.filter(**about, outcome=Outcome.BREACHED.value).first()
    if breach is None or Suspicion.objects.filter(**about).exists():
        return
    clause = breach.clause
    Suspicion.objects.create(
        **about,
        unit_id=case.unit_id,
        item=suspected_item(clause, explanation.rule),
        clause=clause,
        ground=f"{citation(clause)}：{clauses()[clause].zh}。承办人说明：{explanation.text}",
        raised_at=draft.at,
    )
    draft.note(suspicion=suspected_item(clause, explanation.rule), clause=clause)
