"""Article 21: dangerous actions, what on-site recordings show, and breaks.

Restated: on-site action that may endanger liberty, life, health or property is recorded without a
break from arrival to its end, or until the party taken along is in the handling room. Five contents
are captured on the scene (advice in this system). A break for an objective cause is explained when
recording resumes; when it can't resume, the head of the officer's department is told at once and a
written statement follows.
"""

from collections.abc import Callable

from liuhen.law.catalogue import Code
from liuhen.law.coverage import footage, footage_due
from liuhen.law.duties import Duty, conj, negate
from liuhen.law.facts import Activity, Gap
from liuhen.law.findings import Column
from liuhen.law.moments import Moment
from liuhen.law.phrases import open_until_closed
from liuhen.law.subjects import GAPS, activities
from liuhen.law.verdicts import Verdict, answer, failed, met, unknown, unmet
from liuhen.law.view import View
from liuhen.law.vocabulary import OBJECTIVE_CAUSES

CONTENTS = ("surroundings", "people", "things", "handling", "other")


def _is_dangerous(view: View, activity: Activity) -> bool | None:
    view.use(activity, "kind", "is_dangerous")
    return True if activity.kind == "dangerous_action" else activity.is_dangerous


def _continuous(view: View, activity: Activity) -> Verdict:
    return footage(view, activity, Code.CONTINUOUS)


def _is_on_site(view: View, activity: Activity) -> bool | None:
    view.use(activity, "is_on_site")
    recordings = view.recordings_of(activity)
    return conj(activity.is_on_site, None if recordings is None else bool(recordings))


def _contents(view: View, activity: Activity) -> Verdict:
    values = view.use_state(activity, "seen", *CONTENTS[:4])
    lacking = [name for name, value in zip(CONTENTS, values, strict=False) if value is False]
    return unmet(fields=",".join(lacking)) if lacking else answer(conj(*values))


def _is_objective(view: View, gap: Gap) -> Verdict:
    view.use(gap, "cause")
    if gap.cause is None:
        return unknown()
    return met() if gap.cause in OBJECTIVE_CAUSES else failed()


def _has_resumed(view: View, gap: Gap) -> bool | None:
    view.use(gap, "recording_resumed")
    return gap.recording_resumed


def _has_stopped(view: View, gap: Gap) -> bool | None:
    return negate(_has_resumed(view, gap))


def _explained(view: View, gap: Gap) -> Verdict:
    view.use(gap, "explained_on_resumption", "explained_at")
    if gap.explained_on_resumption is False:
        return failed("afterwards" if view.has(gap.explained_at) else "")
    return answer(gap.explained_on_resumption)


def _done(field: str) -> Callable[[View, Gap], Verdict]:
    def satisfied(view: View, gap: Gap) -> Verdict:
        view.use(gap, field)
        moment: Moment = getattr(gap, field)
        done = view.has(moment)
        if done is None:
            return unknown()
        return met() if done else open_until_closed(view)

    return satisfied


DUTIES = (
    Duty(
        "dangerous_action_continuous",
        "21.1",
        activities(),
        _continuous,
        _is_dangerous,
        footage_due,
        act="upload_recording",
    ),
    Duty(
        "scene_contents_captured",
        "21.2",
        activities(),
        _contents,
        _is_on_site,
        column=Column.PRODUCT,
        act="review_recording",
    ),
    Duty("break_had_objective_cause", "21.3", GAPS, _is_objective, act="explain_gap"),
    Duty("break_explained", "21.3", GAPS, _explained, _has_resumed, act="explain_gap"),
    Duty("break_reported", "21.3", GAPS, _done("reported_at"), _has_stopped, act="report_gap"),
    Duty(
        "break_statement_written",
        "21.3",
        GAPS,
        _done("statement_at"),
        _has_stopped,
        act="issue_paper",
    ),
)
