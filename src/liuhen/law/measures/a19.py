"""Article 19: hearings.

Restated: a hearing yields notice, record and report, and its whole course is recorded by sound or
picture; recorded adjournments don't count.
"""

from liuhen.law.catalogue import Code
from liuhen.law.coverage import footage, footage_due
from liuhen.law.duties import Duty
from liuhen.law.facts import Activity
from liuhen.law.measures.a13 import recorded_by
from liuhen.law.subjects import activities
from liuhen.law.verdicts import Verdict
from liuhen.law.view import View


def _whole_course(view: View, activity: Activity) -> Verdict:
    return footage(view, activity, Code.WHOLE)


DUTIES = (
    Duty(
        "hearing_papers_made",
        "19.1",
        activities("hearing"),
        recorded_by("30", "31", "32"),
        act="issue_paper",
    ),
    Duty(
        "hearing_recorded_throughout",
        "19.2",
        activities("hearing"),
        _whole_course,
        clock=footage_due,
        act="upload_recording",
    ),
)
