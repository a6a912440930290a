"""Reads of people and their rights. Not for writes, nor for what a case lets a person see."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.db.models import Q, QuerySet

from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Certificate, Office, Person, Unit

EVERYONE = "*"


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
    ).select_related("unit")


def office_kinds(person: Person) -> frozenset[str]:
    """The kinds of office a person holds now."""
    if not person.is_active:
        return frozenset()
    return frozenset(offices_held(person).values_list("kind", flat=True))


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


def system_person() -> Person:
    """The person in whose name the system itself acts."""
    return Person.objects.get(username="system")


def valid_certificate(person: Person, on: object) -> Certificate | None:
    """The person's certificate in force on a local day, or None."""
    return (
        Certificate.objects.filter(
            person=person, valid_from__lte=on, valid_until__gt=on, revoked_at=None
        )
        .order_by("-valid_until")
        .first()
    )


def holders(kind: str, unit: Unit | None = None) -> QuerySet[Person]:
    """Active persons who hold an office now, within a unit if one is given."""
    now = clock.now()
    held = Office.objects.filter(Q(until=None) | Q(until__gt=now), kind=kind, since__lte=now)
    if unit is not None:
        held = held.filter(unit=unit)
    return Person.objects.filter(is_active=True, id__in=held.values("person"))
