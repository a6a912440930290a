"""Signatures of the simple procedure: who still has to sign, and taking what was drawn."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from liuhen.actions.papers import note_refusal, sign_paper
from liuhen.cases.models import Activity
from liuhen.documents.models import Paper, Signature
from liuhen.kernel.refusals import Refused, explain
from liuhen.people.models import Person

_PARTY_CONFIRMS = "以上内容我已看过（已向我宣读），并已收到本决定书。"
_OFFICER_CONFIRMS = "本人参加本次执法，以上记载属实。"

# (field prefix, role, name, person) of one who must sign; the person of a party is None.
Signer = tuple[str, str, str, Person | None]


def _signers(activity: Activity) -> list[Signer]:
    party = activity.case.parties.first()
    listed: list[Signer] = []
    if party is not None:
        listed.append(("party", Signature.Role.PARTY, party.name, None))
    officers = activity.officers.select_related("person").order_by("id")
    for place, officer in enumerate(officers, start=1):
        person = officer.person
        listed.append((f"officer{place}", Signature.Role.OFFICER, person.name, person))
    return listed


def _left(activity: Activity, paper: Paper) -> list[Signer]:
    done = set(paper.signatures.values_list("role", "name"))
    return [one for one in _signers(activity) if (one[1], one[2]) not in done]


def signers_left(
    activity: Activity, paper: Paper | None, wrong: Mapping[str, Refused]
) -> list[dict[str, Any]]:
    """Those who have neither signed nor refused, for `parts/signature.html`.

    `wrong` holds, by field prefix, why what was posted for a signer was not taken.
    """
    if paper is None:
        return []
    return [
        {
            "name": prefix,
            "signer": {"role": Signature.Role(role).label, "name": name},
            "statement": _PARTY_CONFIRMS if person is None else _OFFICER_CONFIRMS,
            "article": "16.1" if person is None else "27.2",
            "errors": [explain(wrong[prefix]).message] if prefix in wrong else [],
        }
        for prefix, role, name, person in _left(activity, paper)
    ]


def sign_all(
    actor: Person, activity: Activity, paper: Paper, post: QueryDict
) -> dict[str, Refused]:
    """Take every signature or refusal that was posted; those already given stay.

    Each is an act of its own: what one signer lacks does not cost the others their signature.

    Returns:
        By field prefix, why a signer's part was not taken.
    """
    wrong: dict[str, Refused] = {}
    for signer in _left(activity, paper):
        try:
            _take(actor, paper, signer, post)
        except Refused as refused:
            wrong[signer[0]] = refused
    return wrong


def _take(actor: Person, paper: Paper, signer: Signer, post: QueryDict) -> None:
    prefix, role, name, person = signer
    if post.get(f"{prefix}_mode") == "refused":
        reason = post.get(f"{prefix}_reason", "")
        note_refusal(actor=actor, paper_id=paper.id, role=role, name=name, reason=reason)
        return
    sign_paper(
        actor=actor,
        paper_id=paper.id,
        role=role,
        name=name,
        strokes=strokes_in(post.get(f"{prefix}_strokes", "")),
        person=person,
    )


def strokes_in(text: str) -> list[Any]:
    """The strokes of a signature field, [[[x, y, ms], …], …].

    Raises:
        Refused: `signature.empty`, `signature.unreadable`.
    """
    if not text.strip():
        raise Refused("signature.empty")
    try:
        strokes = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("signature.unreadable") from error
    if not isinstance(strokes, list):
        raise Refused("signature.unreadable")
    return strokes
