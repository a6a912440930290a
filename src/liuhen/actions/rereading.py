"""Files read again of which an earlier version, or the recorder, kept less than is kept now.

Not for what nobody has read yet (`recordings.record_media`), nor for looking at all of them again.
"""

from __future__ import annotations

from uuid import UUID

from liuhen.actions import recording_rows as rows
from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import defer_reading
from liuhen.actions.recordings import settle_gaps
from liuhen.kernel.refusals import Refused
from liuhen.media.probe import Probe
from liuhen.people.models import Person
from liuhen.recordings.media_facts import lacks_tracks
from liuhen.recordings.models import Recording


@act(permission="recording.read", event="recording.read_again")
def record_media_again(
    draft: Draft, *, actor: Person, recording_id: UUID, probe: Probe
) -> Recording:
    """Put down where the tracks of a file run, which nobody kept when it was read before.

    Its times, its tie and its label stay.

    Raises:
        Refused: `record.not_found`, `recording.already_read`.
    """
    recording = rows.locked_recording(draft, recording_id)
    if not lacks_tracks(recording.media):
        raise Refused("recording.already_read")
    rows.put_tracks(recording, probe)
    recording.save(update_fields=["media", "has_video", "has_audio"])
    if recording.activity is not None:
        settle_gaps(draft, recording.activity)
    defer_reading(recording)
    return recording
