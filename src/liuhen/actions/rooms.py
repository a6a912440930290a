"""Acts on rooms and fixed cameras: registering, changing, putting in and out of service.

Not for what cameras record (`camera_footage`) or for its use (`camera_viewing`).
"""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.cameras.addresses import source_of
from liuhen.cameras.credentials import seal
from liuhen.cameras.models import Camera, CameraGap, Operation, Room
from liuhen.cameras.queries import visible_camera, visible_room
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Device, Person, Unit


@act(permission="room.register", event="room.registered")
def register_room(
    draft: Draft, *, actor: Person, unit: Unit, name: str, kind: str, is_covered: bool | None = None
) -> Room:
    """Register a case-handling room or a counter of a unit.

    Raises:
        Refused: `room.incomplete`, `room.exists`.
    """
    if not name.strip() or kind not in Room.Kind.values:
        raise Refused("room.incomplete")
    if Room.objects.filter(unit=unit, name=name.strip()).exists():
        raise Refused("room.exists", name=name.strip())
    room = Room.objects.create(unit=unit, name=name.strip(), kind=kind, is_covered=is_covered)
    draft.about(room)
    return room


@act(permission="room.register", event="room.coverage_stated")
def state_room_coverage(
    draft: Draft, *, actor: Person, room_id: UUID, is_covered: bool | None
) -> Room:
    """State whether the cameras show the whole of a room (Art. 20); None: not known.

    Raises:
        Refused: `record.not_found`.
    """
    room = Room.objects.select_for_update().get(id=visible_room(actor, room_id).id)
    draft.note(before=room.is_covered)
    room.is_covered = is_covered
    room.save(update_fields=["is_covered"])
    draft.about(room)
    return room


@act(permission="camera.register", event="camera.registered")
def register_camera(
    draft: Draft,
    *,
    actor: Person,
    room_id: UUID,
    serial: str,
    view: str,
    address: str,
    model: str = "",
    username: str = "",
    password: str = "",
) -> Camera:
    """Register a fixed camera of a room; it records once it is put in service.

    Raises:
        Refused: `record.not_found`, `camera.incomplete`, `device.exists`, `camera.address`,
            `camera.network`.
    """
    room = visible_room(actor, room_id)
    if not serial.strip() or not view.strip():
        raise Refused("camera.incomplete")
    source_of(address)
    if Device.objects.filter(serial=serial.strip()).exists():
        raise Refused("device.exists", serial=serial.strip())
    device = Device.objects.create(
        serial=serial.strip(),
        kind=Device.Kind.CAMERA,
        unit=room.unit,
        model=model.strip(),
        registered_at=draft.at,
    )
    camera = Camera.objects.create(
        room=room,
        device=device,
        view=view.strip(),
        address=address.strip(),
        username=username.strip(),
        secret=seal(password),
    )
    draft.about(camera)
    return camera


@act(permission="camera.register", event="camera.changed")
def change_camera(
    draft: Draft,
    *,
    actor: Person,
    camera_id: UUID,
    view: str,
    address: str,
    username: str = "",
    password: str | None = None,
) -> Camera:
    """Change where a camera's stream is and who asks for it; None keeps the password.

    Raises:
        Refused: `record.not_found`, `camera.incomplete`, `camera.address`, `camera.network`.
    """
    camera = _locked(actor, camera_id)
    if not view.strip():
        raise Refused("camera.incomplete")
    source_of(address)
    draft.note(before=[camera.view, camera.address, camera.username])
    camera.view, camera.address, camera.username = view.strip(), address.strip(), username.strip()
    if password is not None:
        camera.secret = seal(password)
        draft.note(is_password_changed=True)
    camera.save()
    draft.about(camera)
    return camera


@act(permission="camera.register", event="camera.put_in_service")
def put_camera_in_service(draft: Draft, *, actor: Person, camera_id: UUID) -> Operation:
    """Let a camera record from now on, without a break (Art. 20).

    Raises:
        Refused: `record.not_found`, `camera.in_service`.
    """
    camera = _locked(actor, camera_id)
    if camera.operations.filter(until=None).exists():
        raise Refused("camera.in_service", serial=camera.device.serial)
    operation = Operation.objects.create(camera=camera, since=draft.at)
    draft.about(camera)
    return operation


@act(permission="camera.register", event="camera.taken_out_of_service")
def take_camera_out_of_service(
    draft: Draft, *, actor: Person, camera_id: UUID, reason: str
) -> Operation:
    """End a camera's recording, with the reason; a gap that lasts ends with it.

    Raises:
        Refused: `record.not_found`, `camera.not_in_service`, `reason.missing`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    camera = _locked(actor, camera_id)
    operation = camera.operations.filter(until=None).first()
    if operation is None:
        raise Refused("camera.not_in_service", serial=camera.device.serial)
    operation.until, operation.reason = draft.at, reason.strip()
    operation.save(update_fields=["until", "reason"])
    gap = CameraGap.objects.filter(camera=camera, ended_at=None).first()
    if gap is not None:
        gap.ended_at = draft.at
        gap.save(update_fields=["ended_at"])
    draft.about(camera)
    draft.note(reason=reason.strip())
    return operation


def _locked(actor: Person, camera_id: UUID) -> Camera:
    """Lock a visible camera. Raises `Refused("record.not_found")`."""
    seen = visible_camera(actor, camera_id)
    return Camera.objects.select_for_update(of=("self",)).select_related("device").get(id=seen.id)
