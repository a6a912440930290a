"""Penalty Law 28: who is punished is also ordered to put it right.

Restated. 28: with the penalty the authority orders the party to correct what it did, at once or by
a day, by the ordinary procedure and on the spot alike. The order stands in the decision or in a
notice of its own; whether there is nothing left to correct, the leader of the unit says.
"""

from liuhen.law.duties import Duty, conj
from liuhen.law.facts import Paper
from liuhen.law.subjects import papers
from liuhen.law.verdicts import Verdict, judgement, met, unknown
from liuhen.law.view import View
from liuhen.law.vocabulary import CaseKind, Office

ORDER = "22"


def _is_issued(view: View, paper: Paper) -> bool | None:
    view.use(paper, "issued_at")
    return conj(view.is_kind(CaseKind.PENALTY), view.has(paper.issued_at))


def _ordered(view: View, paper: Paper) -> Verdict:
    orders = view.papers(ORDER)
    if orders is None:
        return unknown()
    (stated,) = view.use_state(paper, "fields", "correction")
    if orders or stated:
        return met()
    return unknown() if stated is None else judgement(Office.UNIT_HEAD, "not_stated")


DUTIES = (
    Duty(
        "correction_ordered",
        "penalty_law:28",
        papers("36", "37"),
        _ordered,
        _is_issued,
        act="complete_paper",
    ),
)
