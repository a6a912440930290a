"""Article 8: which acts must be recorded by sound or picture.

Restated: on-site verification for a licence; inspection, inquiry, statement and defence, collective
discussion, re-inspection and simple procedure of a penalty; sealing, seizure and enforcement; the
particulars of each thing registered and preserved; draw, inspection and supervision of promises;
objection to a levy and the decision on it; service of every mode; other contact that may cause
dispute. Any form of Art. 3 that shows the act is enough here: spans are Art. 17, 19, 21 and 27.
"""

from collections.abc import Callable

from liuhen.law.catalogue import Code, catalogue
from liuhen.law.coverage import footage, footage_due
from liuhen.law.duties import Due, Duty, conj
from liuhen.law.facts import Activity, Measure, Service
from liuhen.law.subjects import activities, measures_taken, services
from liuhen.law.verdicts import Verdict, met, still_open, unknown, unmet
from liuhen.law.view import View
from liuhen.law.vocabulary import CaseKind, MeasureKind, ServiceMode

_PARTICULARS = ("number", "name", "kind", "specification", "quantity")


def _rows(clause: str) -> tuple[str, ...]:
    return tuple(key for key, row in catalogue().activities.items() if clause in row.clauses)


def _of_kind(kind: CaseKind) -> Callable[[View, Activity], bool | None]:
    return lambda view, activity: view.is_kind(kind)


def _shown(view: View, activity: Activity) -> Verdict:
    return footage(view, activity, Code.SHOWN)


def _recorded(
    name: str, clause: str, trigger: Callable[[View, Activity], bool | None] | None
) -> Duty[Activity]:
    return Duty(
        name=name,
        clause=clause,
        over=activities(*_rows(clause)),
        trigger=trigger,
        satisfied=_shown,
        clock=footage_due,
        act="upload_recording",
    )


def _service_activity(view: View, service: Service) -> Activity | None:
    view.use(service, "activity")
    found: Activity | None = view.by_key("activities", service.activity)
    return found


# A picture kept as proof is a record of what happened on a screen or a wall.
_SHOWN_BY = {
    ServiceMode.ELECTRONIC: ("arrival_shown",),
    ServiceMode.BY_ANNOUNCEMENT: ("screenshot", "posting_recorded"),
}


def _service_shown(view: View, service: Service) -> Verdict:
    pictures = _SHOWN_BY.get(service.mode) if service.mode else None
    if pictures and True in view.use_state(service, "proofs", *pictures):
        return met()
    activity = _service_activity(view, service)
    if activity is not None:
        return footage(view, activity, Code.SHOWN)
    if service.activity is None or view.known("activities") is None:
        return unknown()
    return unmet("absent")


def _service_due(view: View, service: Service) -> Due | None:
    return view.due("product.footage_expected", service.made_at)


def _particulars(view: View, measure: Measure) -> Verdict:
    view.use(measure, "items")
    if measure.items is None:
        return unknown()
    if not measure.items:
        return still_open("no_items")
    values = [item.fields.get(name) for item in measure.items for name in _PARTICULARS]
    lacking = sum(value is False for value in values)
    if lacking:
        return unmet("particulars", lacking=lacking, items=len(measure.items))
    if conj(*values) is None:
        return unknown(f"measure:{measure.key}.items.fields")
    return met(items=len(measure.items))


def is_preservation(view: View, measure: Measure) -> bool | None:
    """Trigger: things registered and preserved as evidence."""
    view.use(measure, "kind")
    return None if measure.kind is None else measure.kind is MeasureKind.PRESERVATION


DUTIES = (
    _recorded("licensing_activity_recorded", "8.1(1)", _of_kind(CaseKind.LICENSING)),
    _recorded("penalty_activity_recorded", "8.1(2)", _of_kind(CaseKind.PENALTY)),
    _recorded("coercion_activity_recorded", "8.1(3)", _of_kind(CaseKind.COERCION)),
    _recorded("preservation_recorded", "8.1(4)", None),
    Duty(
        name="preserved_items_described",
        clause="8.1(4)",
        over=measures_taken(MeasureKind.PRESERVATION),
        trigger=is_preservation,
        satisfied=_particulars,
        act="describe_items",
    ),
    _recorded("inspection_activity_recorded", "8.1(5)", _of_kind(CaseKind.INSPECTION)),
    _recorded("levy_activity_recorded", "8.1(6)", _of_kind(CaseKind.LEVY)),
    Duty(
        name="service_recorded",
        clause="8.1(7)",
        over=services(),
        satisfied=_service_shown,
        clock=_service_due,
        act="upload_recording",
    ),
    _recorded("contact_recorded", "8.1(8)", None),
)
