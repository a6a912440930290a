"""Inner step of acts that record what another body sent: its paper, byte for byte. Not an act."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.actions.act import Draft
from liuhen.actions.defence import check_content
from liuhen.cases.models import Case
from liuhen.documents.models import Material
from liuhen.vault import keeping


def keep_reply(
    draft: Draft,
    case: Case,
    *,
    name: str,
    content: bytes,
    received_from: str,
    received_at: dt.datetime,
    subject_id: UUID | None,
) -> Material:
    """Keep a receipt or an answer to a transfer; `subject_id` is the letter it answers.

    Raises:
        Refused: `material.incomplete`, `material.too_large`, `storage.full`.
    """
    check_content(content)
    original = keeping.keep_bytes(content, name=name, by=draft.actor.id, at=draft.at)
    draft.note(sha256=original.sha256)
    return Material.objects.create(
        case=case,
        kind=Material.Kind.TRANSFER_REPLY,
        name=name[:200],
        subject_id=subject_id,
        received_from=received_from,
        received_at=received_at,
        received_by=draft.actor,
        original=original,
    )
