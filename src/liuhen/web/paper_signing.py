"""Signing a paper on glass: each person in turn, or the refusal noted by the recorder.

Not for who must have signed (`actions.drawing_up`), nor for the simple procedure, which signs on
its own page.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from liuhen.actions.asking import open_request
from liuhen.actions.papers import note_refusal, sign_paper
from liuhen.assembly.document_types import document_type
from liuhen.documents.models import Paper
from liuhen.documents.signers import Expected, expected_signers
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.queries import is_allowed
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.paper_acting import offered_acts
from liuhen.web.paper_editing import articles_of, missing_in
from liuhen.web.papers import pages_of, paper_crumbs, visible_paper
from liuhen.web.refusals import refusal_context
from liuhen.web.simple_signing import strokes_in

_CONFIRMS = {
    "party": "以上内容我已看过（已向我宣读），与我说的相符。",
    "recipient": "本人已收到上列文书。",
    "witness": "本人在场见证，以上记载属实。",
    "officer": "本人参加本次执法，以上记载属实。",
    "recorder": "以上由本人记录，记载属实。",
}


@signed_in
def paper_sign(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """The persons who sign a paper, one after another; `who` in the address chooses one."""
    found = visible_paper(request, paper_id)
    refusal, status = None, 200
    if request.method == "POST":
        try:
            words = _taken(request, found)
        except Refused as refused:
            refusal, status = refusal_context(refused), explain(refused).status
        else:
            succeed(request, words)
            return HttpResponseRedirect(reverse("paper_sign", args=[found.id]))
    context = {**_page(request, found), "refusal": refusal}
    return render(request, "paper_sign.html", context, status=status)


def _page(request: HttpRequest, paper: Paper) -> dict[str, Any]:
    person = person_of(request)
    is_open = paper.state == Paper.State.DRAFT and open_request(paper) is None
    is_offered = is_open and is_allowed(person, "paper.sign")
    listed = expected_signers(paper)
    waiting = [place for place, one in enumerate(listed) if one.given is None]
    chosen = request.POST.get("who") or request.GET.get("who", "")
    wanted = int(chosen) if chosen.isdecimal() else -1
    current = wanted if wanted in waiting else next(iter(waiting), -1)
    return {
        "paper": paper,
        "title": document_type(paper.type).title,
        "case": paper.case,
        "pages": pages_of(paper),
        "signers": [_line(place, one, place == current) for place, one in enumerate(listed)],
        "current": _line(current, listed[current], True) if current >= 0 and is_offered else None,
        "missing": missing_in(paper) if paper.state == Paper.State.DRAFT else [],
        "acts": {**offered_acts(person, paper), "may_sign": False},
        "articles": articles_of(paper),
        "crumbs": paper_crumbs(paper, "签字"),
    }


def _line(place: int, one: Expected, is_current: bool) -> dict[str, Any]:
    """One signer for `paper_sign.html`."""
    role = one.line.label.split("（")[0]
    return {
        "place": place,
        "role": role,
        "name": one.name,
        "is_ours": one.person is not None,
        "is_optional": one.line.minimum == 0,
        "given_role": one.line.role,
        "may_not_refuse": not one.line.may_refuse,
        "statement": _CONFIRMS.get(one.line.role, "以上内容属实。"),
        "given": one.given,
        "is_current": is_current,
        "signer": {"role": role, "name": one.name},
    }


def _taken(request: HttpRequest, paper: Paper) -> str:
    """Take the signature or the refusal that was posted; returns what was done in words."""
    post, actor = request.POST, person_of(request)
    listed = expected_signers(paper)
    place = int(post["who"]) if post.get("who", "").isdecimal() else len(listed)
    one = listed[place] if place < len(listed) else None
    if one is None or one.given is not None or one.line.role != post.get("role"):
        raise Refused("signature.gone")
    # One of ours signs as oneself; others are named as they are asked on the spot.
    name = one.name if one.person else post.get("name", "").strip()
    role = one.line.role
    if post.get("sign_mode") == "refused":
        reason = post.get("sign_reason", "")
        note_refusal(actor=actor, paper_id=paper.id, role=role, name=name, reason=reason)
        return f"已记录{name}拒绝签字。"
    strokes = strokes_in(post.get("sign_strokes", ""))
    sign_paper(
        actor=actor, paper_id=paper.id, role=role, name=name, strokes=strokes, person=one.person
    )
    return f"{name}已签字。"
