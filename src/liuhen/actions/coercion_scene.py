"""Before a coercive activity begins: the unit's power, what was stated, the law's gate.

Inner steps of `actions.investigation.start_activity`; not acts by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from liuhen.actions.act import Draft
from liuhen.actions.enforcement_halts import refuse_halted
from liuhen.actions.paper_needs import is_issued
from liuhen.actions.stages import advance
from liuhen.cases.models import Activity, Case
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Unit


def require_power(unit: Unit | None, power: Unit.Power) -> None:
    """Only what stands in the unit's list of powers (Coercion Law 13, 17).

    Raises:
        Refused: `coercion.no_power`.
    """
    if unit is None or power not in unit.powers:
        raise Refused("coercion.no_power", unit=unit.name if unit else "", power=power.label)


def begin_taking(draft: Draft, case: Case, activity: Activity) -> None:
    """A sealing or seizure begins: stated, approved, or urgent and approved afterwards."""
    require_power(case.unit, Unit.Power.MEASURE)
    stated = case.facts.get("coercion") or {}
    if not stated.get("measure"):
        raise Refused("coercion.unstated")
    urgency = {"is_urgent": bool(stated["urgency"]), "measure_kind": stated["measure"]}
    _describe(activity, **urgency)
    draft.gate("take_measure", case)
    advance(case, "on_site")


def begin_enforcing(draft: Draft, case: Case, activity: Activity) -> None:
    """Enforcement begins by day, after its reminder, without cutting homes off (43)."""
    require_power(case.unit, Unit.Power.ENFORCEMENT)
    if not is_issued(case, "enforcement_decision", "substitute_performance_decision"):
        raise Refused("enforcement.undecided")
    refuse_halted(case)
    if activity.facts.get("keeps_supply") is not True:
        raise Refused("enforcement.supply")
    if activity.facts.get("is_urgent") and not str(activity.facts.get("urgency", "")).strip():
        raise Refused("enforcement.urgency")
    _describe(activity, is_substitute=is_issued(case, "substitute_performance_decision"))
    draft.gate("enforce", case)
    advance(case, "enforcement")


def _describe(activity: Activity, **facts: bool | str) -> None:
    activity.facts = {**activity.facts, **facts}
    activity.save(update_fields=["facts"])


def begin_coercion(draft: Draft, case: Case, activity: Activity) -> None:
    """What a coercive activity must pass; asked once it has its row: the law judges with it."""
    begin = _BEGINNINGS.get(activity.kind)
    if begin is not None:
        begin(draft, case, activity)


_BEGINNINGS: Mapping[str, Callable[[Draft, Case, Activity], None]] = {
    "sealing_or_seizure": begin_taking,
    "enforcement": begin_enforcing,
}
