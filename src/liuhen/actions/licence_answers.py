"""What the answers to an application wait for and bring about (Licensing Law 32).

Not acts by themselves; the answers are papers (`actions.papers`).
"""

from __future__ import annotations

import datetime as dt

from liuhen.actions.act import Draft
from liuhen.actions.simple_procedure import figure
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.rulebook.queries import rulebook


def refuse_late_supplement(paper: Paper, at: dt.datetime) -> None:
    """After the days of Licensing Law 32 the application counts as accepted on receipt.

    Raises:
        Refused: `application.deemed_accepted` with the last day for telling.
    """
    received = clock.parse_iso(paper.case.facts["licence"]["received_at"])
    days = figure("licensing_law.supplement_notice", received)
    last = rulebook().calendar.after_workdays(clock.local_date(received), days)
    if at > last.due_at:
        raise Refused("application.deemed_accepted", until=last.last_on.isoformat())


def begin_decision_clock(draft: Draft, paper: Paper) -> None:
    """Acceptance starts the clock of the decision (Licensing Law 42)."""
    case = paper.case
    if case.initiated_at is None:
        case.initiated_at = draft.at
        case.save(update_fields=["initiated_at"])
