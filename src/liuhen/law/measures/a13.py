"""Article 13: the papers each means of taking evidence yields.

Restated: inquiry, taking documents and things, on-site inspection, sampling, statement and
defence, hearing, testing, each has its record. In simple procedure the on-the-spot decision is
that record, so this article is judged for the other procedures.
"""

from collections.abc import Callable

from liuhen.law.duties import Duty, negate
from liuhen.law.facts import Activity, Paper
from liuhen.law.phrases import answers_to, open_until_closed
from liuhen.law.subjects import activities, papers
from liuhen.law.verdicts import Verdict, answer, met, unknown
from liuhen.law.view import View
from liuhen.law.vocabulary import Procedure

ENTRUSTMENT, OPINION = "20", "expert_opinion"


def _not_simple(view: View, activity: Activity) -> bool | None:
    return negate(view.is_procedure(Procedure.SIMPLE))


def recorded_by(*types: str) -> Callable[[View, Activity], Verdict]:
    """Satisfaction: papers of all these types record the activity."""

    def satisfied(view: View, activity: Activity) -> Verdict:
        view.use(activity, "kind")
        lacking = []
        for each in types:
            found = view.papers(each)
            if found is None:
                return unknown()
            if not any(paper.activity == activity.key for paper in found):
                if any(paper.activity is None for paper in found):
                    return unknown(f"paper.{each}.activity")
                lacking.append(each)
        return open_until_closed(view, "papers", papers=",".join(lacking)) if lacking else met()

    return satisfied


def _has_opinion(view: View, entrustment: Paper) -> Verdict:
    found = answers_to(view, entrustment, OPINION)
    if found is None:
        return unknown()
    return met() if found else open_until_closed(view, "papers", papers=OPINION)


def _was_entrusted(view: View, opinion: Paper) -> Verdict:
    view.use(opinion, "subject_key")
    letters = view.papers(ENTRUSTMENT)
    if letters is None or opinion.subject_key is None:
        return unknown()
    return answer(any(each.key == opinion.subject_key for each in letters))


def _yields(name: str, clause: str, kind: str, *types: str) -> Duty[Activity]:
    return Duty(name, clause, activities(kind), recorded_by(*types), _not_simple, act="issue_paper")


DUTIES = (
    _yields("inquiry_record_made", "13.1(1)", "inquiry", "8"),
    _yields("evidence_list_made", "13.1(2)", "evidence_collection", "9"),
    _yields("inspection_record_made", "13.1(3)", "inspection", "5"),
    _yields("sampling_list_made", "13.1(4)", "sampling", "10"),
    _yields("defence_record_made", "13.1(5)", "statement_and_defence", "28"),
    _yields("hearing_record_made", "13.1(6)", "hearing", "31"),
    Duty("testing_opinion_given", "13.1(7)", papers(ENTRUSTMENT), _has_opinion, act="issue_paper"),
    Duty("testing_entrusted", "13.1(7)", papers(OPINION), _was_entrusted, act="issue_paper"),
)
