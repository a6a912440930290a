"""Acts on units, persons, certificates, offices and devices. Not for signing in (`web.sign_in`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from liuhen.actions.act import Draft, act
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Certificate, Device, Office, Person, Unit


@act(permission="unit.register", event="unit.registered")
def register_unit(
    draft: Draft,
    *,
    actor: Person,
    code: str,
    name: str,
    kind: str,
    number_prefix: str = "",
    profile: Mapping[str, str] | None = None,
) -> Unit:
    """Register a unit of the authority.

    Raises:
        Refused: `unit.exists`, `unit.incomplete`.
    """
    if not code.strip() or not name.strip() or kind not in Unit.Kind.values:
        raise Refused("unit.incomplete")
    if Unit.objects.filter(code=code).exists():
        raise Refused("unit.exists", code=code)
    unit = Unit.objects.create(
        code=code, name=name, kind=kind, number_prefix=number_prefix, profile=dict(profile or {})
    )
    draft.about(unit)
    return unit


@act(permission="person.register", event="person.registered")
def register_person(
    draft: Draft, *, actor: Person, username: str, name: str, unit: Unit, password: str
) -> Person:
    """Register a person who may sign in.

    Raises:
        Refused: `person.exists`, `person.incomplete`, `password.weak`.
    """
    if not username.strip() or not name.strip():
        raise Refused("person.incomplete")
    if Person.objects.filter(username=username).exists():
        raise Refused("person.exists", username=username)
    person = Person(username=username, name=name, unit=unit, password=hashed(password))
    person.save(force_insert=True)
    draft.about(person)
    return person


def hashed(password: str) -> str:
    """The stored form of an acceptable password. Raises `Refused("password.weak")`."""
    try:
        validate_password(password)
    except ValidationError as error:
        raise Refused("password.weak", problems="；".join(error.messages)) from error
    return make_password(password)


@act(permission="person.change_password", event="person.password_changed")
def change_password(draft: Draft, *, actor: Person, old: str, new: str) -> None:
    """Change one's own password.

    Raises:
        Refused: `password.wrong`, `password.weak`.
    """
    person = Person.objects.select_for_update().get(id=actor.id)
    if not person.check_password(old):
        raise Refused("password.wrong")
    person.password = hashed(new)
    person.save(update_fields=["password"])
    draft.about(person)


@act(permission="office.appoint", event="office.appointed")
def appoint(
    draft: Draft,
    *,
    actor: Person,
    person: Person,
    kind: str,
    unit: Unit | None = None,
    until: dt.datetime | None = None,
) -> Office:
    """Give a person an office from now on.

    Raises:
        Refused: `office.unknown`, `office.own`.
    """
    if actor.id == person.id:
        raise Refused("office.own")
    if kind not in Office.Kind.values or kind == Office.Kind.SYSTEM:
        raise Refused("office.unknown", kind=kind)
    office = Office.objects.create(
        person=person, kind=kind, unit=unit or person.unit, since=draft.at, until=until
    )
    draft.about(office)
    return office


@act(permission="certificate.register", event="certificate.registered")
def register_certificate(
    draft: Draft,
    *,
    actor: Person,
    person: Person,
    number: str,
    issuer: str,
    valid_from: dt.date,
    valid_until: dt.date,
) -> Certificate:
    """Register an enforcement certificate; `valid_until` is the first day it no longer holds.

    Raises:
        Refused: `certificate.exists`, `certificate.span`.
    """
    if valid_until <= valid_from:
        raise Refused("certificate.span")
    if Certificate.objects.filter(number=number).exists():
        raise Refused("certificate.exists", number=number)
    certificate = Certificate.objects.create(
        person=person, number=number, issuer=issuer, valid_from=valid_from, valid_until=valid_until
    )
    draft.about(certificate)
    return certificate


@act(permission="device.register", event="device.registered")
def register_device(
    draft: Draft,
    *,
    actor: Person,
    serial: str,
    kind: str,
    unit: Unit,
    holder_id: UUID | None = None,
    model: str = "",
) -> Device:
    """Register a recording device of a unit.

    Raises:
        Refused: `device.exists`, `device.incomplete`.
    """
    if not serial.strip() or kind not in Device.Kind.values:
        raise Refused("device.incomplete")
    if Device.objects.filter(serial=serial).exists():
        raise Refused("device.exists", serial=serial)
    device = Device.objects.create(
        serial=serial,
        kind=kind,
        unit=unit,
        holder_id=holder_id,
        model=model,
        registered_at=draft.at,
    )
    draft.about(device)
    return device
