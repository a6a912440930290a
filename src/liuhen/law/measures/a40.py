"""Article 40: a named keeper, an index, hand-over, and nothing altered.

Restated: the unit names a person who keeps the records; they stand in a database that can be
searched by party, date, place and kind of event; who moves hands over. Records are not forged,
altered, destroyed, given away or published: what verification finds different is a breach.
"""

from datetime import datetime

from liuhen.law.duties import Duty, conj, disj, negate
from liuhen.law.facts import Recording
from liuhen.law.phrases import is_enforcing, open_until_closed
from liuhen.law.subjects import HAND_OVERS, RECORDINGS, UNIT, VERIFICATIONS
from liuhen.law.unit_facts import HandOver, ManagerTerm, Unit, Verification
from liuhen.law.verdicts import Verdict, answer, failed, met, still_open, unknown, unmet
from liuhen.law.view import View


def _has_keeper(view: View, unit: Unit) -> Verdict:
    terms = view.known("manager_terms")
    if terms is None:
        return unknown()
    return answer(disj(False, *(_is_running(view, each) for each in terms)))


def _is_running(view: View, term: ManagerTerm) -> bool | None:
    view.use(term, "person", "since", "until")
    named = None if term.person is None else bool(term.person)
    return conj(named, view.has(term.since), negate(view.has(term.until)))


def _indexed(view: View, recording: Recording) -> Verdict:
    view.use(recording, "label_party", "started_at", "place", "event_kind")
    entries = {
        "party": recording.label_party,
        "place": recording.place,
        "event_kind": recording.event_kind,
    }
    empty = [name for name, entry in entries.items() if entry == ""]
    if empty:
        return open_until_closed(view, "incomplete", lacking=",".join(empty))
    is_dated = isinstance(recording.started_at, datetime)
    return met() if is_dated and None not in entries.values() else unknown()


def _handed_over(view: View, moving: HandOver) -> Verdict:
    view.use(moving, "moved_at", "open_items", "received_at")
    moved, received = view.has(moving.moved_at), view.has(moving.received_at)
    if received or moving.open_items == 0:
        return met()
    if moved is None or received is None or moving.open_items is None:
        return unknown()
    verdict = unmet if moved else still_open
    return verdict("items_left", items=moving.open_items)


def _intact(view: View, run: Verification) -> Verdict:
    view.use(run, "differences")
    if run.differences is None:
        return unknown()
    return failed("differences", count=run.differences) if run.differences else met()


DUTIES = (
    Duty("records_keeper_named", "40.1", UNIT, _has_keeper, is_enforcing, act="name_keeper"),
    Duty("recording_indexed", "40.1", RECORDINGS, _indexed, act="label_recording"),
    Duty("mover_handed_over", "40.1", HAND_OVERS, _handed_over, act="hand_over_records"),
    Duty("records_intact", "40.2", VERIFICATIONS, _intact, act="look_into"),
)
