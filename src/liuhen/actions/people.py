"""Acts on units, persons, certificates, offices and devices.

Not for signing in (`web.sign_in`), for leaving (`leaving`), for deputies and the end of an office
(`deputising`) or for what later becomes of a device (`devices`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from liuhen.actions.act import Draft, act
from liuhen.actions.passwords import hashed
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.law.vocabulary import CaseKind
from liuhen.people.models import Certificate, Device, Office, Person, Unit
from liuhen.people.queries import holders, offices_apart
from liuhen.people.remedy_bodies import remedy_rows

# Typed on every keyboard, and no two that look alike: a sign-in name is evidence, too.
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


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
    powers: Sequence[str] = (),
) -> Unit:
    """Register a unit of the authority; `powers` are values of `Unit.Power`.

    Raises:
        Refused: `unit.exists`, `unit.incomplete`, `unit.power`.
    """
    if not code.strip() or not name.strip() or kind not in Unit.Kind.values:
        raise Refused("unit.incomplete")
    if Unit.objects.filter(code=code).exists():
        raise Refused("unit.exists", code=code)
    unit = Unit.objects.create(
        code=code,
        name=name,
        kind=kind,
        number_prefix=number_prefix,
        profile=dict(profile or {}),
        powers=_powers(powers),
    )
    draft.about(unit)
    return unit


def _powers(given: Sequence[str]) -> list[str]:
    if not set(given) <= set(Unit.Power.values):
        raise Refused("unit.power")
    return sorted(set(given))


@act(permission="unit.change", event="unit.changed")
def change_unit(
    draft: Draft,
    *,
    actor: Person,
    unit_id: UUID,
    name: str,
    number_prefix: str,
    profile: Mapping[str, str],
    powers: Sequence[str] | None = None,
) -> Unit:
    """Change what later papers print of a unit, and its powers where given; what is issued stays.

    Raises:
        Refused: `record.not_found`, `unit.incomplete`, `unit.power`.
    """
    unit = Unit.objects.select_for_update().filter(id=unit_id).first()
    if unit is None:
        raise Refused("record.not_found")
    if not name.strip():
        raise Refused("unit.incomplete")
    # What a newer version put into the profile stays.
    unit.name, unit.number_prefix = name, number_prefix
    unit.profile = {**unit.profile, **profile}
    unit.powers = unit.powers if powers is None else _powers(powers)
    unit.save(update_fields=["name", "number_prefix", "profile", "powers"])
    draft.about(unit)
    return unit


@act(permission="unit.change", event="unit.remedy_stated")
def state_remedy_bodies(
    draft: Draft,
    *,
    actor: Person,
    unit_id: UUID,
    since: dt.date,
    review_body: str,
    court: str,
    kind: str = "",
) -> Unit:
    """State who reviews a unit's acts from a day on, of one kind of case or of all.

    A row of the same day and kind is replaced; what is issued stays.

    Raises:
        Refused: `record.not_found`, `unit.remedy`.
    """
    unit = Unit.objects.select_for_update().filter(id=unit_id).first()
    if unit is None:
        raise Refused("record.not_found")
    if not (review_body.strip() and court.strip()) or kind not in {"", *CaseKind}:
        raise Refused("unit.remedy")
    row = {
        "since": since.isoformat(),
        "kind": kind,
        "review_body": review_body.strip(),
        "court": court.strip(),
    }
    same = (row["since"], kind)
    others = [one for one in remedy_rows(unit) if (one["since"], one["kind"]) != same]
    unit.profile = {**unit.profile, "remedies": [*others, row]}
    unit.save(update_fields=["profile"])
    draft.about(unit)
    draft.note(**row)
    return unit


@act(permission="person.register", event="person.registered")
def register_person(
    draft: Draft, *, actor: Person, username: str, name: str, unit: Unit, password: str
) -> Person:
    """Register a person who may sign in, by a password that is theirs for the first time only.

    What the system itself registers, a demonstration, has its public password.

    Raises:
        Refused: `person.exists`, `person.incomplete`, `person.username`, `password.weak`.
    """
    is_handed_over = actor.nature != Person.Nature.SYSTEM
    person = new_person(username, name, unit, password, is_handed_over=is_handed_over)
    draft.about(person)
    return person


@act(permission="security_administrator.restore", event="security_administrator.restored")
def restore_security_administrator(
    draft: Draft, *, actor: Person, username: str, name: str, password: str
) -> Person:
    """Register a person as security administrator of the authority, where nobody is one.

    So it is after an update from before that office, or when the last one has left.

    Raises:
        Refused: `security_administrator.held`, and as `register_person`.
    """
    standing = holders(Office.Kind.SECURITY).first()
    if standing is not None:
        raise Refused("security_administrator.held", name=standing.name)
    assert actor.unit is not None  # the system's, which is the authority
    person = new_person(username, name, actor.unit, password)
    Office.objects.create(person=person, kind=Office.Kind.SECURITY, unit=actor.unit, since=draft.at)
    draft.about(person)
    return person


def new_person(
    username: str, name: str, unit: Unit, password: str, *, is_handed_over: bool = True
) -> Person:
    """The inner step of registering; refuses as `register_person`. The caller is an act.

    A password that is handed over has to be changed at the first sign-in.
    """
    if not username.strip() or not name.strip():
        raise Refused("person.incomplete")
    if not _USERNAME.fullmatch(username):
        raise Refused("person.username", username=username)
    # People sign in without regard to case, so no two names may differ by case alone.
    if Person.objects.filter(username__iexact=username).exists():
        raise Refused("person.exists", username=username)
    person = Person(username=username, name=name, unit=unit)
    person.password = hashed(password, person)
    person.password_given_at = clock.now() if is_handed_over else None
    person.save(force_insert=True)
    return person


@act(permission="person.reset_password", event="person.password_reset")
def reset_password(draft: Draft, *, actor: Person, person_id: UUID, new: str) -> None:
    """Set another person's password, theirs for one sign-in; all their sessions end with it.

    Raises:
        Refused: `record.not_found`, `password.own`, `person.system`, `person.inactive`,
            `password.weak`.
    """
    person = locked_person(person_id)
    if actor.id == person.id:
        raise Refused("password.own")
    if not person.is_active:
        raise Refused("person.inactive", name=person.name)
    person.password, person.password_given_at = hashed(new, person), draft.at
    person.save(update_fields=["password", "password_given_at"])
    draft.about(person)


def locked_person(person_id: UUID) -> Person:
    """A human person, locked. Raises `Refused` `record.not_found`, `person.system`."""
    person = Person.objects.select_for_update(of=("self",)).filter(id=person_id).first()
    if person is None:
        raise Refused("record.not_found")
    if person.nature == Person.Nature.SYSTEM:
        raise Refused("person.system")
    return person


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
        Refused: `office.unknown`, `office.own`, `office.held`, `office.apart`, `office.span`,
            `person.system`, `person.inactive`, `record.not_found`.
    """
    if actor.id == person.id:
        raise Refused("office.own")
    if kind not in Office.Kind.values or kind == Office.Kind.SYSTEM:
        raise Refused("office.unknown", kind=kind)
    if until is not None and until <= draft.at:
        raise Refused("office.span")
    person = locked_person(person.id)
    if not person.is_active:
        raise Refused("person.inactive", name=person.name)
    _refuse_second(person, kind, unit or person.unit, draft.at)
    office = Office.objects.create(
        person=person, kind=kind, unit=unit or person.unit, since=draft.at, until=until
    )
    draft.about(office)
    return office


def _refuse_second(person: Person, kind: str, unit: Unit | None, at: dt.datetime) -> None:
    """Refuse an office already held, and one that stands apart from another held."""
    held = [office for office in person.offices.all() if office.until is None or office.until > at]
    if any(
        o.kind == kind and o.unit_id == (unit and unit.id) and not o.deputy_for_id for o in held
    ):
        raise Refused("office.held", name=person.name, office=Office.Kind(kind).label)
    refuse_apart(person, kind, at)


def refuse_apart(person: Person, kind: str, at: dt.datetime) -> None:
    """Refuse an office to somebody who holds one that stands apart (`office.apart`)."""
    held = [office for office in person.offices.all() if office.until is None or office.until > at]
    apart = [Office.Kind(o.kind).label for o in held if offices_apart(o.kind, kind)]
    if apart:
        label = Office.Kind(kind).label
        raise Refused("office.apart", name=person.name, office=label, held="、".join(apart))


@act(permission="person.qualify", event="person.qualified")
def record_qualification(draft: Draft, *, actor: Person, person: Person, number: str) -> Person:
    """Put a legal professional qualification on file, which legality review asks for.

    Raises:
        Refused: `qualification.missing`.
    """
    if not number.strip():
        raise Refused("qualification.missing")
    row = Person.objects.select_for_update().get(id=person.id)
    row.legal_qualification = number.strip()
    row.save(update_fields=["legal_qualification"])
    draft.about(row)
    return row


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
        Refused: `certificate.exists`, `certificate.span`, `certificate.incomplete`.
    """
    if not number.strip() or not issuer.strip():
        raise Refused("certificate.incomplete")
    if valid_until <= valid_from:
        raise Refused("certificate.span")
    if Certificate.objects.filter(number=number).exists():
        raise Refused("certificate.exists", number=number)
    certificate = Certificate.objects.create(
        person=person, number=number, issuer=issuer, valid_from=valid_from, valid_until=valid_until
    )
    draft.about(certificate)
    return certificate


@act(permission="certificate.revoke", event="certificate.revoked")
def revoke_certificate(
    draft: Draft, *, actor: Person, certificate_id: UUID, reason: str
) -> Certificate:
    """End a certificate now, before its day; what was done under it stays valid.

    Raises:
        Refused: `record.not_found`, `reason.missing`, `certificate.revoked`.
    """
    certificate = Certificate.objects.select_for_update().filter(id=certificate_id).first()
    if certificate is None:
        raise Refused("record.not_found")
    if not reason.strip():
        raise Refused("reason.missing")
    if certificate.revoked_at is not None:
        raise Refused("certificate.revoked", number=certificate.number)
    certificate.revoked_at = draft.at
    certificate.save(update_fields=["revoked_at"])
    draft.about(certificate)
    draft.note(reason=reason.strip())
    return certificate


def refuse_unregistrable(serial: str, kind: str, others: QuerySet[Device]) -> None:
    """Refuse a device without serial or kind, or whose serial one of the others has.

    Raises:
        Refused: `device.incomplete`, `device.exists`.
    """
    if not serial.strip() or kind not in Device.Kind.values:
        raise Refused("device.incomplete")
    if others.filter(serial=serial).exists():
        raise Refused("device.exists", serial=serial)


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
    refuse_unregistrable(serial, kind, Device.objects.all())
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
