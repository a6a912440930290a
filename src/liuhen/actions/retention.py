"""Acts on how long records are kept: holds, and corrections of a class by two persons (Art. 41).

Classes rise by themselves (`retention_rows`). Not for disposal.
"""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.recording_rows import locked_recording
from liuhen.actions.retention_rows import is_higher
from liuhen.archive.models import Hold, Retention, RetentionCorrection
from liuhen.compliance.facts import facts_of_case
from liuhen.kernel.refusals import Refused
from liuhen.law.retention import class_of
from liuhen.law.view import View
from liuhen.people.models import Person
from liuhen.people.queries import is_own_matter
from liuhen.recordings.models import Recording
from liuhen.recordings.queries import visible_recordings
from liuhen.rulebook.queries import rulebook


@act(permission="hold.place", event="hold.placed")
def place_hold(
    draft: Draft,
    *,
    actor: Person,
    reason: str,
    case_id: UUID | None = None,
    recording_id: UUID | None = None,
) -> Hold:
    """Let nothing of a case, or not one recording, be disposed of, whatever its period.

    Raises:
        Refused: `record.not_found`, `reason.missing`, `hold.about`, `hold.standing`,
            `recording.destroyed`.
    """
    if (case_id is None) == (recording_id is None):
        raise Refused("hold.about")
    if not reason.strip():
        raise Refused("reason.missing")
    about: dict[str, object]
    if case_id is not None:
        about = {"case": draft.lock_case(case_id)}
    else:
        assert recording_id is not None
        recording = locked_recording(draft, recording_id)
        refuse_destroyed(recording)
        about = {"recording": recording}
    if Hold.objects.filter(**about, lifted_at=None, reason=reason.strip()).exists():
        raise Refused("hold.standing")
    hold = Hold.objects.create(
        **about, reason=reason.strip(), placed_by=draft.actor, placed_at=draft.at
    )
    draft.about(hold)
    draft.note(reason=hold.reason)
    return hold


@act(permission="hold.lift", event="hold.lifted")
def lift_hold(draft: Draft, *, actor: Person, hold_id: UUID, reason: str) -> Hold:
    """Lift a hold; nobody lifts their own.

    Raises:
        Refused: `record.not_found`, `reason.missing`, `hold.lifted`, `hold.own`.
    """
    hold = Hold.objects.select_for_update(of=("self",)).filter(id=hold_id).first()
    if hold is None:
        raise Refused("record.not_found")
    if hold.case_id is not None:
        draft.lock_case(hold.case_id)
    draft.about(hold)
    if hold.lifted_at is not None:
        raise Refused("hold.lifted")
    if is_own_matter(actor, "hold.lift", hold.placed_by_id):
        raise Refused("hold.own")
    if not reason.strip():
        raise Refused("reason.missing")
    hold.lifted_by, hold.lifted_at, hold.lift_reason = draft.actor, draft.at, reason.strip()
    hold.save()
    draft.note(reason=hold.lift_reason)
    return hold


@act(permission="retention.correct", event="retention.correction_asked")
def ask_retention_correction(
    draft: Draft, *, actor: Person, recording_id: UUID, reason: str
) -> RetentionCorrection:
    """Ask that a class which rested on an error of fact be brought down to what the facts say now.

    The fact itself has to be put right first, where it stands.

    Raises:
        Refused: `record.not_found`, `reason.missing`, `recording.destroyed`,
            `retention.facts_stand`, `retention.asked`.
    """
    recording = locked_recording(draft, recording_id)
    refuse_destroyed(recording)
    if not reason.strip():
        raise Refused("reason.missing")
    before, level = _lower(draft, recording)
    if RetentionCorrection.objects.filter(recording=recording, outcome="").exists():
        raise Refused("retention.asked")
    correction = RetentionCorrection.objects.create(
        recording=recording,
        before=before,
        level=level,
        reason=reason.strip(),
        asked_by=draft.actor,
        asked_at=draft.at,
    )
    draft.note(before=before, level=level, reason=correction.reason)
    return correction


@act(permission="retention.confirm", event="retention.correction_answered")
def answer_retention_correction(
    draft: Draft, *, actor: Person, correction_id: UUID, outcome: str, opinion: str
) -> RetentionCorrection:
    """Confirm as the second person that a class rested on an error of fact, or send it back.

    Raises:
        Refused: `record.not_found`, `retention.own`, `retention.answered`, `approval.outcome`,
            `approval.opinion`, `retention.facts_stand`.
    """
    asked = RetentionCorrection.objects.filter(id=correction_id).first()
    if asked is None:
        raise Refused("record.not_found")
    recording = locked_recording(draft, asked.recording_id)
    correction = RetentionCorrection.objects.select_for_update().get(id=correction_id)
    if correction.outcome:
        raise Refused("retention.answered")
    if is_own_matter(actor, "retention.confirm", correction.asked_by_id):
        raise Refused("retention.own")
    if outcome not in RetentionCorrection.Outcome.values:
        raise Refused("approval.outcome")
    if not opinion.strip():
        raise Refused("approval.opinion")
    correction.outcome, correction.opinion = outcome, opinion.strip()
    correction.confirmed_by, correction.confirmed_at = draft.actor, draft.at
    if outcome == RetentionCorrection.Outcome.CONFIRMED:
        correction.level = _lower(draft, recording)[1]
    correction.save()
    draft.note(outcome=outcome, level=correction.level)
    if outcome == RetentionCorrection.Outcome.CONFIRMED:
        row = Retention.objects.select_for_update().get(recording=recording)
        row.level, row.reasons, row.changed_at = correction.level, [], draft.at
        row.save()
    return correction


def refuse_destroyed(recording: Recording) -> None:
    """Raises `Refused("recording.destroyed")` once its bytes were ordered destroyed."""
    if recording.disposed_at is not None:
        raise Refused("recording.destroyed", name=recording.name)


def _lower(draft: Draft, recording: Recording) -> tuple[str, str]:
    """The class that stands and the lower one that the facts give now."""
    row = Retention.objects.filter(recording=recording).first()
    if row is None or recording.case_id is None:
        raise Refused("retention.facts_stand")
    facts, book = facts_of_case(recording.case_id), rulebook()
    view = View(facts, draft.at, book.parameters, book.calendar)
    mine = [one for one in facts.recordings or () if one.key == str(recording.id)]
    level = class_of(view, mine[0]) if mine else None
    if level is None or not is_higher(row.level, level):
        raise Refused("retention.facts_stand")
    return row.level, level.value


def correction_to_answer(person: Person, correction_id: UUID) -> RetentionCorrection:
    """A correction of a recording the person may see. Raises `Refused("record.not_found")`."""
    found = RetentionCorrection.objects.filter(
        id=correction_id, recording__in=visible_recordings(person)
    )
    correction = found.select_related("recording", "asked_by").first()
    if correction is None:
        raise Refused("record.not_found")
    return correction
