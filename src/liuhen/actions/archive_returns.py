"""Bound files that go back to the unit: refused by the archive room, or returned for supplements.

Both open the file for being bound anew and handed over again; what was bound before stays in the
vault. Not for binding and handing over (`archive`).
"""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.archive import locked_file
from liuhen.actions.asking import ask
from liuhen.approvals.models import Approval
from liuhen.archive.models import CaseFile
from liuhen.cases.models import Case
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

KIND = "file_return"


@act(permission="case_file.receive", event="case_file.refused")
def refuse_case_file(draft: Draft, *, actor: Person, case_id: UUID, reason: str) -> CaseFile:
    """Give a file that was handed over back to the unit, with what is wrong with it.

    Raises:
        Refused: `record.not_found`, `case_file.not_bound`, `case_file.not_handed_over`,
            `case_file.received`, `reason.missing`.
    """
    file = locked_file(draft, case_id)
    if file.handed_over_at is None:
        raise Refused("case_file.not_handed_over")
    if file.received_at is not None:
        raise Refused("case_file.received")
    if not reason.strip():
        raise Refused("reason.missing")
    _reopen(draft, file, reason)
    return file


@act(permission="case_file.ask_return", event="case_file.return_asked")
def ask_file_return(draft: Draft, *, actor: Person, case_id: UUID, reason: str) -> Approval:
    """Ask the leader in charge to let an archived file be returned for supplements.

    Raises:
        Refused: `record.not_found`, `case_file.not_bound`, `case_file.not_received`,
            `reason.missing`, `approval.pending`.
    """
    file = locked_file(draft, case_id)
    if file.received_at is None:
        raise Refused("case_file.not_received")
    if not reason.strip():
        raise Refused("reason.missing")
    return ask(draft, file.case, kind=KIND, subject=file, opinion=reason.strip())


def give_back(draft: Draft, case: Case, approval: Approval) -> None:
    """The leader agrees: the archive room returns the file, which keeps its archive number."""
    file = CaseFile.objects.select_for_update().get(id=approval.subject_id)
    file.received_by = file.received_at = None
    _reopen(draft, file, approval.opinion_asked)


def _reopen(draft: Draft, file: CaseFile, reason: str) -> None:
    file.handed_over_by = file.handed_over_at = None
    file.reopened_by, file.reopened_at = draft.actor, draft.at
    file.reopened_for = reason.strip()
    file.save()
    draft.note(reason=file.reopened_for)
