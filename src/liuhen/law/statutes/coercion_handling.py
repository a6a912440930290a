"""Coercion Law: what becomes of things that were sealed or seized.

Restated. 21: where an offence may be a crime the things go to the authority that takes it over, and
the party is told in writing. 27: within the time of 25 the head decides; what is illegal is
confiscated where the law says so, destroyed where a law or regulation orders it, lifted where it
has to be. 28: where there is no offence, no connection, no need any more or the time is over, it is
lifted and given back at once; of what could not be kept and was sold, the price.
"""

from liuhen.law.duties import Duty
from liuhen.law.facts import Handling
from liuhen.law.phrases import open_until_closed
from liuhen.law.subjects import HANDLINGS
from liuhen.law.verdicts import Verdict, answer, met, unknown
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import HandlingWay

_TAKEN_AWAY = frozenset({HandlingWay.CONFISCATION, HandlingWay.DESTRUCTION})
_NOT_RETURNED = frozenset(HandlingWay) - {HandlingWay.LIFTING}


def _is(view: View, handling: Handling, ways: frozenset[HandlingWay]) -> bool | None:
    view.use(handling, "way")
    return None if handling.way is None else handling.way in ways


def _is_transfer(view: View, handling: Handling) -> bool | None:
    return _is(view, handling, frozenset({HandlingWay.TRANSFER}))


def _is_taken_away(view: View, handling: Handling) -> bool | None:
    return _is(view, handling, _TAKEN_AWAY)


def _is_not_returned(view: View, handling: Handling) -> bool | None:
    return _is(view, handling, _NOT_RETURNED)


def _is_lifting(view: View, handling: Handling) -> bool | None:
    return _is(view, handling, frozenset({HandlingWay.LIFTING}))


def _told(view: View, handling: Handling) -> Verdict:
    view.use(handling, "told_at")
    told = view.has(handling.told_at)
    if told is None:
        return unknown()
    return met(instant(handling.told_at)) if told else open_until_closed(view)


def _grounded(view: View, handling: Handling) -> Verdict:
    view.use(handling, "is_grounded", "way")
    return answer(handling.is_grounded, str(handling.way))


def _done(view: View, handling: Handling) -> Verdict:
    view.use(handling, "done_at")
    done = view.has(handling.done_at)
    if done is None:
        return unknown()
    return met(instant(handling.done_at)) if done else open_until_closed(view, "not_done")


def _carried_out(view: View, handling: Handling) -> Verdict:
    """Done; what was confiscated or destroyed also has its record (Penalty Law 74)."""
    done = _done(view, handling)
    if handling.way not in _TAKEN_AWAY or not view.has(handling.done_at):
        return done
    view.use(handling, "recorded_at")
    recorded = view.has(handling.recorded_at)
    if recorded is None:
        return unknown()
    return done if recorded else open_until_closed(view, "not_recorded")


DUTIES = (
    Duty(
        "transferred_things_told",
        "coercion_law:21",
        HANDLINGS,
        _told,
        _is_transfer,
        act="record_service",
    ),
    Duty(
        "things_taken_by_law",
        "coercion_law:27",
        HANDLINGS,
        _grounded,
        _is_taken_away,
        act="release_things",
    ),
    Duty(
        "handling_carried_out",
        "coercion_law:27",
        HANDLINGS,
        _carried_out,
        _is_not_returned,
        act="record_handling",
    ),
    Duty(
        "things_returned",
        "coercion_law:28",
        HANDLINGS,
        _done,
        _is_lifting,
        act="record_handling",
    ),
)
