"""The issued papers of a case, to be printed, bound, handed in. Not for drafts."""

from __future__ import annotations

from liuhen.cases.models import Case
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused

MOST = 200


def issued_papers(case: Case) -> list[Paper]:
    """The issued papers of a case in the order they were issued.

    Raises:
        Refused: `paper.none_issued`, `paper.too_many`.
    """
    issued = case.papers.filter(state=Paper.State.ISSUED).select_related("original", "issued_by")
    listed = list(issued.order_by("issued_at", "id")[: MOST + 1])
    if not listed:
        raise Refused("paper.none_issued")
    if len(listed) > MOST:
        raise Refused("paper.too_many", most=MOST)
    return listed
