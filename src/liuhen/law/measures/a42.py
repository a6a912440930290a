"""Article 42: viewing and copying need approval.

Restated: who needs to view or copy records for work has the approval of the commission leader in
charge of the enforcement bodies. The text knows no exception (assumption 5).
"""

from liuhen.law.duties import Duty
from liuhen.law.subjects import VIEWINGS
from liuhen.law.unit_facts import Viewing
from liuhen.law.verdicts import Verdict, failed, met, unknown
from liuhen.law.view import View


def _approved(view: View, viewing: Viewing) -> Verdict:
    view.use(viewing, "is_approved")
    if viewing.is_approved is None:
        return unknown()
    return met() if viewing.is_approved else failed()


DUTIES = (Duty("viewing_approved", "42.1", VIEWINGS, _approved, act="look_into"),)
