"""Papers as lists and files show them: lines, pictures of pages, PDF; frozen ones from the vault.

Not for the page of one paper (`paper_page`), nor for the look of papers (`assembly`).
"""

from __future__ import annotations

import io
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from pypdfium2 import PdfDocument

from liuhen.actions.drawing_up import preview_of, rendered
from liuhen.actions.paper_drafts import is_by_hand
from liuhen.archive.models import CaseFile
from liuhen.cases.queries import visible_cases
from liuhen.compliance.models import Finding
from liuhen.compliance.queries import shown_findings
from liuhen.documents.models import Paper, Signature
from liuhen.kernel import clock
from liuhen.kernel.canonical import dumps
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.people.queries import permissions
from liuhen.rulebook.type_versions import version_on
from liuhen.vault.keeping import local_store
from liuhen.web.acting import person_of, signed_in
from liuhen.web.steps import duty

_SCALE = 96 / 72  # points to pixels of a screen
_pdfium = threading.Lock()  # the library may be entered by one thread at a time


def visible_paper(request: HttpRequest, paper_id: UUID) -> Paper:
    """One paper of a visible case. Raises `Refused("record.not_found")`."""
    paper = (
        Paper.objects.filter(id=paper_id, case__in=visible_cases(person_of(request)))
        .select_related(
            "case__unit",
            "activity",
            "original",
            "issued_by",
            "drawn_up_by",
            "corrects",
            "type_version",
        )
        .first()
    )
    if paper is None:
        raise Refused("record.not_found")
    return paper


def pages_of(paper: Paper) -> list[str]:
    """Addresses of a paper's pages as pictures, in order."""
    return [reverse("paper_page", args=[paper.id, n]) for n in range(1, _count(paper) + 1)]


def _count(paper: Paper) -> int:
    if paper.original is None:
        return len(_draft_pages(_key_of(paper)))
    with _pdfium, PdfDocument(local_store().place(paper.original.sha256)) as document:
        return len(document)


@dataclass(frozen=True)
class _DraftKey:
    """What a draft's pictures depend on; the row itself only has to draw them."""

    digest: str
    paper: Paper = field(compare=False)


def _key_of(paper: Paper) -> _DraftKey:
    signed = [str(one) for one in paper.signatures.order_by("id").values_list("id", flat=True)]
    content = {"paper": str(paper.id), "data": paper.data, "signed": signed}
    return _DraftKey(sha256_hex(dumps(content)), paper)


@lru_cache(maxsize=16)
def _draft_pages(key: _DraftKey) -> tuple[bytes, ...]:
    # A page of n pictures asks n + 1 times within a second; the draft is drawn once.
    return tuple(preview_of(key.paper))


def without_ink() -> QuerySet[Signature]:
    """Signatures as cards and lines name them: the strokes on glass are many and drawn nowhere."""
    return Signature.objects.defer("strokes")


def paper_line(paper: Paper, offices: Collection[str] = ()) -> dict[str, Any]:
    """A paper as `parts/paper_card.html` shows it; its signatures are loaded.

    With `offices` of a person, also the pages on which they may go on with a draft.
    """
    is_issued = paper.state == Paper.State.ISSUED
    return {
        "title": paper.document_type.title,
        "number": paper.number,
        "state": paper.get_state_display(),
        "state_tone": "green" if is_issued else "plain",
        "issued_at": paper.issued_at,
        "signatures": [_signature(one) for one in paper.signatures.all() if one.page is None],
        "href": reverse("paper", args=[paper.id]),
        "pdf_href": reverse("paper_pdf", args=[paper.id]),
        "sha256": paper.original_id,
        "acts": _acts(paper, frozenset(offices)),
    }


def _acts(paper: Paper, offices: frozenset[str]) -> list[dict[str, str]]:
    if paper.state != Paper.State.DRAFT or not offices:
        return []
    has_signers = bool(paper.document_type.signers)
    pages = (
        (is_by_hand(paper.type), "paper.draw_up", "填写", "pencil", "paper_edit"),
        (has_signers, "paper.sign", "签字", "signature", "paper_sign"),
    )
    return [
        {"label": label, "icon": icon, "href": reverse(page, args=[paper.id])}
        for applies, right, label, icon, page in pages
        if applies and permissions()[right].offices & offices
    ]


def paper_duties(paper: Paper) -> list[dict[str, Any]]:
    """What the law finds open or wrong about one paper, for `parts/duty.html`."""
    rows = Finding.objects.filter(case=paper.case, subject_kind="paper", subject_id=str(paper.id))
    found = [one for one in shown_findings(paper.case, rows) if one.lamp not in ("green", "grey")]
    return [{**duty(one, paper.case_id), "subject": None} for one in found]


def made_by(paper: Paper) -> str:
    """By which version of its type a paper is made; of a draft, whether another holds now."""
    row = paper.type_version
    told = f"本机关第 {row.number} 版式样（{row.valid_from} 起）" if row else "系统自带的式样"
    if paper.state != Paper.State.DRAFT:
        return told
    try:
        now = version_on(paper.type, clock.local_date(clock.now()))
    except Refused:
        return f"{told}；这种文书已经停用"
    if now == row:
        return told
    present = f"本机关第 {now.number} 版" if now else "系统自带的"
    return f"{told}；现行的是{present}，要改用的请作废重做"


def _signature(one: Signature) -> dict[str, Any]:
    return {
        "role": one.get_role_display(),
        "words": f"{one.name}{'拒绝签字' if one.is_refused else ''}",
        "is_refusal": one.is_refused,
        "reason": one.reason,
        "signed_at": one.signed_at,
    }


def paper_crumbs(paper: Paper, page: str = "") -> list[dict[str, str]]:
    """The way to a paper, or to one of its pages by name."""
    crumbs = [
        {"label": "案件", "href": reverse("cases")},
        {"label": paper.case.number, "href": reverse("case", args=[paper.case_id])},
        {"label": paper.document_type.title, "href": reverse("paper", args=[paper.id])},
    ]
    if page:
        return [*crumbs, {"label": page}]
    del crumbs[-1]["href"]
    return crumbs


@signed_in
@require_safe
def paper_pdf(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The paper as PDF; drafts carry 草稿 over each page."""
    found = visible_paper(request, paper_id)
    if found.original is not None:
        with local_store().open(found.original.sha256) as stream:
            pdf = stream.read()
    else:
        signatures = list(found.signatures.select_related("noted_by").order_by("signed_at"))
        pdf = rendered(found, signatures, clock.now(), is_draft=True)
    return pdf_answer(pdf)


@signed_in
@require_safe
def paper_sm2(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The SM2 signature beside a paper's file, as OpenSSL reads it (DER)."""
    found = visible_paper(request, paper_id)
    if found.sm2_signature_id is None:
        raise Refused("record.not_found")
    with local_store().open(found.sm2_signature_id) as stream:
        answer = HttpResponse(stream.read(), content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.id}.pdf.sm2"'
    return answer


@signed_in
@require_safe
def paper_page(request: HttpRequest, paper_id: UUID, page: int) -> HttpResponse:
    """One page of a paper as a picture: of the frozen file if there is one, else of the draft."""
    found = visible_paper(request, paper_id)
    if found.original is not None:
        picture = _frozen_page(found.original.sha256, page)
    else:
        pages = _draft_pages(_key_of(found))
        if not 1 <= page <= len(pages):
            raise Refused("record.not_found")
        picture = pages[page - 1]
    answer = HttpResponse(picture, content_type="image/png")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _frozen_page(sha256: str, page: int) -> bytes:
    with _pdfium, PdfDocument(local_store().place(sha256)) as document:
        if not 1 <= page <= len(document):
            raise Refused("record.not_found")
        picture = document[page - 1].render(scale=_SCALE).to_pil()
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


@signed_in
@require_safe
def bound_file(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The main case file as PDF."""
    return _volume(request, case_id, "original")


@signed_in
@require_safe
def side_file(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The side file as PDF, for those who see the case; no party is given it."""
    return _volume(request, case_id, "side")


@signed_in
@require_safe
def archive_receipt(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """The receipt of the file's hand-over as PDF."""
    return _volume(request, case_id, "receipt")


def _volume(request: HttpRequest, case_id: UUID, which: str) -> HttpResponse:
    file = (
        CaseFile.objects.filter(case=case_id, case__in=visible_cases(person_of(request)))
        .select_related(which)
        .first()
    )
    kept = getattr(file, which) if file is not None else None
    if kept is None:
        raise Refused("record.not_found")
    with local_store().open(kept.sha256) as stream:
        return pdf_answer(stream.read())


def pdf_answer(content: bytes) -> HttpResponse:
    """A PDF to be read in the browser, kept by nobody."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
