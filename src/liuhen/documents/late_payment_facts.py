"""What a late payment penalty is counted from, for the papers that impose or collect it.

Days on which a review or a suit was under way are not known to any row: who draws up the paper
states another amount where they do not count (Penalty Law 73). Not for judging (`compliance`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.cases.models import Case
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.law.late_payment import late_payment
from liuhen.rulebook.queries import rulebook

DEFERRAL = "instalment_notice"


def late_payment_facts(case: Case, decision: Paper, on: dt.date) -> dict[str, Any]:
    """`due_on`, `from_on`, `amount_fen` as of a local day; nothing before the fine is overdue."""
    fine, served_on = decision.data.get("amount"), _served_on(decision)
    if not isinstance(fine, int) or served_on is None:
        return {}
    book = rulebook()
    days, rate, cap = (
        book.parameters.on(f"penalty_law.{name}", served_on).value
        for name in ("pay_fine", "late_penalty_rate", "late_penalty_cap")
    )
    if not (isinstance(days, int) and isinstance(rate, int) and isinstance(cap, int)):
        return {}
    length = days + _deferred(case)
    due_on = book.calendar.after_days(served_on, length, rolls=True).last_on
    owed = late_payment(fine, due_on, _paid_on(case) or on, rate=rate, cap=cap)
    if not owed.days:
        return {}
    return {"due_on": due_on, "from_on": owed.from_on, "amount_fen": owed.amount_fen}


def _served_on(decision: Paper) -> dt.date | None:
    found = [each.received_at or each.served_at for each in decision.services.all()]
    return clock.local_date(min(found)) if found else None


def _deferred(case: Case) -> int:
    """Days by which issued notices of deferral put the payment off (Penalty Law 66)."""
    notices = case.papers.filter(type=DEFERRAL, state=Paper.State.ISSUED)
    return sum(int(each.data.get("days") or 0) for each in notices)


def _paid_on(case: Case) -> dt.date | None:
    paid = case.performances.exclude(amount_fen=None).order_by("performed_at").first()
    return clock.local_date(paid.performed_at) if paid else None
