"""Acts on a suspected breach (Art. 47): decided, ordered to be put right, answered, checked.

Nobody handles what concerns themselves, their unit or a case they carried. Not for reports to the
leaders (`accountability`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.drawing_up import next_number, rendered, require_complete
from liuhen.actions.paper_sealing import seal
from liuhen.assembly.document_types import document_type
from liuhen.assembly.signing import stroke_drawing
from liuhen.documents.models import Paper, Signature
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.clauses import citation
from liuhen.oversight.elements import ANSWERS, LABELS, elements_of, is_established, is_serious
from liuhen.oversight.models import CorrectionOrder, Suspicion
from liuhen.oversight.queries import headed_units, is_own, is_repeated, visible_suspicions
from liuhen.people.models import Person, Unit
from liuhen.vault import keeping
from liuhen.vault.models import Original

ORDER, ANSWER = "rectification_order", "rectification_answer"
# What a paper calls the measures; statutes are cited by their own names.
MEASURES = "《行政执法全过程记录实施办法》"


@act(permission="breach.decide", event="suspicion.decided")
def decide_suspicion(
    draft: Draft,
    *,
    actor: Person,
    suspicion_id: UUID,
    elements: Mapping[str, Mapping[str, str]],
) -> Suspicion:
    """Decide each element: yes, no, or not established yet, with the reason.

    What is not established yet stays open and may be decided again.

    Raises:
        Refused: `record.not_found`, `breach.own`, `breach.decided`, `breach.element`,
            `breach.reason`.
    """
    found = locked_suspicion(draft, suspicion_id)
    if found.outcome:
        raise Refused("breach.decided", outcome=found.get_outcome_display())
    kept: dict[str, dict[str, str]] = {}
    for element in elements_of(found.item):
        given = elements.get(element, {})
        answer, reason = given.get("answer", ""), str(given.get("reason", "")).strip()
        if answer not in ANSWERS:
            raise Refused("breach.element", element=LABELS[element])
        if not reason:
            raise Refused("breach.reason", element=LABELS[element])
        kept[element.value] = {"answer": str(answer), "reason": reason}
    answers = {key: one["answer"] for key, one in kept.items()}
    is_breach = is_established(found.item, answers)
    found.elements, found.decided_by, found.decided_at = kept, actor, draft.at
    if is_breach is not None:
        outcomes = Suspicion.Outcome
        found.outcome = outcomes.ESTABLISHED if is_breach else outcomes.DISMISSED
    if is_breach:
        found.is_serious = is_serious(answers)
        found.is_repeated = is_repeated(found, draft.at)
    found.save()
    draft.note(answers=answers, outcome=str(found.outcome))
    return found


@act(permission="breach.decide", event="correction.ordered")
def order_correction(
    draft: Draft,
    *,
    actor: Person,
    suspicion_id: UUID,
    demand: str,
    due_on: dt.date,
    unit: Unit | None = None,
) -> CorrectionOrder:
    """Order the unit to put an established breach right by a day, with a sealed paper.

    `unit` is named where the suspicion knows none.

    Raises:
        Refused: `record.not_found`, `breach.own`, `breach.not_established`, `correction.ordered`,
            `correction.demand`, `correction.due`, `correction.unit`, `paper.incomplete`,
            `paper_certificate.*`.
    """
    found = locked_suspicion(draft, suspicion_id)
    if found.outcome != Suspicion.Outcome.ESTABLISHED:
        raise Refused("breach.not_established")
    if found.orders.exists():
        raise Refused("correction.ordered")
    ordered = found.unit or unit
    if ordered is None:
        raise Refused("correction.unit")
    if found.unit is None:
        found.unit = ordered
        _refuse_own(actor, found)
        found.is_repeated = is_repeated(found, draft.at)
        found.save(update_fields=["unit", "is_repeated"])
    return _order(draft, found, ordered, demand, due_on, None)


@act(permission="correction.answer", event="correction.answered")
def answer_correction(
    draft: Draft,
    *,
    actor: Person,
    order_id: UUID,
    done: str,
    measures: str,
    strokes: Sequence[Any],
) -> CorrectionOrder:
    """Report, as the head of the unit, what was put right and what keeps it from happening again.

    Raises:
        Refused: `record.not_found`, `correction.not_yours`, `correction.step`,
            `correction.incomplete`, `signature.empty`.
    """
    order = _locked_order(draft, order_id)
    if not headed_units(actor).filter(id=order.unit_id).exists():
        raise Refused("correction.not_yours", unit=order.unit.name)
    if order.step != "answer":
        raise Refused("correction.step")
    if not (done.strip() and measures.strip()):
        raise Refused("correction.incomplete")
    if stroke_drawing(list(strokes)) is None:
        raise Refused("signature.empty")
    order.done, order.measures = done.strip(), measures.strip()
    order.answered_by, order.answered_at = actor, draft.at
    data = {
        "authority_name": authority_of(order.unit),
        "order_number": order.number,
        "unit": order.unit.name,
        "done": order.done,
        "measures": order.measures,
        "reported_on": clock.local_date(draft.at).isoformat(),
    }
    ink = Signature(
        role=Signature.Role.UNIT_HEAD,
        person=actor,
        name=actor.name,
        strokes=list(strokes),
        signed_at=draft.at,
    )
    order.answer = keep_paper(draft, Paper(type=ANSWER, data=data), order.number, [ink])
    order.save()
    draft.note(number=order.number, paper=order.answer.sha256)
    return order


@act(permission="breach.decide", event="correction.checked")
def check_correction(
    draft: Draft,
    *,
    actor: Person,
    order_id: UUID,
    is_settled: bool,
    note: str,
    due_on: dt.date | None = None,
) -> CorrectionOrder:
    """Check what the unit reported: closed, or ordered again with a new day.

    A unit that let the day pass without an answer can only be ordered again. Returns the order
    that now stands.

    Raises:
        Refused: `record.not_found`, `breach.own`, `correction.step`, `correction.unanswered`,
            `reason.missing`, `correction.due`.
    """
    order = _locked_order(draft, order_id)
    suspicion = order.suspicion
    _refuse_own(actor, suspicion)
    if actor.id == order.answered_by_id:
        raise Refused("breach.own")
    if order.step == "done":
        raise Refused("correction.step")
    if order.step == "answer" and (is_settled or draft.at <= order.due_at):
        raise Refused("correction.unanswered")
    if not note.strip():
        raise Refused("reason.missing")
    order.is_settled, order.check_note = is_settled, note.strip()
    order.checked_by, order.checked_at = actor, draft.at
    order.save()
    draft.note(number=order.number, is_settled=is_settled)
    if is_settled:
        return order
    if due_on is None:
        raise Refused("correction.due")
    return _order(draft, suspicion, order.unit, note, due_on, order)


def locked_suspicion(draft: Draft, suspicion_id: UUID) -> Suspicion:
    """Lock a suspicion that is not the actor's own.

    Raises:
        Refused: `record.not_found`, `breach.own`.
    """
    seen = visible_suspicions(draft.actor).filter(id=suspicion_id).values("id")
    rows = Suspicion.objects.select_for_update(of=("self",)).filter(id__in=seen)
    found = rows.select_related("case", "unit").first()
    if found is None:
        raise Refused("record.not_found")
    draft.about(found)
    draft.entry.case_id = found.case_id
    _refuse_own(draft.actor, found)
    return found


def _refuse_own(actor: Person, suspicion: Suspicion) -> None:
    if is_own(actor, suspicion):
        raise Refused("breach.own")


def _locked_order(draft: Draft, order_id: UUID) -> CorrectionOrder:
    seen = visible_suspicions(draft.actor).order_by().values("id")
    rows = CorrectionOrder.objects.select_for_update(of=("self",))
    found = rows.filter(id=order_id, suspicion__in=seen)
    order = found.select_related("unit", "suspicion__case", "suspicion__unit").first()
    if order is None:
        raise Refused("record.not_found")
    draft.about(order)
    draft.entry.case_id = order.suspicion.case_id
    return order


def _order(
    draft: Draft,
    suspicion: Suspicion,
    unit: Unit,
    demand: str,
    due_on: dt.date,
    follows: CorrectionOrder | None,
) -> CorrectionOrder:
    if not demand.strip():
        raise Refused("correction.demand")
    if due_on <= clock.local_date(draft.at):
        raise Refused("correction.due")
    number, paper = _order_paper(draft, suspicion, unit, demand.strip(), due_on)
    order = CorrectionOrder.objects.create(
        suspicion=suspicion,
        follows=follows,
        unit=unit,
        number=number,
        demand=demand.strip(),
        due_on=due_on,
        paper=paper,
        issued_by=draft.actor,
        issued_at=draft.at,
    )
    draft.note(ordered=number, due_on=due_on.isoformat(), paper=order.paper_id)
    return order


def _order_paper(
    draft: Draft, suspicion: Suspicion, unit: Unit, demand: str, due_on: dt.date
) -> tuple[str, Original]:
    """The number and the sealed file of an order; the unit of who orders gives the number."""
    issuing = draft.actor.unit or unit
    kind = document_type(ORDER)
    number = kind.number(issuing.number_prefix, *next_number(issuing, ORDER, draft.at))
    data = {
        "authority_name": authority_of(issuing),
        "number": number,
        "addressee": unit.name,
        "breach": suspicion.ground,
        "article": cited(suspicion),
        "demand": demand,
        "due_on": due_on.isoformat(),
        "contact_name": draft.actor.name,
        "contact_phone": issuing.profile.get("phone", ""),
        "contact_address": issuing.profile.get("address", ""),
        "issued_on": clock.local_date(draft.at).isoformat(),
    }
    return number, keep_paper(draft, Paper(type=ORDER, data=data), number, [])


def cited(suspicion: Suspicion) -> str:
    """The clause a breach is of, as a paper cites it."""
    clause = suspicion.clause or f"47.1({suspicion.item})"
    return citation(clause) if ":" in clause else f"{MEASURES}{citation(clause)}"


def authority_of(unit: Unit) -> str:
    """The authority as its papers name it."""
    return str(unit.profile.get("authority") or unit.name)


def keep_paper(draft: Draft, paper: Paper, number: str, ink: list[Signature]) -> Original:
    """A paper of no case, signed and sealed, in the vault; only its file is kept.

    Raises:
        Refused: `paper.incomplete`, `paper_certificate.*`.
    """
    require_complete(paper)
    pdf = seal(paper, rendered(paper, ink, draft.at), ink, draft.at).pdf
    name = f"{paper.document_type.title}{number}.pdf"
    return keeping.keep_bytes(pdf, name=name, by=draft.actor.id, at=draft.at)
