"""Paying a fine later or in parts: asked by the party, granted by the head (Penalty Law 66).

The form is drawn up by hand and sent along its route; the last approval issues it and the notice
to the party. What is paid is `actions.fines`.
"""

from __future__ import annotations

import datetime as dt

from liuhen.actions.act import Draft
from liuhen.actions.drawing_up import draw_up, issue
from liuhen.approvals.models import Approval
from liuhen.cases.models import Case
from liuhen.documents.late_payment_facts import DEFERRAL
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused

FORM = "instalment_approval"


def refuse_bad_plan(paper: Paper) -> None:
    """Refuse a plan that does not add up to the fine, or whose days do not follow one another.

    Raises:
        Refused: `plan.sum`, `plan.days`.
    """
    plan, fine = paper.data.get("plan") or [], int(paper.data.get("amount") or 0)
    planned = sum(int(row.get("amount") or 0) for row in plan)
    if planned != fine:
        raise Refused("plan.sum", planned=f"{planned / 100:g}", fine=f"{fine / 100:g}")
    days = [dt.date.fromisoformat(row["due_on"]) for row in plan]
    if days != sorted(set(days)):
        raise Refused("plan.days")


def grant(draft: Draft, case: Case, approval: Approval) -> None:
    """The head grants the plan: the form is issued, and with it the notice to the party."""
    paper = Paper.objects.select_for_update().get(id=approval.subject_id)
    paper.case = case
    refuse_bad_plan(paper)
    issue(draft, paper)
    given = {key: paper.data[key] for key in ("amount", "plan")}
    issue(draft, draw_up(draft, case, DEFERRAL, given=given, subject_id=paper.id))
