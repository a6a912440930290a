"""Acts on who carries a registered device. Not for registering it (`people`) or its clock."""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Device, Person


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
