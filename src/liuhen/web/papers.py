"""The PDF of a paper: frozen bytes from the vault, or a draft made at the moment."""

from __future__ import annotations

import io
import threading
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from pypdfium2 import PdfDocument

from liuhen.actions.drawing_up import preview_of, rendered
from liuhen.archive.models import CaseFile
from liuhen.cases.queries import visible_cases
from liuhen.documents.models import Paper
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in

_SCALE = 96 / 72  # points to pixels of a screen
_pdfium = threading.Lock()  # the library may be entered by one thread at a time


def _visible(request: HttpRequest, paper_id: UUID) -> Paper:
    paper = (
        Paper.objects.filter(id=paper_id, case__in=visible_cases(person_of(request)))
        .select_related("case__unit", "original")
        .first()
    )
    if paper is None:
        raise Refused("record.not_found")
    return paper


@signed_in
def paper_pdf(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The paper as PDF, shown in the browser; drafts carry 草稿 over each page."""
    paper = _visible(request, paper_id)
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


@signed_in
def paper_page(request: HttpRequest, paper_id: UUID, page: int) -> HttpResponse:
    """One page of a paper as a picture, for reading on the spot: of the frozen file, if there is."""
    paper = _visible(request, paper_id)
    picture = _frozen_page(paper, page) if paper.original else _draft_page(paper, page)
    answer = HttpResponse(picture, content_type="image/png")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _draft_page(paper: Paper, page: int) -> bytes:
    pages = preview_of(paper)
    if not 1 <= page <= len(pages):
        raise Refused("record.not_found")
    return pages[page - 1]


def _frozen_page(paper: Paper, page: int) -> bytes:
    assert paper.original is not None
    with _pdfium, PdfDocument(local_store().place(paper.original.sha256)) as document:
        if not 1 <= page <= len(document):
            raise Refused("record.not_found")
        picture = document[page - 1].render(scale=_SCALE).to_pil()
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


@signed_in
def bound_file(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The bound case file as PDF."""
    file = (
        CaseFile.objects.filter(case=case_id, case__in=visible_cases(person_of(request)))
        .select_related("original")
        .first()
    )
    if file is None:
        raise Refused("record.not_found")
    with local_store().open(file.original.sha256) as stream:
        answer = HttpResponse(stream.read(), content_type="application/pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
