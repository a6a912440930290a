"""Legality review before a decision: asked for, answered by aspects (Art. 23; Penalty Law 58).

The legal opinion at the start of a procedure is a step of that approval (assumption 2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.asking import ask, locked_approval
from liuhen.actions.drawing_up import draw_up, issue, sign
from liuhen.actions.paper_order import follow_issue, refuse_out_of_order
from liuhen.actions.parties import open_case
from liuhen.approvals.models import Approval
from liuhen.documents.models import Paper, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import Conclusion
from liuhen.people.models import Person

KIND = "legality_review"
TYPE = "legality_review_opinion"
# The seven aspects, in the order of the form.
ASPECTS: Mapping[str, str] = {
    "standing": "执法主体和执法人员资格",
    "procedure": "执法程序",
    "evidence": "事实和证据",
    "application": "法律适用和裁量",
    "competence": "执法权限",
    "papers": "执法文书",
    "crime": "是否涉嫌犯罪需要移送",
}


@act(permission="review.ask", event="review.asked")
def ask_legality_review(draft: Draft, *, actor: Person, case_id: UUID) -> Approval:
    """Hand the case in for legality review before the decision.

    Raises:
        Refused: `record.not_found`, `case.closed`, `paper.too_early`, `review.no_proposal`,
            `approval.pending`.
    """
    case = open_case(draft, case_id)
    refuse_out_of_order(case, TYPE)
    if not case.facts.get("penalty"):
        raise Refused("review.no_proposal")
    draft.about(case)
    proposed = str(case.facts["penalty"]["proposed"])
    return ask(draft, case, kind=KIND, subject=case, opinion=proposed)


@act(permission="review.give", event="review.given")
def review_legality(
    draft: Draft,
    *,
    actor: Person,
    approval_id: UUID,
    aspects: Mapping[str, str],
    conclusion: str,
    suggestions: str,
    strokes: Sequence[Any],
) -> Paper:
    """Give the opinion of a legality review; it is drawn up, signed and issued at once.

    `aspects` maps each key of `ASPECTS` to an opinion. The reviewer's legal qualification must be
    on file. Not passed or to be supplemented returns the case to its handler.

    Raises:
        Refused: `record.not_found`, `approval.decided`, `approval.own`, `approval.office`,
            `review.not_asked`, `review.unqualified`, `review.aspects`, `review.conclusion`,
            `review.suggestions`, `signature.empty`.
    """
    approval, case = locked_approval(draft, approval_id)
    if approval.kind != KIND:
        raise Refused("review.not_asked")
    refuse_out_of_order(case, TYPE)
    given = {
        **_reviewer(actor),
        **_opinion(aspects, conclusion, suggestions),
        "stage": "decision",
        "submitted_on": clock.local_date(approval.asked_at).isoformat(),
        "reviewed_on": clock.local_date(draft.at).isoformat(),
    }
    paper = draw_up(draft, case, TYPE, given=given, subject_id=approval.id)
    sign(draft, paper, Signature.Role.REVIEWER, strokes)
    issue(draft, paper)
    passed = conclusion == Conclusion.PASSED
    approval.outcome = Approval.Outcome.APPROVED if passed else Approval.Outcome.RETURNED
    approval.opinion = suggestions.strip()
    approval.decided_by, approval.decided_at = draft.actor, draft.at
    approval.save()
    draft.note(conclusion=conclusion)
    if passed:
        follow_issue(paper)
    return paper


def _reviewer(actor: Person) -> dict[str, str]:
    """Who reviews, with the qualification on file."""
    reviewer = Person.objects.get(id=actor.id)
    if not reviewer.legal_qualification:
        raise Refused("review.unqualified", name=reviewer.name)
    return {"reviewer": reviewer.name, "qualification": reviewer.legal_qualification}


def _opinion(aspects: Mapping[str, str], conclusion: str, suggestions: str) -> dict[str, Any]:
    """A complete opinion as the form prints it."""
    lacking = [label for key, label in ASPECTS.items() if not aspects.get(key, "").strip()]
    if lacking:
        raise Refused("review.aspects", missing="、".join(lacking))
    if conclusion not in set(Conclusion):
        raise Refused("review.conclusion")
    if not suggestions.strip():
        raise Refused("review.suggestions")
    return {
        "aspects": [
            {"aspect": label, "opinion": aspects[key].strip()} for key, label in ASPECTS.items()
        ],
        "conclusion": conclusion,
        "suggestions": suggestions.strip(),
    }
