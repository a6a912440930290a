"""Answering a difference between what should be in the vault and what is. Not for finding them
(`oversight.reconciling`), nor for a gap in an activity's footage (`recordings`)."""

from __future__ import annotations

from liuhen.actions.act import Draft, act
from liuhen.kernel.refusals import Refused
from liuhen.oversight.models import Difference, DifferenceAnswer
from liuhen.oversight.reconciling import visible_differences
from liuhen.people.models import Person


@act(permission="difference.answer", event="difference.answered")
def answer_difference(
    draft: Draft, *, actor: Person, difference_id: int, text: str
) -> DifferenceAnswer:
    """Say in writing why what should be in the vault never will be; the task is done with it.

    Raises:
        Refused: `record.not_found`, `difference.not_own`, `reason.missing`.
    """
    row = visible_differences(draft.actor).filter(id=difference_id).first()
    if row is None:
        raise Refused("record.not_found")
    if row.case_id is not None:
        draft.lock_case(row.case_id)
    if not Difference.objects.select_for_update().filter(id=row.id).exists():
        raise Refused("record.not_found")
    if row.owner_id != draft.actor.id:
        raise Refused("difference.not_own", owner=row.owner.name)
    if not text.strip():
        raise Refused("reason.missing")
    answer = DifferenceAnswer.objects.create(
        kind=row.kind,
        key=row.key,
        what=row.what,
        text=text.strip(),
        answered_by=draft.actor,
        answered_at=draft.at,
    )
    row.delete()
    draft.about(answer)
    draft.note(kind=row.kind, key=row.key)
    return answer
