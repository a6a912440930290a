"""Acts on the list of common offences. Not for imports of whole catalogues or for discretion."""

from __future__ import annotations

from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.cases.models import Offence
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person


@act(permission="offence.register", event="offence.registered")
def register_offence(
    draft: Draft,
    *,
    actor: Person,
    code: str,
    cause: str,
    breached: str,
    basis: str,
    conditions: str = "",
    correction: str = "",
) -> Offence:
    """Put an offence on the list officers choose from.

    Raises:
        Refused: `offence.incomplete`, `offence.exists`.
    """
    if not all(text.strip() for text in (code, cause, breached, basis)):
        raise Refused("offence.incomplete")
    if Offence.objects.filter(code=code).exists():
        raise Refused("offence.exists", code=code)
    offence = Offence.objects.create(
        code=code,
        cause=cause,
        breached=breached,
        basis=basis,
        conditions=conditions,
        correction=correction,
    )
    draft.about(offence)
    return offence


@act(permission="offence.withdraw", event="offence.withdrawn")
def withdraw_offence(draft: Draft, *, actor: Person, offence_id: UUID) -> Offence:
    """Take an offence off the list; cases that used its words keep them.

    Raises:
        Refused: `record.not_found`, `offence.withdrawn`.
    """
    offence = Offence.objects.select_for_update().filter(id=offence_id).first()
    if offence is None:
        raise Refused("record.not_found")
    if not offence.is_in_use:
        raise Refused("offence.withdrawn", code=offence.code)
    offence.is_in_use = False
    offence.save(update_fields=["is_in_use"])
    draft.about(offence)
    return offence
