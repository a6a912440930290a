"""A levy: its opening and what is to be paid, by which standard (Art. 22). Its papers are
`actions.coercion_order`, paying is `actions.fines`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.opening import nature_of, open_directly
from liuhen.actions.paper_needs import is_issued
from liuhen.actions.parties import open_case
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import Initiation
from liuhen.people.models import Person


@act(permission="levy.open", event="levy.opened")
def open_levy(
    draft: Draft,
    *,
    actor: Person,
    cause: str,
    place: str,
    officers: Sequence[Person],
    party: Mapping[str, str],
    initiation: str,
) -> Case:
    """Open a levy, ex officio or on application.

    Raises:
        Refused: `levy.initiation`, and what `opening.open_directly` refuses.
    """
    if initiation not in set(Initiation):
        raise Refused("levy.initiation")
    case = open_directly(
        draft,
        kind=Case.Kind.LEVY,
        procedure=Case.Procedure.ORDINARY,
        cause=cause,
        place=place,
        officers=officers,
        party=party,
    )
    case.circumstances = {"initiation": initiation, "has_internal_approval": False}
    case.save(update_fields=["circumstances"])
    return case


@act(permission="levy.assess", event="levy.assessed")
def assess_levy(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    item: str,
    facts: str,
    basis: str,
    standard: str,
    quantity: str,
    amount_fen: int,
    pay_by: dt.date,
    nature: Collection[str] = (),
) -> Case:
    """State what is levied: item, facts, basis, standard, quantity, sum in fen, until when.

    `nature`: which of `opening.NATURE` hold.

    Raises:
        Refused: `record.not_found`, `case.closed`, `levy.not_levy`, `levy.decided`,
            `levy.incomplete`, `levy.amount`, `levy.pay_by`, `circumstances.unknown`.
    """
    case = open_case(draft, case_id)
    if case.kind != Case.Kind.LEVY:
        raise Refused("levy.not_levy")
    if is_issued(case, "levy_decision"):
        raise Refused("levy.decided")
    texts = {
        "item": item,
        "facts": facts,
        "basis": basis,
        "standard": standard,
        "quantity": quantity,
    }
    if not all(text.strip() for text in texts.values()):
        raise Refused("levy.incomplete")
    if amount_fen <= 0:
        raise Refused("levy.amount")
    if pay_by <= clock.local_date(draft.at):
        raise Refused("levy.pay_by")
    stated = {key: text.strip() for key, text in texts.items()}
    levy = {**stated, "amount_fen": amount_fen, "pay_by": pay_by.isoformat()}
    case.facts = {**case.facts, "levy": levy}
    case.circumstances = {**case.circumstances, **nature_of(nature)}
    case.save(update_fields=["facts", "circumstances"])
    draft.about(case)
    draft.note(amount_fen=amount_fen)
    return case
