"""What happened at the scene, from rows to facts: officers, activities, recordings, gaps.

Conventions are those of `law.facts`: None is not known. Not for papers and money (`paper_facts`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import Enum
from typing import Any, TypeVar

from liuhen.compliance.rows import CaseRows, Row
from liuhen.compliance.simple_facts import noted_instant
from liuhen.kernel import clock
from liuhen.law.facts import (
    Activity,
    Certificate,
    Exemption,
    Extension,
    Gap,
    Officer,
    Recording,
    Span,
)
from liuhen.law.moments import Moment, States, nothing
from liuhen.law.vocabulary import NOT_YET, GapCause, Office, RecordingKind, Track
from liuhen.recordings.media_facts import UNREADABLE
from liuhen.recordings.timing import TimeSource

E = TypeVar("E", bound=Enum)

EXTENSION_APPROVAL = "recording_extension"


def member(kind: type[E], value: object) -> E | None:
    """The member of a vocabulary with this value; None when it has none (not known to the law)."""
    try:
        return kind(value)
    except ValueError:
        return None


def or_not_yet(instant: dt.datetime | None) -> Moment:
    """For steps that happen by an act of ours: no instant means it hasn't happened."""
    return NOT_YET if instant is None else instant


def exemptions(rows: CaseRows) -> tuple[Exemption, ...]:
    """Leave not to record an activity, each by its issued form; the last office gave it."""
    given = [row for row in rows.all("approvals") if row.text("kind") == "exemption"]
    given.sort(key=lambda row: str(row.instant("decided_at")))
    approvers = {
        row.reference("subject_id"): member(Office, row.text("office"))
        for row in given
        if row.text("outcome") == "approved"
    }
    return tuple(
        Exemption(
            key=row.id,
            activity=row.reference("activity_id") or "",
            reason=str(row.stated("data").get("reason") or ""),
            approved_at=row.instant("issued_at"),
            approver=approvers.get(row.id),
        )
        for row in rows.all("papers")
        if row.text("type") == "recording_exemption" and row.text("state") == "issued"
    )


def officers(rows: CaseRows) -> tuple[Officer, ...]:
    """The officers of case and activities, with all their certificates."""
    certificates: dict[str, list[Certificate]] = defaultdict(list)
    for row in rows.all("certificates"):
        certificates[str(row.reference("person_id"))].append(_certificate(row))
    wanted = {row.reference("person_id") for row in rows.all("case_officers")}
    wanted |= {row.reference("person_id") for row in rows.all("activity_officers")}
    return tuple(
        Officer(
            key=row.id,
            name=row.text("name"),
            unit=row.reference("unit_id"),
            certificates=tuple(certificates[row.id]),
        )
        for row in rows.all("persons")
        if row.id in wanted
    )


def _certificate(row: Row) -> Certificate:
    """A revoked certificate ends on the day it was revoked."""
    until, revoked = row.day("valid_until"), row.instant("revoked_at")
    if revoked is not None:
        day = clock.local_date(revoked)
        until = day if until is None else min(until, day)
    return Certificate(row.text("number"), row.day("valid_from"), until)


def activities(rows: CaseRows) -> tuple[Activity, ...]:
    """The activities of the case."""
    present: dict[str, list[str]] = defaultdict(list)
    for row in rows.all("activity_officers"):
        present[str(row.reference("activity_id"))].append(str(row.reference("person_id")))
    about_case = rows.case.stated("circumstances")
    seen = _seen(rows)
    return tuple(
        replace(
            _activity(row, present[row.id], about_case),
            footage_settled_at=_settled(rows, row),
            seen=seen[row.id],
            **_towards_party(rows, row),
        )
        for row in rows.all("activities")
    )


# What Coercion Law 18 owes the party of a sealing or seizure, and where it is told in words.
_OWED = {"is_party_called": "called", "is_party_told": "told", "is_party_heard": "heard"}


def _towards_party(rows: CaseRows, activity: Row) -> dict[str, Any]:
    """Whether it was done: as somebody answered, else as the words about it on page or record."""
    if activity.text("kind") != "sealing_or_seizure":
        return {}
    records = [
        row
        for row in rows.all("papers")
        if row.text("type") == "coercion_scene_record"
        and row.reference("activity_id") == activity.id
        and row.text("state") != "void"
    ]
    stated, keys = activity.stated("facts"), {row.id for row in records}
    told = [stated, *(row.stated("data") for row in records)]
    signed = any(
        row.reference("paper_id") in keys and row.text("role") == "party"
        for row in rows.all("signatures")
    )
    done = {
        name: truth_in(stated, name, True if any(one.get(key) for one in told) else None)
        for name, key in _OWED.items()
    }
    return {
        **done,
        "is_party_present": truth_in(stated, "is_party_present", True if signed else None),
    }


def _seen(rows: CaseRows) -> Mapping[str, States]:
    """By activity, what its recordings show where somebody marked it; the rest is not known."""
    shows = {row.id: str(row.reference("activity_id")) for row in rows.all("recordings")}
    seen: dict[str, dict[str, bool | None]] = defaultdict(dict)
    for mark in rows.all("bookmarks"):
        if mark.instant("withdrawn_at") is None:
            seen[shows[str(mark.reference("recording_id"))]][mark.text("kind")] = True
    return defaultdict(nothing, seen)


def _settled(rows: CaseRows, activity: Row) -> Moment:
    """When a person stated that no further footage will come: in so many words, or by explaining
    in writing why every part that is still uncovered is."""
    stated = noted_instant(activity.stated("facts"), "footage_settled_at")
    left = [
        row.instant("explained_at")
        for row in _open_gaps(rows)
        if row.reference("activity_id") == activity.id
    ]
    explained = [each for each in left if each is not None]
    return max(explained) if left and len(explained) == len(left) else stated


def _open_gaps(rows: CaseRows) -> list[Row]:
    """Gaps no later footage has filled."""
    return [row for row in rows.all("gaps") if row.instant("filled_at") is None]


def _activity(row: Row, officers: list[str], about_case: Mapping[str, Any]) -> Activity:
    stated = row.stated("facts")
    shown = row.instant("certificate_shown_at")
    return Activity(
        key=row.id,
        kind=row.text("kind"),
        started_at=row.instant("started_at"),
        ended_at=or_not_yet(row.instant("ended_at")),
        is_on_site=row.truth("is_on_site"),
        place=row.text("place"),
        officers=tuple(sorted(officers)),
        certificates_shown=None if shown is None else True,
        is_dangerous=_is_dangerous(row),
        # Raised by an act when it happens: what nobody raised is not so.
        is_designated=truth_in(stated, "is_designated", False),
        is_uncooperative=truth_in(stated, "is_uncooperative", False),
        is_urgent=truth_in(stated, "is_urgent", False),
        is_substitute=truth_in(stated, "is_substitute", False),
        has_objection=stated.get("has_objection") is True,
        has_conflict=truth_in(stated, "has_conflict", truth_in(about_case, "dispute")),
        is_sudden_incident=truth_in(stated, "is_sudden_incident", truth_in(about_case, "sudden")),
        brought_party=truth_in(stated, "brought_party"),
        reached_room_at=noted_instant(stated, "reached_room_at", None),
        adjournments=_adjournments(stated),
        within=stated.get("within"),
        seen={str(name): True for name in stated.get("seen") or ()},
        subject_key=stated.get("subject"),
    )


def _is_dangerous(row: Row) -> bool:
    """The flag of Art. 21: set by a named person; on enforcement it stands until cleared."""
    stated = row.truth("is_dangerous")
    return row.text("kind") in _DANGEROUS if stated is None else stated


_DANGEROUS = frozenset({"enforcement", "dangerous_action"})


def truth_in(stated: Mapping[str, Any], key: str, otherwise: bool | None = None) -> bool | None:
    """A person's yes or no; anything else, or nothing, is `otherwise`."""
    found = stated.get(key)
    return found if isinstance(found, bool) else otherwise


def _adjournments(stated: Mapping[str, Any]) -> tuple[Span, ...] | None:
    """Recorded adjournments; None when what was written can't be read as spans."""
    found = []
    for span in stated.get("adjournments") or ():
        started = noted_instant(span, "started_at", None) if isinstance(span, dict) else None
        if not isinstance(started, dt.datetime):
            return None
        found.append(Span(started, noted_instant(span, "ended_at")))
    return tuple(found)


def recordings(rows: CaseRows) -> tuple[Recording, ...]:
    """The recordings of the case; one that is tied to no activity yet may cover any."""
    parties = {row.id: row.text("name") for row in rows.all("parties")}
    persons = {row.id: row.text("name") for row in rows.all("persons")}
    scenes = {row.id: (row.text("place"), row.text("kind")) for row in rows.all("activities")}
    found = []
    for row in _footage(rows):
        activity = row.reference("activity_id")
        recording = Recording(
            key=row.id,
            kind=_recording_kind(row),
            tracks=_tracks(row.truth("has_video"), row.truth("has_audio")),
            started_at=row.instant("started_at"),
            ended_at=row.instant("ended_at"),
            held=_held(row),
            pictured=_track(row, "video_spans"),
            heard=_track(row, "audio_spans"),
            covers=None if activity is None else (activity,),
            returned_at=row.instant("returned_at"),
            stored_at=row.instant("stored_at"),
            label_number=rows.case.text("number"),
            label_party=parties.get(row.reference("party_id") or "", ""),
            label_handler=persons.get(row.reference("handler_id") or "", ""),
            place=row.text("place") or scenes.get(activity or "", ("", ""))[0],
            event_kind=row.text("event_kind") or scenes.get(activity or "", ("", ""))[1],
            disposed_at=or_not_yet(row.instant("disposed_at")),
            extension=_extensions(rows, row),
            is_clock_corrected=True if row.text("time_source") else None,
        )
        found.append(recording)
    return tuple(found)


def _footage(rows: CaseRows) -> list[Row]:
    """Recordings in the sense of Art. 3: a scan of papers is none."""
    return [row for row in rows.all("recordings") if row.text("kind") != "scan"]


def _recording_kind(row: Row) -> RecordingKind | None:
    """What our own recorder took of a room is a fixed camera's: nobody brings it back (39)."""
    if row.text("time_source") == TimeSource.RECORDER:
        return RecordingKind.CAMERA
    return member(RecordingKind, row.text("kind"))


def _held(row: Row) -> tuple[Span, ...]:
    """The stretches a file really holds; nothing when it fills its span, or nobody has read it.

    A file that can't be read holds nothing: one stretch of no length.
    """
    start, end, media = row.instant("started_at"), row.instant("ended_at"), row.stated("media")
    if start is None or end is None:
        return ()
    if media.get("state") == UNREADABLE:
        return (Span(start, start),)
    held = _laid(start, media.get("spans") or ())
    return () if held == (Span(start, end),) else held


def _track(row: Row, name: str) -> tuple[Span, ...] | None:
    """Where a track of a file runs; not known until somebody has read the file."""
    start, media = row.instant("started_at"), row.stated("media")
    if start is None or media.get("state") == UNREADABLE:
        return ()
    return None if media.get(name) is None else _laid(start, media[name])


def _laid(start: dt.datetime, spans: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Stretches of a file's own timeline, laid on the clock."""
    ms = dt.timedelta(milliseconds=1)
    return tuple(Span(start + ms * a, start + ms * b) for a, b in spans)


def _tracks(video: bool | None, audio: bool | None) -> frozenset[Track] | None:
    """Tracks present; not known only while a track not looked at could still make it both."""
    present = {track for track, has in ((Track.VIDEO, video), (Track.AUDIO, audio)) if has}
    if len(present) < 2 and None in (video, audio) and False not in (video, audio):
        return None
    return frozenset(present)


def _extensions(rows: CaseRows, recording: Row) -> tuple[Extension, ...]:
    """Consents to a later hand-in (Art. 39): given for the activity, before anything is stored."""
    asked = {
        row.id
        for row in rows.all("papers")
        if row.reference("activity_id") == recording.reference("activity_id")
    }
    return tuple(
        Extension(
            consented_at=or_not_yet(row.instant("decided_at")),
            office=member(Office, row.text("office")),
            reason=row.text("opinion"),
            refused=row.text("outcome") == "returned",
        )
        for row in rows.all("approvals")
        if row.text("kind") == EXTENSION_APPROVAL and row.reference("subject_id") in asked
    )


def gaps(rows: CaseRows) -> tuple[Gap, ...]:
    """Breaks of a recording: gaps of activities that were recorded at all.

    Without any recording nothing broke off: then the footage itself is missing. Nor do pictures
    break off, they are taken one by one.
    """
    recorded = {
        row.reference("activity_id")
        for row in _footage(rows)
        if member(RecordingKind, row.text("kind")) is not RecordingKind.PHOTO
    }
    scenes = {row.id: row for row in rows.all("activities")}
    return tuple(
        _gap(rows, row, scenes[str(row.reference("activity_id"))])
        for row in _open_gaps(rows)
        if row.reference("activity_id") in recorded
    )


def _gap(rows: CaseRows, row: Row, scene: Row) -> Gap:
    ended, scene_ended = row.moment("ended_at"), scene.instant("ended_at")
    return Gap(
        key=row.id,
        activity=scene.id,
        started_at=row.moment("started_at"),
        ended_at=ended,
        cause=member(GapCause, row.text("cause")),
        explained_at=or_not_yet(row.instant("explained_at")),
        explained_on_resumption=row.truth("is_told_on_resumption"),
        recording_resumed=None if scene_ended is None else ended < scene_ended,
        reported_at=or_not_yet(row.instant("reported_at")),
        statement_at=_statement_at(rows, row, scene),
        is_curable=row.instant("explained_at") is None,
    )


def _statement_at(rows: CaseRows, gap: Row, scene: Row) -> Moment:
    """When the written statement on a recording that could not go on was issued (Art. 21).

    One that names no gap is taken for all of its activity.
    """
    issued = [
        moment
        for row in rows.all("papers")
        if row.text("type") in _STATEMENTS
        and row.reference("activity_id") == scene.id
        and row.reference("subject_id") in (None, gap.id)
        and row.text("state") == "issued"
        and (moment := row.instant("issued_at")) is not None
    ]
    return min(issued, default=NOT_YET)


_STATEMENTS = frozenset({"interruption_statement", "impossibility_statement"})
