"""Signing a paper: each person in turn, page by page where the type asks for it, on glass or as a
scan; or the refusal, noted by the recorder at its moment.

Not for who must have signed (`actions.drawing_up`), nor for the simple procedure, which signs on
its own page.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from liuhen.actions.asking import open_request
from liuhen.actions.papers import note_refusal, sign_paper
from liuhen.documents.models import Paper, Signature
from liuhen.documents.signers import Expected, expected_signers
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.queries import is_allowed
from liuhen.recordings.queries import recordings_of_moment
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.paper_acting import offered_acts, role_words
from liuhen.web.paper_editing import articles_of, missing_in
from liuhen.web.papers import pages_of, paper_crumbs, visible_paper
from liuhen.web.refusals import refusal_context
from liuhen.web.scans import checked_scan
from liuhen.web.simple_signing import strokes_in

_CONFIRMS = {
    "party": "以上内容我已看过（已向我宣读），与我说的相符。",
    "recipient": "本人已收到上列文书。",
    "witness": "本人在场见证，以上记载属实。",
    "performer": "由本人（单位）代履行，以上记载属实。",
    "officer": "本人参加本次执法，以上记载属实。",
    "recorder": "以上由本人记录，记载属实。",
}


@signed_in
def paper_sign(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The persons who sign a paper, one after another; `who` in the address chooses one."""
    found = visible_paper(request, paper_id)
    refusal, status, address = None, 200, reverse("paper_sign", args=[found.id])
    if request.method == "POST":
        try:
            words = _taken(request, found)
        except Refused as refused:
            refusal, status = refusal_context(refused), explain(refused).status
        else:
            succeed(request, words)
            return HttpResponseRedirect(f"{address}#sign")
    context = {**_page(request, found), "refusal": refusal}
    return render(request, "paper_sign.html", context, status=status)


def _page(request: HttpRequest, paper: Paper) -> dict[str, Any]:
    person, pages = person_of(request), pages_of(paper)
    is_open = paper.state == Paper.State.DRAFT and open_request(paper) is None
    listed = expected_signers(paper)
    waiting = [n for n, one in enumerate(listed) if one.given is None or one.pages_left(len(pages))]
    may_sign = is_open and is_allowed(person, "paper.sign")
    asked_for = [n for n in waiting if listed[n].line.minimum > 0]
    current = _chosen(request, waiting, asked_for) if may_sign else None
    return {
        "paper": paper,
        "title": paper.document_type.title,
        "case": paper.case,
        "pages": pages,
        "signers": [_line(n, one, pages, paper) for n, one in enumerate(listed)],
        "may_sign": may_sign,
        "current": None if current is None else _line(current, listed[current], pages, paper),
        "missing": missing_in(paper) if paper.state == Paper.State.DRAFT else [],
        "acts": {**offered_acts(person, paper), "may_sign": False},
        "articles": articles_of(paper),
        "crumbs": paper_crumbs(paper, "签字"),
    }


def _chosen(request: HttpRequest, waiting: list[int], asked_for: list[int]) -> int | None:
    """The place of who signs now: the one chosen, else the first who must and has not signed."""
    asked = str(request.POST.get("who") or request.GET.get("who", ""))
    wanted = int(asked) if asked.isdecimal() else -1
    return wanted if wanted in waiting else next(iter(asked_for), None)


def _line(place: int, one: Expected, pages: list[str], paper: Paper) -> dict[str, Any]:
    """One signer for `paper_sign.html`; `page` is the next page to sign at its foot."""
    role = role_words(one.line.label)
    left = one.pages_left(len(pages))
    return {
        "place": place,
        "role": role,
        "line": one.line.role,
        "name": one.name,
        "is_ours": one.person is not None,
        "is_optional": one.line.minimum == 0,
        "may_not_refuse": not one.line.may_refuse,
        "statement": _CONFIRMS.get(one.line.role, "以上内容属实。"),
        "given": one.given,
        "moment": _moment(paper, one.given) if one.given and one.given.is_refused else None,
        "pages_left": left,
        "page": left[0] if left else None,
        "page_href": pages[left[0] - 1] if left else None,
        "page_count": len(pages),
        "signer": {"role": role, "name": one.name},
    }


def _moment(paper: Paper, refusal: Signature) -> dict[str, Any]:
    """The recordings that show the moment of a refusal; none, and the law will say so."""
    shown = recordings_of_moment(paper.case, paper.activity, refusal.signed_at)
    return {
        "recordings": [
            {
                "name": one.name,
                "href": reverse("recording", args=[one.id]),
                "into": refusal.signed_at - one.started_at if one.started_at else None,
            }
            for one in shown
        ]
    }


def _taken(request: HttpRequest, paper: Paper) -> str:
    """Take the signature or the refusal that was posted; returns what was done in words."""
    post, actor = request.POST, person_of(request)
    listed = expected_signers(paper)
    place = int(post["who"]) if post.get("who", "").isdecimal() else len(listed)
    one = listed[place] if place < len(listed) else None
    page = int(post["page"]) if post.get("page", "").isdecimal() else None
    if one is None or one.line.role != post.get("role") or (one.given and not page):
        raise Refused("signature.gone")
    # One of ours signs as oneself; others are named as they are asked on the spot.
    name = one.name if one.person or one.given else post.get("name", "").strip()
    mode, role = post.get("sign_mode"), one.line.role
    if mode == "refused":
        reason, at = post.get("sign_reason", ""), _instant(post.get("sign_refused_at", ""))
        note_refusal(
            actor=actor, paper_id=paper.id, role=role, name=name, reason=reason, refused_at=at
        )
        return f"已记录{name}拒绝签字。"
    scan = _scan(request) if mode == "scanned" else None
    sign_paper(
        actor=actor,
        paper_id=paper.id,
        role=role,
        name=name,
        strokes=() if scan else strokes_in(post.get("sign_strokes", "")),
        person=one.person,
        page=page,
        scan=scan,
    )
    return f"{name}已签第 {page} 页。" if page else f"{name}已签字。"


def _instant(text: str) -> dt.datetime | None:
    """The moment the recorder stamped; nothing when none was."""
    if not text:
        return None
    try:
        return clock.parse_iso(text)
    except ValueError as error:
        raise Refused("refusal.moment") from error


def _scan(request: HttpRequest) -> bytes:
    """The picture that was posted, once it has shown that it is one."""
    posted = request.FILES.get("sign_scan")
    if not isinstance(posted, UploadedFile):
        raise Refused("signature.scan")
    return checked_scan(posted)
