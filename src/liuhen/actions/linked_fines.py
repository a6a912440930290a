"""What changes about a decision, told to the cases that enforce it or auction things for its fine.

Those cases judge by what they were told (`compliance.enforcement_facts`, `handling_facts`), so a
review, a suit or a payment is noted there in the same act. Not acts by themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft
from liuhen.actions.coercion import change, stated
from liuhen.cases.models import Case, Performance
from liuhen.cases.queries import performing
from liuhen.documents.case_facts import PAYABLE_TYPES
from liuhen.documents.handled_things import HANDLING
from liuhen.documents.late_payment_facts import remedies_of
from liuhen.documents.models import Paper
from liuhen.kernel import clock


def standing_of(fined: Case) -> dict[str, Any]:
    """Reviews and suits against the decision of a case, and when its fine was paid in whole."""
    whole = performing(fined).filter(purpose=Performance.Purpose.WHOLE).order_by("performed_at")
    paid = whole.values_list("performed_at", flat=True).first()
    return {"remedies": remedies_of(fined), "paid_at": clock.iso(paid) if paid else None}


def tell_linked(draft: Draft, fined: Case) -> None:
    """Note how it stands with a decision in the cases that rest on it; they are judged with it."""
    told = standing_of(fined)
    enforcement = (fined.facts.get("enforcement") or {}).get("case_id")
    if enforcement is not None:
        case = _opened(draft, UUID(enforcement))
        enforced = case.facts.get("enforced") or {}
        case.facts = {**case.facts, "enforced": {**enforced, "remedies": told["remedies"]}}
        case.save(update_fields=["facts"])
    issued = fined.papers.filter(state=Paper.State.ISSUED, type__in=PAYABLE_TYPES)
    numbers = list(issued.values_list("number", flat=True))
    resting = Paper.objects.filter(type=HANDLING, data__fine_number__in=numbers)
    for case_id in sorted(set(resting.values_list("case_id", flat=True))):
        case = _opened(draft, case_id)
        change(case, fines=_told(case, str(fined.id), told))
    draft.entry.case_id = fined.id


def _told(case: Case, fined: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """The fines a case is to recover, those of one decision as it stands now."""
    fines: Mapping[str, Mapping[str, Any]] = stated(case).get("fines") or {}
    return {
        paper: {**fine, **told} if fine["case_id"] == fined else dict(fine)
        for paper, fine in fines.items()
    }


def _opened(draft: Draft, case_id: UUID) -> Case:
    """A linked case, locked: what is noted there is no more than the actor told."""
    return draft.opens(Case.objects.select_for_update().get(id=case_id))
