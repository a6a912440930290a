"""Footage that activities still owe, by the law's own findings, and whose task each piece is.

The regulation asks for the activity to be recorded, never for the camera of each officer: what a
colleague filmed is recorded, and a hole that was explained is answered. So an activity owes
footage exactly while a duty of the text that footage would satisfy stands open and can still be
made good. Only then do the cameras that were there and gave nothing matter. A bound file takes no
footage any more: its closing named what can't be made good. Not for judging (`compliance`), nor
for a camera's own index (`oversight.reconciling`).
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from liuhen.cases.models import Activity, ActivityOfficer
from liuhen.compliance.models import Finding
from liuhen.documents.models import Service
from liuhen.law.catalogue import catalogue
from liuhen.law.findings import Column, Outcome
from liuhen.law.registry import packaged_registry
from liuhen.oversight.models import Difference
from liuhen.people.models import Device, DeviceFault, Person
from liuhen.people.queries import unit_heads
from liuhen.recordings.models import Gap, Recording

_CARRIED = (Device.Kind.BODY_CAMERA, Device.Kind.RECORDER)
_OPEN = (Outcome.PENDING.value, Outcome.BREACHED.value)


@dataclass(frozen=True)
class Owed:
    """An activity that is over and owes footage: nothing came, or `seconds` of it are missing."""

    activity: Activity
    ended_at: dt.datetime
    seconds: int | None

    @property
    def words(self) -> str:
        """What is missing, in Chinese."""
        name = catalogue().activities[self.activity.kind].name
        if self.seconds is None:
            return f"{name}已经结束，没有收到任何音像记录"
        minutes, seconds = divmod(self.seconds, 60)
        lacking = f"{minutes}分{seconds}秒" if minutes else f"{seconds}秒"
        return f"{name}的音像记录没有覆盖全过程，还缺{lacking}"


def differences_of_activities(at: dt.datetime) -> Iterator[Difference]:
    """One for each activity that owes footage; it names every camera that may hold it."""
    owed = {one.activity.id: one for one in _owed(at)}
    present = _present(owed)
    silent = _silent_cameras(owed, present)
    heads = unit_heads(one.activity.case.unit_id for one in owed.values())
    for key, one in owed.items():
        case, cameras = one.activity.case, silent.get(key, {})
        asked = [*cameras, *present.get(key, ()), *([case.handler] * case.handler.is_active)]
        owner = asked[0] if asked else heads.get(case.unit_id, case.handler)
        yield _of_activity(one, owner, cameras)


def _of_activity(one: Owed, owner: Person, cameras: Mapping[Person, Device]) -> Difference:
    carried = "、".join(f"{device.serial}（{who.name}）" for who, device in cameras.items())
    named = f"；当时领用{carried}，没有交来这次活动的记录" if carried else ""
    return Difference(
        kind=Difference.Kind.ACTIVITY,
        key=str(one.activity.id),
        owner=owner,
        unit_id=one.activity.case.unit_id,
        case=one.activity.case,
        what=f"{one.words}{named}",
        since=one.ended_at,
    )


# -- what is owed --------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _footage_rules() -> tuple[str, ...]:
    """Duties of the text that footage of an activity would satisfy."""
    return tuple(
        duty.name
        for duty in packaged_registry().all
        if duty.act == "upload_recording"
        and duty.column is Column.TEXT
        and duty.over.kind in ("activity", "service")
    )


def _owed(at: dt.datetime) -> Iterator[Owed]:
    """Activities that are over and owe footage, unless every hole of theirs was explained."""
    missing = _missing()
    rows = Activity.objects.filter(id__in=list(missing), ended_at__lte=at)
    explained = _explained(missing)
    for row in rows.select_related("case__handler").order_by("ended_at", "id"):
        if row.id not in explained:
            yield Owed(row, row.ended_at or at, missing[row.id])


def _owing() -> QuerySet[Finding]:
    """Open findings of the text that footage would still satisfy."""
    return Finding.objects.filter(
        case__bound_at=None,
        rule__in=_footage_rules(),
        outcome__in=_OPEN,
        column=Column.TEXT.value,
        is_curable=True,
    )


def owing_duties(case_ids: Iterable[UUID]) -> dict[str, tuple[str, str]]:
    """By activity the duty, as (rule, subject), for which footage of it is asked."""
    listed = list(
        _owing()
        .filter(case__in=list(case_ids))
        .order_by("rule", "subject_id")
        .values_list("subject_kind", "subject_id", "rule")
    )
    services = _activities_of_services(key for kind, key, _ in listed if kind == "service")
    found: dict[str, tuple[str, str]] = {}
    for kind, key, rule in listed:
        activity = services.get(key) if kind == "service" else key
        found.setdefault(str(activity), (rule, key))
    return found


def _missing() -> dict[UUID, int | None]:
    """By activity the seconds no footage covers (None: there is none at all)."""
    found: dict[UUID, int | None] = {}
    listed = list(_owing().values_list("subject_kind", "subject_id", "body__explanation"))
    services = _activities_of_services(key for kind, key, _ in listed if kind == "service")
    for kind, key, explanation in listed:
        activity = services.get(key) if kind == "service" else UUID(key)
        if activity is None:
            continue
        seconds = dict(explanation["data"]).get("seconds")
        before = found.get(activity, 0)
        found[activity] = None if seconds is None or before is None else max(before, int(seconds))
    return found


def _activities_of_services(keys: Iterable[str]) -> dict[str, UUID]:
    rows = Service.objects.filter(id__in=list(keys), activity__isnull=False)
    return {str(key): activity for key, activity in rows.values_list("id", "activity_id")}


def _explained(activity_ids: Iterable[UUID]) -> set[UUID]:
    told: dict[UUID, bool] = {}
    rows = Gap.objects.filter(activity__in=list(activity_ids), filled_at=None)
    for activity, explained_at in rows.values_list("activity_id", "explained_at"):
        told[activity] = told.get(activity, True) and explained_at is not None
    return {activity for activity, is_told in told.items() if is_told}


# -- whose task it is ----------------------------------------------------------------------------


def _present(owed: Mapping[UUID, Owed]) -> Mapping[UUID, list[Person]]:
    """The officers at each activity who still work here, the case's handler first."""
    found: dict[UUID, list[Person]] = defaultdict(list)
    rows = ActivityOfficer.objects.filter(activity__in=list(owed), person__is_active=True)
    for row in rows.select_related("person").order_by("id"):
        there = found[row.activity_id]
        is_handler = row.person_id == owed[row.activity_id].activity.case.handler_id
        there.insert(0 if is_handler else len(there), row.person)
    return found


def _silent_cameras(
    owed: Mapping[UUID, Owed], present: Mapping[UUID, list[Person]]
) -> Mapping[UUID, dict[Person, Device]]:
    """By activity the carried cameras that could have filmed it and gave nothing of it."""
    people = {person.id for there in present.values() for person in there}
    carried: dict[UUID, list[Device]] = defaultdict(list)
    devices = Device.objects.filter(kind__in=_CARRIED, is_in_service=True, holder__in=people)
    for device in devices.order_by("serial"):
        if device.holder_id is not None:
            carried[device.holder_id].append(device)
    given = set(
        Recording.objects.filter(activity__in=list(owed), device__isnull=False).values_list(
            "activity_id", "device_id"
        )
    )
    broken = _broken(device.id for held in carried.values() for device in held)
    found: dict[UUID, dict[Person, Device]] = defaultdict(dict)
    for key, one in owed.items():
        for person in present.get(key, ()):
            cameras = [
                device
                for device in carried[person.id]
                if device.registered_at <= one.activity.started_at
                and not _was_broken(broken[device.id], one.activity)
            ]
            if cameras and not any((key, device.id) in given for device in cameras):
                found[key][person] = cameras[0]
    return found


Fault = tuple[dt.datetime, dt.datetime | None]


def _broken(device_ids: Iterable[UUID]) -> Mapping[UUID, list[Fault]]:
    found: dict[UUID, list[Fault]] = defaultdict(list)
    rows = DeviceFault.objects.filter(device__in=list(device_ids))
    for device, since, until in rows.values_list("device_id", "found_at", "mended_at"):
        found[device].append((since, until))
    return found


def _was_broken(faults: Iterable[Fault], activity: Activity) -> bool:
    start = activity.started_at
    return any(since <= start and (until is None or until > start) for since, until in faults)
