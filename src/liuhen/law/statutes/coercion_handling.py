"""Coercion Law: what becomes of things that were sealed or seized.

Restated. 21: where an offence may be a crime the things go to the authority that takes it over, and
the party is told in writing. 27: within the time of 25 the head decides; what is illegal is
confiscated where the law says so, destroyed where a law or regulation orders it, lifted where it
has to be. 28: where there is no offence, no connection, no need any more or the time is over, it is
lifted and given back at once; of what could not be kept and was sold, the price. 46: for a fine
that stays unpaid after a reminder the things may be auctioned: by a unit with a power of
enforcement when delay has cost more than thirty days, by one without when the party neither asked
for review nor sued in its time. 48, 49: an auctioneer is entrusted, the treasury paid.
"""

from liuhen.kernel.clock import local_date
from liuhen.law.duties import Duty, conj
from liuhen.law.facts import Handling
from liuhen.law.phrases import open_until_closed
from liuhen.law.statutes.coercion_enforcement import remedies_of
from liuhen.law.subjects import HANDLINGS
from liuhen.law.verdicts import Verdict, answer, failed, met, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import NOT_YET, HandlingWay

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


def _is_auction(view: View, handling: Handling) -> bool | None:
    return _is(view, handling, frozenset({HandlingWay.AUCTION}))


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


# -- 46 to 49: auctioned for a fine -----------------------------------------------------------


def _auctioned_lawfully(view: View, handling: Handling) -> Verdict:
    """For an unpaid fine, after its reminder; then as the unit has a power of its own or not."""
    view.use(handling, "is_grounded", "is_fine_open", "reminder_ended_at", "decided_at")
    if handling.is_grounded is False:
        return unmet("no_fine")
    if handling.is_fine_open is False:
        return failed("paid")
    reminded = handling.reminder_ended_at
    if reminded is NOT_YET:
        return failed("not_reminded")
    ended, decided = instant(reminded), instant(handling.decided_at) or view.at
    if None in (ended, handling.is_grounded, handling.is_fine_open):
        return unknown()
    if ended is not None and decided <= ended:
        return failed("reminder_runs", until=local_date(ended))
    view.use(handling, "may_enforce")
    if handling.may_enforce is None:
        return unknown()
    by_power = _delayed_enough if handling.may_enforce else _left_to_stand
    return by_power(view, handling)


def _delayed_enough(view: View, handling: Handling) -> Verdict:
    """With a power of its own: the penalty for delay has run for more than its days (46.1)."""
    view.use(handling, "fine_due_on")
    if handling.fine_due_on is None:
        return unknown()
    days = view.figure("coercion_law.late_penalty_before_force", handling.decided_at)
    last = view.calendar.after_days(handling.fine_due_on, days)
    decided = instant(handling.decided_at) or view.at
    return met() if decided > last.due_at else failed("too_early", until=last.last_on)


def _left_to_stand(view: View, handling: Handling) -> Verdict:
    """Without one: the party asked neither for review nor sued in its time (46.3)."""
    view.use(handling, "is_fine_contested", "fine_served_on", "is_fine_remedy_told")
    if handling.is_fine_contested is True:
        return failed("contested")
    told = handling.is_fine_remedy_told
    over = remedies_of(view, handling.fine_served_on, is_told=told)
    if over is None or handling.is_fine_contested is None:
        return unknown()
    decided = instant(handling.decided_at) or view.at
    return met() if decided > over.due_at else failed("too_early", until=local_date(over.due_at))


def _entrusted(view: View, handling: Handling) -> Verdict:
    view.use(handling, "entrusted_at", "done_at")
    entrusted, done = view.has(handling.entrusted_at), view.has(handling.done_at)
    if entrusted is None or done is None:
        return unknown()
    if entrusted:
        return met(instant(handling.entrusted_at))
    return failed() if done else open_until_closed(view)


def _is_auctioned(view: View, handling: Handling) -> bool | None:
    view.use(handling, "done_at")
    return conj(_is_auction(view, handling), view.has(handling.done_at))


def _paid_in(view: View, handling: Handling) -> Verdict:
    view.use(handling, "paid_in_at")
    paid = view.has(handling.paid_in_at)
    if paid is None:
        return unknown()
    return met(instant(handling.paid_in_at)) if paid else open_until_closed(view)


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
    Duty(
        "things_auctioned_by_law",
        "coercion_law:46",
        HANDLINGS,
        _auctioned_lawfully,
        _is_auction,
        act="release_things",
    ),
    Duty(
        "auctioneer_entrusted",
        "coercion_law:48",
        HANDLINGS,
        _entrusted,
        _is_auction,
        act="entrust_auction",
    ),
    Duty(
        "auction_proceeds_paid_in",
        "coercion_law:49",
        HANDLINGS,
        _paid_in,
        _is_auctioned,
        act="record_handling",
    ),
)
