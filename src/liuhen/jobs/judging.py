"""The due-only pass: judges again the cases whose findings time alone has changed.

Its cost follows what is due, not how many cases there are. Any number may run at once: each takes
only cases nobody holds, and a second run finds nothing left to do. Not for the judging itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile
from uuid import UUID

from liuhen.actions.breaches import Rejudged, rejudge, rejudge_all
from liuhen.actions.expiry import warn_before_expiry
from liuhen.actions.suspecting import BATCH as GROUNDS
from liuhen.actions.suspecting import raise_suspicions
from liuhen.compliance.queries import case_ids, due_case_ids
from liuhen.compliance.sweeps import next_of, open_sweep, went_on, went_through
from liuhen.kernel import clock, trace
from liuhen.kernel.portions import Portion
from liuhen.oversight.reconciling import reconcile
from liuhen.oversight.standing import judge_units
from liuhen.oversight.suspecting import new_grounds
from liuhen.people.queries import system_person

# Small enough that an act waiting for one of the cases does not notice.
BATCH = 50

_Judge = Callable[[Sequence[UUID], dt.datetime], Rejudged]


def judge_due_cases(at: dt.datetime | None = None) -> Rejudged:
    """Judge every case with a finding due to change by `at` (now), and note the breaches."""
    instant = at or clock.now()
    portion = Portion()
    ids = takewhile(lambda _: not portion.is_over, due_case_ids(instant).iterator())
    return _through(ids, instant, rejudge)


def judge_all_cases(at: dt.datetime | None = None) -> Rejudged:
    """Judge every case: after a change of figures or year tables, or when restored."""
    return _through(case_ids().iterator(), at or clock.now(), rejudge_all)


def judge_after_upgrade(at: dt.datetime | None = None) -> Rejudged:
    """Judge every case once by the rules of this version; killed, it goes on from where it was."""
    done, sweep = Rejudged(), open_sweep()
    if sweep is None:
        return done
    with trace.through("jobs"):
        portion = Portion()
        while batch := next_of(sweep, BATCH):
            done += rejudge_all(batch, at or clock.now())
            went_on(sweep, batch)
            if portion.is_over:
                return done
        went_through(sweep)
    return done


def warn_of_expiry(at: dt.datetime | None = None) -> int:
    """Warn the persons concerned of every clock in its last stretch; returns how many clocks."""
    instant, told = at or clock.now(), 0
    with trace.through("jobs"):
        while count := warn_before_expiry(instant, limit=BATCH):
            told += count
    return told


def judge_all_units(at: dt.datetime | None = None) -> int:
    """Judge the duties every unit bears as such; returns how many units there are."""
    with trace.through("jobs"):
        return judge_units(at)


def reconcile_vault(at: dt.datetime | None = None) -> int:
    """Hold what should be in the vault against what is; returns how many differences stand."""
    with trace.through("jobs"):
        return reconcile(at)


def raise_found_suspicions(at: dt.datetime | None = None) -> int:
    """Raise what may be a breach under Art. 47 for a person to decide; returns how many are new."""
    with trace.through("jobs"):
        found = new_grounds(at or clock.now())
        if not found:
            return 0  # nobody is registered yet in a new home, the system neither
        system = system_person()
        parts = (found[first : first + GROUNDS] for first in range(0, len(found), GROUNDS))
        return sum(len(raise_suspicions(actor=system, grounds=part)) for part in parts)


def _through(ids: Iterator[UUID], at: dt.datetime, judge: _Judge) -> Rejudged:
    """Batch after batch of ids the database read once and keeps for the pass."""
    done = Rejudged()
    with trace.through("jobs"):
        while batch := list(islice(ids, BATCH)):
            done += judge(batch, at)
    return done
