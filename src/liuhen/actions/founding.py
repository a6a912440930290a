"""The first act of an installation: the authority's own unit, the system, the first administrator.

Not for later registrations (`actions.people`): this act is possible once, while nobody exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from liuhen.actions.people import new_person
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.ledger import recording
from liuhen.ledger.recording import EntryDraft, Who
from liuhen.people.models import Office, Person, Unit

EVENT = "authority.founded"


@dataclass(frozen=True)
class FirstAdministrator:
    """Who registers everybody else on the pages."""

    username: str
    name: str
    password: str


def found_authority(
    *,
    code: str,
    name: str,
    number_prefix: str,
    profile: Mapping[str, str] | None = None,
    administrator: FirstAdministrator | None = None,
) -> Person:
    """Create the authority's unit and the system's person, and return that person.

    With `administrator` that person, too, exists and is security administrator, or nothing does.
    `profile` is what papers print of the authority (`Unit.profile`). It stands outside `@act`
    because no person with a permission exists before it.

    Raises:
        Refused: `authority.exists`, `unit.incomplete`, and as `register_person`.
    """
    if not code.strip() or not name.strip():
        raise Refused("unit.incomplete")
    with transaction.atomic(durable=True):
        refuse_second()
        entry_id = new_id()
        recording.begin(entry_id)
        unit = Unit.objects.create(
            code=code,
            name=name,
            kind=Unit.Kind.COMMISSION,
            number_prefix=number_prefix,
            profile=dict(profile or {}),
        )
        system = Person(username="system", name="系统", unit=unit, nature=Person.Nature.SYSTEM)
        system.set_unusable_password()
        system.save(force_insert=True)
        Office.objects.create(person=system, kind=Office.Kind.SYSTEM, unit=unit, since=clock.now())
        if administrator is not None:
            who = administrator
            first = new_person(who.username, who.name, unit, who.password)
            kind = Office.Kind.SECURITY
            Office.objects.create(person=first, kind=kind, unit=unit, since=clock.now())
        draft = EntryDraft(entry_id, EVENT, Who(system.id, system.name), clock.now())
        draft.subject_kind, draft.subject_id = "people.unit", str(unit.id)
        recording.write_entry(draft)
    return system


def refuse_second() -> None:
    """Refuse when the authority is founded already (`authority.exists`)."""
    if Person.objects.exists():
        raise Refused("authority.exists")
