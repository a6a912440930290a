"""What a docking station asks and tells beside uploads: who it is, what time it is, clocks."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema

from liuhen.actions.devices import measure_device_clock
from liuhen.api.callers import DOCKING, READING, either
from liuhen.api.once import PARAMETER, once
from liuhen.kernel import clock

if TYPE_CHECKING:
    from liuhen.people.models import ApiToken, Person

router = Router(tags=["devices"])


class CallerFacts(Schema):
    """Whom the caller acts for. `scope` and `until` are null for a session."""

    person: UUID
    name: str
    token: str | None
    scope: str | None
    until: dt.datetime | None
    now: dt.datetime


class ClockOffset(Schema):
    """The device's clock minus true time, in milliseconds: positive when it is ahead."""

    offset_ms: int = Field(ge=-(10**14), le=10**14, examples=[1500])


class DeviceFacts(Schema):
    """A device and how far its clock is off."""

    serial: str
    clock_offset_ms: int
    clock_measured_at: dt.datetime


@router.get(
    "/me", auth=either(DOCKING, READING), response=CallerFacts, tags=["me"], summary="调用者是谁"
)
def me(request: HttpRequest) -> dict[str, Any]:
    """Whom the caller acts for, how long its token is good, and the present instant."""
    person = cast("Person", request.user)
    token: ApiToken | None = getattr(request, "token", None)
    return {
        "person": person.id,
        "name": person.name,
        "token": token.name if token else None,
        "scope": token.scope if token else None,
        "until": token.until if token else None,
        "now": clock.now(),
    }


@router.post(
    "/devices/{serial}/clock",
    auth=either(DOCKING),
    response=DeviceFacts,
    summary="登记设备时钟偏差",
    openapi_extra={"parameters": [PARAMETER]},
)
@once
def clock_offset(request: HttpRequest, serial: str, told: ClockOffset) -> dict[str, Any]:
    """Put down what a device's clock was ahead just now; it corrects what is taken in later."""
    device = measure_device_clock(
        actor=cast("Person", request.user), device_serial=serial, offset_ms=told.offset_ms
    )
    return {
        "serial": device.serial,
        "clock_offset_ms": device.clock_offset_ms,
        "clock_measured_at": clock.iso(cast("dt.datetime", device.clock_measured_at)),
    }
