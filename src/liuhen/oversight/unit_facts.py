"""The facts of units for the law engine: equipment, keeper, rooms, copies elsewhere, the register.

Each is read from rows of the last days (`product.unit_window`), so that the cost does not grow
with the archive. What nobody stated stays unknown. Not for judging (`standing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Min, Q, QuerySet

from liuhen.access.models import Printing
from liuhen.access.models import Viewing as ViewingRow
from liuhen.access.queries import Ground, was_live
from liuhen.archive.models import CaseCopy, CaseCopyRequest
from liuhen.cameras.continuity import room_days
from liuhen.cameras.models import Room as RoomRow
from liuhen.cases.models import Case
from liuhen.cases.secrecy import kinds_of, live_clearances
from liuhen.kernel import clock
from liuhen.law.moments import Moment
from liuhen.law.unit_facts import (
    HandOver,
    ManagerTerm,
    Room,
    RoomDay,
    Unit,
    UnitFacts,
    Verification,
    Viewing,
)
from liuhen.law.vocabulary import NOT_YET
from liuhen.people.models import Clearance, Device, DeviceFault, Office, Person
from liuhen.people.models import Unit as UnitRow
from liuhen.recordings.holdings import holdings_of
from liuhen.recordings.models import HandOver as HandOverRow
from liuhen.vault.models import Replica

_RECORDERS = (Device.Kind.BODY_CAMERA, Device.Kind.PHONE, Device.Kind.RECORDER)
_ENFORCING = (Office.Kind.OFFICER, Office.Kind.HANDLER)
_APPROVERS = ("approval__approved_by", "request__approved_by")
_MS = 1000
# A hand-over belongs to a move that follows within this time.
_BEFORE_MOVING = dt.timedelta(days=60)


def facts_of_unit(unit: UnitRow, at: dt.datetime, days: int) -> UnitFacts:
    """The facts of a unit at an instant, of things that go by from the last `days` days."""
    since = at - dt.timedelta(days=days)
    rooms = list(RoomRow.objects.filter(unit=unit, kind=RoomRow.Kind.HANDLING_ROOM).order_by("id"))
    return UnitFacts(
        unit=_unit(unit, at),
        manager_terms=_terms(unit, at),
        rooms=tuple(Room(str(room.id), room.name, room.is_covered) for room in rooms),
        room_days=tuple(each for room in rooms for each in _days(room, since, at)),
        hand_overs=_hand_overs(unit, since, at),
        verifications=_verifications(at),
        viewings=(
            *_viewings(unit, since, at),
            *_printings(unit, since, at),
            *_copies(unit, since, at),
        ),
    )


def _unit(unit: UnitRow, at: dt.datetime) -> Unit:
    officers = _held(Office.objects.filter(unit=unit, kind=Office.Kind.OFFICER), at)
    count = officers.filter(person__is_active=True).values("person").distinct().count()
    begun = Office.objects.filter(unit=unit).aggregate(first=Min("since"))["first"]
    return Unit(
        key=str(unit.id),
        name=unit.name,
        started_at=begun or NOT_YET,
        enforces=bool(unit.powers) or count > 0,
        officers_count=count,
        recorders_count=_recorders(unit),
        off_site_copy_at=_off_site_copy_at(at),
    )


def _held(offices: QuerySet[Office], at: dt.datetime) -> QuerySet[Office]:
    return offices.filter(Q(until=None) | Q(until__gt=at), since__lte=at)


def _recorders(unit: UnitRow) -> int:
    """Devices in service that record and have no fault nobody mended."""
    broken = DeviceFault.objects.filter(mended_at=None).values("device")
    devices = Device.objects.filter(unit=unit, kind__in=_RECORDERS, is_in_service=True)
    return devices.exclude(id__in=broken).count()


def _off_site_copy_at(at: dt.datetime) -> Moment:
    """When a replica that lacks nothing and found nothing different reported last."""
    told = Replica.objects.filter(missing=0, differences=[], reported_at__lte=at)
    return max(told.values_list("reported_at", flat=True), default=NOT_YET)


def _terms(unit: UnitRow, at: dt.datetime) -> tuple[ManagerTerm, ...]:
    """Who keeps the unit's records: its own keeper, or one for the whole authority."""
    mine = Q(unit=unit) | Q(unit=None)
    rows = Office.objects.filter(mine, kind=Office.Kind.RECORDS_MANAGER, since__lte=at)
    return tuple(
        ManagerTerm(str(row.id), row.person.name, row.since, row.until or NOT_YET)
        for row in rows.select_related("person").order_by("id")
    )


def _days(room: RoomRow, since: dt.datetime, at: dt.datetime) -> list[RoomDay]:
    """Local days on which cameras of the room were to record; others are not days of it."""
    found = room_days(room, clock.local_date(since), clock.local_date(at))
    return [
        RoomDay(
            key=f"{room.id}:{day.day.isoformat()}",
            room=room.name,
            day=day.day,
            ended_at=day.ended_at if day.is_over else NOT_YET,
            missing_seconds=-(-day.missing_ms // _MS),
            gathered_at=day.gathered_at or NOT_YET,
        )
        for day in found
        if day.expected_ms
    ]


def _hand_overs(unit: UnitRow, since: dt.datetime, at: dt.datetime) -> tuple[HandOver, ...]:
    """Those who stopped enforcing for the unit, with what is still in their hands."""
    ended = Office.objects.filter(
        unit=unit, kind__in=_ENFORCING, until__gt=since, until__lte=at
    ).exclude(person__in=_held(Office.objects.filter(unit=unit), at).values("person"))
    last: dict[Person, dt.datetime] = {}
    for office in ended.select_related("person").order_by("until", "id"):
        last[office.person] = office.until  # type: ignore[assignment]
    return tuple(_hand_over(person, moved_at) for person, moved_at in last.items())


def _hand_over(person: Person, moved_at: dt.datetime) -> HandOver:
    items = holdings_of(person).number
    received = HandOverRow.objects.filter(leaver=person, received_at__gte=moved_at - _BEFORE_MOVING)
    received_at = received.order_by("-received_at").values_list("received_at", flat=True).first()
    # What is still held was not among what was received.
    is_over = NOT_YET if items else received_at or NOT_YET
    return HandOver(str(person.id), person.name, moved_at, items, is_over)


def _verifications(at: dt.datetime) -> tuple[Verification, ...]:
    """Each replica holds entries, images and originals against the checkpoints all the time."""
    return tuple(
        Verification(row.name, row.reported_at, len(row.differences))
        for row in Replica.objects.filter(reported_at__lte=at).order_by("name")
    )


def _viewings(unit: UnitRow, since: dt.datetime, at: dt.datetime) -> list[Viewing]:
    rows = ViewingRow.objects.filter(
        recording__case__unit=unit, viewed_at__gt=since, viewed_at__lte=at
    )
    return [
        Viewing(
            key=str(row.id),
            viewer=row.viewer.name,
            approver=_approver(row.ground),
            reason=row.reason,
            viewed_at=row.viewed_at,
            is_approved=was_live(row.ground, row.viewed_at),
            is_copy=False,
            **_secret(row.recording.case, row.recording.secrecy, row.viewer, row.viewed_at),
        )
        for row in rows.select_related("viewer", "recording__case", *_APPROVERS).order_by("id")
    ]


def _printings(unit: UnitRow, since: dt.datetime, at: dt.datetime) -> list[Viewing]:
    """Papers printed under an approval; who carries the case makes its file, and copies nothing."""
    rows = Printing.objects.filter(case__unit=unit, printed_at__gt=since, printed_at__lte=at)
    about = rows.select_related("case", "printed_by", *_APPROVERS).order_by("id")
    return [
        Viewing(
            key=f"printing-{row.id}",
            viewer=row.printed_by.name,
            approver=_approver(row.ground),
            reason=row.reason,
            viewed_at=row.printed_at,
            is_approved=was_live(row.ground, row.printed_at),
            is_copy=False,
            **_secret(row.case, "", row.printed_by, row.printed_at),
        )
        for row in about
        if row.ground is not None
    ]


def _secret(case: Case | None, own: str, viewer: Person, at: dt.datetime) -> dict[str, Any]:
    """Whether a record is classified, by itself or with its case, and its viewer was cleared.

    None while nobody has decided about either.
    """
    assert case is not None  # asked for by the case's unit
    told = {own, case.secrecy} - {""}
    if not told:
        return {"is_classified": None, "is_cleared": None}
    asked = kinds_of(*told)
    is_cleared = _is_cleared(case, asked, viewer, at) if asked else None
    return {"is_classified": bool(asked), "is_cleared": is_cleared}


def _is_cleared(
    case: Case, asked: frozenset[Clearance.Kind], viewer: Person, at: dt.datetime
) -> bool:
    """Whether the viewer carried the case at that moment, or was cleared for what it touches."""
    carried = Q(until=None) | Q(until__gt=at)
    if case.officers.filter(carried, person=viewer, since__lte=at).exists():
        return True
    held = live_clearances(at).filter(person=viewer).values_list("kind", flat=True)
    return case.handler_id == viewer.id or asked <= set(held)


def _approver(ground: Ground) -> str:
    return ground.approved_by.name if ground.approved_by is not None else ""


def _copies(unit: UnitRow, since: dt.datetime, at: dt.datetime) -> Sequence[Viewing]:
    """Copies on discs; those of before they were asked for tell no approver."""
    rows = CaseCopy.objects.filter(case__unit=unit, copied_at__gt=since, copied_at__lte=at)
    asked = CaseCopyRequest.objects.filter(copy__in=rows.values("id"))
    by = dict(asked.values_list("copy_id", "approved_by__name"))
    return [
        Viewing(
            key=str(row.id),
            viewer=row.recipient,
            approver=by.get(row.id),
            is_approved=True if row.id in by else None,
            reason=row.purpose,
            manager=row.copied_by.name,
            viewed_at=row.copied_at,
            is_copy=True,
        )
        for row in rows.select_related("copied_by").order_by("id")
    ]
