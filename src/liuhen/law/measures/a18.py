"""Article 18: papers and recording of registration-and-preservation, sealing and seizure.

Restated: registration-and-preservation yields a notice and a list of things, sealing and seizure a
decision and a list; both are recorded by sound or picture at the same time.
"""

from liuhen.law.catalogue import Code
from liuhen.law.coverage import footage, footage_due
from liuhen.law.duties import Duty
from liuhen.law.facts import Activity
from liuhen.law.measures.a13 import recorded_by
from liuhen.law.subjects import activities
from liuhen.law.verdicts import Verdict
from liuhen.law.view import View


def _shown(view: View, activity: Activity) -> Verdict:
    return footage(view, activity, Code.SHOWN)


DUTIES = (
    Duty(
        "preservation_papers_made",
        "18.1",
        activities("preservation"),
        recorded_by("12"),
        act="issue_paper",
    ),
    Duty(
        "sealing_papers_made",
        "18.2",
        activities("sealing_or_seizure"),
        recorded_by("15", "16"),
        act="issue_paper",
    ),
    Duty(
        "taking_recorded",
        "18.3",
        activities("preservation", "sealing_or_seizure"),
        _shown,
        clock=footage_due,
        act="upload_recording",
    ),
)
