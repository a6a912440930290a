"""Acts on the list of common offences. Not for holding a fine against it (`discretion`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liuhen.actions.act import Draft, act
from liuhen.cases.models import Offence
from liuhen.cases.offence_table import ReadOffence
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import require

_AT_ONCE = 100


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


@dataclass(frozen=True)
class Imported:
    """How many offences an import put on the list anew, and how many it put into other words."""

    new: int
    changed: int


def import_offences(*, actor: Person, offences: Sequence[ReadOffence]) -> Imported:
    """Put a table of offences on the list; one that stands there in other words is replaced.

    Cases keep the words they were made with, and what stood on the list stays in the ledger. An
    entry names every row, so a long table takes several acts; importing it again goes on.

    Raises:
        Refused: `offence.nothing_new`, when the list says all of it already.
    """
    require(actor, "offence.register")
    told = [(one.code, _stated(one)) for one in offences]
    known = _known([code for code, _ in told])
    wanted = [(code, stated) for code, stated in told if not _says(known.get(code), stated)]
    if not wanted:
        raise Refused("offence.nothing_new")
    for start in range(0, len(wanted), _AT_ONCE):
        import_batch(actor=actor, told=wanted[start : start + _AT_ONCE])
    changed = sum(code in known for code, _ in wanted)
    return Imported(len(wanted) - changed, changed)


@act(permission="offence.register", event="offence.imported")
def import_batch(
    draft: Draft, *, actor: Person, told: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:
    """Put some offences of a table on the list, each as its code and all that is said of it."""
    known = _known([code for code, _ in told], lock=True)
    for code, stated in told:
        row = known.get(code) or Offence()
        for key, value in stated.items():
            setattr(row, key, value)
        row.save()
    draft.note(new=len(told) - len(known), changed=len(known))


def _stated(read: ReadOffence) -> dict[str, Any]:
    return {**read.words, "grades": read.grades, "is_in_use": True}


def _known(codes: Sequence[str], *, lock: bool = False) -> dict[str, Offence]:
    rows = Offence.objects.select_for_update() if lock else Offence.objects
    return {one.code: one for one in rows.filter(code__in=codes)}


def _says(row: Offence | None, stated: Mapping[str, Any]) -> bool:
    return row is not None and all(getattr(row, key) == value for key, value in stated.items())
