"""Rooms and fixed cameras are registered, changed, put in and out of service."""

from __future__ import annotations

import json
from typing import Any

import pytest

from liuhen.actions import rooms
from liuhen.cameras.credentials import unseal
from liuhen.cameras.models import Camera, Room
from liuhen.cameras.queries import posts
from liuhen.demo.people import World
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry, RowImage
from liuhen.media.feed import Source

ADDRESS = "rtsp://10.20.0.5:8554/Streaming/Channels/101?profile=1"


def register(world: World, **changes: Any) -> Camera:
    room = Room.objects.first() or rooms.register_room(
        actor=world["records"], unit=world.units["ZD1"], name="询问室", kind="handling_room"
    )
    given = {
        "room_id": room.id,
        "serial": "CAM-01",
        "view": "门口",
        "address": ADDRESS,
        "username": "viewer",
        "password": "口令-7#:@/",
    }
    return rooms.register_camera(actor=world["records"], **{**given, **changes})


def test_a_camera_in_service_is_a_post_of_the_recorder_until_it_is_taken_out(world: World) -> None:
    camera = register(world)
    assert posts() == []
    rooms.put_camera_in_service(actor=world["records"], camera_id=camera.id)
    (post,) = posts()
    wanted = "/Streaming/Channels/101?profile=1"
    assert post.source == Source("10.20.0.5", 8554, wanted, "viewer", "口令-7#:@/")
    assert (post.since, post.recorded_until) == (clock.now(), None)
    rooms.take_camera_out_of_service(
        actor=world["records"], camera_id=camera.id, reason="房间停用装修"
    )
    assert posts() == []
    assert camera.operations.get().until == clock.now()


def test_a_camera_is_put_in_service_once_and_taken_out_with_a_reason(world: World) -> None:
    camera, actor = register(world), world["records"]

    def code(act: Any, **given: Any) -> str:
        with pytest.raises(Refused) as refused:
            act(actor=actor, camera_id=camera.id, **given)
        return refused.value.code

    assert code(rooms.take_camera_out_of_service, reason="x") == "camera.not_in_service"
    rooms.put_camera_in_service(actor=actor, camera_id=camera.id)
    assert code(rooms.put_camera_in_service) == "camera.in_service"
    assert code(rooms.take_camera_out_of_service, reason=" ") == "reason.missing"


def test_the_password_stands_in_no_image_and_no_entry_and_is_sealed_in_its_row(
    world: World,
) -> None:
    camera = register(world)
    assert "口令" not in camera.secret
    assert unseal(camera.secret) == "口令-7#:@/"
    images = RowImage.objects.filter(row_id=str(camera.id))
    told = b"".join(bytes(one.body) for one in images if one.body is not None)
    told += b"".join(bytes(one.body) for one in Entry.objects.all())
    assert "口令" not in told.decode()
    assert camera.secret not in told.decode()


def test_a_changed_camera_keeps_its_password_unless_another_is_given(world: World) -> None:
    camera, actor = register(world), world["records"]
    changed = {"view": "窗口", "address": "rtsp://10.20.0.6/live", "username": "other"}
    rooms.change_camera(actor=actor, camera_id=camera.id, **changed)
    camera.refresh_from_db()
    assert (camera.view, unseal(camera.secret)) == ("窗口", "口令-7#:@/")
    rooms.change_camera(actor=actor, camera_id=camera.id, **changed, password="")
    camera.refresh_from_db()
    assert camera.secret == ""
    entry = Entry.objects.filter(event="camera.changed").order_by("recorded_at").first()
    assert entry is not None
    assert json.loads(bytes(entry.body))["data"]["before"] == ["门口", ADDRESS, "viewer"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("rtsp://camera.example/live", "camera.address"),
        ("rtsp://viewer:word@10.20.0.5/live", "camera.address"),
        ("http://10.20.0.5/live", "camera.address"),
        ("rtsp://10.20.0.5:99999/live", "camera.address"),
        ("rtsp://10.20.0.5/li ve", "camera.address"),
        ("10.20.0.5", "camera.address"),
        ("", "camera.address"),
        ("rtsp://127.0.0.1:5432/", "camera.network"),
        ("rtsp://169.254.169.254/", "camera.network"),
        ("rtsp://[::1]/", "camera.network"),
        ("rtsp://203.0.113.7/live", "camera.network"),
    ],
)
def test_an_address_outside_the_networks_of_cameras_is_refused(
    world: World, address: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        register(world, address=address)
    assert refused.value.code == code
    assert not Camera.objects.exists()


def test_what_is_missing_or_there_already_is_refused(world: World) -> None:
    register(world)
    with pytest.raises(Refused, match=r"device\.exists"):
        register(world)
    for missing in ({"serial": " "}, {"view": ""}):
        with pytest.raises(Refused, match=r"camera\.incomplete"):
            register(world, **{"serial": "CAM-02", **missing})
    given: Any = {"actor": world["records"], "unit": world.units["ZD1"]}
    with pytest.raises(Refused, match=r"room\.exists"):
        rooms.register_room(**given, name="询问室", kind="counter")
    with pytest.raises(Refused, match=r"room\.incomplete"):
        rooms.register_room(**given, name="大厅", kind="hall")


def test_that_cameras_show_the_whole_room_is_stated_by_a_person(world: World) -> None:
    register(world)
    room = Room.objects.get()
    assert room.is_covered is None
    rooms.state_room_coverage(actor=world["records"], room_id=room.id, is_covered=True)
    assert Room.objects.get().is_covered is True


@pytest.mark.parametrize("username", ["officer", "handler", "unit_head", "supervisor", "legal"])
def test_only_who_keeps_records_or_devices_registers_cameras(world: World, username: str) -> None:
    room = rooms.register_room(
        actor=world["records"], unit=world.units["ZD1"], name="大厅", kind="counter"
    )
    with pytest.raises(Refused, match=r"permission\.missing"):
        rooms.register_camera(
            actor=world[username], room_id=room.id, serial="X", view="X", address=ADDRESS
        )
