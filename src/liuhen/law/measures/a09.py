"""Article 9: applications, and the camera of the counter.

Restated: what is applied for is recorded step by step: the registration of a written or oral
application, its acceptance or refusal, correction on the spot, the voucher, and the one notice of
everything to be supplemented. The workplace has cameras that record intake and handling; their
footage is collected in time.
"""

from liuhen.law.catalogue import Code
from liuhen.law.coverage import footage, footage_due
from liuhen.law.duties import Duty
from liuhen.law.facts import Activity, Application, ApplicationAnswer
from liuhen.law.subjects import ANSWERS, APPLICATIONS, activities
from liuhen.law.verdicts import Verdict, answer, failed
from liuhen.law.view import View
from liuhen.law.vocabulary import AnswerKind


def _registered(view: View, application: Application) -> Verdict:
    view.use(application, "is_registered")
    return answer(application.is_registered)


def _vouched(view: View, given: ApplicationAnswer) -> Verdict:
    view.use(given, "has_voucher")
    return answer(given.has_voucher)


def _is_supplement(view: View, given: ApplicationAnswer) -> bool | None:
    view.use(given, "kind")
    return None if given.kind is None else given.kind is AnswerKind.SUPPLEMENT


def _told_at_once(view: View, given: ApplicationAnswer) -> Verdict:
    """Everything in one notice: it says so itself, and no second notice follows."""
    view.use(given, "is_complete", "given_at")
    others = [
        each
        for each in view.all("answers") or ()
        if each.kind is AnswerKind.SUPPLEMENT and each.key < given.key
    ]
    if others or given.is_complete is False:
        return failed()
    return answer(given.is_complete)


def _filmed(view: View, activity: Activity) -> Verdict:
    return footage(view, activity, Code.WORKPLACE)


DUTIES = (
    Duty("application_registered", "9.1", APPLICATIONS, _registered, act="issue_paper"),
    Duty("application_answer_vouched", "9.1", ANSWERS, _vouched, act="issue_paper"),
    Duty(
        "supplement_told_at_once",
        "9.1",
        ANSWERS,
        _told_at_once,
        _is_supplement,
        act="issue_paper",
    ),
    Duty(
        "workplace_filmed",
        "9.2",
        activities("workplace_intake"),
        _filmed,
        clock=footage_due,
        act="upload_recording",
    ),
)
