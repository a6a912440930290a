"""Article 38: binding, hand-over to the archive room, copy kept by the unit.

Restated: within thirty days of the end of the act (natural days, by our reading: Art. 39 says
"working days" where it means them) the text and audio-visual records are bound, the original goes
to the commission's archive room and the unit keeps a copy. From when the days run is a parameter.
"""

from collections.abc import Callable

from liuhen.law.duties import Due, Duty
from liuhen.law.facts import Case
from liuhen.law.moments import Moment
from liuhen.law.subjects import CASE_END
from liuhen.law.verdicts import Verdict, met, unknown, unmet
from liuhen.law.view import View, instant


def _start(view: View, case: Case) -> Moment:
    start = view.setting("measures.bind_start", case.act_ended_at)
    field = "closed_at" if start.value == "case_closed" else "act_ended_at"
    view.use(case, field)
    started: Moment = getattr(case, field)
    return started


def _has_ended(view: View, case: Case) -> bool | None:
    return view.has(_start(view, case))


def _due(view: View, case: Case) -> Due | None:
    return view.due("measures.bind_and_hand_over", _start(view, case))


def _done(field: str) -> Callable[[View, Case], Verdict]:
    def satisfied(view: View, case: Case) -> Verdict:
        view.use(case, field)
        moment: Moment = getattr(case, field)
        done = view.has(moment)
        if done is None:
            return unknown()
        return met(instant(moment)) if done else unmet()

    return satisfied


DUTIES = (
    Duty("file_bound", "38.1", CASE_END, _done("bound_at"), _has_ended, _due, act="bind_case"),
    Duty(
        "original_handed_over",
        "38.1",
        CASE_END,
        _done("original_handed_over_at"),
        _has_ended,
        _due,
        act="hand_over_case",
    ),
    Duty(
        "unit_copy_kept",
        "38.1",
        CASE_END,
        _done("unit_copy_kept_at"),
        _has_ended,
        _due,
        act="keep_unit_copy",
    ),
)
