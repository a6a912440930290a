"""Article 45: secrets and privacy.

Restated: records that touch state secrets, business secrets or privacy are handled by the rules of
secrecy and by the rights these give. State secrets aren't taken into this network at all
(assumption 6); what is classified is seen by those cleared for it.
"""

from liuhen.law.duties import Duty
from liuhen.law.subjects import VIEWINGS
from liuhen.law.unit_facts import Viewing
from liuhen.law.verdicts import Verdict, failed, met, unknown
from liuhen.law.view import View


def _is_classified(view: View, viewing: Viewing) -> bool | None:
    view.use(viewing, "is_classified")
    return viewing.is_classified


def _cleared(view: View, viewing: Viewing) -> Verdict:
    view.use(viewing, "is_cleared")
    if viewing.is_cleared is None:
        return unknown()
    return met() if viewing.is_cleared else failed()


DUTIES = (
    Duty(
        "classified_seen_by_cleared",
        "45.1",
        VIEWINGS,
        _cleared,
        _is_classified,
        act="look_into",
    ),
)
