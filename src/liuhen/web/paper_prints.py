"""Prints beside the frozen file: a paper on the roll of a portable printer, a case's papers in one.

Both are copies for paper: what holds is the file in the vault, to which the code on each leads. Not
for the bound case file, which is made once, by an act (`actions.archive`).
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from liuhen.actions.drawing_up import rendered
from liuhen.assembly.binding import Part, joined
from liuhen.assembly.rendering import ROLLS
from liuhen.cases.models import Case
from liuhen.cases.queries import visible_case
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in
from liuhen.web.papers import pdf_answer, visible_paper

_MOST_PAPERS = 200


@signed_in
@require_safe
def paper_roll(request: HttpRequest, paper_id: UUID, page: int) -> HttpResponse:
    """An issued paper for a portable printer; `page` is the width of its roll in mm."""
    found = visible_paper(request, paper_id)
    if page not in ROLLS:
        raise Refused("paper.roll")
    if found.state != Paper.State.ISSUED or found.issued_at is None:
        raise Refused("paper.not_issued")
    signatures = list(found.signatures.select_related("noted_by").order_by("signed_at"))
    return pdf_answer(rendered(found, signatures, found.issued_at, roll_mm=page))


@signed_in
@require_safe
def case_print(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Every issued paper of a case in one PDF, in the order they were issued, with bookmarks."""
    case = visible_case(person_of(request), case_id)
    parts = [part for _, part in issued_parts(case)]
    return pdf_answer(joined(parts, title=f"{case.number} 全部文书"))


def issued_parts(case: Case) -> list[tuple[Paper, Part]]:
    """The issued papers of a case in the order they were issued, each with its file.

    Raises:
        Refused: `paper.none_issued`, `paper.too_many`.
    """
    issued = case.papers.filter(state=Paper.State.ISSUED).select_related("original", "issued_by")
    listed = list(issued.order_by("issued_at", "id")[: _MOST_PAPERS + 1])
    if not listed:
        raise Refused("paper.none_issued")
    if len(listed) > _MOST_PAPERS:
        raise Refused("paper.too_many", most=_MOST_PAPERS)
    return [(one, _part(one)) for one in listed]


def _part(paper: Paper) -> Part:
    assert paper.original is not None and paper.issued_at is not None  # issued papers have both
    with local_store().open(paper.original.sha256) as stream:
        return Part(
            paper.document_type.title,
            stream.read(),
            paper.number or "",
            responsible=paper.issued_by.name if paper.issued_by else "",
            dated_on=clock.local_date(paper.issued_at),
        )
