"""Marking moments of a recording, for the player. JSON in answer; refusals are told as problems."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from liuhen.actions.bookmarks import make_bookmark, withdraw_bookmark
from liuhen.kernel.refusals import Refused
from liuhen.recordings.queries import visible_recording
from liuhen.web.acting import person_of, signed_in
from liuhen.web.middleware import problem
from liuhen.web.recording_player import bookmark_line


@signed_in
@require_POST
def recording_bookmarks(request: HttpRequest, recording_id: UUID) -> HttpResponse:
    """Mark a moment: `kind`, `at_ms`, and `label` in words, which may be empty."""
    at_ms = request.POST.get("at_ms", "")
    try:
        visible_recording(person_of(request), recording_id)
        if not (at_ms.isascii() and at_ms.isdigit() and len(at_ms) <= 12):
            raise Refused("bookmark.place")
        mark = make_bookmark(
            actor=person_of(request),
            recording_id=recording_id,
            kind=request.POST.get("kind", ""),
            at_ms=int(at_ms),
            note=request.POST.get("label", ""),
        )
    except Refused as refused:
        return problem(refused)
    return JsonResponse(bookmark_line(mark), status=201)


@signed_in
@require_POST
def bookmark_withdraw(request: HttpRequest, bookmark_id: UUID) -> HttpResponse:
    """Withdraw a mark that was wrong."""
    try:
        withdraw_bookmark(actor=person_of(request), bookmark_id=bookmark_id)
    except Refused as refused:
        return problem(refused)
    return HttpResponse(status=204)
