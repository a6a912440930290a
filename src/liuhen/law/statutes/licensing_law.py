"""Licensing Law: applications answered, verified, decided and delivered in time.

Restated. 32: an application is answered at once or, where something is missing, by one notice of
everything within five working days; else it counts as accepted on receipt, and is decided from
then. 34: two or more verify
on site. 38: a refusal states its reasons and remedies, and the applicant is told. 40: licences
granted are open to the public. 42: decided within twenty working days of acceptance, once prolonged
by at most ten with the head's approval and the applicant told. 44: a licence granted is delivered
within ten working days. 40 and 44 ask nothing of a refusal, nor of what ends a licence
(`licence_life`). 45: hearing, testing and the like don't
count, and the applicant is told so. 82: the authority's periods are working days. Of hearings:
`licensing_hearings`.
"""

from datetime import datetime

from liuhen.law.duties import Due, Duty, conj, negate
from liuhen.law.facts import (
    Activity,
    Application,
    ApplicationAnswer,
    Case,
    Decision,
    Paper,
    Prolongation,
    Suspension,
)
from liuhen.law.phrases import (
    filled,
    first_at,
    is_decided,
    prolonged_lawfully,
    served_at,
    told_before_closing,
)
from liuhen.law.statutes.publication import licence_due
from liuhen.law.subjects import (
    APPLICATIONS,
    CASE,
    DECISIONS,
    activities,
    papers,
    prolongations,
    suspensions,
)
from liuhen.law.verdicts import Verdict, failed, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import AnswerKind, CaseKind

CLOCK = "licensing_law.decision"
ENDS_OR_KEEPS = ("is_withdrawn", "is_revoked", "is_kept")
_TURNED_AWAY = frozenset({AnswerKind.REFUSED, AnswerKind.NOT_REQUIRED})


def _is_licensing(view: View, subject: object) -> bool | None:
    return view.is_kind(CaseKind.LICENSING)


# -- 32: the answer ---------------------------------------------------------------------------


def _answers(view: View) -> list[ApplicationAnswer] | None:
    found = view.known("answers")
    if found is None:
        return None
    for each in found:
        view.use(each, "kind", "given_at")
    return [each for each in found if view.has(each.given_at)]


def _answered(view: View, application: Application) -> Verdict:
    found = _answers(view)
    if found is None or any(each.given_at is None for each in view.all("answers") or ()):
        return unknown()
    return met(first_at(each.given_at for each in found)) if found else unmet()


def _answer_due(view: View, application: Application) -> Due | None:
    view.use(application, "received_at")
    return view.due("licensing_law.supplement_notice", application.received_at)


def accepted_at(view: View) -> datetime | None:
    """When the application was accepted, or counts as accepted; None when it is not, or unknown."""
    found = _answers(view)
    if found is None:
        return None
    said = first_at(each.given_at for each in found if each.kind is AnswerKind.ACCEPTED)
    return first_at([said, _deemed_at(view, found)])


def _deemed_at(view: View, answers: list[ApplicationAnswer]) -> datetime | None:
    """On receipt, where nobody answered in the days for it; what was turned away late is not."""
    told = view.all("answers") or ()
    if any(None in (each.kind, each.given_at) or each.kind in _TURNED_AWAY for each in told):
        return None
    first = first_at(each.given_at for each in answers)
    for each in view.all("applications") or ():
        due = _answer_due(view, each)
        if due is not None and (first > due.due_at if first else view.is_past(due.due_at)):
            return instant(each.received_at)
    return None


# -- 34 to 45: verified, decided, delivered ---------------------------------------------------


def is_accepted(view: View, case: Case) -> bool | None:
    """Whether the case is a licence applied for, and the application was accepted."""
    licensing = view.is_kind(CaseKind.LICENSING)
    if not licensing:
        return licensing
    return None if _answers(view) is None else accepted_at(view) is not None


def _decided(view: View, case: Case) -> Verdict:
    return is_decided(view)


def _decision_due(view: View, case: Case) -> Due | None:
    return view.due(CLOCK, accepted_at(view))


def _is_refusal(view: View, paper: Paper) -> bool | None:
    (refuses,) = view.use_state(paper, "fields", "is_refused")
    return refuses


def _reasoned(view: View, paper: Paper) -> Verdict:
    return filled(view, paper, "reasons", "remedies")


def _is_refused(view: View, decision: Decision) -> bool | None:
    """Whether a decision refuses the licence; unknown where its paper is not."""
    licensing = view.is_kind(CaseKind.LICENSING)
    if not licensing:
        return licensing
    view.use(decision, "paper")
    paper = view.by_key("papers", decision.paper)
    return None if paper is None else _is_refusal(view, paper)


def _is_granted(view: View, decision: Decision) -> bool | None:
    """What is neither refused nor ends a licence, nor leaves one as it stands, grants it."""
    paper = view.by_key("papers", decision.paper)
    if paper is not None and any(paper.fields.get(name) for name in ENDS_OR_KEEPS):
        view.use_state(paper, "fields", *ENDS_OR_KEEPS)
        return False
    return conj(view.is_kind(CaseKind.LICENSING), negate(_is_refused(view, decision)))


def _told(view: View, decision: Decision) -> Verdict:
    return told_before_closing(view, decision.paper)


def _delivered(view: View, decision: Decision) -> Verdict:
    view.use(decision, "paper")
    served = view.when(served_at(view, decision.paper))
    if served is None:
        return unknown()
    return met(served) if isinstance(served, datetime) else unmet()


def _delivery_due(view: View, decision: Decision) -> Due | None:
    view.use(decision, "decided_at")
    return view.due("licensing_law.deliver", decision.decided_at)


def _published(view: View, decision: Decision) -> Verdict:
    view.use(view.case, "published_at")
    done = view.has(view.case.published_at)
    if done is None:
        return unknown()
    return met(instant(view.case.published_at)) if done else unmet()


def _prolonged(view: View, prolongation: Prolongation) -> Verdict:
    return prolonged_lawfully(view, prolongation, "licensing_law.decision_prolonged")


def _told_of_special_time(view: View, suspension: Suspension) -> Verdict:
    view.use(suspension, "told_at")
    told = view.has(suspension.told_at)
    if told is None:
        return unknown()
    return met(instant(suspension.told_at)) if told else unmet()


def _verified_by_enough(view: View, activity: Activity) -> Verdict:
    view.use(activity, "officers", "started_at")
    officers = activity.officers
    if officers is None:
        return unknown()
    least = view.figure("licensing_law.officers_minimum", activity.started_at)
    present = len(set(officers))
    return met(present=present) if present >= least else failed(present=present, least=least)


DUTIES = (
    Duty(
        "application_answered_in_time",
        "licensing_law:32",
        APPLICATIONS,
        _answered,
        _is_licensing,
        _answer_due,
        act="answer_application",
    ),
    Duty(
        "licence_verified_by_two",
        "licensing_law:34",
        activities("on_site_verification"),
        _verified_by_enough,
        _is_licensing,
        act="assign_officers",
    ),
    Duty(
        "licence_refusal_reasoned",
        "licensing_law:38",
        papers("57"),
        _reasoned,
        _is_refusal,
        act="complete_paper",
    ),
    Duty(
        "licence_refusal_told",
        "licensing_law:38",
        DECISIONS,
        _told,
        _is_refused,
        act="record_service",
    ),
    Duty(
        "licence_decision_published",
        "licensing_law:40",
        DECISIONS,
        _published,
        _is_granted,
        licence_due,
        act="publish_result",
    ),
    Duty(
        "licence_decided_in_time",
        "licensing_law:42",
        CASE,
        _decided,
        is_accepted,
        _decision_due,
        act="issue_decision",
    ),
    Duty(
        "licence_prolongation_allowed",
        "licensing_law:42",
        prolongations(CLOCK),
        _prolonged,
        act="approve_prolongation",
    ),
    Duty(
        "licence_special_time_told",
        "licensing_law:45",
        suspensions(CLOCK),
        _told_of_special_time,
        act="tell_party",
    ),
    Duty(
        "licence_delivered_in_time",
        "licensing_law:44",
        DECISIONS,
        _delivered,
        _is_granted,
        _delivery_due,
        act="record_service",
    ),
)
