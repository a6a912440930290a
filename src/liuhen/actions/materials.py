"""Inner step of acts that keep what somebody outside sent: its bytes, as received. Not an act."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft
from liuhen.cases.models import Case, Party
from liuhen.documents.models import Material
from liuhen.kernel.refusals import Refused
from liuhen.vault import keeping

LARGEST = 50 * 1024 * 1024


def keep_material(
    draft: Draft,
    case: Case,
    kind: str,
    *,
    name: str,
    content: bytes,
    received_from: str,
    received_at: dt.datetime,
    party: Party | None = None,
    summary: str = "",
    subject_id: UUID | None = None,
) -> Material:
    """Keep it byte for byte; `subject_id` is the paper of ours that it belongs to or answers.

    Raises:
        Refused: `material.incomplete` when empty, `material.too_large`, `storage.full`.
    """
    if not content:
        raise Refused("material.incomplete")
    if len(content) > LARGEST:
        raise Refused("material.too_large", limit_mib=LARGEST // 1024**2)
    original = keeping.keep_bytes(content, name=name, by=draft.actor.id, at=draft.at)
    draft.note(sha256=original.sha256)
    return Material.objects.create(
        case=case,
        party=party,
        kind=kind,
        name=name,
        summary=summary,
        subject_id=subject_id,
        received_from=received_from,
        received_at=received_at,
        received_by=draft.actor,
        original=original,
    )
