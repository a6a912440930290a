"""The PDF of a paper: frozen bytes from the vault, or a draft made at the moment."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse

from liuhen.actions.drawing_up import rendered
from liuhen.cases.queries import visible_cases
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in


@signed_in
def paper_pdf(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The paper as PDF, shown in the browser; drafts carry 草稿 over each page."""
    paper = (
        Paper.objects.filter(id=paper_id, case__in=visible_cases(person_of(request)))
        .select_related("case__unit", "original")
        .first()
    )
    if paper is None:
        raise Refused("record.not_found")
    if paper.original is not None:
        with local_store().open(paper.original.sha256) as stream:
            pdf = stream.read()
    else:
        signatures = list(paper.signatures.select_related("noted_by").order_by("signed_at"))
        pdf = rendered(paper, signatures, clock.now(), is_draft=True)
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
