"""Acts on who carries a registered device and on its clock. Not for registering it (`people`)."""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.kernel.refusals import Refused
from liuhen.people.models import ClockReading, Device, Person
from liuhen.recordings.uploads import known_device

# A clock that was never set says 1970 or 2000; a century is no clock any more.
_WILDEST_CLOCK_MS = 100 * 366 * 86_400_000


@act(permission="device.measure_clock", event="device.clock_measured")
def measure_device_clock(
    draft: Draft, *, actor: Person, device_serial: str, offset_ms: int
) -> Device:
    """Put down how far a device's clock is ahead of the true time, in milliseconds.

    It corrects what is taken in from now on.

    Raises:
        Refused: `device.unknown`, `device.clock`.
    """
    if abs(offset_ms) > _WILDEST_CLOCK_MS:
        raise Refused("device.clock")
    device = known_device(device_serial)
    device.clock_offset_ms, device.clock_measured_at = offset_ms, draft.at
    device.save(update_fields=["clock_offset_ms", "clock_measured_at"])
    ClockReading.objects.create(
        device=device, measured_at=draft.at, offset_ms=offset_ms, measured_by=actor
    )
    draft.about(device)
    return device


@act(permission="device.hand_out", event="device.handed_out")
def hand_out_device(draft: Draft, *, actor: Person, device_id: UUID, holder_id: UUID) -> Device:
    """Give a device to a person, who answers for it until it is returned.

    Raises:
        Refused: `record.not_found`, `device.held`, `person.inactive`.
    """
    device = _locked(device_id)
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


def _locked(device_id: UUID) -> Device:
    device = Device.objects.select_for_update(of=("self",)).filter(id=device_id).first()
    if device is None:
        raise Refused("record.not_found")
    return device
