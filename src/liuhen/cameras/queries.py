"""Reads of rooms, cameras, segments and gaps. What a person may not see does not exist for them.

Seeing that a room was recorded is not viewing it. Not for continuity by day (`continuity`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from liuhen.cameras.addresses import source_of
from liuhen.cameras.credentials import unseal
from liuhen.cameras.models import (
    Camera,
    CameraGap,
    CameraState,
    Operation,
    RecorderState,
    Room,
    Segment,
)
from liuhen.cases.queries import ALL_CASES
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.media.feed import Source
from liuhen.people.models import Office, Person
from liuhen.people.queries import standing_offices
from liuhen.recordings.models import Recording
from liuhen.rulebook.queries import rulebook

# Whose word about the recorder is older than this is not believed any more.
SILENT_AFTER = dt.timedelta(seconds=30)
_EVERYWHERE = ALL_CASES | {Office.Kind.INFORMATISATION}


def visible_rooms(person: Person) -> QuerySet[Room]:
    """Rooms of the units a person holds an office in; all of them for those who see every case."""
    held = standing_offices(person)
    if {office.kind for office in held} & _EVERYWHERE:
        return Room.objects.all()
    units = [office.unit_id for office in held if office.unit_id]
    return Room.objects.filter(unit__in=units)


def visible_room(person: Person, room_id: UUID) -> Room:
    """One room. Raises `Refused("record.not_found")`."""
    room = visible_rooms(person).filter(id=room_id).select_related("unit").first()
    if room is None:
        raise Refused("record.not_found")
    return room


def visible_cameras(person: Person) -> QuerySet[Camera]:
    """Cameras of visible rooms."""
    return Camera.objects.filter(room__in=visible_rooms(person)).select_related("room", "device")


def visible_camera(person: Person, camera_id: UUID) -> Camera:
    """One camera. Raises `Refused("record.not_found")`."""
    camera = visible_cameras(person).filter(id=camera_id).first()
    if camera is None:
        raise Refused("record.not_found")
    return camera


def visible_camera_gap(person: Person, gap_id: UUID) -> CameraGap:
    """One gap of a visible camera. Raises `Refused("record.not_found")`."""
    seen = CameraGap.objects.filter(id=gap_id, camera__room__in=visible_rooms(person))
    gap = seen.select_related("camera__room", "camera__device").first()
    if gap is None:
        raise Refused("record.not_found")
    return gap


# -- for the recorder ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Post:
    """A camera that is to record now: what the recorder has to know of it.

    `recorded_until` is the end of what is stored of the present operation, None without any.
    """

    camera_id: UUID
    serial: str
    source: Source
    since: dt.datetime
    recorded_until: dt.datetime | None


def posts() -> list[Post]:
    """All cameras in operation; one whose address is not allowed any more is left out."""
    found = []
    open_ones = Operation.objects.filter(until=None).select_related("camera__device")
    for operation in open_ones.order_by("camera_id"):
        camera = operation.camera
        try:
            source = source_of(camera.address, camera.username, unseal(camera.secret))
        except Refused:
            continue
        last = last_segment(camera.id, since=operation.since)
        until = last.ended_at if last else None
        found.append(Post(camera.id, camera.device.serial, source, operation.since, until))
    return found


def last_segment(
    camera_id: UUID, *, since: dt.datetime, before: dt.datetime | None = None
) -> Segment | None:
    """The latest stored segment that ends after `since` and begins before `before`."""
    stored = Segment.objects.filter(camera=camera_id, ended_at__gt=since)
    if before is not None:
        stored = stored.filter(started_at__lt=before)
    return stored.order_by("-started_at").first()


def is_stored(camera_id: UUID, started_at: dt.datetime) -> bool:
    """Whether a segment that begins then is stored."""
    return Segment.objects.filter(camera=camera_id, started_at=started_at).exists()


# -- for pages -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Alarm:
    """Something about cameras that a person has to look after now.

    `kind`: `camera_down`, `recorder_silent`, `storage_low` or `footage_waiting`.
    """

    kind: str
    since: dt.datetime
    camera: Camera | None = None
    cause: str = ""
    figure: int = 0


def alarms(person: Person) -> list[Alarm]:
    """What is wrong now with the cameras a person may see; three queries.

    Nobody is told that all is well by a recorder that says nothing.
    """
    now, recorder = clock.now(), RecorderState.objects.first()
    on_duty = Camera.objects.filter(Exists(_open_operation(OuterRef("id"))))
    cameras = on_duty.filter(room__in=visible_rooms(person)).select_related(
        "room", "device", "present_state"
    )
    listed = list(cameras.order_by("room__name", "view", "id"))
    if not listed:
        return []
    if recorder is None or now - recorder.seen_at > SILENT_AFTER:
        told = recorder.seen_at if recorder else now
        return [Alarm("recorder_silent", told)]
    found = [
        Alarm("camera_down", state.since, camera, state.cause)
        for camera in listed
        if (state := getattr(camera, "present_state", None)) is not None
        and state.state == CameraState.State.DOWN
    ]
    return [*recorder_alarms(recorder), *found]


# Storage is low when it lasts for less than this at the present rate.
_STORAGE_HOURS = 72
_WAITING_SEGMENTS = 40


def recorder_alarms(recorder: RecorderState) -> Iterable[Alarm]:
    """What is wrong with a recorder that reports: storage for too few hours, too much waiting."""
    hours = recorder.free // max(1, recorder.rate) // 3600
    if recorder.rate and hours < _STORAGE_HOURS:
        yield Alarm("storage_low", recorder.seen_at, figure=hours)
    if recorder.waiting > _WAITING_SEGMENTS:
        yield Alarm("footage_waiting", recorder.seen_at, figure=recorder.waiting)


def _open_operation(camera: OuterRef) -> QuerySet[Operation]:
    return Operation.objects.filter(camera=camera, until=None)


def footage(camera: Camera, started_at: dt.datetime, ended_at: dt.datetime) -> QuerySet[Segment]:
    """The stored segments that meet a span, in order."""
    stored = Segment.objects.filter(camera=camera, started_at__lt=ended_at, ended_at__gt=started_at)
    return stored.select_related("original", "camera__device").order_by("started_at")


def segment_name(segment: Segment) -> str:
    """The name of a segment's file: its camera and when it began, on the authority's clock."""
    found = segment.media.get("found", "mp4")
    serial = segment.camera.device.serial
    return f"{serial}_{clock.local(segment.started_at):%Y%m%d_%H%M%S}.{found}"


@dataclass(frozen=True)
class Keeping:
    """How long footage tied to nothing is kept, and whether a room has some that is older.

    What is older stays: it goes by an approved disposal only.
    """

    days: int
    is_confirmed: bool
    has_older: bool


def keeping_of(room: Room) -> Keeping:
    """The keeping of a room's untied footage by the figure in force today."""
    now = clock.now()
    name = "measures.retention_room_segments"
    figure = rulebook().parameters.on(name, clock.local_date(now))
    assert isinstance(figure.value, int)
    tied = Recording.objects.filter(original=OuterRef("original"))
    older = Segment.objects.filter(
        ~Exists(tied),
        camera__room=room,
        original__destruction=None,
        ended_at__lt=now - dt.timedelta(days=figure.value),
    )
    return Keeping(figure.value, figure.confidence == "A", older.exists())
