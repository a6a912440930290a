"""Acts of the recorder on what cameras send: segments taken in, gaps opened and closed.

A gap is known to the millisecond from the ends of the segments around it. Not for cameras
themselves (`rooms`) or for the use of footage (`camera_viewing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.recording_rows import into_vault, lock_digests
from liuhen.cameras.models import Camera, CameraGap, Operation, Segment
from liuhen.cameras.queries import is_stored, last_segment, visible_camera_gap
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.recordings.intake import ReceivedFile
from liuhen.recordings.media_facts import READ

# So long after it was put in service a camera may take to send its first picture.
FIRST_PICTURE = dt.timedelta(seconds=60)
# A recorder that was away for so long has a part in the gap of its own; a restart has none.
ABSENCE = dt.timedelta(seconds=10)
# One batch is one act: small enough for the ledger's longest entry.
BATCH = 40


@dataclass(frozen=True)
class FinishedSegment:
    """A piece of a camera's stream in a whole file, not in the vault yet.

    `before` is why it does not go on where the one before it ended (a cause of `CameraGap`), ""
    when it does. `watched_since` is when a recorder took the camera up, with its first segment
    after that. `holes` are spans inside it without a picture.
    """

    camera_id: UUID
    received: ReceivedFile
    started_at: dt.datetime
    ended_at: dt.datetime
    container: str
    video: str
    audio: str
    before: str = ""
    holes: tuple[tuple[dt.datetime, dt.datetime], ...] = ()
    watched_since: dt.datetime | None = None


@act(permission="camera.record", event="camera.segments_stored")
def take_in_segments(
    draft: Draft, *, actor: Person, segments: Sequence[FinishedSegment]
) -> list[Segment]:
    """Take finished segments of cameras into the vault, in order, and settle what gaps there are.

    One that is stored already is passed over, so the act may run again after a kill.

    Raises:
        Refused: `upload.gone`, `storage.full`.
    """
    ids = sorted({one.camera_id for one in segments})
    locked = Camera.objects.select_for_update(of=("self",)).select_related("device")
    cameras = {camera.id: camera for camera in locked.filter(id__in=ids).order_by("id")}
    lock_digests(one.received.sha256 for one in segments)
    taken = []
    for one in sorted(segments, key=lambda each: (each.camera_id, each.started_at)):
        if is_stored(one.camera_id, one.started_at):
            continue
        camera = cameras[one.camera_id]
        _settle_gap(draft, camera, one)
        original, _ = into_vault(draft, one.received, camera.device.serial)
        segment = Segment.objects.create(
            camera=camera,
            original=original,
            started_at=one.started_at,
            ended_at=one.ended_at,
            has_audio=bool(one.audio),
            media=_media(one),
            stored_at=draft.at,
        )
        taken.append(segment)
    draft.note(
        segments=[{"camera": one.camera_id, "sha256": one.original_id} for one in taken],
    )
    return taken


def _media(one: FinishedSegment) -> dict[str, Any]:
    """The account of the file as the recorder wrote it; it need not be read again."""
    tracks = [{"kind": "video", "codec": one.video}]
    if one.audio:
        tracks.append({"kind": "audio", "codec": one.audio})
    account: dict[str, Any] = {"state": READ, "found": one.container, "tracks": tracks}
    if one.holes:
        account["spans"] = _held(one)
    return account


def _held(one: FinishedSegment) -> list[list[int]]:
    """The stretches between holes, in ms after the beginning."""
    edges = [one.started_at, *(edge for hole in one.holes for edge in hole), one.ended_at]
    after = [round((edge - one.started_at) / dt.timedelta(milliseconds=1)) for edge in edges]
    return [[a, b] for a, b in zip(after[::2], after[1::2], strict=True) if a < b]


def _settle_gap(draft: Draft, camera: Camera, one: FinishedSegment) -> None:
    """Close or open the gap before a segment, and put down the holes inside it."""
    lasting = CameraGap.objects.filter(camera=camera, ended_at=None).first()
    if lasting is not None and lasting.started_at <= one.started_at:
        lasting.ended_at = one.started_at
        lasting.save(update_fields=["ended_at"])
    elif lasting is None:
        held_until = _held_until(camera, one.started_at)
        if held_until is not None and held_until < one.started_at:
            cause = one.before or CameraGap.Cause.RECORDER_STOPPED
            start = _absence(draft, camera, held_until, one.watched_since, cause)
            if start < one.started_at:
                _open(draft, camera, start, one.started_at, cause)
    for start, end in one.holes:
        _open(draft, camera, start, end, CameraGap.Cause.PICTURES_MISSING)


def _held_until(camera: Camera, before: dt.datetime) -> dt.datetime | None:
    """Up to where everything is held or known as a gap; None: nothing was to be recorded.

    A camera that was just put in service owes nothing until its first picture.
    """
    operation = (
        Operation.objects.filter(camera=camera, since__lte=before).order_by("-since").first()
    )
    if operation is None:
        return None
    known = [operation.since]
    segment = last_segment(camera.id, since=operation.since, before=before)
    if segment is None and before - operation.since <= FIRST_PICTURE:
        return None
    if segment is not None:
        known.append(segment.ended_at)
    over = CameraGap.objects.filter(camera=camera, ended_at__lte=before).order_by("-ended_at")
    known += [gap.ended_at for gap in over[:1] if gap.ended_at is not None]
    return max(known)


def _absence(
    draft: Draft,
    camera: Camera,
    start: dt.datetime,
    watched_since: dt.datetime | None,
    cause: str,
) -> dt.datetime:
    """Where the gap of the camera begins: what no recorder was there to see is one of its own."""
    stopped = CameraGap.Cause.RECORDER_STOPPED
    if watched_since is None or cause == stopped or watched_since - start <= ABSENCE:
        return start
    _open(draft, camera, start, watched_since, stopped)
    return watched_since


def _open(
    draft: Draft, camera: Camera, start: dt.datetime, end: dt.datetime | None, cause: str
) -> CameraGap:
    return CameraGap.objects.create(
        camera=camera, started_at=start, ended_at=end, cause=cause, noticed_at=draft.at
    )


@act(permission="camera.record", event="camera_gap.opened")
def open_camera_gap(
    draft: Draft,
    *,
    actor: Person,
    camera_id: UUID,
    cause: str,
    watched_since: dt.datetime | None = None,
) -> CameraGap:
    """Put down that a camera sends nothing now: from the end of what is stored of it.

    The gap that lasts already is returned as it is. `watched_since`: when a recorder took the
    camera up, if nothing came since.

    Raises:
        Refused: `record.not_found`, `camera.not_in_service`.
    """
    locked = Camera.objects.select_for_update(of=("self",)).select_related("device")
    camera = locked.filter(id=camera_id).first()
    if camera is None:
        raise Refused("record.not_found")
    draft.about(camera)
    lasting = CameraGap.objects.filter(camera=camera, ended_at=None).first()
    if lasting is not None:
        return lasting
    operation = Operation.objects.filter(camera=camera, until=None).first()
    if operation is None:
        raise Refused("camera.not_in_service", serial=camera.device.serial)
    segment = last_segment(camera.id, since=operation.since)
    started_at = segment.ended_at if segment is not None else operation.since
    started_at = _absence(draft, camera, started_at, watched_since, cause)
    draft.note(cause=cause, started_at=started_at)
    return _open(draft, camera, started_at, None, cause)


@act(permission="camera.explain_gap", event="camera_gap.explained")
def explain_camera_gap(draft: Draft, *, actor: Person, gap_id: UUID, explanation: str) -> CameraGap:
    """Explain in writing why a camera did not record.

    Raises:
        Refused: `record.not_found`, `gap.explanation`.
    """
    if not explanation.strip():
        raise Refused("gap.explanation")
    seen = visible_camera_gap(actor, gap_id)
    gap = CameraGap.objects.select_for_update().get(id=seen.id)
    gap.explanation, gap.explained_by, gap.explained_at = explanation.strip(), actor, draft.at
    gap.save(update_fields=["explanation", "explained_by", "explained_at"])
    draft.about(gap)
    return gap
