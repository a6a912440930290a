"""What a late payment penalty is counted from, for the papers that impose or collect it.

Days on which a review or a suit was under way do not count (Penalty Law 73): the days on which
they began and ended are recorded (`actions.remedies`). Not for judging (`compliance`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from liuhen.cases.models import Case
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.law.calendar import DaySpan
from liuhen.law.late_payment import late_payment
from liuhen.rulebook.queries import rulebook

DEFERRAL = "instalment_notice"
REMEDIES = {"review": "行政复议", "suit": "行政诉讼"}
_DAY = dt.timedelta(days=1)


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
    until = _paid_on(case) or on
    excluded = remedy_days(case)
    owed = late_payment(fine, due_on, until, rate=rate, cap=cap, excluded=excluded)
    if not owed.days:
        return {}
    return {"due_on": due_on, "from_on": owed.from_on, "amount_fen": owed.amount_fen}


def remedies_of(case: Case) -> list[dict[str, Any]]:
    """Review and suit in their order: `kind`, `body`, `began_on`, then `ended_on`, `result`."""
    found: list[dict[str, Any]] = case.facts.get("remedies") or []
    return found


def open_remedy(case: Case) -> dict[str, Any] | None:
    """The review or suit that goes on; None when none does."""
    rows = remedies_of(case)
    return rows[-1] if rows and "ended_on" not in rows[-1] else None


def remedy_days(case: Case) -> list[DaySpan]:
    """Half-open spans from the day each began to the day it ended, that day too; open while on."""
    return [
        (
            dt.date.fromisoformat(row["began_on"]),
            dt.date.fromisoformat(row["ended_on"]) + _DAY if "ended_on" in row else None,
        )
        for row in remedies_of(case)
    ]


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
