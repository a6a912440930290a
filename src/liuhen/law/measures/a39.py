"""Article 39: handing recordings in.

Restated: nobody keeps recordings; within twenty-four hours of return to the office they are stored
on dedicated storage and labelled with case number, party and handler, and backed up elsewhere at
intervals (how long, the authority sets; judged for the unit, not for each recording). In special
circumstances, with the consent of the handling unit's leader given before the twenty-four hours end
(our reading), two working days from return; never after a conflict at the scene or a sudden
incident, even when that is learned later. A lead number serves as label until there is a case
number.
"""

from datetime import datetime

from liuhen.kernel.clock import local_date
from liuhen.law.duties import Due, Duty, conj, disj, negate
from liuhen.law.facts import Extension, Recording
from liuhen.law.phrases import is_enforcing
from liuhen.law.subjects import RECORDINGS, UNIT
from liuhen.law.unit_facts import Unit
from liuhen.law.verdicts import Verdict, met, still_open, unknown, unmet
from liuhen.law.view import View, instant
from liuhen.law.vocabulary import NOT_YET, Office, RecordingKind


def _is_carried(view: View, recording: Recording) -> bool | None:
    view.use(recording, "kind")
    return None if recording.kind is None else recording.kind is not RecordingKind.CAMERA


def _stored(view: View, recording: Recording) -> Verdict:
    view.use(recording, "returned_at", "stored_at", "ended_at")
    stored, returned = view.when(recording.stored_at), view.when(recording.returned_at)
    if stored is None:
        return unknown()
    if isinstance(stored, datetime):
        return _stored_knowing(view, recording, stored)
    if returned is None:
        return unknown()
    return still_open() if returned is NOT_YET else unmet()


def _stored_knowing(view: View, recording: Recording, stored: datetime) -> Verdict:
    """Stored, but was it in time? Without the return, only when the end of filming proves it."""
    if view.when(recording.returned_at) is not None:
        return met(stored)
    earliest = view.due("measures.store_recording", recording.ended_at)
    if earliest is not None and stored <= earliest.due_at:
        return met(stored)
    return unknown()


def _due(view: View, recording: Recording) -> Due | None:
    return view.due("measures.store_recording", recording.returned_at)


def _extended_due(view: View, recording: Recording) -> Due | None:
    return view.due("measures.store_recording_extended", recording.returned_at)


def _is_extended(view: View, recording: Recording) -> bool | None:
    view.use(recording, "extension", "returned_at", "covers")
    if recording.extension is None:
        return None
    consents = [_is_consent(view, recording, each) for each in recording.extension]
    return conj(disj(False, *consents), negate(_is_heated(view, recording)))


def _is_consent(view: View, recording: Recording, extension: Extension) -> bool | None:
    due = _due(view, recording)
    given = view.when(extension.consented_at)
    if given is NOT_YET:
        return False
    in_time = None if due is None or given is None else instant(given) <= due.due_at  # type: ignore[operator]
    return conj(
        in_time,
        negate(extension.refused),
        None if extension.office is None else extension.office is Office.UNIT_HEAD,
        None if extension.reason is None else bool(extension.reason),
    )


def _is_heated(view: View, recording: Recording) -> bool | None:
    """Conflict at the scene or sudden incident, on any activity the recording is tied to."""
    if recording.covers is None:
        return None
    answers: list[bool | None] = []
    for key in recording.covers:
        activity = view.by_key("activities", key)
        if activity is None:
            answers.append(None)
            continue
        view.use(activity, "has_conflict", "is_sudden_incident")
        answers.append(disj(activity.has_conflict, activity.is_sudden_incident))
    return disj(False, *answers)


def _labelled(view: View, recording: Recording) -> Verdict:
    view.use(recording, "label_number", "label_party", "label_handler")
    labels = {
        "number": recording.label_number,
        "party": recording.label_party,
        "handler": recording.label_handler,
    }
    empty = [name for name, label in labels.items() if label == ""]
    if empty:
        view.use(recording, "stored_at")
        verdict = unmet if view.has(recording.stored_at) else still_open
        return verdict("incomplete", lacking=",".join(empty))
    return unknown() if None in labels.values() else met()


def _copied_elsewhere(view: View, unit: Unit) -> Verdict:
    """A copy of today is met; an older one runs to its interval's end, and then it is a breach."""
    view.use(unit, "off_site_copy_at", "started_at")
    copied = view.has(unit.off_site_copy_at)
    if copied is None:
        return unknown()
    made = instant(unit.off_site_copy_at)
    return met() if copied and made and local_date(made) == local_date(view.at) else unmet()


def _copy_due(view: View, unit: Unit) -> Due | None:
    last = unit.off_site_copy_at if view.has(unit.off_site_copy_at) else unit.started_at
    return view.due("measures.off_site_interval", last)


DUTIES = (
    Duty(
        "off_site_copy_current",
        "39.2",
        UNIT,
        _copied_elsewhere,
        is_enforcing,
        _copy_due,
        act="copy_off_site",
    ),
    Duty(
        "recording_stored_in_time",
        "39.2",
        RECORDINGS,
        _stored,
        _is_carried,
        _due,
        act="hand_in_recording",
    ),
    Duty(
        "storage_extended_by_consent",
        "39.2",
        RECORDINGS,
        _stored,
        _is_extended,
        _extended_due,
        exception_to="recording_stored_in_time",
        act="hand_in_recording",
    ),
    Duty("recording_labelled", "39.2", RECORDINGS, _labelled, _is_carried, act="label_recording"),
)
