"""The first act of an installation: the authority's own unit and the system's person.

Not for later registrations (`actions.people`): this act is possible once, while nobody exists.
"""

from __future__ import annotations

from django.db import transaction

from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.ledger import recording
from liuhen.ledger.recording import EntryDraft, Who
from liuhen.people.models import Office, Person, Unit

EVENT = "authority.founded"


def found_authority(*, code: str, name: str, number_prefix: str) -> Person:
    """Create the authority's unit and the system's person, who then registers everybody else.

    It stands outside `@act` because no person with a permission exists before it.

    Raises:
        Refused: `authority.exists`.
    """
    with transaction.atomic(durable=True):
        if Person.objects.exists():
            raise Refused("authority.exists")
        entry_id = new_id()
        recording.begin(entry_id)
        unit = Unit.objects.create(
            code=code, name=name, kind=Unit.Kind.COMMISSION, number_prefix=number_prefix
        )
        system = Person(username="system", name="系统", unit=unit, nature=Person.Nature.SYSTEM)
        system.set_unusable_password()
        system.save(force_insert=True)
        Office.objects.create(person=system, kind=Office.Kind.SYSTEM, unit=unit, since=clock.now())
        draft = EntryDraft(entry_id, EVENT, Who(system.id, system.name), clock.now())
        draft.subject_kind, draft.subject_id = "people.unit", str(unit.id)
        recording.write_entry(draft)
    return system
