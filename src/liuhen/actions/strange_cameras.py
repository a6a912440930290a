"""Cameras of which nobody knows yet which device they are: met at a docking, settled by a person.

Their footage is taken in like any; the camera stands in the register as one that is not in service
and in doubt, until it is registered or found to be another device. Not for the docking (`docking`).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.actions.people import refuse_unregistrable
from liuhen.cases.models import Case
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.people.doubts import Doubt
from liuhen.people.models import Device, Person, Unit
from liuhen.recordings.camera_folder import FoundFile, Listing
from liuhen.recordings.docking_log import is_cut_off
from liuhen.recordings.models import Docking, Recording

# So many recordings change in one act: their images fit into one entry.
AT_ONCE = 64
# So many files of a camera are looked for among what came before.
_COMPARED = 200
_LONGEST = Device._meta.get_field("serial").max_length or 0


def camera_to_dock(serial: str, listing: Listing, *, actor: Person) -> Device:
    """The registered device with this serial; else a strange one, met before or now.

    An empty serial is a camera that nothing names: one met before is known by its files.

    Raises:
        Refused: `permission.missing`, `device.no_unit`, `dock.unnamed` (nothing names it and
            nothing is on it: no camera to know again).
    """
    known = Device.objects.filter(serial=serial).select_related("holder").first()
    if known is None and not serial:
        if not listing.files and not listing.settled:
            raise Refused("dock.unnamed")
        known = _met_before(listing.files)
    if known is not None:
        return known
    doubt = Doubt.UNREGISTERED if serial else Doubt.UNRECOGNISED
    return note_strange_camera(actor=actor, claims=serial, doubt=doubt)


def _met_before(files: Sequence[FoundFile]) -> Device | None:
    """The camera nothing names that was met before with one of these files on it."""
    some = {(found.shown[:500], found.size) for found in files[:_COMPARED]}
    rows = Recording.objects.filter(
        path__in=[path for path, _ in some],
        device__doubt=Doubt.UNRECOGNISED,
        device__settled_at=None,
    ).select_related("device", "original")
    return next((one.device for one in rows if (one.path, one.original.size) in some), None)


def twin_of(device: Device, *, actor: Person) -> Device:
    """The strange camera that says it is a device which is being taken in elsewhere just now."""
    met = Device.objects.filter(claims=device.serial, doubt=Doubt.TWIN, settled_at=None).first()
    if met is not None:
        return met
    return note_strange_camera(actor=actor, claims=device.serial, doubt=Doubt.TWIN)


@act(permission="recording.dock", event="device.met")
def note_strange_camera(draft: Draft, *, actor: Person, claims: str, doubt: str) -> Device:
    """Enter a camera that is taken in before anybody knows which device it is.

    Raises:
        Refused: `device.no_unit` where there is no unit at all.
    """
    unit = actor.unit or Unit.objects.order_by("code").first()
    if unit is None:
        raise Refused("device.no_unit")
    is_free = doubt == Doubt.UNREGISTERED and len(claims) <= _LONGEST
    serial = (
        claims if is_free else f"待认定-{clock.local_date(draft.at):%Y%m%d}-{new_id().hex[-6:]}"
    )
    device = Device.objects.create(
        serial=serial,
        kind=Device.Kind.BODY_CAMERA,
        unit=unit,
        is_in_service=False,
        registered_at=draft.at,
        doubt=doubt,
        claims=claims[:_LONGEST],
    )
    draft.about(device)
    return device


@act(permission="device.register", event="device.confirmed")
def confirm_strange_camera(
    draft: Draft,
    *,
    actor: Person,
    device_id: UUID,
    serial: str,
    kind: str,
    unit: Unit,
    holder_id: UUID | None = None,
    model: str = "",
) -> Device:
    """Register a strange camera as a device of its own; what it recorded stays its own.

    Raises:
        Refused: `record.not_found`, `device.settled`, `device.incomplete`, `device.exists`.
    """
    device = _strange(device_id)
    refuse_unregistrable(serial, kind, Device.objects.exclude(id=device.id))
    device.serial, device.kind, device.unit, device.model = serial, kind, unit, model
    device.holder_id, device.is_in_service = holder_id, True
    device.settled_at = draft.at
    device.save()
    draft.about(device)
    return device


def assign_strange_camera(device_id: UUID, to_id: UUID, *, actor: Person) -> Device:
    """Say that a strange camera is a registered device: all it recorded becomes that one's.

    What a break leaves over is assigned by saying it again.

    Raises:
        Refused: as `assign_footage`.
    """
    while assign_footage(actor=actor, device_id=device_id, to_id=to_id):
        pass
    return Device.objects.get(id=to_id)


@act(permission="device.register", event="device.footage_assigned")
def assign_footage(draft: Draft, *, actor: Person, device_id: UUID, to_id: UUID) -> int:
    """Give footage of a strange camera to the device it is, a batch at a time; how much is left.

    Who made it is who has that device, unless a name told it; its times stay as they are.

    Raises:
        Refused: `record.not_found`, `device.settled`, `dock.running` while it is taken in.
    """
    waiting = Recording.objects.filter(device_id=device_id).order_by("id")
    batch = list(waiting[:AT_ONCE])
    for case_id in sorted({one.case_id for one in batch if one.case_id is not None}):
        # by the right to say whose footage it is: who keeps devices may see no case
        draft.opens(Case.objects.select_for_update().get(id=case_id))
    device = _strange(device_id)
    to = Device.objects.filter(id=to_id, is_in_service=True).select_related("holder").first()
    if to is None:
        raise Refused("record.not_found")
    for row in Docking.objects.filter(device=device, ended_at=None):
        if not is_cut_off(row):
            raise Refused("dock.running", folder=row.folder)
    for one in Recording.objects.select_for_update().filter(id__in=[row.id for row in batch]):
        one.device, one.made_by = to, one.made_by or to.holder
        one.save(update_fields=["device", "made_by"])
    left = waiting.count()
    if not left:
        device.settled_at = draft.at
        device.save(update_fields=["settled_at"])
    draft.about(device)
    draft.about(to)
    draft.note(to=to.serial, recordings=len(batch), left=left)
    return left


def _strange(device_id: UUID) -> Device:
    device = Device.objects.select_for_update(of=("self",)).filter(id=device_id).first()
    if device is None:
        raise Refused("record.not_found")
    if not device.is_strange:
        raise Refused("device.settled", serial=device.serial)
    return device
