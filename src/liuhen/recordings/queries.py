"""Reads of recordings, gaps and derivatives. What a person may not see does not exist for them.

Seeing that a recording exists is not viewing it: that needs an approval (`access.queries`).
Each list takes a fixed number of queries. Not for writes or for findings of the law.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, Prefetch, Q, QuerySet

from liuhen.assembly.file_order import side_activities
from liuhen.cases.models import Activity, Case
from liuhen.cases.queries import ALL_CASES, UNIT_CASES, visible_cases
from liuhen.cases.secrecy import carried_by, cleared_for, hidden_cases, needed_by
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.catalogue import Code, catalogue
from liuhen.law.parameters import Parameters
from liuhen.media.coverage import difference, intersection, milliseconds, total
from liuhen.people.models import CLASSIFIED, Device, Office, Person
from liuhen.people.queries import is_allowed, offices_held, standing_offices
from liuhen.recordings.blanks import Blank, Blanks, blanks_in, laid
from liuhen.recordings.gaps import Span
from liuhen.recordings.media_facts import PROBING, READ, held_spans
from liuhen.recordings.models import Bookmark, Derivative, Docking, Gap, Recording
from liuhen.recordings.one_sided import OneSided, clock_tolerance, one_sided
from liuhen.rulebook.queries import rulebook
from liuhen.vault.models import Receipt

# Codes of the catalogue that ask for a whole span; the others only ask that the act is shown.
_SPANNED = frozenset({Code.SYNCHRONOUS, Code.WHOLE, Code.CONTINUOUS, Code.ROOM})

_LASTING = (Recording.Kind.VIDEO, Recording.Kind.AUDIO)
_JUST_OVER, _FILMABLE = dt.timedelta(days=3), 50


@dataclass(frozen=True)
class Bar:
    """A recording on an activity's time line: its spans in ms since the epoch, cut to nothing."""

    recording: Recording
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class ActivityCoverage:
    """What recordings hold of one activity.

    `percent` is whole, rounded down, so 100 means everything; None while the activity goes on
    or when the catalogue measures no span of its kind. `gaps` are the stored ones, open first;
    `one_sided` is what was recorded without sound or without a picture, `blanks` where a recording
    that is listed is silent or black for long.
    """

    activity: Activity
    bars: tuple[Bar, ...]
    gaps: tuple[Gap, ...]
    percent: int | None
    one_sided: tuple[OneSided, ...] = ()
    blanks: tuple[Blank, ...] = ()


@dataclass(frozen=True)
class CaseRecordings:
    """All recordings of a case: by activity, and those tied to none."""

    activities: tuple[ActivityCoverage, ...]
    untied: tuple[Recording, ...]


def visible_recordings(person: Person) -> QuerySet[Recording]:
    """Recordings of visible cases; of those without a case own ones, for heads their unit's."""
    held = standing_offices(person)
    kinds = {office.kind for office in held}
    if not kinds:
        return Recording.objects.none()
    if Office.Kind.SYSTEM in kinds:
        return Recording.objects.all()
    shown = Recording.objects.exclude(id__in=hidden_recordings(person).values("id"))
    if kinds & ALL_CASES:
        return shown.exclude(case__in=hidden_cases(person, held).values("id"))
    return shown.filter(Q(case__in=visible_cases(person)) | loose_of(person, held))


def loose_of(person: Person, held: Iterable[Office]) -> Q:
    """Those of no case that a person sees by offices that do not see all."""
    units = [office.unit_id for office in held if office.kind in UNIT_CASES and office.unit_id]
    return Q(case=None) & (_answered_by(person) | Q(made_by__unit__in=units))


def _answered_by(person: Person) -> Q:
    """Recordings a person made or handed in, or took over from who did and moved (Art. 40)."""
    own = Recording.objects.filter(taken_over_by=None)
    ways = (
        Recording.objects.filter(taken_over_by=person),
        own.filter(made_by=person),
        own.filter(original__received_by=person.id),
    )
    # each is found by its index; an "or" over both tables would look at every recording
    first, *rest = (each.values("id") for each in ways)
    return Q(id__in=first.union(*rest))


def hidden_recordings(person: Person) -> QuerySet[Recording]:
    """Recordings classified by themselves which the person may not know (Art. 45).

    Who made one or carries its case knows it; others who see the case need the clearance, and a
    need to know where their office alone lets them see it.
    """
    carried = Case.objects.filter(carried_by(person)).values("id")
    known = Q(case=None, made_by=person) | Q(case__in=carried)
    if cleared := cleared_for(person):
        needed = Case.objects.filter(needed_by(person, offices_held(person))).values("id")
        known |= Q(secrecy__in=cleared) & (Q(case=None) | Q(case__in=needed))
    return Recording.objects.filter(~known, secrecy__in=CLASSIFIED)


def unknown_originals(person: Person) -> QuerySet[Recording, str]:
    """The originals of recordings the person may not know, by their own class or their case's."""
    held = standing_offices(person)
    if Office.Kind.SYSTEM in {office.kind for office in held}:
        return Recording.objects.none().values_list("original", flat=True)
    secret = Q(id__in=hidden_recordings(person).values("id"))
    secret |= Q(case__in=hidden_cases(person, held).values("id"))
    return Recording.objects.filter(secret).values_list("original", flat=True)


def is_entry_secret(
    person: Person, case_id: UUID | None, subject_kind: str, subject_id: str
) -> bool:
    """Whether an entry of the ledger is about something classified the person may not know."""
    held = list(offices_held(person))
    if case_id is not None and hidden_cases(person, held).filter(id=case_id).exists():
        return True
    if subject_kind != Recording._meta.label_lower:
        return False
    return hidden_recordings(person).filter(id=subject_id).exists()


def visible_recording(person: Person, recording_id: UUID) -> Recording:
    """One recording the person may see. Raises `Refused("record.not_found")`."""
    recording = (
        visible_recordings(person)
        .filter(id=recording_id)
        .select_related("original", "case", "activity", "device", "made_by", "party", "handler")
        .first()
    )
    if recording is None:
        raise Refused("record.not_found")
    return recording


def visible_gap(person: Person, gap_id: UUID) -> Gap:
    """One gap of a visible case. Raises `Refused("record.not_found")`."""
    gap = (
        Gap.objects.filter(id=gap_id, activity__case__in=visible_cases(person))
        .select_related("activity")
        .first()
    )
    if gap is None:
        raise Refused("record.not_found")
    return gap


def measures_span(kind: str) -> bool:
    """Whether text or product ask of this kind of activity that its whole span is recorded.

    A kind missing from the catalogue is measured: better a gap shown than one not noticed.
    """
    row = catalogue().activities.get(kind)
    return row is None or any(demand.code in _SPANNED for demand in (*row.text, *row.product))


def activity_span(activity: Activity) -> Span | None:
    """The activity in ms since the epoch; None while it goes on."""
    if activity.ended_at is None:
        return None
    start, end = milliseconds(activity.started_at), milliseconds(activity.ended_at)
    return (start, end) if start < end else None


def uncovered_spans(activity: Activity, recordings: Iterable[Recording]) -> list[Span]:
    """What of an ended activity none of the recordings covers; nothing when no span is measured."""
    held = [held for one in recordings for held in held_spans(one)]
    return [(start, end) for start, end in difference(_required(activity), held)]


def _sitting(activity: Activity, span: Span) -> list[Span]:
    """An ended activity without its adjournments: what must be covered (Art. 19)."""
    breaks = [
        (milliseconds(start), span[1] if end is None else milliseconds(end))
        for start, end in activity.breaks
    ]
    return [(start, end) for start, end in difference([span], breaks)]


def recordings_of_case(person: Person, case: Case) -> CaseRecordings:
    """The recordings of a case that was reached through `visible_case`; a fixed number of queries.

    One that a person may not know counts for coverage and is not listed.
    """
    listed = Recording.objects.filter(case=case).order_by("started_at", "stored_at", "id")
    listed = listed.select_related("original", "device", "made_by", "party", "handler")
    recordings = list(listed.defer("captured"))
    activities = case.activities.order_by("started_at", "id").prefetch_related(
        Prefetch("gaps", Gap.objects.order_by("filled_at", "started_at", "id"))
    )
    hidden: set[UUID] = set()
    if any(one.secrecy in CLASSIFIED for one in recordings):
        hidden = set(hidden_recordings(person).filter(case=case).values_list("id", flat=True))
    blanks = blanks_in(one for one in recordings if one.id not in hidden)
    figures = rulebook().parameters
    return CaseRecordings(
        tuple(_coverage(activity, recordings, hidden, blanks, figures) for activity in activities),
        tuple(one for one in recordings if one.activity_id is None and one.id not in hidden),
    )


def _coverage(
    activity: Activity,
    recordings: list[Recording],
    hidden: set[UUID],
    blanks: Blanks,
    figures: Parameters,
) -> ActivityCoverage:
    tied = [one for one in recordings if one.activity_id == activity.id]
    bars = tuple(Bar(one, tuple(held_spans(one))) for one in tied)
    # PostgreSQL sorts NULL last, and the open gaps come first on a page.
    gaps = sorted(activity.gaps.all(), key=lambda gap: (gap.filled_at is not None, gap.started_at))
    shown = tuple(bar for bar in bars if bar.recording.id not in hidden)
    required = _required(activity)
    percent = _percent(required, bars) if required else None
    blank = laid(required, [bar.recording for bar in shown], blanks)
    flaws = one_sided(required, tied, clock_tolerance(figures, activity.started_at))
    return ActivityCoverage(activity, shown, tuple(gaps), percent, flaws, tuple(blank))


def _required(activity: Activity) -> list[Span]:
    """What of an ended activity is to be recorded; nothing when no span of its kind is measured."""
    span = activity_span(activity)
    return [] if span is None or not measures_span(activity.kind) else _sitting(activity, span)


def _percent(required: list[Span], bars: Iterable[Bar]) -> int:
    held = intersection(required, [held for bar in bars for held in bar.spans])
    return total(held) * 100 // total(required)


def unlabelled_recordings(person: Person) -> QuerySet[Recording]:
    """Recordings the person answers for whose label (Art. 39) is not complete yet."""
    return (
        Recording.objects.filter(_answered_by(person))
        .filter(
            Q(labelled_at=None) | Q(case=None, lead_number="") | Q(party=None) | Q(handler=None)
        )
        .select_related("original", "case", "activity", "device")
        .order_by("-stored_at", "id")
    )


def unreturned_recordings(person: Person) -> QuerySet[Recording]:
    """Recordings the person made whose return to the office nobody has stated: the clock of
    Art. 39 can't be told for them. A scan comes from no camera and has none."""
    return (
        Recording.objects.filter(made_by=person, returned_at=None)
        .exclude(kind=Recording.Kind.SCAN)
        .select_related("case", "activity")
        .order_by("-stored_at", "id")
    )


def hand_in_times(person: Person) -> QuerySet[Recording]:
    """Recordings the person made, with return and storage known: latest first.

    The period of Art. 39 is the law's (`law.parameters`, `measures.store_recording`).
    """
    return (
        Recording.objects.filter(made_by=person, returned_at__isnull=False)
        .exclude(kind=Recording.Kind.SCAN)
        .select_related("case", "activity")
        .order_by("-returned_at", "id")
    )


def receipt_of(recording: Recording) -> Receipt | None:
    """The newest signed receipt for the recording's original."""
    return Receipt.objects.filter(original_id=recording.original_id).order_by("-id").first()


def of_side_file() -> Q:
    """Recordings of what the authority settles among itself; they go with the side file."""
    kinds = side_activities()
    return Q(activity__kind__in=kinds) | Q(event_kind__in=kinds)


def derivative_of(sha256: str, kind: str, key: str = "") -> Derivative | None:
    """Something made from an original, when it was made."""
    return Derivative.objects.filter(original_id=sha256, kind=kind, key=key).first()


def derivative_keys(sha256: str, kind: str) -> set[str]:
    """The keys of all of one kind that were made from an original."""
    made = Derivative.objects.filter(original_id=sha256, kind=kind)
    return set(made.values_list("key", flat=True))


def media_of(sha256: str) -> dict[str, Any] | None:
    """What an original's file holds, once somebody has read it."""
    rows = Recording.objects.filter(original_id=sha256).exclude(media__state=PROBING)
    return rows.values_list("media", flat=True).first()


def unread_recording(recording_id: UUID) -> tuple[str, str] | None:
    """Digest and name of a recording whose file nobody has read yet; None when it is read."""
    waiting = Recording.objects.filter(id=recording_id, media__state=PROBING)
    return waiting.values_list("original_id", "name").first()


def unread_recordings() -> list[UUID]:
    """Recordings whose file nobody has read yet, oldest first."""
    waiting = Recording.objects.filter(media__state=PROBING, disposed_at=None).order_by(
        "stored_at", "id"
    )
    return list(waiting.values_list("id", flat=True))


def read_with_less(limit: int, after: UUID | None = None) -> list[tuple[UUID, str, str]]:
    """Films and sounds of which nobody kept where their tracks run: id, digest, name.

    In the order of their ids, behind `after`.
    """
    rows = Recording.objects.filter(media__state=READ, disposed_at=None, kind__in=_LASTING)
    rows = rows.exclude(media__has_key="video_spans")
    if after is not None:
        rows = rows.filter(id__gt=after)
    return list(rows.order_by("id").values_list("id", "original_id", "name")[:limit])


def bookmarks_of(*recordings: Recording) -> QuerySet[Bookmark]:
    """The marks of recordings that stand, in the order of their moments."""
    marks = Bookmark.objects.filter(recording__in=recordings, withdrawn_at=None)
    return marks.select_related("made_by", "recording").order_by("at_ms", "made_at", "id")


def filmable_activities(person: Person) -> list[Activity]:
    """Activities the person may film: those that go on, and what ended within three days."""
    since = clock.now() - _JUST_OVER
    rows = Activity.objects.filter(case__in=visible_cases(person), case__bound_at=None)
    rows = rows.filter(Q(ended_at=None) | Q(ended_at__gte=since)).select_related("case")
    open_first = F("ended_at").desc(nulls_first=True)
    return list(rows.order_by(open_first, "-started_at", "id")[:_FILMABLE])


def visible_dockings(person: Person) -> QuerySet[Docking]:
    """Dockings of one's own unit's devices and own ones; who keeps the devices sees all."""
    rows = Docking.objects.select_related("device", "started_by").order_by("-started_at")
    if is_allowed(person, "device.list"):
        return rows
    return rows.filter(Q(device__unit=person.unit_id) | Q(started_by=person))


def held_digests(digests: Iterable[str]) -> set[str]:
    """Which of these originals are recordings already."""
    return set(
        Recording.objects.filter(original_id__in=list(digests)).values_list(
            "original_id", flat=True
        )
    )


def held_files(device: Device) -> dict[tuple[str, int], str]:
    """Digests of what came from a device, by name and size: a guess its bytes must confirm."""
    rows = Recording.objects.filter(device=device)
    return {
        (name, size): sha256
        for name, size, sha256 in rows.values_list("name", "original__size", "original_id")
    }


def recordings_of_moment(
    case: Case, activity: Activity | None, moment: dt.datetime
) -> QuerySet[Recording]:
    """Recordings of an activity, else of the case, whose span holds a moment.

    As near as the law's own tolerance takes it (Art. 16).
    """
    slack = clock_tolerance(rulebook().parameters, moment)
    held = Recording.objects.filter(
        case=case, started_at__lte=moment + slack, ended_at__gte=moment - slack
    )
    if activity is not None:
        held = held.filter(Q(activity=activity) | Q(activity=None))
    return held.order_by("started_at")
