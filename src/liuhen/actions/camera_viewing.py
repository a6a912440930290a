"""Acts on the use of cameras: tying what they recorded to a case, watching them live.

Footage that is tied becomes a recording of the case and is viewed as any other (Art. 42). Not
for taking it in (`camera_footage`).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from liuhen.access.looks import REFUSED_LOOK
from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import defer_reading
from liuhen.actions.recording_rows import (
    lock_digests,
    locked_activity,
    put_label_of_case,
    put_tie,
)
from liuhen.actions.recordings import settle_gaps
from liuhen.cameras.models import Camera, Segment
from liuhen.cameras.queries import footage, segment_name, visible_camera
from liuhen.cameras.watching import make_token
from liuhen.cases.models import Activity, Case
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.recordings.media_facts import PROBING
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import media_of
from liuhen.recordings.timing import TimeSource
from liuhen.vault import keeping

# One tie is one act: small enough for the ledger's longest entry.
MOST_SEGMENTS = 60


@act(permission="camera.tie_footage", event="camera.footage_tied")
def tie_camera_footage(
    draft: Draft,
    *,
    actor: Person,
    camera_id: UUID,
    started_at: dt.datetime,
    ended_at: dt.datetime,
    activity_id: UUID | None = None,
    case_id: UUID | None = None,
) -> list[Recording]:
    """Make what a camera recorded in a span recordings of an activity, or of a case as such.

    Whole segments are tied; their originals stay one. Those tied there before are left alone. A
    job reads each file, as that of any recording; span and holes stay the recorder's.

    Raises:
        Refused: `record.not_found`, `footage.span`, `footage.none`, `footage.too_long`,
            `footage.tied_already`, `original.destroyed`.
    """
    camera = visible_camera(actor, camera_id)
    activity = locked_activity(draft, activity_id) if activity_id else None
    case = activity.case if activity else draft.lock_case(case_id) if case_id else None
    if case is None:
        raise Refused("record.not_found")
    segments = _held(camera, started_at, ended_at)
    tied = [
        _recording(draft, camera, segment, case, activity)
        for segment in _not_tied(segments, case, activity)
    ]
    if not tied:
        raise Refused("footage.tied_already")
    if activity is not None:
        settle_gaps(draft, activity)
    draft.about(camera)
    draft.note(
        started_at=started_at,
        ended_at=ended_at,
        activity=activity.id if activity else None,
        recordings=[one.id for one in tied],
    )
    return tied


def _held(camera: Camera, started_at: dt.datetime, ended_at: dt.datetime) -> list[Segment]:
    """The segments of a span; none of them is destroyed, or will be before the act is over."""
    if ended_at <= started_at:
        raise Refused("footage.span")
    segments = list(footage(camera, started_at, ended_at)[: MOST_SEGMENTS + 1])
    if not segments:
        raise Refused("footage.none")
    if len(segments) > MOST_SEGMENTS:
        count = footage(camera, started_at, ended_at).count()
        raise Refused("footage.too_long", most=MOST_SEGMENTS, count=count)
    lock_digests(one.original_id for one in segments)
    for one in segments:
        keeping.refuse_destroyed(one.original_id)
    return segments


def _not_tied(segments: list[Segment], case: Case, activity: Activity | None) -> list[Segment]:
    held = Recording.objects.filter(
        original__in=[one.original_id for one in segments], case=case, activity=activity
    )
    known = set(held.values_list("original_id", flat=True))
    return [one for one in segments if one.original_id not in known]


def _recording(
    draft: Draft, camera: Camera, segment: Segment, case: Case, activity: Activity | None
) -> Recording:
    recording = Recording(
        original=segment.original,
        kind=Recording.Kind.VIDEO,
        name=segment_name(segment),
        device=camera.device,
        started_at=segment.started_at,
        ended_at=segment.ended_at,
        time_source=TimeSource.RECORDER.value,
        has_video=True,
        has_audio=segment.has_audio,
        media=media_of(segment.original_id) or {**segment.media, "state": PROBING},
        stored_at=segment.stored_at,
        place=camera.room.name,
    )
    if activity is not None:
        put_tie(draft, recording, activity)
    else:
        put_label_of_case(draft, recording, case)
    recording.save(force_insert=True)
    defer_reading(recording)
    return recording


@act(permission="camera.watch", event="camera.watched", refusal=REFUSED_LOOK)
def watch_camera(draft: Draft, *, actor: Person, camera_id: UUID) -> str:
    """Open a camera's picture of now; returns the token that shows it for a while.

    Raises:
        Refused: `record.not_found`, `camera.not_in_service`.
    """
    camera = visible_camera(actor, camera_id)
    if not camera.operations.filter(until=None).exists():
        raise Refused("camera.not_in_service", serial=camera.device.serial)
    draft.about(camera)
    return make_token(camera.id, actor.id, draft.at)
