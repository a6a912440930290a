"""Texts that machines drafted and people confirmed: what stands for a recording, what waits.

Reads and the derived draft only; confirming is an act (`actions.texts`). Who may look at a text is
who may view the recording (`access.queries`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from liuhen.kernel import clock
from liuhen.recordings.media_facts import PROBING
from liuhen.recordings.models import ConfirmedText, DraftText, Recording
from liuhen.recordings.settling import settle, unsettled
from liuhen.vault.keeping import not_destroyed

LONGEST_TEXT = 20_000


@dataclass(frozen=True)
class StandingText:
    """A draft, and what a person last made of it (None: nobody has confirmed it)."""

    draft: DraftText
    confirmed: ConfirmedText | None

    @property
    def text(self) -> str:
        """What counts now."""
        return self.confirmed.text if self.confirmed else self.draft.text


def texts_of(recordings: Sequence[Recording]) -> dict[UUID, list[StandingText]]:
    """The texts of recordings by recording; two queries, however many."""
    drafts: dict[str, list[DraftText]] = defaultdict(list)
    originals = {one.original_id for one in recordings}
    for draft in DraftText.objects.filter(original__in=originals).order_by("source", "id"):
        drafts[draft.original_id].append(draft)
    newest: dict[tuple[UUID, str, str], ConfirmedText] = {}
    confirmed = ConfirmedText.objects.filter(recording__in=recordings)
    for one in confirmed.select_related("confirmed_by").order_by("confirmed_at", "id"):
        newest[one.recording_id, one.source, one.key] = one
    return {
        recording.id: [
            StandingText(draft, newest.get((recording.id, draft.source, draft.key)))
            for draft in drafts[recording.original_id]
        ]
        for recording in recordings
    }


def has_draft(sha256: str, source: str, key: str = "") -> bool:
    """Whether a machine has tried already."""
    return DraftText.objects.filter(original_id=sha256, source=source, key=key).exists()


def put_draft(
    sha256: str,
    source: str,
    *,
    key: str = "",
    text: str = "",
    lines: Iterable[dict[str, Any]] = (),
    failure: str = "",
    model: str,
    version: str,
) -> DraftText:
    """Keep what a machine read, or why it could not; tried again, it is replaced.

    Raises:
        Refused: `original.destroyed`.
    """
    told = {
        "text": text[:LONGEST_TEXT],
        "lines": list(lines),
        "failure": failure[:200],
        "model": model,
        "version": version,
        "made_at": clock.now(),
    }
    with not_destroyed(sha256):
        draft, _ = DraftText.objects.update_or_create(
            original_id=sha256, source=source, key=key, defaults=told
        )
    return draft


# What of a recording a machine can read or hear; no more is known of one whose file is unread.
_TRIED_OF = {
    DraftText.Source.PICTURE: Q(kind__in=(Recording.Kind.PHOTO, Recording.Kind.SCAN)),
    DraftText.Source.SPEECH: Q(media__tracks__contains=[{"kind": "audio"}]),
}


def untried(source: DraftText.Source) -> QuerySet[Recording]:
    """Photos and scans in which no machine has looked for words, or recordings with sound to which
    none has listened, oldest first.
    """
    tried = DraftText.objects.filter(original=OuterRef("original"), source=source, key="")
    rows = Recording.objects.filter(~Exists(tried), _TRIED_OF[source], disposed_at=None)
    return unsettled(_task(source), rows.exclude(media__state=PROBING))


def note_tried(source: DraftText.Source) -> None:
    """Keep up to where a machine has tried everything, so that it looks no further back."""
    settle(_task(source), untried(source))


def _task(source: DraftText.Source) -> str:
    return f"texts.{source.value}"
