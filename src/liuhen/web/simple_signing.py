"""Signatures of the simple procedure: who still has to sign, and taking what was drawn."""

from __future__ import annotations

import json
from typing import Any

from django.http import QueryDict

from liuhen.actions.papers import note_refusal, sign_paper
from liuhen.cases.models import Activity
from liuhen.documents.models import Paper, Signature
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person

_PARTY_CONFIRMS = "以上内容我已看过（已向我宣读），并已收到本决定书。"
_OFFICER_CONFIRMS = "本人参加本次执法，以上记载属实。"


def _signers(activity: Activity) -> list[tuple[str, str, str, Person | None]]:
    """(field prefix, role, name, person) of everyone who must sign."""
    party = activity.case.parties.first()
    listed: list[tuple[str, str, str, Person | None]] = []
    if party is not None:
        listed.append(("party", Signature.Role.PARTY, party.name, None))
    officers = activity.officers.select_related("person").order_by("id")
    for place, officer in enumerate(officers, start=1):
        person = officer.person
        listed.append((f"officer{place}", Signature.Role.OFFICER, person.name, person))
    return listed


def _has_signed(paper: Paper, role: str, name: str) -> bool:
    return paper.signatures.filter(role=role, name=name).exists()


def signers_left(activity: Activity, paper: Paper | None) -> list[dict[str, Any]]:
    """Those who have neither signed nor refused, for `parts/signature.html`."""
    if paper is None:
        return []
    return [
        {
            "name": prefix,
            "signer": {"role": Signature.Role(role).label, "name": name},
            "statement": _PARTY_CONFIRMS if person is None else _OFFICER_CONFIRMS,
            "article": "16.1" if person is None else "27.2",
        }
        for prefix, role, name, person in _signers(activity)
        if not _has_signed(paper, role, name)
    ]


def sign_all(actor: Person, activity: Activity, paper: Paper, post: QueryDict) -> None:
    """Take every signature or refusal that was posted; those already given stay."""
    for prefix, role, name, person in _signers(activity):
        if _has_signed(paper, role, name):
            continue
        if post.get(f"{prefix}_mode") == "refused":
            reason = post.get(f"{prefix}_reason", "")
            note_refusal(actor=actor, paper_id=paper.id, role=role, name=name, reason=reason)
            continue
        sign_paper(
            actor=actor,
            paper_id=paper.id,
            role=role,
            name=name,
            strokes=_strokes(post.get(f"{prefix}_strokes", "")),
            person=person,
        )


def _strokes(text: str) -> list[Any]:
    try:
        strokes = json.loads(text or "[]")
    except ValueError as error:
        raise Refused("signature.unreadable") from error
    if not isinstance(strokes, list):
        raise Refused("signature.unreadable")
    return strokes
