"""Acts on moments of recordings and on things listed at the scene. Not for the footage itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from liuhen.actions import recording_rows as rows
from liuhen.actions.act import Draft, act
from liuhen.cases.models import Activity
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.recordings.models import Bookmark, Recording, SceneItem
from liuhen.recordings.timing import TOLERANCE


@act(permission="recording.bookmark", event="bookmark.made")
def make_bookmark(
    draft: Draft, *, actor: Person, recording_id: UUID, kind: str, at_ms: int, note: str = ""
) -> Bookmark:
    """Mark a moment of a recording and what is seen there.

    Raises:
        Refused: `record.not_found`, `bookmark.kind`, `bookmark.place` (not within the recording).
    """
    if kind not in Bookmark.Kind.values:
        raise Refused("bookmark.kind")
    recording = rows.locked_recording(draft, recording_id)
    length = recording.media.get("duration_ms")
    if at_ms < 0 or (length is not None and at_ms > length):
        raise Refused("bookmark.place")
    mark = Bookmark.objects.create(
        recording=recording,
        kind=kind,
        at_ms=at_ms,
        note=note.strip()[:200],
        made_by=actor,
        made_at=draft.at,
    )
    draft.note(bookmark=mark.id, kind=kind, at_ms=at_ms)
    return mark


@act(permission="recording.bookmark", event="bookmark.withdrawn")
def withdraw_bookmark(draft: Draft, *, actor: Person, bookmark_id: UUID) -> Bookmark:
    """Withdraw a mark that was wrong; its row stays.

    Raises:
        Refused: `record.not_found`.
    """
    found = Bookmark.objects.filter(id=bookmark_id, withdrawn_at=None).first()
    if found is None:
        raise Refused("record.not_found")
    rows.locked_recording(draft, found.recording_id)
    found.withdrawn_at = draft.at
    found.save(update_fields=["withdrawn_at"])
    draft.note(bookmark=found.id)
    return found


@dataclass(frozen=True)
class Thing:
    """A thing as it was written down at the scene; `listed_at` on the corrected clock."""

    name: str
    quantity: str
    listed_at: dt.datetime
    note: str = ""
    photo_id: UUID | None = None


@act(permission="scene_item.list", event="scene_item.listed")
def list_scene_item(
    draft: Draft, *, actor: Person, item_id: UUID, activity_id: UUID, thing: Thing
) -> SceneItem:
    """Enter a thing listed at the scene, with its photo; listed again, nothing changes.

    `item_id` is given by the phone, so that a list sent twice is entered once.

    Raises:
        Refused: `record.not_found`, `scene_item.incomplete`, `scene_item.photo`,
            `scene_item.time`.
    """
    name, quantity = thing.name.strip()[:100], thing.quantity.strip()[:40]
    if not (name and quantity):
        raise Refused("scene_item.incomplete")
    activity = rows.locked_activity(draft, activity_id)
    known = SceneItem.objects.filter(id=item_id).first()
    if known is not None:
        if known.activity_id != activity.id or known.listed_by_id != actor.id:
            raise Refused("record.not_found")
        draft.about(known)
        return known
    if thing.listed_at > draft.at + TOLERANCE:
        raise Refused("scene_item.time")
    item = SceneItem.objects.create(
        id=item_id,
        activity=activity,
        name=name,
        quantity=quantity,
        note=thing.note.strip()[:200],
        photo=_photo_of(activity, thing.photo_id),
        listed_by=actor,
        listed_at=thing.listed_at,
        entered_at=draft.at,
    )
    draft.about(item)
    return item


def _photo_of(activity: Activity, photo_id: UUID | None) -> Recording | None:
    if photo_id is None:
        return None
    photos = Recording.objects.filter(activity=activity, kind=Recording.Kind.PHOTO)
    photo = photos.filter(id=photo_id).first()
    if photo is None:
        raise Refused("scene_item.photo")
    return photo
