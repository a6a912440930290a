"""Inner steps of acts on recordings: duplicates, rows, tie and label. Not acts by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db import connection
from django.db.models import Q

from liuhen.actions.act import Draft
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import filmed_activity, visible_activity
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.media.probe import Probe
from liuhen.people.models import Device, Person
from liuhen.recordings.captured import Moment
from liuhen.recordings.file_names import name_facts
from liuhen.recordings.intake import ReceivedFile
from liuhen.recordings.media_facts import account_of, guessed_kind, has_tracks, unprobed
from liuhen.recordings.models import Bookmark, Recording
from liuhen.recordings.own_clock import expected_span
from liuhen.recordings.queries import visible_recordings
from liuhen.recordings.timing import UNTOLD, TimeSource, Timing, Told, timing
from liuhen.recordings.uploads import Intent, known_device
from liuhen.vault import keeping
from liuhen.vault.models import Original, Receipt


def locked_activity(draft: Draft, activity_id: UUID) -> Activity:
    """Lock the case of a visible activity. Raises `Refused("record.not_found")`."""
    activity = visible_activity(draft.actor, activity_id)
    activity.case = draft.lock_case(activity.case_id)
    return activity


def locked_filmed_activity(draft: Draft, activity_id: UUID) -> Activity:
    """Lock the case of an activity one has footage of. Raises `Refused("record.not_found")`.

    Who drew inspections may not see the case: it is locked by the right to hand in.
    """
    activity = filmed_activity(draft.actor, activity_id)
    activity.case = draft.opens(Case.objects.select_for_update().get(id=activity.case_id))
    return activity


def locked_recording(draft: Draft, recording_id: UUID) -> Recording:
    """Lock a visible recording, its case first. Raises `Refused("record.not_found")`."""
    seen = visible_recordings(draft.actor).filter(id=recording_id)
    case_id = seen.values_list("case_id", flat=True).first()
    if case_id is not None:
        draft.lock_case(case_id)
    locked = Recording.objects.select_for_update().filter(id__in=seen.values("id")).first()
    if locked is None or locked.case_id != case_id:
        raise Refused("record.not_found")
    draft.about(locked)
    return locked


def lock_digests(digests: Iterable[str]) -> None:
    """Let nobody else take in or remove these bytes before this act is over."""
    keys = sorted({keeping.lock_key(digest) for digest in digests})
    with connection.cursor() as cursor:
        # in the order given, the same for everybody: no two wait for each other
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def refuse_duplicate(draft: Draft, sha256: str, activity_id: UUID | None) -> None:
    """Refuse bytes that are a recording of the same activity already, or of none so far.

    The same footage may show two activities: then two recordings share one original.

    Raises:
        Refused: `original.destroyed`, `recording.duplicate` with `recording` and `name`.
    """
    lock_digests([sha256])
    if not Recording.objects.filter(original_id=sha256).exists():
        return
    keeping.refuse_destroyed(sha256)
    same = visible_recordings(draft.actor).filter(original_id=sha256)
    if activity_id is not None:  # who drew inspections may not see what they handed in
        loose = same.filter(activity=None).values("id")
        same = Recording.objects.filter(Q(activity_id=activity_id) | Q(id__in=loose))
        same = same.filter(original_id=sha256)
    held = same.order_by("stored_at").first()
    if held is not None:
        raise Refused("recording.duplicate", recording=str(held.id), name=held.name)


def into_vault(
    draft: Draft, received: ReceivedFile, device_serial: str | None
) -> tuple[Original, Receipt]:
    """Bytes into the vault, row and receipt with them. An act run again finds them there."""
    if not received.path.exists():
        if not keeping.local_store().has(received.sha256):
            raise Refused("upload.gone")
        return keeping.register(
            received.sha256,
            received.size,
            name=received.name,
            device_serial=device_serial,
            by=draft.actor.id,
            at=draft.at,
        )
    return keeping.keep_file(
        received.path,
        received.sha256,
        received.size,
        name=received.name,
        device_serial=device_serial,
        by=draft.actor.id,
        at=draft.at,
    )


def told_by(
    intent: Intent, probe: Probe | None, device: Device | None, activity: Activity | None
) -> Told:
    """Everything that says when the recording was made."""
    named = name_facts(intent.path or intent.name)
    return Told(
        stated_start=intent.started_at,
        stated_end=intent.ended_at,
        tag=probe.created if probe else None,
        named=named.taken_at(clock.CHINA) if named else None,
        duration_ms=probe.duration_ms if probe else None,
        device_offset_ms=device.clock_offset_ms if device else None,
        expected=expected_span(activity),
    )


def new_recording(
    draft: Draft,
    original: Original,
    intent: Intent,
    *,
    probe: Probe | None,
    head: bytes,
    activity: Activity | None,
    device: Device | None,
    made_by: Person | None,
) -> Recording:
    """A recording row that is not saved yet, tied and timed as far as anything tells."""
    found = timing(told_by(intent, probe, device, activity), draft.at)
    recording = Recording(
        original=original,
        name=intent.name,
        path=intent.path[:500],
        captured=intent.captured,
        device=device,
        made_by=made_by,
        stored_at=draft.at,
    )
    if probe is None:
        recording.media = unprobed(head)
        recording.kind = guessed_kind(recording.media["found"])
        put_times(recording, found)
    else:
        put_media(recording, probe, found)
    if is_credible_return(intent.returned_at, recording.ended_at, draft.at):
        recording.returned_at = intent.returned_at
    if activity is not None:
        put_tie(draft, recording, activity)
    return recording


def is_credible_return(
    returned_at: dt.datetime | None, ended_at: dt.datetime | None, at: dt.datetime
) -> bool:
    """Whether a return to the office can be true: not before the recording, not in the future.

    One that can't stays unknown, so that somebody is asked.
    """
    if returned_at is None or returned_at > at:
        return False
    return ended_at is None or returned_at >= ended_at


def put_media(recording: Recording, probe: Probe, found: Timing) -> None:
    """What a probe says of the file, and the times that follow."""
    recording.kind = probe.kind
    recording.has_video, recording.has_audio = has_tracks(probe)
    before, recording.media = recording.media, account_of(probe, found)
    if recording.time_source != TimeSource.RECORDER:
        put_times(recording, found)
    elif "spans" in before:  # our own recorder knows when it came and where pictures were missing
        recording.media["spans"] = before["spans"]


def put_tracks(recording: Recording, probe: Probe) -> None:
    """What a file holds, read again since more of it is kept now; its times stay as they are.

    One that can't be read any longer keeps what is known of it; where its tracks run is unknown.
    """
    before = recording.media
    if not probe.is_readable:
        recording.media = {**before, "video_spans": None, "audio_spans": None}
        return
    recording.has_video, recording.has_audio = has_tracks(probe)
    recording.media = {**account_of(probe, UNTOLD), "time_doubts": before.get("time_doubts", [])}
    if recording.time_source == TimeSource.RECORDER and "spans" in before:
        recording.media["spans"] = before["spans"]


def put_times(recording: Recording, found: Timing) -> None:
    """The corrected span and which clock told it."""
    recording.started_at, recording.ended_at = found.started_at, found.ended_at
    recording.time_source = found.source.value


def put_tie(draft: Draft, recording: Recording, activity: Activity) -> None:
    """Tie to an activity, and fill what the tie tells of the label (Art. 39)."""
    if recording.case_id not in (None, activity.case_id):
        # The label told of another case; nothing of it holds for this one.
        recording.handler = recording.party = None
        recording.place = recording.event_kind = ""
    recording.activity = activity
    put_label_of_case(draft, recording, activity.case)
    recording.place = recording.place or activity.place
    recording.event_kind = recording.event_kind or activity.kind


def put_label_of_case(draft: Draft, recording: Recording, case: Case) -> None:
    """Handler and party as the case tells them; the party only when there is just one."""
    recording.case = case
    recording.labelled_by, recording.labelled_at = draft.actor, draft.at
    recording.handler = recording.handler or case.handler
    if recording.party is None or recording.party.case_id != case.id:
        parties = list(case.parties.all()[:2])
        recording.party = parties[0] if len(parties) == 1 else None


def put_moments(draft: Draft, recording: Recording, moments: Iterable[Moment]) -> None:
    """What was marked while filming."""
    for moment in moments:
        Bookmark.objects.create(
            recording=recording,
            kind=moment.kind,
            at_ms=moment.at_ms,
            made_by=draft.actor,
            made_at=draft.at,
        )


def device_of(intent: Intent) -> Device | None:
    """The device the sender names. Raises `Refused("device.unknown")`."""
    return known_device(intent.device_serial) if intent.device_serial else None


def stated_again(recording: Recording) -> tuple[dt.datetime | None, dt.datetime | None]:
    """What a person stated of the times before, to be kept when the file is read later."""
    if recording.time_source != TimeSource.STATED or recording.started_at is None:
        return None, None
    end = recording.ended_at
    return recording.started_at, end if end != recording.started_at else None
