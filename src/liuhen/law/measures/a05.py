"""Article 5: equipment.

Restated: units with enforcement powers have recording equipment according to their need and the
number of their officers. How many officers one recorder may serve is a parameter: the text sets no
figure.
"""

from liuhen.law.duties import Duty, conj
from liuhen.law.subjects import UNIT
from liuhen.law.unit_facts import Unit
from liuhen.law.verdicts import Verdict, met, unknown, unmet
from liuhen.law.view import View


def _has_officers(view: View, unit: Unit) -> bool | None:
    view.use(unit, "enforces", "officers_count")
    return conj(unit.enforces, None if unit.officers_count is None else unit.officers_count > 0)


def _equipped(view: View, unit: Unit) -> Verdict:
    view.use(unit, "officers_count", "recorders_count")
    if unit.officers_count is None or unit.recorders_count is None:
        return unknown()
    served = view.figure("measures.officers_per_recorder", view.at)
    needed = -(-unit.officers_count // served)
    data = {"officers": unit.officers_count, "held": unit.recorders_count, "needed": needed}
    return met(**data) if unit.recorders_count >= needed else unmet("short", **data)


DUTIES = (Duty("unit_equipped", "5.2", UNIT, _equipped, _has_officers, act="allot_devices"),)
