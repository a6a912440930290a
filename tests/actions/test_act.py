"""An act leaves its entry and images, or nothing at all."""

from __future__ import annotations

import json

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection

from liuhen.actions import people as acts
from liuhen.demo.people import World
from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry, RowImage
from liuhen.people.models import Unit


def body(entry: Entry) -> dict[str, object]:
    loaded: dict[str, object] = json.loads(bytes(entry.body))
    return loaded


def register(world: World, code: str, actor: str | None = None) -> Unit:
    return acts.register_unit(
        actor=world[actor] if actor else world.system,
        code=code,
        name="二支队",
        kind=Unit.Kind.SUBORDINATE,
    )


def test_an_act_leaves_one_entry_that_lists_the_image_of_every_row_it_changed(world: World) -> None:
    unit = register(world, "ZD2")
    entry = Entry.objects.get(subject_id=str(unit.id))
    image = RowImage.objects.get(row_id=str(unit.id))
    assert body(entry)["images"] == [
        {
            "table": "people_unit",
            "row": str(unit.id),
            "sha256": bytes(image.sha256).hex(),
            "previous": None,
        }
    ]
    assert json.loads(bytes(image.body or b""))["row"]["code"] == "ZD2"


def test_a_refused_act_changes_nothing_and_is_itself_recorded(world: World) -> None:
    register(world, "ZD2")
    with pytest.raises(Refused) as refused:
        register(world, "ZD2")
    assert refused.value.code == "unit.exists"
    entry = Entry.objects.get(event="act.refused")
    assert body(entry)["data"] == {
        "act": "register_unit",
        "code": "unit.exists",
        "data": {"code": "ZD2"},
    }
    assert Unit.objects.filter(code="ZD2").count() == 1


def test_without_the_permission_the_act_is_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        register(world, "ZD2", actor="officer")
    assert refused.value.code == "permission.missing"
    assert not Unit.objects.filter(code="ZD2").exists()


def test_a_guarded_row_cannot_be_changed_outside_an_act(world: World) -> None:
    with pytest.raises(IntegrityError, match="only inside an act"):
        Unit.objects.filter(code="ZD1").update(name="改名")


def test_nothing_guarded_or_recorded_can_be_deleted(
    world: World, owner: psycopg.Connection
) -> None:
    for table in ("people_device", "ledger_entry"):
        with pytest.raises(psycopg.IntegrityError, match="keeps what was recorded"):
            owner.execute(f"DELETE FROM {table}")
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.cursor().execute(f"DELETE FROM {table}")


def test_even_the_owner_of_the_tables_cannot_update_an_entry(
    world: World, owner: psycopg.Connection
) -> None:
    with pytest.raises(psycopg.IntegrityError, match="keeps what was recorded"):
        owner.execute("UPDATE ledger_entry SET event = 'x.y'")


def test_secrets_stay_out_of_row_images(world: World) -> None:
    image = RowImage.objects.filter(row_id=str(world["officer"].id)).latest("id")
    assert "password" not in json.loads(bytes(image.body or b""))["row"]
