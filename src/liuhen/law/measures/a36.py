"""Article 36: enforcement, or the court.

Restated: where a reminded party still does not perform without good reason, the papers of the
enforcement or of the application to the court, and the result, are recorded as a whole.
"""

from liuhen.law.duties import Duty
from liuhen.law.facts import Activity, Paper
from liuhen.law.phrases import answers_to, open_until_closed
from liuhen.law.subjects import activities, papers
from liuhen.law.verdicts import Verdict, met, unknown
from liuhen.law.view import View

APPLICATION, RULING, RESULT = "47", "court_ruling", "enforcement_result"
PAPERS = ("46", RESULT)


def _documented(view: View, activity: Activity) -> Verdict:
    """Decision and result of the enforcement are in the case; its record is Art. 7's."""
    if view.known("papers") is None:
        return unknown()
    lacking = [each for each in PAPERS if not view.papers(each)]
    return open_until_closed(view, "papers", papers=",".join(lacking)) if lacking else met()


def _result_kept(view: View, application: Paper) -> Verdict:
    found = answers_to(view, application, RULING)
    if found is None:
        return unknown()
    return met() if found else open_until_closed(view, "papers", papers=RULING)


DUTIES = (
    Duty(
        "enforcement_documented", "36.1", activities("enforcement"), _documented, act="issue_paper"
    ),
    Duty("court_result_recorded", "36.1", papers(APPLICATION), _result_kept, act="issue_paper"),
)
