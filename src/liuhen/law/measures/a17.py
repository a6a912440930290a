"""Article 17: synchronous sound and picture.

Restated: on-site inquiry, inspection, inquest, sampling, hearing and the like, sealing and seizure,
non-cooperation, and other acts designated for it are recorded with sound and picture together, save
for state secrets and comparable situations. The exemption needs a reason and an approver; it
relaxes this article and not Art. 8, so where both bite a person decides.
"""

from collections.abc import Callable

from liuhen.law.catalogue import Code, catalogue, demands
from liuhen.law.coverage import footage, footage_due
from liuhen.law.duties import Duty, Over, conj, disj
from liuhen.law.facts import Activity
from liuhen.law.subjects import activities
from liuhen.law.verdicts import Verdict, judgement, not_applicable
from liuhen.law.view import View
from liuhen.law.vocabulary import Office

_INVESTIGATION, _MEASURE = "17.1(1)", "17.1(2)"


def _rows(clause: str) -> tuple[str, ...]:
    return tuple(key for key, row in catalogue().activities.items() if clause in row.clauses)


def _is_demanded(view: View, activity: Activity) -> bool | None:
    view.use(activity, "kind", "is_on_site", "within")
    found = [bites for code, bites in demands(activity) if code is Code.SYNCHRONOUS]
    return disj(False, *found)


def _is_uncooperative(view: View, activity: Activity) -> bool | None:
    view.use(activity, "kind", "is_uncooperative")
    return True if activity.kind == "non_cooperation" else activity.is_uncooperative


def _is_designated(view: View, activity: Activity) -> bool | None:
    view.use(activity, "is_designated")
    return activity.is_designated


def _synchronous(view: View, activity: Activity) -> Verdict:
    return footage(view, activity, Code.SYNCHRONOUS)


def _is_exempt(view: View, activity: Activity) -> bool | None:
    found = view.where("exemptions", lambda each: each.activity == activity.key)
    if found is None:
        return None
    for each in found:
        view.use(each, "reason", "approved_at", "approver")
    return disj(
        False,
        *(
            conj(
                None if each.reason is None else bool(each.reason),
                view.has(each.approved_at),
                None if each.approver is None else True,
            )
            for each in found
        ),
    )


def _relieved(view: View, activity: Activity) -> Verdict:
    row = catalogue().activities.get(activity.kind)
    if row is not None and any(clause.startswith("8.") for clause in row.clauses):
        return judgement(Office.COMMISSION_LEADER)
    return not_applicable("exempt")


def _pair(
    name: str,
    clause: str,
    over: Over[Activity],
    trigger: Callable[[View, Activity], bool | None],
) -> tuple[Duty[Activity], Duty[Activity]]:
    base = Duty(
        name=name,
        clause=clause,
        over=over,
        trigger=trigger,
        satisfied=_synchronous,
        clock=footage_due,
        act="upload_recording",
    )
    relief = Duty(
        name=f"exempt_from_{name}",
        clause="17.1",
        over=over,
        trigger=_is_exempt,
        satisfied=_relieved,
        exception_to=name,
    )
    return base, relief


DUTIES = (
    *_pair(
        "investigation_synchronous",
        _INVESTIGATION,
        activities(*_rows(_INVESTIGATION)),
        _is_demanded,
    ),
    *_pair("measure_synchronous", _MEASURE, activities(*_rows(_MEASURE)), _is_demanded),
    *_pair("non_cooperation_synchronous", "17.1(3)", activities(), _is_uncooperative),
    *_pair("designated_synchronous", "17.1(4)", activities(), _is_designated),
)
