"""Reads of people and their rights. Not for writes, nor for what a case lets a person see."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet

from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_hex
from liuhen.kernel.refusals import Refused
from liuhen.people.models import (
    ApiToken,
    Certificate,
    ClockReading,
    Device,
    Office,
    Person,
    Unit,
    Webhook,
)

EVERYONE = "*"
# Who runs the system, who appoints and locks people, who reads what both did. Nobody is two of
# them, nor one of them and anything that opens a record (`cases.queries`; GB/T 22239 8.1.5).
ADMINISTRATORS = frozenset({Office.Kind.OPERATOR, Office.Kind.SECURITY, Office.Kind.AUDITOR})
_BESIDE_OPERATION = frozenset({Office.Kind.OPERATOR, Office.Kind.INFORMATISATION})
EXPIRY_WARNING = dt.timedelta(days=60)


@dataclass(frozen=True)
class Permission:
    """A right by name (`noun.verb`), its Chinese title and the offices that give it."""

    name: str
    title: str
    offices: frozenset[str]


@cache
def permissions() -> dict[str, Permission]:
    """The whole table of rights, by name."""
    raw = tomllib.loads(
        resources.files("liuhen.people").joinpath("permissions.toml").read_text("utf-8")
    )
    return {
        f"{noun}.{verb}": Permission(f"{noun}.{verb}", row["title"], frozenset(row["offices"]))
        for noun, verbs in raw.items()
        for verb, row in verbs.items()
    }


def offices_held(person: Person) -> QuerySet[Office]:
    """The offices a person holds now."""
    now = clock.now()
    return Office.objects.filter(
        Q(until=None) | Q(until__gt=now), person=person, since__lte=now
    ).select_related("unit", "deputy_for")


# What was asked once of each person's offices, while a page is read.
_remembered: ContextVar[dict[UUID, list[Office]] | None] = ContextVar("offices", default=None)


@contextmanager
def offices_remembered() -> Iterator[None]:
    """Ask for a person's offices once, however often they decide what a page shows.

    Only around what reads: an act must see the offices of its own moment.
    """
    token = _remembered.set({})
    try:
        yield
    finally:
        _remembered.reset(token)


def standing_offices(person: Person) -> list[Office]:
    """The offices by which a person may do or see something now; none of who is switched off."""
    if not person.is_active:
        return []
    known = _remembered.get()
    if known is None:
        return list(offices_held(person))
    if person.id not in known:
        known[person.id] = list(offices_held(person))
    return known[person.id]


def office_kinds(person: Person) -> frozenset[str]:
    """The kinds of office a person holds now."""
    return frozenset(office.kind for office in standing_offices(person))


def is_allowed(person: Person, permission: str) -> bool:
    """Whether one of the person's offices gives the permission.

    Raises:
        KeyError: no such permission exists.
    """
    held = office_kinds(person)
    wanted = permissions()[permission].offices
    return bool(held & wanted) or (EVERYONE in wanted and person.is_active)


def require(person: Person, permission: str) -> None:
    """Refuse when the person lacks the permission (`permission.missing`)."""
    if not is_allowed(person, permission):
        raise Refused("permission.missing", permission=permissions()[permission].title)


def stood_in_for(person: Person, kinds: Collection[str]) -> set[UUID]:
    """In whose place alone a person holds offices of these kinds now; nobody's, holding one of
    their own or in the place of several.
    """
    held = [one for one in standing_offices(person) if one.kind in kinds]
    if any(one.deputy_for is None for one in held):
        return set()
    found = {one.deputy_for.person_id for one in held if one.deputy_for is not None}
    return found if len(found) == 1 else set()


def is_own_matter(person: Person, permission: str, *others: UUID | None) -> bool:
    """Whether what these others asked for is the person's own, who would answer it by a permission.

    It is too, where the person has that only in the place of one of them: a deputy's answer is the
    holder's own.
    """
    return not {person.id, *stood_in_for(person, permissions()[permission].offices)}.isdisjoint(
        others
    )


def must_have_second_factor(person: Person) -> bool:
    """Whether an office of the person asks for a second step of signing in.

    Who approves, keeps the records or administers the system; everybody where the authority
    has set it so (`LIUHEN_SECOND_FACTOR`).
    """
    if settings.SECOND_FACTOR_FOR_ALL:
        return True
    held = office_kinds(person)
    named = {Office.Kind.RECORDS_MANAGER} | ADMINISTRATORS
    return bool(held & (named | permissions()["approval.decide"].offices))


def system_person() -> Person:
    """The person in whose name the system itself acts."""
    return Person.objects.get(username="system")


def person_called(username: str) -> Person:
    """A person by sign-in name. Raises `Refused("record.not_found")`."""
    person = Person.objects.filter(username=username).first()
    if person is None:
        raise Refused("record.not_found")
    return person


def offices_apart(one: str, other: str) -> bool:
    """Whether nobody may hold both: who administers the system has no part in the records."""
    kinds = {one, other}
    is_administered = bool(kinds & ADMINISTRATORS) and len(kinds) > 1
    return is_administered and not kinds <= _BESIDE_OPERATION


def valid_certificate(person: Person, on: dt.date) -> Certificate | None:
    """The person's certificate in force on a local day, or None; revoked, it ends with the day
    before."""
    day_over = dt.datetime.combine(on + dt.timedelta(days=1), dt.time(), tzinfo=clock.CHINA)
    return (
        Certificate.objects.filter(
            Q(revoked_at=None) | Q(revoked_at__gte=day_over),
            person=person,
            valid_from__lte=on,
            valid_until__gt=on,
        )
        .order_by("-valid_until")
        .first()
    )


class Validity(StrEnum):
    """How a certificate stands on a day, the best first."""

    VALID = "valid"
    EXPIRING = "expiring"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    REVOKED = "revoked"


def validity_of(certificate: Certificate, on: dt.date) -> Validity:
    """How a certificate stands on a local day; it is expiring in its last sixty days."""
    if certificate.revoked_at is not None:
        return Validity.REVOKED
    if on >= certificate.valid_until:
        return Validity.EXPIRED
    if on < certificate.valid_from:
        return Validity.NOT_YET
    is_ending = certificate.valid_until - on <= EXPIRY_WARNING
    return Validity.EXPIRING if is_ending else Validity.VALID


def persons_to_renew(on: dt.date) -> QuerySet[Person]:
    """Active persons whose certificates have all ended on a local day, or will in sixty days."""
    unrevoked = Certificate.objects.filter(revoked_at=None)
    lasting = unrevoked.filter(valid_until__gt=on + EXPIRY_WARNING)
    ending = unrevoked.filter(valid_until__lte=on + EXPIRY_WARNING)
    return Person.objects.filter(is_active=True, id__in=ending.values("person")).exclude(
        id__in=lasting.values("person")
    )


def holders(kind: str, unit: Unit | None = None, not_for: Iterable[UUID] = ()) -> QuerySet[Person]:
    """Active persons who hold an office now, within a unit if one is given.

    `not_for`: persons in whose place holding it does not count.
    """
    now = clock.now()
    held = Office.objects.filter(Q(until=None) | Q(until__gt=now), kind=kind, since__lte=now)
    if unit is not None:
        held = held.filter(unit=unit)
    if apart := list(not_for):
        held = held.exclude(deputy_for__person__in=apart)
    return Person.objects.filter(is_active=True, id__in=held.values("person"))


def unit_heads(unit_ids: Iterable[UUID]) -> dict[UUID, Person]:
    """The active leader of each of the units that has one now."""
    now = clock.now()
    rows = Office.objects.filter(
        Q(until=None) | Q(until__gt=now),
        kind=Office.Kind.UNIT_HEAD,
        since__lte=now,
        unit__in=set(unit_ids),
        person__is_active=True,
    ).select_related("person")
    return {row.unit_id: row.person for row in rows.order_by("-since") if row.unit_id}


def visible_devices(person: Person) -> QuerySet[Device]:
    """All devices for those who hand them out; a head's unit's, otherwise those one carries."""
    if is_allowed(person, "device.hand_out"):
        return Device.objects.all()
    units = offices_held(person).filter(kind=Office.Kind.UNIT_HEAD).values("unit")
    return Device.objects.filter(Q(holder=person) | Q(unit__in=units))


def visible_clock_reading(person: Person, reading_id: int) -> ClockReading:
    """A reading of a visible device's clock. Raises `Refused("record.not_found")`."""
    readings = ClockReading.objects.filter(id=reading_id, device__in=visible_devices(person))
    found = readings.select_related("device").first()
    if found is None:
        raise Refused("record.not_found")
    return found


def registered_serials(serials: Iterable[str]) -> list[str]:
    """Which of these serial numbers are registered devices."""
    return list(Device.objects.filter(serial__in=list(serials)).values_list("serial", flat=True))


def certified(numbers: Iterable[str], day: dt.date) -> dict[str, Person]:
    """Who bears each of these certificate numbers, of those in force on a local day."""
    valid = Certificate.objects.filter(valid_from__lte=day, valid_until__gt=day, revoked_at=None)
    found = valid.filter(number__in=list(numbers)).select_related("person")
    return {one.number: one.person for one in found}


def token_of(secret: str, *scopes: str) -> ApiToken | None:
    """The token with this secret, if it is good for one of the scopes now, its person with it."""
    digest = sha256_hex(secret.encode())
    live = ApiToken.objects.filter(sha256=digest, scope__in=scopes, revoked_at=None)
    found = live.filter(until__gt=clock.now()).select_related("person").first()
    if found is None or (found.person is not None and not found.person.is_active):
        return None
    return found


def live_token_names(scope: str) -> list[str]:
    """The names of those who hold a token that is good for the scope now."""
    live = ApiToken.objects.filter(scope=scope, revoked_at=None, until__gt=clock.now())
    return list(live.values_list("name", flat=True))


def webhooks() -> QuerySet[Webhook]:
    """Every webhook ever registered, newest first."""
    return Webhook.objects.select_related("person", "state").order_by("-registered_at")


def tokens() -> QuerySet[ApiToken]:
    """Every token ever issued, newest first."""
    return ApiToken.objects.select_related("issued_by", "person").order_by("-issued_at")
