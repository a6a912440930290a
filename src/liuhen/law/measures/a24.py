"""Article 24: the head's approval.

Restated: the record of the approval by the head of the authority holds an opinion and a
signature. It is given before the decision.
"""

from liuhen.law.duties import Duty, conj
from liuhen.law.facts import Approval, Case
from liuhen.law.measures.a22 import is_decided_in_writing
from liuhen.law.phrases import approvals_by, in_time_for_decision, one_of
from liuhen.law.subjects import CASE
from liuhen.law.verdicts import Verdict, unknown
from liuhen.law.view import View
from liuhen.law.vocabulary import Office, Opinion


def _approved(view: View, case: Case) -> Verdict:
    found = approvals_by(view, "decision", Office.AUTHORITY_HEAD)
    if found is None:
        return unknown()
    return one_of(view, [_is_complete(view, each) for each in found])


def _is_complete(view: View, approval: Approval) -> bool | None:
    view.use(approval, "has_opinion", "is_signed", "opinion", "was_in_office", "given_at")
    return conj(
        None if approval.opinion is None else approval.opinion is Opinion.APPROVED,
        approval.has_opinion,
        approval.is_signed,
        approval.was_in_office,
        in_time_for_decision(view, approval.given_at),
    )


DUTIES = (
    Duty(
        "decision_approved_by_head",
        "24.1",
        CASE,
        _approved,
        is_decided_in_writing,
        act="approve_decision",
    ),
)
