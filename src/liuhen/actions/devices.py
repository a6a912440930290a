"""Acts on who carries a registered device, its clock, its faults and its end.

Not for registering it (`people`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.kernel.refusals import Refused
from liuhen.people.models import ClockReading, Device, DeviceFault, Person
from liuhen.people.queries import visible_devices
from liuhen.recordings.filmed_clock import FilmedClock
from liuhen.recordings.uploads import known_device

# A clock that was never set says 1970 or 2000; a century is no clock any more.
_WILDEST_CLOCK_MS = 100 * 366 * 86_400_000


@act(permission="device.measure_clock", event="device.clock_measured")
def measure_device_clock(
    draft: Draft,
    *,
    actor: Person,
    device_serial: str,
    offset_ms: int,
    filmed: FilmedClock | None = None,
) -> Device:
    """Put down how far a device's clock is ahead of the true time, in milliseconds.

    It corrects what is taken in from now on, unless it was `filmed` before a newer reading.

    Raises:
        Refused: `device.unknown`, `device.clock`; `device.clock_filmed` where a recording has
            told it before.
    """
    if abs(offset_ms) > _WILDEST_CLOCK_MS:
        raise Refused("device.clock")
    device = _locked(known_device(device_serial).id)
    told: dict[str, Any] = {"measured_at": draft.at}
    if filmed is not None:
        if device.clock_readings.filter(filmed_in=filmed.recording_id).exists():
            raise Refused("device.clock_filmed")
        told = {
            "measured_at": filmed.at,
            "filmed_in": filmed.recording_id,
            "within_ms": filmed.within_ms,
        }
        draft.note(recording=str(filmed.recording_id), code=filmed.at, within_ms=filmed.within_ms)
    if device.clock_measured_at is None or device.clock_measured_at <= told["measured_at"]:
        device.clock_offset_ms, device.clock_measured_at = offset_ms, told["measured_at"]
        device.save(update_fields=["clock_offset_ms", "clock_measured_at"])
    ClockReading.objects.create(device=device, offset_ms=offset_ms, measured_by=actor, **told)
    draft.about(device)
    return device


@act(permission="device.hand_out", event="device.handed_out")
def hand_out_device(draft: Draft, *, actor: Person, device_id: UUID, holder_id: UUID) -> Device:
    """Give a device to a person, who answers for it until it is returned.

    Raises:
        Refused: `record.not_found`, `device.retired_already`, `device.of_room`, `device.held`,
            `person.inactive`.
    """
    device = _locked(device_id)
    if device.kind == Device.Kind.CAMERA:
        raise Refused("device.of_room", serial=device.serial)
    if not device.is_in_service:
        raise Refused("device.retired_already", serial=device.serial)
    if device.holder is not None:
        raise Refused("device.held", serial=device.serial, name=device.holder.name)
    holder = Person.objects.filter(id=holder_id, nature=Person.Nature.HUMAN).first()
    if holder is None:
        raise Refused("record.not_found")
    if not holder.is_active:
        raise Refused("person.inactive", name=holder.name)
    device.holder = holder
    device.save(update_fields=["holder"])
    draft.about(device)
    return device


@act(permission="device.hand_out", event="device.returned")
def return_device(draft: Draft, *, actor: Person, device_id: UUID) -> Device:
    """Take a device back into the unit.

    Raises:
        Refused: `record.not_found`, `device.not_held`.
    """
    device = _locked(device_id)
    if device.holder is None:
        raise Refused("device.not_held", serial=device.serial)
    draft.note(holder=str(device.holder_id))
    device.holder = None
    device.save(update_fields=["holder"])
    draft.about(device)
    return device


@act(permission="device.report_fault", event="device.fault_reported")
def report_device_fault(
    draft: Draft, *, actor: Person, device_id: UUID, description: str, found_at: dt.datetime
) -> DeviceFault:
    """Put down that a device does not work; until it is mended it counts as no equipment (Art. 5).

    Raises:
        Refused: `record.not_found`, `device.fault_time` before it was registered or in the future.
    """
    device = visible_devices(actor).filter(id=device_id).first()
    if device is None:
        raise Refused("record.not_found")
    if not device.registered_at <= found_at <= draft.at:
        raise Refused("device.fault_time")
    fault = DeviceFault.objects.create(
        device=device, description=description, found_at=found_at, reported_by=actor
    )
    draft.about(device)
    draft.note(fault=str(fault.id), found_at=found_at)
    return fault


@act(permission="device.mend", event="device.mended")
def mend_device(draft: Draft, *, actor: Person, fault_id: UUID, remedy: str) -> DeviceFault:
    """Put down that a fault is mended, and how.

    Raises:
        Refused: `record.not_found`, `device.mended_already`.
    """
    fault = DeviceFault.objects.select_for_update(of=("self",)).filter(id=fault_id).first()
    if fault is None:
        raise Refused("record.not_found")
    if fault.mended_at is not None:
        raise Refused("device.mended_already")
    fault.remedy, fault.mended_at, fault.mended_by = remedy, draft.at, actor
    fault.save(update_fields=["remedy", "mended_at", "mended_by"])
    draft.about(fault.device)
    draft.note(fault=str(fault.id))
    return fault


@act(permission="device.register", event="device.retired")
def retire_device(draft: Draft, *, actor: Person, device_id: UUID, reason: str) -> Device:
    """Take a device out of service for good: lost, worn out. What it recorded stays.

    Raises:
        Refused: `record.not_found`, `device.held` while somebody answers for it,
            `device.retired_already`.
    """
    device = _locked(device_id)
    if not device.is_in_service:
        raise Refused("device.retired_already", serial=device.serial)
    if device.holder is not None:
        raise Refused("device.held", serial=device.serial, name=device.holder.name)
    device.is_in_service = False
    device.save(update_fields=["is_in_service"])
    draft.about(device)
    draft.note(reason=reason)
    return device


def _locked(device_id: UUID) -> Device:
    device = Device.objects.select_for_update(of=("self",)).filter(id=device_id).first()
    if device is None:
        raise Refused("record.not_found")
    return device
