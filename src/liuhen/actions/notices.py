"""How a person wants to hear by mail of what waits on the desk.

Not for sending (`jobs.noticing`).
"""

from __future__ import annotations

from django.conf import settings

from liuhen.actions.act import Draft, act
from liuhen.host.mailing import is_address
from liuhen.kernel.refusals import Refused
from liuhen.people.models import MailState, Person


@act(permission="person.choose_notices", event="person.notices_chosen")
def choose_notices(draft: Draft, *, actor: Person, notices: str, email: str) -> Person:
    """Choose how often one's own desk comes by mail, and to which address.

    Raises:
        Refused: `notices.unknown`, `notices.no_server`, `notices.no_address`,
            `notices.address`.
    """
    if notices not in Person.Notices.values:
        raise Refused("notices.unknown")
    address = email.strip()
    if notices and settings.NOTICES is None:
        raise Refused("notices.no_server")
    if notices and not address:
        raise Refused("notices.no_address")
    if address and not is_address(address):
        raise Refused("notices.address", address=address)
    person = Person.objects.select_for_update(of=("self",)).get(id=actor.id)
    person.notices, person.email = notices, address
    person.save(update_fields=["notices", "email"])
    # a new choice begins anew: what went wrong before says nothing of the new address
    MailState.objects.filter(person=person).delete()
    if notices:
        MailState.objects.create(person=person)
    draft.about(person)
    draft.note(notices=notices)
    return person
