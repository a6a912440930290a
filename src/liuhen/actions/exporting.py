"""Taking a case out of the house: recorded before anything is written (Art. 40, 43)."""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.archive.models import CaseFile
from liuhen.cases.models import Case
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person


@act(permission="case.export", event="case.exported")
def export_case(draft: Draft, *, actor: Person, case_id: UUID, purpose: str) -> Case:
    """Record that the package of a bound case is taken out, by whom and why.

    Raises:
        Refused: `case_file.not_bound`, `export.purpose`.
    """
    case = draft.lock_case(case_id)
    if not purpose.strip():
        raise Refused("export.purpose")
    if not CaseFile.objects.filter(case=case).exists():
        raise Refused("case_file.not_bound")
    draft.about(case)
    draft.note(purpose=purpose.strip())
    return case
