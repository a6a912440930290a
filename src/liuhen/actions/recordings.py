"""Acts on recordings: taking in, reading, tying, labelling, times, return, gaps explained.

Not for the bytes on their way (`recordings.uploads`, `actions.taking_in`), for a whole camera
(`actions.docking`) or for viewing (`actions.access`). Nothing here alters an original.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from liuhen.actions import recording_rows as rows
from liuhen.actions.act import Draft, act
from liuhen.actions.deferring import defer_reading
from liuhen.actions.recording_parts import join_parts
from liuhen.cases.models import Activity, Case, Party
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import GapCause
from liuhen.media.coverage import instant_of, milliseconds
from liuhen.media.probe import Probe
from liuhen.people.models import Office, Person
from liuhen.people.queries import holders
from liuhen.recordings.gaps import Span, settle
from liuhen.recordings.intake import ReceivedFile
from liuhen.recordings.media_facts import PROBING
from liuhen.recordings.models import Gap, Recording, Upload
from liuhen.recordings.queries import uncovered_spans, visible_gap
from liuhen.recordings.timing import TOLERANCE, TimeSource, timing
from liuhen.recordings.uploads import Intent


@act(permission="recording.take_in", event="recording.taken_in")
def take_in_recording(
    draft: Draft,
    *,
    actor: Person,
    received: ReceivedFile,
    intent: Intent,
    probe: Probe | None,
    head: bytes = b"",
    made_by: Person | None = None,
    upload_id: UUID | None = None,
) -> Recording:
    """Take a whole file of the intake folder into the vault as a recording.

    Args:
        received: fsynced and hashed as it came; its path is moved.
        probe: what was read of it, None when that is left to a job; `head` is then its beginning.
        made_by: who recorded; by default the actor.
        upload_id: the upload it came by, which is then marked as done in the same transaction.

    Raises:
        Refused: `record.not_found` (the activity), `device.unknown`, `recording.duplicate`,
            `upload.gone`, `storage.full`.
    """
    filmed = intent.activity_id
    activity = rows.locked_filmed_activity(draft, filmed) if filmed else None
    case = draft.lock_case(intent.case_id) if intent.case_id and activity is None else None
    device = rows.device_of(intent)
    rows.refuse_duplicate(draft, received.sha256, intent.activity_id)
    original, receipt = rows.into_vault(draft, received, intent.device_serial)
    recording = rows.new_recording(
        draft,
        original,
        intent,
        probe=probe,
        head=head,
        activity=activity,
        device=device,
        made_by=made_by or actor,
    )
    if case is not None:
        rows.put_label_of_case(draft, recording, case)
    recording.save(force_insert=True)
    rows.put_moments(draft, recording, intent.moments)
    if activity is not None:
        settle_gaps(draft, activity)
    defer_reading(recording)
    if upload_id is not None:
        done = {"recording": str(recording.id), "sha256": received.sha256, "receipt": receipt.note}
        Upload.objects.filter(id=upload_id).update(result=done)
    draft.about(recording)
    draft.note(sha256=received.sha256, size=received.size, name=received.name)
    return recording


@act(permission="recording.read", event="recording.read")
def record_media(draft: Draft, *, actor: Person, recording_id: UUID, probe: Probe) -> Recording:
    """Put down what a file holds that was too large to be read while it came in.

    Raises:
        Refused: `record.not_found`, `recording.already_read`.
    """
    recording = rows.locked_recording(draft, recording_id)
    if recording.media.get("state") != PROBING:
        raise Refused("recording.already_read")
    start, end = rows.stated_again(recording)
    intent = Intent(recording.name, path=recording.path, started_at=start, ended_at=end)
    told = rows.told_by(intent, probe, recording.device, recording.activity)
    rows.put_media(recording, probe, timing(told, recording.stored_at))
    recording.save()
    for activity in {recording.activity, *join_parts(recording)}:
        _settle_of(draft, activity)
    defer_reading(recording)
    return recording


@act(permission="recording.tie", event="recording.tied")
def tie_to_activity(
    draft: Draft, *, actor: Person, recording_id: UUID, activity_id: UUID
) -> Recording:
    """Say which activity a recording shows; what the tie tells fills the label.

    Raises:
        Refused: `record.not_found`, `recording.tied_already`, `recording.duplicate`.
    """
    before, activity = _lock_both(draft, recording_id, activity_id)
    recording = rows.locked_recording(draft, recording_id)
    if recording.activity_id == activity.id:
        raise Refused("recording.tied_already")
    twins = Recording.objects.filter(original=recording.original_id, activity=activity)
    twin = twins.first()
    if twin is not None:
        raise Refused("recording.duplicate", recording=str(twin.id), name=twin.name)
    rows.put_tie(draft, recording, activity)
    recording.save()
    _settle_of(draft, before)
    settle_gaps(draft, activity)
    draft.opens(activity.case)
    # So that an entry of the case itself names the bytes, wherever they were taken in.
    sha256 = recording.original_id
    draft.note(activity=activity.id, before=before.id if before else None, sha256=sha256)
    return recording


def _lock_both(
    draft: Draft, recording_id: UUID, activity_id: UUID
) -> tuple[Activity | None, Activity]:
    """Lock the cases of the recording and of the activity, in the order of their ids."""
    found = Recording.objects.filter(id=recording_id).select_related("activity").first()
    wanted = Activity.objects.filter(id=activity_id).values_list("case_id", flat=True).first()
    held = found.case_id if found is not None else None
    for case_id in sorted({case_id for case_id in (held, wanted) if case_id is not None}):
        draft.lock_case(case_id)
    activity = rows.locked_activity(draft, activity_id)
    return found.activity if found is not None else None, activity


@act(permission="recording.tie", event="recording.untied")
def untie_from_activity(
    draft: Draft, *, actor: Person, recording_id: UUID, reason: str
) -> Recording:
    """Take back a tie that was wrong; the recording stays in its case.

    Raises:
        Refused: `record.not_found`, `recording.not_tied`, `reason.missing`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    recording = rows.locked_recording(draft, recording_id)
    activity = recording.activity
    if activity is None:
        raise Refused("recording.not_tied")
    recording.activity = None
    recording.save(update_fields=["activity"])
    settle_gaps(draft, activity)
    draft.note(activity=activity.id, reason=reason.strip())
    return recording


@act(permission="recording.label", event="recording.labelled")
def label_recording(
    draft: Draft,
    *,
    actor: Person,
    recording_id: UUID,
    handler: Person,
    case_id: UUID | None = None,
    lead_number: str = "",
    party_id: UUID | None = None,
    place: str = "",
    event_kind: str = "",
) -> Recording:
    """Label a recording (Art. 39): case or lead number, party, handler; place and kind of event.

    Raises:
        Refused: `record.not_found`, `label.incomplete`, `label.other_case`, `label.party`,
            `label.handler`.
    """
    if case_id is None and not lead_number.strip():
        raise Refused("label.incomplete")
    if case_id is not None:
        _lock_cases_of(draft, recording_id, case_id)
    recording = rows.locked_recording(draft, recording_id)
    case = draft.lock_case(case_id) if case_id is not None else None
    if recording.activity is not None and recording.activity.case_id != case_id:
        raise Refused("label.other_case")
    recording.case = case
    recording.party = _party_of(case, party_id)
    recording.handler = _acting_handler(handler)
    recording.lead_number = lead_number.strip()
    recording.place = place.strip() or recording.place
    recording.event_kind = event_kind.strip() or recording.event_kind
    recording.labelled_by, recording.labelled_at = actor, draft.at
    recording.save()
    return recording


def _lock_cases_of(draft: Draft, recording_id: UUID, case_id: UUID) -> None:
    held = Recording.objects.filter(id=recording_id).values_list("case_id", flat=True).first()
    for locked in sorted({one for one in (held, case_id) if one is not None}):
        draft.lock_case(locked)


def _party_of(case: Case | None, party_id: UUID | None) -> Party | None:
    if party_id is None:
        return None
    party = Party.objects.filter(id=party_id, case=case).first() if case is not None else None
    if party is None:
        raise Refused("label.party")
    return party


def _acting_handler(person: Person) -> Person:
    kinds = (Office.Kind.OFFICER, Office.Kind.HANDLER)
    if not any(holders(kind).filter(id=person.id).exists() for kind in kinds):
        raise Refused("label.handler", name=person.name)
    return person


@act(permission="recording.state_return", event="recording.returned")
def state_return(
    draft: Draft, *, actor: Person, recording_ids: Sequence[UUID], returned_at: dt.datetime
) -> list[Recording]:
    """State when the recordings came back to the office: the start of Art. 39's clock.

    Raises:
        Refused: `record.not_found`, `return.in_future`, `return.before_recording`.
    """
    if returned_at > draft.at:
        raise Refused("return.in_future")
    found = Recording.objects.filter(id__in=list(recording_ids))
    for case_id in sorted({one for one in found.values_list("case_id", flat=True) if one}):
        draft.lock_case(case_id)
    stated = [rows.locked_recording(draft, one) for one in sorted(set(recording_ids))]
    for recording in stated:
        if recording.ended_at is not None and returned_at < recording.ended_at:
            raise Refused("return.before_recording", name=recording.name)
        recording.returned_at = returned_at
        recording.save(update_fields=["returned_at"])
    draft.note(recordings=[one.id for one in stated], returned_at=returned_at)
    return stated


@act(permission="recording.state_time", event="recording.timed")
def state_time(
    draft: Draft,
    *,
    actor: Person,
    recording_id: UUID,
    started_at: dt.datetime,
    ended_at: dt.datetime,
    reason: str,
) -> Recording:
    """State a recording's span by hand, where no clock tells it or the clock was wrong.

    Raises:
        Refused: `record.not_found`, `recording.span`, `reason.missing`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    recording = rows.locked_recording(draft, recording_id)
    if ended_at < started_at or ended_at > recording.stored_at + TOLERANCE:
        raise Refused("recording.span")
    draft.note(reason=reason.strip(), before=[recording.started_at, recording.ended_at])
    recording.started_at, recording.ended_at = started_at, ended_at
    recording.time_source = TimeSource.STATED.value
    recording.save(update_fields=["started_at", "ended_at", "time_source"])
    _settle_of(draft, recording.activity)
    return recording


@act(permission="recording.explain_gap", event="gap.explained")
def explain_recording_gap(
    draft: Draft,
    *,
    actor: Person,
    gap_id: UUID,
    cause: str,
    explanation: str,
    is_told_on_resumption: bool | None = None,
) -> Gap:
    """Give the cause of a gap and explain it in writing (Art. 21).

    `is_told_on_resumption`: whether the resumed footage begins with saying why; None: not known.

    Raises:
        Refused: `record.not_found`, `gap.cause`, `gap.explanation`, `gap.filled`.
    """
    if cause not in set(GapCause):
        raise Refused("gap.cause")
    if not explanation.strip():
        raise Refused("gap.explanation")
    draft.lock_case(visible_gap(actor, gap_id).activity.case_id)
    gap = Gap.objects.select_for_update().get(id=gap_id)
    if gap.filled_at is not None:
        raise Refused("gap.filled")
    gap.cause, gap.explanation = cause, explanation.strip()
    gap.is_told_on_resumption = is_told_on_resumption
    gap.explained_by, gap.explained_at = actor, draft.at
    gap.save()
    draft.about(gap)
    return gap


@act(permission="recording.report_gap", event="gap.reported")
def report_gap(
    draft: Draft, *, actor: Person, gap_id: UUID, reported_to: Person, reported_at: dt.datetime
) -> Gap:
    """Record that a break that could not be mended was told to the department's head (Art. 21).

    Raises:
        Refused: `record.not_found`, `gap.filled`, `gap.report_office`, `gap.report_time`.
    """
    draft.lock_case(visible_gap(actor, gap_id).activity.case_id)
    gap = Gap.objects.select_for_update().get(id=gap_id)
    if gap.filled_at is not None:
        raise Refused("gap.filled")
    if not holders(Office.Kind.DEPARTMENT_HEAD, actor.unit).filter(id=reported_to.id).exists():
        raise Refused("gap.report_office", name=reported_to.name)
    if not gap.started_at <= reported_at <= draft.at:
        raise Refused("gap.report_time")
    gap.reported_to, gap.reported_at = reported_to, reported_at
    gap.save(update_fields=["reported_to", "reported_at"])
    draft.about(gap)
    return gap


def _settle_of(draft: Draft, activity: Activity | None) -> None:
    if activity is not None:
        settle_gaps(draft, activity)


def settle_gaps(draft: Draft, activity: Activity) -> None:
    """Bring an activity's stored gaps to what its recordings leave uncovered now.

    An inner step for acts that hold the case: of an activity's end, a tie, a time.
    """
    if activity.ended_at is None:
        return
    uncovered = uncovered_spans(activity, Recording.objects.filter(activity=activity))
    open_rows = {gap.id: gap for gap in Gap.objects.filter(activity=activity, filled_at=None)}
    stored = {key: _span(gap) for key, gap in open_rows.items()}
    settled = settle(stored, uncovered)
    for key in settled.filled:
        open_rows[key].filled_at = draft.at
        open_rows[key].save(update_fields=["filled_at"])
    for key, span in settled.moved.items():
        gap = open_rows[key]
        gap.started_at, gap.ended_at = instant_of(span[0]), instant_of(span[1])
        gap.save(update_fields=["started_at", "ended_at"])
    for key, span in settled.split:
        _open_gap(draft, activity, span, like=open_rows[key])
    for span in settled.opened:
        _open_gap(draft, activity, span)


def _span(gap: Gap) -> Span:
    return milliseconds(gap.started_at), milliseconds(gap.ended_at)


def _open_gap(draft: Draft, activity: Activity, span: Span, like: Gap | None = None) -> None:
    """A new gap; a piece of one that was there has all that was said and done about it."""
    told = (
        *("cause", "explanation", "explained_by_id", "explained_at"),
        *("is_told_on_resumption", "reported_at", "reported_to_id"),
    )
    Gap.objects.create(
        activity=activity,
        started_at=instant_of(span[0]),
        ended_at=instant_of(span[1]),
        noticed_at=draft.at if like is None else like.noticed_at,
        **({name: getattr(like, name) for name in told} if like is not None else {}),
    )
