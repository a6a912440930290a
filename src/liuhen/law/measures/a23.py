"""Article 23: the record of a legality review.

Restated: where a decision needs legality review, the material names the reviewers and holds their
opinions and suggestions.
"""

from liuhen.law.duties import Duty, conj
from liuhen.law.facts import LegalityReview
from liuhen.law.subjects import LEGALITY_REVIEWS
from liuhen.law.verdicts import Verdict, answer
from liuhen.law.view import View


def _documented(view: View, review: LegalityReview) -> Verdict:
    view.use(review, "reviewer", "has_opinion", "has_suggestions")
    named = None if review.reviewer is None else bool(review.reviewer)
    return answer(conj(named, review.has_opinion, review.has_suggestions))


DUTIES = (
    Duty(
        "legality_review_documented", "23.1", LEGALITY_REVIEWS, _documented, act="review_legality"
    ),
)
