"""Article 26: expert argument.

Restated: where experts argue a case, minutes or an opinion are made.
"""

from liuhen.law.duties import Duty
from liuhen.law.facts import Case
from liuhen.law.phrases import open_until_closed
from liuhen.law.subjects import CASE
from liuhen.law.verdicts import Verdict, met, unknown
from liuhen.law.view import View


def _is_argued(view: View, case: Case) -> bool | None:
    view.use(case, "has_expert_argument")
    return case.has_expert_argument


def _minuted(view: View, case: Case) -> Verdict:
    found = view.papers("34")
    if found is None:
        return unknown()
    return met() if found else open_until_closed(view)


DUTIES = (Duty("expert_argument_minuted", "26.1", CASE, _minuted, _is_argued, act="issue_paper"),)
