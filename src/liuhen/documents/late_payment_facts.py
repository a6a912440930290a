"""What a late payment penalty is counted from, for the papers that impose or collect it.

Days on which a review or a suit was under way do not count (Penalty Law 73): the days on which
they began and ended are recorded (`actions.remedies`). Not for judging (`compliance`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from liuhen.cases.models import Case, Performance
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.law.calendar import DaySpan
from liuhen.law.late_payment import late_payment_of_parts
from liuhen.rulebook.queries import rulebook

DEFERRAL = "instalment_notice"
REMEDIES = {"review": "行政复议", "suit": "行政诉讼"}
_DAY = dt.timedelta(days=1)


def late_payment_facts(case: Case, decision: Paper, on: dt.date) -> dict[str, Any]:
    """`due_on`, `from_on`, `amount_fen` as of a local day; nothing before the fine is overdue."""
    parts = parts_due(case, decision)
    served_on = _served_on(decision)
    if not parts or served_on is None:
        return {}
    rate, cap = (
        rulebook().parameters.on(f"penalty_law.late_penalty_{name}", served_on).value
        for name in ("rate", "cap")
    )
    if not (isinstance(rate, int) and isinstance(cap, int)):
        return {}
    owed = late_payment_of_parts(
        parts, payments(case), on, rate=rate, cap=cap, excluded=remedy_days(case)
    )
    if owed is None:
        return {}
    due_on = owed.from_on - _DAY
    return {"due_on": due_on, "from_on": owed.from_on, "amount_fen": owed.amount_fen}


def parts_due(case: Case, decision: Paper) -> list[tuple[int, dt.date]]:
    """The fine as it falls due, (fen, last day): by the plan granted, else whole, once served."""
    fine, served_on = decision.data.get("amount"), _served_on(decision)
    if not isinstance(fine, int) or served_on is None:
        return []
    plan = plan_of(case)
    if plan:
        return plan
    book = rulebook()
    days = book.parameters.on("penalty_law.pay_fine", served_on).value
    if not isinstance(days, int):
        return []
    return [(fine, book.calendar.after_days(served_on, days, rolls=True).last_on)]


def plan_of(case: Case) -> list[tuple[int, dt.date]]:
    """The parts granted last for paying later (Penalty Law 66): (fen, last day), in their order."""
    notices = case.papers.filter(type=DEFERRAL, state=Paper.State.ISSUED)
    notice = notices.order_by("-issued_at").first()
    rows = notice.data.get("plan") or [] if notice is not None else []
    return [(int(row["amount"]), dt.date.fromisoformat(row["due_on"])) for row in rows]


def payments(case: Case) -> list[tuple[dt.date, int]]:
    """What was paid of the fine, (local day, fen); what was paid for delay is left out."""
    paid = case.performances.exclude(amount_fen=None).exclude(purpose=Performance.Purpose.LATE)
    return [
        (clock.local_date(one.performed_at), one.amount_fen or 0)
        for one in paid.order_by("performed_at")
    ]


def late_paid_fen(case: Case) -> int:
    """What was paid for delay."""
    late = case.performances.filter(purpose=Performance.Purpose.LATE)
    return sum(one.amount_fen or 0 for one in late)


def remedies_of(case: Case) -> list[dict[str, Any]]:
    """Review and suit in their order: `kind`, `body`, `began_on`, then `ended_on`, `result`."""
    found: list[dict[str, Any]] = case.facts.get("remedies") or []
    return found


def open_remedy(case: Case) -> dict[str, Any] | None:
    """The review or suit that goes on; None when none does."""
    rows = remedies_of(case)
    return rows[-1] if rows and "ended_on" not in rows[-1] else None


def answer_due(row: Mapping[str, Any]) -> dt.date | None:
    """Until when our answer and the file are to be handed in; None while no copy was received.

    A suit gives 15 days (Litigation Law 67); a review ten working days, five where it takes the
    summary course (Reconsideration Law 48, 54, 88).
    """
    if "notified_on" not in row:
        return None
    notified_on = dt.date.fromisoformat(row["notified_on"])
    book = rulebook()
    if row["kind"] == "suit":
        days = book.parameters.on("litigation.evidence", notified_on).value
        return book.calendar.after_days(notified_on, int(days or 0)).last_on
    name = "reconsideration.answer_summary" if row.get("is_summary") else "reconsideration.answer"
    days = book.parameters.on(name, notified_on).value
    return book.calendar.after_workdays(notified_on, int(days or 0)).last_on


def review_decided_by(row: Mapping[str, Any]) -> tuple[dt.date, dt.date] | None:
    """By when a review should be decided, and by when if it was prolonged (Reconsideration Law 62).

    Counted from the day it was asked for, the acceptance being the body's own; None of a suit.
    """
    if row["kind"] != "review":
        return None
    began_on = dt.date.fromisoformat(row["began_on"])
    book = rulebook()
    names = ("reconsideration.decide", "reconsideration.decide_prolonged")
    days, more = (int(book.parameters.on(name, began_on).value or 0) for name in names)
    ends = (book.calendar.after_days(began_on, each).last_on for each in (days, days + more))
    return tuple(ends)  # type: ignore[return-value]


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
