"""A picture or a piece of a recording as a derivative that tells its origin. The original stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from liuhen.access.queries import opened
from liuhen.actions import recording_rows as rows
from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import READ_PICTURE, defer
from liuhen.kernel.refusals import Refused
from liuhen.media.excerpt import make_clip
from liuhen.media.pictures import thumbnail
from liuhen.people.models import Person
from liuhen.people.queries import require
from liuhen.recordings.derivatives import CLIP, STILL, derivative_path, put_derivative
from liuhen.recordings.models import Derivative
from liuhen.recordings.queries import derivative_of
from liuhen.vault.keeping import local_store

_PERMISSION = "recording.excerpt"
_STILL_WIDTH = 4096


def take_still(token: str, *, actor: Person, at_ms: int) -> Derivative:
    """The picture of a moment of a recording that was opened by `token`, as JPEG.

    Raises:
        Refused: `viewing.expired`, `permission.missing`, `bookmark.place`, `media.no_picture`.
    """
    require(actor, _PERMISSION)
    opening = opened(actor, token)
    if at_ms < 0:
        raise Refused("bookmark.place")
    key = str(at_ms)
    held = derivative_of(opening.sha256, STILL, key)
    if held is not None:
        return held
    out, path = derivative_path(opening.sha256, STILL, key), local_store().place(opening.sha256)
    connection.close()
    made = thumbnail(path, out, _STILL_WIDTH, at_ms=at_ms)
    how = {"asked_ms": at_ms, "at_ms": made.at_ms, "width": made.width, "height": made.height}
    return enter_excerpt(
        actor=actor, recording_id=opening.recording_id, kind=STILL, key=key, made=out, how=how
    )


def take_clip(token: str, *, actor: Person, from_ms: int, to_ms: int) -> Derivative:
    """A piece of a recording that was opened by `token`, its packets as they are.

    Raises:
        Refused: `viewing.expired`, `permission.missing`, `clip.span`, `media.no_clip`.
    """
    require(actor, _PERMISSION)
    opening = opened(actor, token)
    key = f"{from_ms}-{to_ms}"
    held = derivative_of(opening.sha256, CLIP, key)
    if held is not None:
        return held
    out, path = derivative_path(opening.sha256, CLIP, key), local_store().place(opening.sha256)
    connection.close()
    made = make_clip(path, out, from_ms, to_ms)
    how = {
        "asked_ms": [from_ms, to_ms],
        "from_ms": made.from_ms,
        "to_ms": made.to_ms,
        "container": made.container,
    }
    return enter_excerpt(
        actor=actor, recording_id=opening.recording_id, kind=CLIP, key=key, made=out, how=how
    )


@act(permission="recording.excerpt", event="recording.excerpted")
def enter_excerpt(
    draft: Draft,
    *,
    actor: Person,
    recording_id: UUID,
    kind: str,
    key: str,
    made: Path,
    how: dict[str, Any],
) -> Derivative:
    """Enter a picture or piece that was taken out of a recording, with its digest and origin.

    Raises:
        Refused: `record.not_found`.
    """
    recording = rows.locked_recording(draft, recording_id)
    derivative = put_derivative(recording.original_id, kind, made, key=key, how=how)
    if kind == STILL:
        defer(READ_PICTURE, sha256=recording.original_id, key=key)
    draft.note(
        kind=kind,
        original=recording.original_id,
        sha256=derivative.sha256,
        **{name: value for name, value in how.items() if value is not None},
    )
    return derivative
