"""A picture or a piece of a recording as a derivative that tells its origin. The original stays.

What is taken out leaves the house with the name of who takes it burnt in, and is good for that one
viewing only (`web.media`). Not for copies of whole records (`party_copies`, `copying`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from liuhen.access.looks import REFUSED_LOOK
from liuhen.access.queries import opened
from liuhen.actions import recording_rows as rows
from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import READ_PICTURE, defer
from liuhen.assembly.fonts import find_fonts
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.media.excerpt import Clip, make_clip
from liuhen.media.pictures import thumbnail
from liuhen.media.redacting import Mark, cover_film, cover_photo
from liuhen.people.models import Person
from liuhen.people.queries import require
from liuhen.recordings.derivatives import (
    CLIP,
    STILL,
    TAKEN_STILL,
    derivative_path,
    put_derivative,
)
from liuhen.recordings.models import Derivative
from liuhen.recordings.queries import derivative_of, visible_recording
from liuhen.vault.keeping import local_store

_PERMISSION = "recording.excerpt"
_STILL_WIDTH = 4096


def take_still(token: str, *, actor: Person, at_ms: int) -> Derivative:
    """The picture of a moment of a recording that was opened by `token`, as JPEG.

    Who takes it and when is burnt in. The picture itself stays inside, for reading its words.

    Raises:
        Refused: `viewing.expired`, `permission.missing`, `bookmark.place`, `media.no_picture`.
    """
    require(actor, _PERMISSION)
    opening = opened(actor, token)
    if at_ms < 0:
        raise Refused("bookmark.place")
    key = f"{at_ms}-{opening.viewing_id}"
    held = derivative_of(opening.sha256, TAKEN_STILL, key)
    if held is not None:
        return held
    out = derivative_path(opening.sha256, TAKEN_STILL, key)
    plain = derivative_path(opening.sha256, STILL, str(at_ms))
    path, mark = local_store().place(opening.sha256), _mark(actor)
    connection.close()
    made = thumbnail(path, plain, _STILL_WIDTH, at_ms=at_ms)
    how = {"asked_ms": at_ms, "at_ms": made.at_ms, "width": made.width, "height": made.height}
    if derivative_of(opening.sha256, STILL, str(at_ms)) is None:
        put_derivative(opening.sha256, STILL, plain, key=str(at_ms), how=how)
        defer(READ_PICTURE, sha256=opening.sha256, key=str(at_ms))
    cover_photo(plain, out, found="jpeg", regions=[], faces=False, mark=mark)
    return enter_excerpt(
        actor=actor,
        recording_id=opening.recording_id,
        kind=TAKEN_STILL,
        key=key,
        made=out,
        how={**how, "mark": mark.text, "viewing": opening.viewing_id},
    )


def take_clip(token: str, *, actor: Person, from_ms: int, to_ms: int) -> Derivative:
    """A piece of a recording that was opened by `token`; who takes it and when is burnt in.

    Sound without pictures goes as it is: there is nothing to burn it into.

    Raises:
        Refused: `viewing.expired`, `permission.missing`, `clip.span`, `media.no_clip`.
    """
    require(actor, _PERMISSION)
    opening = opened(actor, token)
    key = f"{from_ms}-{to_ms}-{opening.viewing_id}"
    held = derivative_of(opening.sha256, CLIP, key)
    if held is not None:
        return held
    recording = visible_recording(actor, opening.recording_id)
    out, path = derivative_path(opening.sha256, CLIP, key), local_store().place(opening.sha256)
    mark = _mark(actor)
    connection.close()
    if recording.has_video is False:
        made = make_clip(path, out, from_ms, to_ms)
        told: dict[str, Any] = {"container": made.container, "viewing": opening.viewing_id}
    else:
        made = _marked_clip(path, out, (from_ms, to_ms), mark)
        told = {"container": "mp4", "mark": mark.text, "viewing": opening.viewing_id}
    how = {"asked_ms": [from_ms, to_ms], "from_ms": made.from_ms, "to_ms": made.to_ms, **told}
    return enter_excerpt(
        actor=actor, recording_id=opening.recording_id, kind=CLIP, key=key, made=out, how=how
    )


def _marked_clip(path: Path, out: Path, span: tuple[int, int], mark: Mark) -> Clip:
    plain = out.with_name(f"{out.name}.plain")
    try:
        made = make_clip(path, plain, *span)
        cover_film(plain, out, regions=[], faces=False, mark=mark)
    finally:
        plain.unlink(missing_ok=True)
    return made


def _mark(actor: Person) -> Mark:
    """Who takes a copy out, and when."""
    unit = actor.unit.name if actor.unit else ""
    text = f"{unit} {actor.name} {clock.local(clock.now()):%Y-%m-%d %H:%M} 截取".strip()
    return Mark(text, find_fonts().file_for(text))


@act(permission="recording.excerpt", event="recording.excerpted", refusal=REFUSED_LOOK)
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
    draft.note(
        kind=kind,
        original=recording.original_id,
        sha256=derivative.sha256,
        **{name: value for name, value in how.items() if value is not None},
    )
    return derivative
