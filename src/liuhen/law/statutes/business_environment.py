"""Regulation on the business environment: results of inspections drawn at random.

Restated. 54: objects and officers of an inspection are both drawn at random, and what the check
showed is made public in time. How many working days that is, the authority has yet to confirm.
"""

from datetime import datetime

from liuhen.law.duties import Due, Duty, conj
from liuhen.law.facts import Case
from liuhen.law.moments import Moment
from liuhen.law.phrases import first_at
from liuhen.law.statutes.publication import is_public
from liuhen.law.subjects import CASE
from liuhen.law.verdicts import Verdict, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import CaseKind

RESULT = "inspection_result"


def _checked_at(view: View) -> Moment:
    found = view.papers(RESULT)
    return first_at(view.when(each.issued_at) for each in found) if found else None


def _is_checked(view: View, case: Case) -> bool | None:
    inspects = view.is_kind(CaseKind.INSPECTION)
    if not inspects:
        return inspects
    if view.papers(RESULT) is None:
        return None
    return conj(is_public(view), isinstance(_checked_at(view), datetime))


def _published(view: View, case: Case) -> Verdict:
    view.use(case, "published_at")
    done = view.has(case.published_at)
    if done is None:
        return unknown()
    return met(instant(case.published_at)) if done else unmet()


def _due(view: View, case: Case) -> Due | None:
    return view.due("publication.inspection", _checked_at(view))


DUTIES = (
    Duty(
        "inspection_published_in_time",
        "business_environment:54",
        CASE,
        _published,
        _is_checked,
        _due,
        act="publish_result",
    ),
)
