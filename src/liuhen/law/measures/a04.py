"""Article 4: means that fit the act.

Restated: records are made by lawful, fitting and effective means according to the nature, kind,
scene and stage of the act. What fits is our own standard, the product column of the catalogue, a
photo of each thing that is taken among it: falling short of it is advice and never a breach. It is
judged only where the text doesn't demand the same anyway.
"""

from collections.abc import Callable

from liuhen.law.catalogue import Code, demands
from liuhen.law.coverage import footage, footage_due
from liuhen.law.duties import Due, Duty, conj, disj, negate
from liuhen.law.facts import Activity, Measure
from liuhen.law.findings import Column
from liuhen.law.subjects import activities, measures_taken
from liuhen.law.verdicts import Verdict, met, still_open, unknown, unmet
from liuhen.law.view import View
from liuhen.law.vocabulary import MeasureKind, RecordingKind


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


def _photographed(view: View, measure: Measure) -> Verdict:
    """At least as many pictures as there are things on the list."""
    view.use(measure, "items", "activity")
    activity = view.by_key("activities", measure.activity)
    found = None if activity is None else view.recordings_of(activity)
    if measure.items is None or found is None:
        return unknown()
    if not measure.items:
        return still_open("no_items")
    for each in found:
        view.use(each, "kind")
    photos = sum(each.kind is RecordingKind.PHOTO for each in found)
    if photos >= len(measure.items):
        return met(photos=photos)
    elsewhere = view.all("recordings") or ()
    if any(each.kind is None for each in found) or any(each.covers is None for each in elsewhere):
        return unknown()
    return unmet("photos", photos=photos, items=len(measure.items))


def _photos_due(view: View, measure: Measure) -> Due | None:
    activity = view.by_key("activities", measure.activity)
    return None if activity is None else footage_due(view, activity)


DUTIES = (
    Duty(
        "product_items_photographed",
        "4.2",
        measures_taken(*MeasureKind),
        _photographed,
        clock=_photos_due,
        column=Column.PRODUCT,
        act="upload_recording",
    ),
    _advice("product_shown", Code.SHOWN),
    _advice("product_synchronous", Code.SYNCHRONOUS),
    _advice("product_whole_course", Code.WHOLE),
    _advice("product_continuous", Code.CONTINUOUS),
)
