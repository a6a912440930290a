"""What the capture page of a phone asks: who is signed in, what is under way, what time it is.

Also the things listed at the scene. Recordings themselves come by the upload endpoint.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Field, Router, Schema

from liuhen.actions.bookmarks import Thing, list_scene_item
from liuhen.api.callers import session
from liuhen.kernel import clock
from liuhen.law.catalogue import catalogue
from liuhen.people.queries import require
from liuhen.recordings.captured import MOMENTS
from liuhen.recordings.models import Bookmark
from liuhen.recordings.queries import filmable_activities
from liuhen.recordings.uploads import PERMISSION

if TYPE_CHECKING:
    from liuhen.people.models import Person

router = Router(tags=["capture"], auth=session)


class CapturePerson(Schema):
    """Who films."""

    id: UUID
    name: str
    unit: str


class CaptureActivity(Schema):
    """An activity that may be filmed, or was just over."""

    id: UUID
    name: str
    case: str
    place: str
    ended_at: dt.datetime | None


class CaptureMoment(Schema):
    """What can be marked while filming."""

    value: str
    label: str


class CaptureFacts(Schema):
    """Instants are UTC; `csrf` goes with every write of this session."""

    now: dt.datetime
    csrf: str
    person: CapturePerson
    activities: list[CaptureActivity]
    moments: list[CaptureMoment]


class ListedThing(Schema):
    """A thing as the phone wrote it down; `id` is the phone's own."""

    id: UUID
    activity: UUID
    name: str = Field(max_length=100)
    quantity: str = Field(max_length=100)
    note: str = Field("", max_length=200)
    photo: UUID | None = None
    listed_at: dt.datetime


class KeptThing(Schema):
    """The id under which it is kept."""

    id: UUID


@router.get("/", response=CaptureFacts, summary="手机拍摄所需的信息")
def facts(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in, the present instant, what may be filmed."""
    person = cast("Person", request.user)
    require(person, PERMISSION)
    kinds = catalogue().activities
    return {
        "now": clock.now(),
        "csrf": get_token(request),
        "person": {
            "id": person.id,
            "name": person.name,
            "unit": person.unit.name if person.unit else "",
        },
        "activities": [
            {
                "id": one.id,
                "name": kinds[one.kind].name if one.kind in kinds else one.kind,
                "case": one.case.number,
                "place": one.place,
                "ended_at": one.ended_at,
            }
            for one in filmable_activities(person)
        ],
        "moments": [
            {"value": kind.value, "label": kind.label}
            for kind in Bookmark.Kind
            if kind.value in MOMENTS
        ],
    }


@router.post("/things", response=KeptThing, summary="登记现场物品")
def thing(request: HttpRequest, told: ListedThing) -> dict[str, Any]:
    """Enter a thing listed at the scene; sent again, it is entered once."""
    item = list_scene_item(
        actor=cast("Person", request.user),
        item_id=told.id,
        activity_id=told.activity,
        thing=Thing(told.name, told.quantity, told.listed_at, told.note, told.photo),
    )
    return {"id": item.id}
