"""Penalty Law: decisions of public concern are made public, and taken back when they fall.

Restated. Penalty Law 48, Order 55:10: a decision of some social influence is made public, by the
ministry's order within seven working days; where it is later changed, revoked, or declared illegal
or void, what was made public is taken back within three working days, with the reasons in public.
State Council office, document 118 of 2018, part 2: decisions of enforcement are made public within
twenty working days, licences and penalties within seven, save where a law provides otherwise. What
withdraws or revokes a licence grants none (Licensing Law 40); it is a decision about a licence all
the same and public within seven (our reading).
"""

from collections.abc import Callable
from datetime import datetime

from liuhen.law.duties import Due, Duty, conj, disj
from liuhen.law.facts import Case, Decision, Remedy
from liuhen.law.moments import Moment
from liuhen.law.phrases import first_at, is_ordinary_penalty
from liuhen.law.subjects import CASE, DECISIONS
from liuhen.law.verdicts import Verdict, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import CaseKind, RemedyOutcome

_FALLEN = frozenset(
    {
        RemedyOutcome.CHANGED,
        RemedyOutcome.REVOKED,
        RemedyOutcome.ILLEGAL,
        RemedyOutcome.VOID,
    }
)


def _first_due(view: View, start: Moment, *names: str) -> Due | None:
    """The earlier of several periods from one instant."""
    found = [due for name in names if (due := view.due(name, start)) is not None]
    return min(found, key=lambda each: each.due_at, default=None)


def _done(moment: Callable[[Case], Moment]) -> Callable[[View, object], Verdict]:
    def verdict(view: View, subject: object) -> Verdict:
        done = view.has(moment(view.case))
        if done is None:
            return unknown()
        return met(instant(moment(view.case))) if done else unmet()

    return verdict


def _is_of_concern(view: View, decision: Decision) -> bool | None:
    view.use(view.case, "is_of_public_concern", "is_without_penalty", "published_at")
    punishes = not view.case.is_without_penalty
    ours = conj(is_ordinary_penalty(view), punishes, view.case.is_of_public_concern)
    return conj(ours, is_public(view))


def is_public(view: View) -> bool:
    """Unless somebody stated by which provision the result is kept from the public."""
    view.use(view.case, "is_publication_withheld")
    return not view.case.is_publication_withheld


def _is_general(view: View, decision: Decision) -> bool | None:
    """Of kinds whose publication no law of their own dates: coercion and levy."""
    return conj(view.is_kind(CaseKind.COERCION, CaseKind.LEVY), is_public(view))


def _ends_licence(view: View, decision: Decision) -> bool | None:
    """What withdraws or revokes a licence; unknown where its paper is not."""
    if view.is_kind(CaseKind.LICENSING) is not True:
        return view.is_kind(CaseKind.LICENSING)
    view.use(decision, "paper")
    paper = view.by_key("papers", decision.paper)
    if paper is None:
        return None
    return conj(
        disj(*view.use_state(paper, "fields", "is_withdrawn", "is_revoked")), is_public(view)
    )


def licence_due(view: View, decision: Decision) -> Due | None:
    """When a decision about a licence has to be public."""
    view.use(decision, "decided_at")
    return view.due("publication.licence_or_penalty", decision.decided_at)


def _general_due(view: View, decision: Decision) -> Due | None:
    view.use(decision, "decided_at")
    return view.due("publication.decision", decision.decided_at)


def _publication_due(view: View, decision: Decision) -> Due | None:
    view.use(decision, "decided_at")
    names = ("order55.publish", "publication.licence_or_penalty")
    return _first_due(view, decision.decided_at, *names)


def _fell_at(view: View) -> Moment:
    """When review or suit first changed the decision or did away with it."""
    return first_at(view.when(each.ended_at) for each in view.all("remedies") or () if _fell(each))


def _fell(remedy: Remedy) -> bool:
    return remedy.outcome in _FALLEN


def _is_to_be_withdrawn(view: View, case: Case) -> bool | None:
    view.use(case, "published_at", "publication_withdrawn_at")
    ours = conj(is_ordinary_penalty(view), view.has(case.published_at))
    found = view.known("remedies")
    if not ours or found is None:
        return None if ours else ours
    for each in found:
        view.use(each, "ended_at", "outcome")
    return disj(False, *(_is_fall(view, each) for each in found))


def _is_fall(view: View, remedy: Remedy) -> bool | None:
    ended = view.has(remedy.ended_at)
    return conj(ended, None if remedy.outcome is None else _fell(remedy))


def _withdrawal_due(view: View, case: Case) -> Due | None:
    """From the end of the remedy, or from a publication that came after it."""
    fell, published = _fell_at(view), view.when(case.published_at)
    known = [each for each in (fell, published) if isinstance(each, datetime)]
    names = ("penalty_law.withdraw_publication", "order55.withdraw")
    return _first_due(view, max(known, default=None), *names)


DUTIES = (
    Duty(
        "penalty_decision_published",
        "penalty_law:48.1",
        DECISIONS,
        _done(lambda case: case.published_at),
        _is_of_concern,
        _publication_due,
        act="publish_result",
    ),
    Duty(
        "decision_published",
        "three_systems:2",
        DECISIONS,
        _done(lambda case: case.published_at),
        _is_general,
        _general_due,
        act="publish_result",
    ),
    Duty(
        "licence_ending_published",
        "three_systems:2",
        DECISIONS,
        _done(lambda case: case.published_at),
        _ends_licence,
        licence_due,
        act="publish_result",
    ),
    Duty(
        "fallen_decision_withdrawn",
        "penalty_law:48.2",
        CASE,
        _done(lambda case: case.publication_withdrawn_at),
        _is_to_be_withdrawn,
        _withdrawal_due,
        act="withdraw_publication",
    ),
)
