"""What a person decides where the law engine may not: the one act of it. Not for excuses."""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.cases.models import Case
from liuhen.compliance.models import Judgement
from liuhen.compliance.past_findings import findings_at
from liuhen.kernel.refusals import Refused
from liuhen.law.findings import Finding, Outcome
from liuhen.people.models import Person
from liuhen.people.queries import office_kinds


@act(permission="judgement.decide", event="judgement.decided")
def decide_judgement(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    rule: str,
    subject_id: str,
    is_applicable: bool,
    is_fulfilled: bool | None,
    reason: str,
) -> Judgement:
    """Decide a duty the law leaves to a person, with the reason; the case is judged with it.

    Only the office the law names decides, and nobody in their own case.

    Raises:
        Refused: `record.not_found`, `judgement.not_asked`, `judgement.office`, `judgement.own`,
            `judgement.incomplete`, `reason.missing`.
    """
    case = draft.lock_case(case_id)
    finding = _asked(case, rule, subject_id)
    decider = finding.decider
    if decider is None or decider.value not in office_kinds(draft.actor):
        raise Refused("judgement.office")
    if case.handler_id == draft.actor.id or case.officers.filter(person=draft.actor).exists():
        raise Refused("judgement.own")
    if is_applicable and is_fulfilled is None:
        raise Refused("judgement.incomplete")
    if not reason.strip():
        raise Refused("reason.missing")
    judgement = Judgement.objects.create(
        case=case,
        rule=rule,
        subject_id=subject_id,
        is_applicable=is_applicable,
        is_fulfilled=is_fulfilled if is_applicable else None,
        reason=reason.strip(),
        office=decider.value,
        decided_by=draft.actor,
        decided_at=draft.at,
    )
    draft.about(judgement)
    draft.note(rule=rule, is_applicable=is_applicable, is_fulfilled=judgement.is_fulfilled)
    return judgement


def _asked(case: Case, rule: str, subject_id: str) -> Finding:
    """The finding that asks a person, as the case stands at this instant."""
    for finding in findings_at(case).findings:
        if (finding.rule, finding.subject.key) == (rule, subject_id):
            if finding.outcome is Outcome.JUDGEMENT:
                return finding
            raise Refused("judgement.not_asked")
    raise Refused("record.not_found")
