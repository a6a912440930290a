"""Article 7: the whole process in text.

Restated: the whole course of enforcement is recorded in text, by the rules for its papers. Judged
twice: each activity by the paper that records it (those of Art. 13, 18 and 19 are judged there),
and each stage the case has left behind by the papers `procedures.toml` asks of it.
"""

from liuhen.law.duties import Duty
from liuhen.law.facts import Activity, Case
from liuhen.law.measures.a13 import recorded_by
from liuhen.law.phrases import open_until_closed
from liuhen.law.procedures import Stage, course_of
from liuhen.law.subjects import CASE, activities
from liuhen.law.verdicts import Verdict, met, unknown
from liuhen.law.view import View

# Activities whose record no other article names, and the papers that are it.
RECORDS = {
    "on_site_verification": "54",
    "reinspection": "23",
    "promise_supervision": "5",
    "enforcement": "17",
    "sealing_or_seizure": "17",
    "double_random_draw": "draw_record",
    "levy_objection_decision": "levy_objection_review",
}


def _recorded(view: View, activity: Activity) -> Verdict:
    return recorded_by(RECORDS[activity.kind])(view, activity)


def _has_course(view: View, case: Case) -> bool | None:
    view.use(case, "kind", "procedure")
    if case.kind is None or case.procedure is None:
        return None
    return course_of(case.kind, case.procedure) is not None


def _is_spared(stage: Stage, case: Case) -> bool:
    """Whoever is not punished is told of no penalty."""
    return case.is_without_penalty and stage.key == "prior_notice"


def _stages_recorded(view: View, case: Case) -> Verdict:
    view.use(case, "kind", "procedure", "stage", "is_without_penalty")
    course = course_of(case.kind, case.procedure)
    if view.known("papers") is None or case.stage is None or course is None:
        return unknown()
    lacking = [
        each.one_of[0]
        for stage in course.before(case.stage)
        for each in stage.required
        if not view.papers(*each.one_of) and not _is_spared(stage, case)
    ]
    if lacking:
        return open_until_closed(view, "papers", papers=",".join(lacking))
    return met()


DUTIES = (
    Duty("activity_recorded_in_text", "7.1", activities(*RECORDS), _recorded, act="issue_paper"),
    Duty("stages_recorded_in_text", "7.1", CASE, _stages_recorded, _has_course, act="issue_paper"),
)
