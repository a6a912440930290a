"""Acts on texts that a machine drafted: a person confirms or corrects. A machine never decides.

Not for making the draft (`jobs.recognising`).
"""

from __future__ import annotations

from uuid import UUID

from liuhen.access.queries import viewing_ground
from liuhen.actions import recording_rows as rows
from liuhen.actions.act import Draft, act
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.recordings.models import ConfirmedText, DraftText
from liuhen.recordings.texts import LONGEST_TEXT


@act(permission="recording.confirm_text", event="recording.text_confirmed")
def confirm_text(
    draft: Draft, *, actor: Person, recording_id: UUID, source: str, key: str = "", text: str
) -> ConfirmedText:
    """Confirm what a machine read in a recording, or correct it first.

    Raises:
        Refused: `record.not_found`, `viewing.no_approval` (who may not look can't confirm),
            `text.missing`, `text.too_long`.
    """
    recording = rows.locked_recording(draft, recording_id)
    if viewing_ground(actor, recording) is None:
        raise Refused("viewing.no_approval")
    found = DraftText.objects.filter(original=recording.original_id, source=source, key=key).first()
    if found is None:
        raise Refused("record.not_found")
    said = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not said:
        raise Refused("text.missing")
    if len(said) > LONGEST_TEXT:
        raise Refused("text.too_long", limit=LONGEST_TEXT)
    confirmed = ConfirmedText.objects.create(
        recording=recording,
        source=source,
        key=key,
        text=said,
        is_corrected=said != found.text,
        draft_sha256=sha256_hex(found.text.encode()),
        model=found.model,
        version=found.version,
        confirmed_by=actor,
        confirmed_at=draft.at,
    )
    draft.note(
        text=confirmed.id,
        source=source,
        model=found.model,
        version=found.version,
        draft_sha256=confirmed.draft_sha256,
        is_corrected=confirmed.is_corrected,
    )
    return confirmed
