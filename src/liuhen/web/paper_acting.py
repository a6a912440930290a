"""What is done with a paper from its pages: issuing, sending, voiding, drawing up anew, correcting.

Each is one act; what stands in the form is saved before. Not for filling (`paper_editing`) nor
for signing (`paper_signing`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from liuhen.actions.asking import open_request
from liuhen.actions.drawing_up import signers_lacking
from liuhen.actions.paper_corrections import (
    correct_paper,
    correction_obstacle,
    withdraw_paper,
    withdrawal_obstacle,
)
from liuhen.actions.paper_drafts import is_by_hand, redraw_paper, void_paper
from liuhen.actions.paper_order import needs_unmet
from liuhen.actions.papers import BY_APPROVAL, issue_paper
from liuhen.actions.sending import kind_asked, send_for_approval
from liuhen.approvals.models import Approval
from liuhen.documents.models import Paper
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Office, Person
from liuhen.people.queries import is_allowed
from liuhen.web.acting import person_of, signed_in, succeed
from liuhen.web.paper_saving import save_typed
from liuhen.web.papers import visible_paper


@dataclass(frozen=True)
class _Way:
    """One act on a paper: who may, the words, what it does, where it leads."""

    permission: str
    success: str
    perform: Callable[[Person, Paper, str], Paper]
    page: str = "paper"


def _send(person: Person, paper: Paper, reason: str) -> Paper:
    send_for_approval(actor=person, paper_id=paper.id)
    return paper


def _issue(person: Person, paper: Paper, reason: str) -> Paper:
    return issue_paper(actor=person, paper_id=paper.id)


def _void(person: Person, paper: Paper, reason: str) -> Paper:
    return void_paper(actor=person, paper_id=paper.id, reason=reason)


def _redraw(person: Person, paper: Paper, reason: str) -> Paper:
    return redraw_paper(actor=person, paper_id=paper.id, reason=reason)


def _correct(person: Person, paper: Paper, reason: str) -> Paper:
    return correct_paper(actor=person, paper_id=paper.id, reason=reason)


def _withdraw(person: Person, paper: Paper, reason: str) -> Paper:
    return withdraw_paper(actor=person, paper_id=paper.id, reason=reason)


_WAYS: Mapping[str, _Way] = {
    "send": _Way("paper.send", "已报送审批。", _send),
    "issue": _Way("paper.issue", "文书已制作并固定，不能再改。", _issue),
    "void": _Way("paper.draw_up", "文书已作废，作废情况已留痕。", _void),
    "redraw": _Way("paper.draw_up", "已作废原稿，请修改新稿后重新签字。", _redraw, "paper_edit"),
    "correct": _Way("paper.draw_up", "更正文书已起草，请改正后制作。", _correct, "paper_edit"),
    "withdraw": _Way("paper.withdraw", "文书已作废，文号保留，不再使用。", _withdraw),
}


@signed_in
@require_POST
def paper_act(request: HttpRequest, paper_id: UUID, way: str) -> HttpResponse:
    """Do one of the acts on a paper, after saving what stands in its form."""
    chosen = _WAYS.get(way)
    if chosen is None:
        raise Refused("record.not_found")
    found, person = visible_paper(request, paper_id), person_of(request)
    if "_field" in request.POST:
        saving = save_typed(person, found, request.POST)
        if saving.wrong or saving.differences:
            raise Refused("paper.unsaved", title=found.document_type.title)
    done = chosen.perform(person, found, request.POST.get("reason", ""))
    succeed(request, chosen.success)
    return HttpResponseRedirect(reverse(chosen.page, args=[done.id]))


# What a label says of the way of signing: 记录人（签名）.
_MARK = re.compile(r"（[^（）]*[签章][^（）]*）$")


def role_words(label: str) -> str:
    """Whom a line of signature is for, without how it is signed."""
    return _MARK.sub("", label)


def offered_acts(person: Person, paper: Paper) -> dict[str, Any]:
    """What a person may do with a draft now, and what stands before its issue.

    {way: "send", "issue" or "", asked: the open request, unsigned: [{label, left}], early:
    [{label, article}], may_sign, may_void, may_redraw}.
    """
    asked = open_request(paper)
    is_draft = paper.state == Paper.State.DRAFT
    is_open = is_draft and asked is None
    way = _way_of(paper) if is_open else ""
    may_draw = is_open and is_allowed(person, "paper.draw_up")
    return {
        "way": way if way and is_allowed(person, _WAYS[way].permission) else "",
        "asked": _asked(asked) if asked else None,
        "unsigned": [
            {"label": role_words(signer.label), "left": left}
            for signer, left in (signers_lacking(paper) if is_draft else ())
        ],
        "early": needs_unmet(paper.case, paper.type) if is_draft else [],
        "has_signers": bool(paper.document_type.signers),
        "may_sign": is_open
        and bool(paper.document_type.signers)
        and is_allowed(person, "paper.sign"),
        "may_void": may_draw and paper.type != "lead_register",
        "may_redraw": may_draw and is_by_hand(paper.type) and paper.signatures.exists(),
    }


def after_issue(person: Person, paper: Paper) -> dict[str, Any]:
    """What stands beside an issued paper: what corrects it, what it corrects, what may be done.

    {corrects, corrected_by: papers or None, may_correct, may_withdraw}.
    """
    later = paper.corrections.exclude(state=Paper.State.VOID).first()
    may_draw = is_allowed(person, "paper.draw_up")
    return {
        "corrects": paper.corrects,
        "corrected_by": later,
        "may_correct": may_draw and correction_obstacle(paper) is None,
        "may_withdraw": is_allowed(person, "paper.withdraw") and withdrawal_obstacle(paper) is None,
    }


def _way_of(paper: Paper) -> str:
    """How a draft comes to be issued from its page; others are issued by acts of their own."""
    if kind_asked(paper):
        return "send"
    return "" if paper.type in BY_APPROVAL or not is_by_hand(paper.type) else "issue"


def _asked(asked: Approval) -> dict[str, Any]:
    return {"office": Office.Kind(asked.office).label, "at": asked.asked_at}
