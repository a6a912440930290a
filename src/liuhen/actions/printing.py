"""The act of printing issued papers (Art. 42, 43): registered before a page leaves the house.

Not for setting the pages (`web.paper_prints`), for copies on discs (`copying`) or for a party's
copies (`party_copies`).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.access.looks import REFUSED_LOOK
from liuhen.access.models import Printing
from liuhen.access.queries import copying_ground, ground_columns, handles, is_live
from liuhen.actions.act import Draft, act, record_refusal
from liuhen.assembly.rendering import ROLLS, is_narrow
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.issued import issued_papers
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import require

# How long what was registered may be loaded again: a printer that jammed.
LASTS = dt.timedelta(minutes=30)


@act(permission="paper.print", event="paper.printed", refusal=REFUSED_LOOK)
def print_papers(
    draft: Draft,
    *,
    actor: Person,
    case_id: UUID,
    reason: str,
    paper_id: UUID | None = None,
    roll_mm: int | None = None,
) -> Printing:
    """Register one printing of a paper, or of every issued paper of a case.

    Who carries the case prints until its file is bound; others under an approval of viewing.

    Raises:
        Refused: `record.not_found`, `printing.reason`, `printing.no_approval`,
            `paper.not_issued`, `paper.none_issued`, `paper.too_many`, `paper.roll`,
            `paper.too_wide`.
    """
    case = visible_case(actor, case_id)
    draft.about(case)
    if not reason.strip():
        raise Refused("printing.reason")
    papers = [_paper(draft, case, paper_id, roll_mm)] if paper_id else issued_papers(case)
    carries = handles(actor, case)
    ground = None if carries else copying_ground(actor, case)
    if not carries and ground is None:
        raise Refused("printing.no_approval", case=case.id)
    printing = Printing.objects.create(
        case=case,
        paper_id=paper_id,
        roll_mm=roll_mm,
        printed_by=actor,
        **ground_columns(ground),
        reason=reason.strip()[:200],
        printed_at=draft.at,
    )
    draft.entry.case_id = case.id
    draft.note(
        printing=printing.id,
        approval=ground.id if ground else None,
        reason=printing.reason,
        papers=[one.original_id for one in papers],
    )
    return printing


def reprint(*, actor: Person, case: Case, paper: Paper | None) -> Printing:
    """The printing the person registered a moment ago, for loading it again; later, a denied look.

    Raises:
        Refused: `permission.missing`, `printing.over`.
    """
    require(actor, "paper.print")
    since = clock.now() - LASTS
    rows = Printing.objects.filter(case=case, paper=paper, printed_by=actor, printed_at__gt=since)
    latest = rows.select_related("approval", "request").order_by("-id").first()
    if latest is None or (latest.ground is not None and not is_live(latest.ground)):
        refused = Refused("printing.over")
        told = Refused(refused.code, case=case.id)
        record_refusal(actor, REFUSED_LOOK, print_papers.__name__, told)
        raise refused
    return latest


def _paper(draft: Draft, case: Case, paper_id: UUID, roll_mm: int | None) -> Paper:
    """The issued paper of the case, which fits the roll it is asked for."""
    found = case.papers.filter(id=paper_id).first()
    if found is None:
        raise Refused("record.not_found")
    draft.about(found)
    if found.state != Paper.State.ISSUED:
        raise Refused("paper.not_issued")
    if roll_mm is not None and roll_mm not in ROLLS:
        raise Refused("paper.roll")
    if roll_mm is not None and not is_narrow(found.document_type):
        raise Refused("paper.too_wide", title=found.document_type.title)
    return found
