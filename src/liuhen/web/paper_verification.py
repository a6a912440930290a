"""The page behind the code on an issued paper: for whoever holds it, without signing in.

It says what the paper itself shows, its digest and whether it still holds, and nothing of the case
or its party. The address cannot be guessed; one that leads nowhere says so. The check of a file is
made in the reader's browser. Reads only.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from liuhen.documents.models import Paper

STANDS, VOID, CORRECTED = "stands", "void", "corrected"


@require_safe
def paper_verification(request: HttpRequest, token: str) -> HttpResponse:
    """Number, digest and state of the paper with this code; 404 when there is none."""
    found = (
        Paper.objects.filter(token=token)
        .exclude(original=None)
        .select_related("case__unit", "original")
        .first()
    )
    context = {"paper": _told(found) if found else None}
    answer = render(request, "paper_verification.html", context, status=200 if found else 404)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _told(paper: Paper) -> dict[str, Any]:
    assert paper.original is not None  # asked for above
    correction = paper.corrections.filter(state=Paper.State.ISSUED).order_by("issued_at").first()
    state = STANDS
    if paper.state == Paper.State.VOID:
        state = VOID
    elif correction is not None:
        state = CORRECTED
    return {
        "title": paper.document_type.title,
        "number": paper.number,
        "authority": paper.data.get("authority_name") or paper.case.unit.name,
        "issued_at": paper.issued_at,
        "state": state,
        "corrected_by": correction.number if correction else None,
        "corrected_at": correction.issued_at if correction else None,
        "sha256": paper.original.sha256,
        "certificate": paper.certificate,
        "stamped_at": paper.stamped_at,
        "check": {"sha256": paper.original.sha256},
    }
