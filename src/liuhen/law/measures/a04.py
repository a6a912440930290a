"""Article 4: means that fit the act.

Restated: records are made by lawful, fitting and effective means according to the nature, kind,
scene and stage of the act. What fits is our own standard, the product column of the catalogue:
falling short of it is advice and never a breach. It is judged only where the text doesn't demand
the same anyway.
"""

from collections.abc import Callable

from liuhen.law.catalogue import Code, demands
from liuhen.law.coverage import footage, footage_due
from liuhen.law.duties import Duty, conj, disj, negate
from liuhen.law.facts import Activity
from liuhen.law.findings import Column
from liuhen.law.subjects import activities
from liuhen.law.verdicts import Verdict
from liuhen.law.view import View


def _goes_beyond(code: Code) -> Callable[[View, Activity], bool | None]:
    def bites(view: View, activity: Activity) -> bool | None:
        view.use(activity, "kind", "is_on_site", "is_dangerous", "is_designated")
        wanted = [bites for each, bites in demands(activity, product=True) if each is code]
        demanded = [bites for each, bites in demands(activity) if each is code]
        return conj(disj(False, *wanted), negate(disj(False, *demanded)))

    return bites


def _recorded(code: Code) -> Callable[[View, Activity], Verdict]:
    return lambda view, activity: footage(view, activity, code)


def _advice(name: str, code: Code) -> Duty[Activity]:
    return Duty(
        name,
        "4.2",
        activities(),
        _recorded(code),
        _goes_beyond(code),
        footage_due,
        Column.PRODUCT,
        act="upload_recording",
    )


DUTIES = (
    _advice("product_shown", Code.SHOWN),
    _advice("product_synchronous", Code.SYNCHRONOUS),
    _advice("product_whole_course", Code.WHOLE),
    _advice("product_continuous", Code.CONTINUOUS),
)
