"""What the register of a fine's collection is filled from: receipts and the way of the money.

Penalty Law 67 to 71; Art. 27, 34. Not for what is owed for delay (`late_payment_facts`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.cases.models import Case, Party, Performance
from liuhen.documents.late_payment_facts import late_paid_fen
from liuhen.kernel import clock


def has_banked_fine(case: Case) -> bool:
    """Whether money was paid and all of it is at the bank, also what was taken on the spot."""
    paid = _paid(case)
    return bool(paid) and all(_banked_at(one) is not None for one in paid)


def collection_facts(case: Case) -> dict[str, Any]:
    """The section `collection` beside way and ground; empty before anything is paid.

    A day on which money was handed in or banked is told once all of it was: the last one.
    """
    paid = _paid(case)
    if not paid:
        return {}
    party = case.parties.filter(role=Party.Role.PARTY).order_by("id").first()
    on_the_spot = [one for one in paid if one.way == Performance.Way.ON_THE_SPOT]
    return {
        "payer": party.name if party else None,
        "requested": "；".join(one.note for one in on_the_spot if one.note) or None,
        "receipts": [
            {
                "number": one.receipt_number,
                "amount": one.amount_fen,
                "collected_on": clock.local_date(one.performed_at).isoformat(),
                "collector": one.collected_by.name if one.collected_by else None,
            }
            for one in paid
        ],
        "late_amount_fen": late_paid_fen(case) or None,
        "handed_in_on": _last([one.handed_in_at for one in on_the_spot]),
        "banked_on": _last([_banked_at(one) for one in paid]),
    }


def _paid(case: Case) -> list[Performance]:
    listed = case.performances.exclude(amount_fen=None).select_related("collected_by")
    return list(listed.order_by("performed_at", "id"))


def _banked_at(one: Performance) -> dt.datetime | None:
    """What is paid at the bank is there at once."""
    return one.banked_at if one.way == Performance.Way.ON_THE_SPOT else one.performed_at


def _last(instants: list[dt.datetime | None]) -> dt.date | None:
    known = [one for one in instants if one is not None]
    return clock.local_date(max(known)) if known and len(known) == len(instants) else None
