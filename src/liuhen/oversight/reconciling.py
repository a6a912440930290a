"""What should be in the vault held against what is: activities, cameras carried, their index.

Each difference is a task with an owner and a clock of its own (`product.footage_expected`). They
are found by a job and kept as derived rows; one that no longer is goes. What can't be made good is
answered in words (`actions.reconciling`). Not for judging an activity by its duties (`compliance`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from liuhen.cases.models import Activity, ActivityOfficer
from liuhen.cases.queries import visible_cases
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.oversight.models import Difference, DifferenceAnswer
from liuhen.people.models import Device, Person
from liuhen.people.queries import offices_held
from liuhen.recordings.docking_log import is_cut_off
from liuhen.recordings.models import Docking, Gap, Recording
from liuhen.rulebook.queries import figure_at

_CARRIED = (Device.Kind.BODY_CAMERA, Device.Kind.RECORDER)
NAMED = 5


def reconcile(at: dt.datetime | None = None) -> int:
    """Find the differences of the last days anew; returns how many stand."""
    instant = at or clock.now()
    days, hours = figure_at("product.unit_window", instant), _hours(instant)
    since = instant - dt.timedelta(days=days if isinstance(days, int) else 0)
    answered = set(DifferenceAnswer.objects.values_list("kind", "key"))
    found = [
        each
        for each in (
            *_without_footage(since, instant),
            *_silent_cameras(since, instant),
            *_left(since),
        )
        if (each.kind, each.key) not in answered
    ]
    for each in found:
        each.due_at = each.since + dt.timedelta(hours=hours)
    keys = {(each.kind, each.key) for each in found}
    gone = [row.pk for row in Difference.objects.all() if (row.kind, row.key) not in keys]
    Difference.objects.filter(pk__in=gone).delete()
    Difference.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=["owner", "unit", "case", "what", "since", "due_at"],
    )
    return len(found)


def _hours(at: dt.datetime) -> int:
    found = figure_at("product.footage_expected", at)
    return found if isinstance(found, int) else 0


def _ended(since: dt.datetime, at: dt.datetime) -> QuerySet[Activity]:
    """Activities of the window that are over and that the text wants recorded."""
    kinds = [key for key, kind in catalogue().activities.items() if kind.text]
    return Activity.objects.filter(
        kind__in=kinds, started_at__gt=since, ended_at__isnull=False, ended_at__lte=at
    ).select_related("case")


# -- activities ----------------------------------------------------------------------------------


def _without_footage(since: dt.datetime, at: dt.datetime) -> Iterator[Difference]:
    """Activities with no recording, unless a person said in writing that none will come."""
    recorded = Exists(Recording.objects.filter(activity=OuterRef("id")))
    gaps = Gap.objects.filter(activity=OuterRef("id"), filled_at=None)
    is_told = Exists(gaps) & ~Exists(gaps.filter(explained_at=None))
    rows = _ended(since, at).exclude(recorded).exclude(is_told)
    rows = rows.exclude(facts__has_key="footage_settled_at")
    first = _first_officers(row.id for row in rows)
    for row in rows:
        name = catalogue().activities[row.kind].name
        yield Difference(
            kind=Difference.Kind.ACTIVITY,
            key=str(row.id),
            owner_id=first.get(row.id, row.case.handler_id),
            unit_id=row.case.unit_id,
            case=row.case,
            what=f"{name}已经结束，没有收到任何音像记录",
            since=row.ended_at or at,
        )


def _first_officers(activity_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    found: dict[UUID, UUID] = {}
    rows = ActivityOfficer.objects.filter(activity__in=list(activity_ids)).order_by("id")
    for activity_id, person_id in rows.values_list("activity_id", "person_id"):
        found.setdefault(activity_id, person_id)
    return found


# -- assignments ---------------------------------------------------------------------------------


def _silent_cameras(since: dt.datetime, at: dt.datetime) -> Iterator[Difference]:
    """Officers who were at a recorded activity with a camera of their own that gave nothing."""
    recorded = Exists(Recording.objects.filter(activity=OuterRef("id")))
    activities = {row.id: row for row in _ended(since, at).filter(recorded)}
    present = ActivityOfficer.objects.filter(activity__in=list(activities)).values_list(
        "activity_id", "person_id"
    )
    held: dict[UUID, Device] = {}
    devices = Device.objects.filter(kind__in=_CARRIED, is_in_service=True, holder__isnull=False)
    for device in devices.select_related("holder").order_by("serial"):
        held.setdefault(device.holder_id, device)  # type: ignore[arg-type]
    given = set(
        Recording.objects.filter(activity__in=list(activities), device__isnull=False).values_list(
            "activity_id", "device_id"
        )
    )
    for activity_id, person_id in present:
        carried, row = held.get(person_id), activities[activity_id]
        if carried is None or carried.registered_at > row.started_at:
            continue
        if (activity_id, carried.id) not in given:
            yield _silent(row, carried, person_id)


def _silent(activity: Activity, device: Device, holder_id: UUID) -> Difference:
    name = catalogue().activities[activity.kind].name
    return Difference(
        kind=Difference.Kind.ASSIGNMENT,
        key=f"{activity.id}:{device.id}",
        owner_id=holder_id,
        unit_id=activity.case.unit_id,
        case=activity.case,
        what=f"参加{name}时领用的{device.serial}没有交来这次活动的音像记录",
        since=activity.ended_at or activity.started_at,
    )


# -- cameras' own index --------------------------------------------------------------------------


def _left(since: dt.datetime) -> Iterator[Difference]:
    """Files a camera's own index named at its last docking and that did not get into the vault."""
    last: dict[UUID, Docking] = {}
    rows = Docking.objects.filter(started_at__gt=since).select_related("device")
    for row in rows.order_by("started_at"):
        last[row.device_id] = row
    for row in last.values():
        missing = row.expected_files - row.taken - row.held - row.ignored
        if missing <= 0 or (row.ended_at is None and not is_cut_off(row)):
            continue
        paths = [one["path"] for one in row.outcomes if one["state"] == "not_taken"][:NAMED]
        named = f"：{'、'.join(paths)}" if paths else ""
        yield Difference(
            kind=Difference.Kind.DEVICE,
            key=str(row.id),
            owner_id=row.device.holder_id or row.started_by_id,
            unit_id=row.device.unit_id,
            what=f"{row.device.serial}的目录中有{missing}个文件没有存入{named}",
            since=row.started_at,
        )


# -- reads ---------------------------------------------------------------------------------------


def visible_differences(person: Person) -> QuerySet[Difference]:
    """Those the person owns, of visible cases, and of cameras of the person's own units."""
    units = [office.unit_id for office in offices_held(person) if office.unit_id]
    cases = visible_cases(person).values("id")
    rows = Difference.objects.filter(owner=person)
    rows |= Difference.objects.filter(case__in=cases)
    rows |= Difference.objects.filter(case=None, unit__in=units)
    return rows.select_related("owner", "unit", "case").order_by("due_at", "id")


def own_differences(person: Person, *, limit: int) -> list[Difference]:
    """The tasks of one person, the nearest clock first."""
    rows = Difference.objects.filter(owner=person).select_related("case")
    return list(rows.order_by("due_at", "id")[:limit])
