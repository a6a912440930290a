"""A coercive measure from its opening on: what is stated, kept and paid.

Sealing and seizure have a case of their own, which may arise from a penalty. Their papers are
`actions.paper_drafts` and `actions.papers`, the scene `actions.coercion_scene`, what becomes of the
things `actions.coercion_handling`. Coercion Law 16–26.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.coercion_scene import require_power
from liuhen.actions.opening import nature_of, open_directly
from liuhen.actions.paper_needs import is_issued
from liuhen.actions.parties import open_case
from liuhen.actions.simple_procedure import figure
from liuhen.cases.models import Case
from liuhen.compliance.models import Finding
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import MeasureKind
from liuhen.people.models import Person, Unit

_KINDS = frozenset({MeasureKind.SEALING, MeasureKind.SEIZURE})


@act(permission="coercion.open", event="coercion.measure_opened")
def open_measure(
    draft: Draft,
    *,
    actor: Person,
    cause: str,
    place: str,
    officers: Sequence[Person],
    party: Mapping[str, str],
    arises_from_id: UUID | None = None,
) -> Case:
    """Open a case for a sealing or seizure, where the unit's list of powers holds it.

    `arises_from_id` names the penalty under investigation for which things are taken.

    Raises:
        Refused: `coercion.no_power`, `record.not_found`, `case.closed`, and what
            `opening.open_directly` refuses.
    """
    require_power(draft.actor.unit, Unit.Power.MEASURE)
    origin = None if arises_from_id is None else open_case(draft, arises_from_id)
    case = open_directly(
        draft,
        kind=Case.Kind.COERCION,
        procedure=Case.Procedure.MEASURE,
        cause=cause,
        place=place,
        officers=officers,
        party=party,
    )
    case.circumstances = {"has_coercive_power": True, "has_internal_approval": False}
    if origin is not None:
        case.facts = {"arises_from": {"case_id": str(origin.id), "number": origin.number}}
    case.save(update_fields=["circumstances", "facts"])
    return case


@act(permission="coercion.state", event="coercion.measure_stated")
def state_measure(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    measure: str,
    reason: str,
    basis: str,
    objects: str,
    keeping: str,
    days: int,
    is_spared: bool,
    nature: Collection[str] = (),
    urgency: str = "",
) -> Case:
    """State what is to be sealed or seized, why, where it is kept and for how long, in days.

    `urgency` says why it can't wait for approval; the approval is then made up within 24 hours
    (Coercion Law 19). `is_spared`: nothing unrelated, no necessities of a citizen and their
    family, nothing another authority has sealed (23). `nature`: which of `opening.NATURE` hold.

    Raises:
        Refused: `record.not_found`, `case.closed`, `coercion.not_measure`, `coercion.taken`,
            `coercion.incomplete`, `coercion.protected`, `coercion.days`,
            `circumstances.unknown`.
    """
    case = open_case(draft, case_id)
    refuse_other(case)
    if is_issued(case, "coercion_approval") or _taken(case) is not None:
        raise Refused("coercion.taken")
    texts = {"reason": reason, "basis": basis, "objects": objects, "keeping": keeping}
    if measure not in _KINDS or not all(text.strip() for text in texts.values()):
        raise Refused("coercion.incomplete")
    if not is_spared:
        raise Refused("coercion.protected")
    most = figure("coercion_law.seizure", draft.at)
    if not 0 < days <= most:
        raise Refused("coercion.days", most=most)
    stated = {key: text.strip() for key, text in texts.items()}
    change(case, **stated, measure=measure, days=days, urgency=urgency.strip())
    case.circumstances = {
        **case.circumstances,
        **nature_of(nature),
        "is_emergency_start": bool(urgency.strip()),
        "measure_kind": measure,
    }
    case.save(update_fields=["circumstances"])
    draft.about(case)
    return case


@act(permission="coercion.state", event="coercion.cost_recorded")
def record_cost(
    draft: Draft, *, actor: Person, case_id: UUID, amount_fen: int, payee: str, note: str
) -> Case:
    """Record what keeping the things cost the authority, which bears it (Coercion Law 26).

    Raises:
        Refused: `record.not_found`, `case.closed`, `coercion.not_measure`, `coercion.not_taken`,
            `coercion.cost`.
    """
    case = open_case(draft, case_id)
    refuse_other(case)
    _require_taken(case)
    if amount_fen <= 0 or not (payee.strip() and note.strip()):
        raise Refused("coercion.cost")
    row = {
        "amount_fen": amount_fen,
        "payee": payee.strip(),
        "note": note.strip(),
        "recorded_on": clock.local_date(draft.at).isoformat(),
    }
    change(case, costs=[*stated(case).get("costs", ()), row])
    draft.about(case)
    draft.note(amount_fen=amount_fen)
    return case


def measure_prolongation(draft: Draft, paper: Paper) -> None:
    """Put the last day into a prolongation: in time, once, by no more than the law has (25).

    Raises:
        Refused: `coercion.too_long`, `coercion.over`.
    """
    most, days = figure("coercion_law.seizure_prolonged", draft.at), paper.data.get("days")
    if not isinstance(days, int) or not 0 < days <= most:
        raise Refused("coercion.too_long", most=most)
    running = Finding.objects.filter(case=paper.case, rule="measure_ended_in_time")
    due = running.exclude(due_at=None).values_list("due_at", flat=True).first()
    if due is None:
        return
    # The decision may have given less than the law allows.
    given = stated(paper.case)["days"] - figure("coercion_law.seizure", draft.at)
    last = clock.local_date(due) + dt.timedelta(days=given)
    if clock.local_date(draft.at) > last:
        raise Refused("coercion.over", until=last.isoformat())
    paper.data["until"] = (last + dt.timedelta(days=days)).isoformat()
    paper.save(update_fields=["data"])


def stated(case: Case) -> dict[str, Any]:
    """What was stated of the measure so far."""
    return dict(case.facts.get("coercion") or {})


def change(case: Case, **more: Any) -> None:
    """Note more of a measure in its case."""
    case.facts = {**case.facts, "coercion": {**stated(case), **more}}
    case.save(update_fields=["facts"])


def refuse_other(case: Case) -> None:
    """Only a sealing or seizure. Raises `Refused("coercion.not_measure")`."""
    if case.procedure != Case.Procedure.MEASURE:
        raise Refused("coercion.not_measure")


def _taken(case: Case) -> Any:
    return case.activities.filter(kind="sealing_or_seizure").first()


def _require_taken(case: Case) -> None:
    if _taken(case) is None:
        raise Refused("coercion.not_taken")
