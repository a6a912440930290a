"""Who has a paper's form open, and at which field: told for some seconds, kept nowhere else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache

from liuhen.kernel import clock
from liuhen.people.models import Person

# A form asks every few seconds; one that has not asked for this long is closed or cut off.
PRESENT_FOR = dt.timedelta(seconds=20)


@dataclass(frozen=True)
class Present:
    """Somebody else at the form; `field` is the key of the field they are in, or nothing."""

    name: str
    field: str


def present_beside(paper_id: UUID, person: Person, field: str) -> list[Present]:
    """Note that a person is at a form, and name the others who are.

    Two notes at the same moment may cost one of them; the next comes within seconds.
    """
    key = f"paper-presence:{paper_id}"
    since = clock.iso(clock.now() - PRESENT_FOR)
    held: dict[str, list[str]] = cache.get(key) or {}
    held = {who: told for who, told in held.items() if told[2] >= since}
    others = [Present(name, at) for who, (name, at, _) in held.items() if who != str(person.id)]
    held[str(person.id)] = [person.name, field, clock.iso(clock.now())]
    cache.set(key, held, PRESENT_FOR.total_seconds() * 3)
    return sorted(others, key=lambda one: one.name)
