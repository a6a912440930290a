"""Identity numbers of parties, sealed again: with a new key, or for the first time after an update.

In batches, each an act of the system's: what a batch has done stays done. Papers keep the keys they
were sealed with, because what is recorded stays. Not for the keys' files (`host.identity_keys`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from liuhen.actions.act import Draft, act
from liuhen.cases.models import Party
from liuhen.cases.sealed import is_sealed, ring
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import system_person

# An entry lists the image of each row, and holds 65,535 bytes.
BATCH = 150
_PLAIN = Q(number_digest="") & ~Q(sealed_number="")


@act(permission="identity_key.change", event="identity_key.rotated")
def rotate_identity_key(draft: Draft, *, actor: Person, reason: str) -> str:
    """Make a new key the one that seals identity numbers; returns its id.

    Raises:
        Refused: `reason.missing`, `identity_keys.busy`, `identity_keys.wrapping_missing`,
            `identity_keys.unreadable`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    key = str(settings.HOME.identity_keys().add_data_key().current)
    draft.note(key=key, reason=reason.strip())
    return key


@act(permission="identity_key.change", event="identity_key.wrapped")
def change_wrapping_key(draft: Draft, *, actor: Person, reason: str) -> None:
    """Wrap the keys of identity numbers with a new wrapping key; no number is sealed anew.

    Raises:
        Refused: as `rotate_identity_key`.
    """
    if not reason.strip():
        raise Refused("reason.missing")
    settings.HOME.identity_keys().change_wrapping_key()
    draft.note(reason=reason.strip())


@act(permission="identity_key.change", event="identity_number.sealed")
def seal_numbers(draft: Draft, *, actor: Person, party_ids: Sequence[UUID]) -> int:
    """Seal the numbers of some parties with the key in force; returns how many there were."""
    rows = Party.objects.select_for_update().filter(id__in=party_ids).exclude(sealed_number="")
    count = 0
    for party in rows.order_by("id"):
        stored = party.sealed_number
        party.identity_number = party.identity_number if is_sealed(stored) else stored
        party.save(update_fields=["sealed_number", "number_digest"])
        count += 1
    draft.note(count=count, key=ring().current)
    return count


def seal_standing_numbers() -> int:
    """Seal what an earlier version left in plain; returns how many. Safe to repeat."""
    return _sealed(_PLAIN)


def reseal_numbers(told: Callable[[int], None] = lambda _: None) -> int:
    """Seal every number with the key in force; `told` is told how many it has been so far."""
    older = ~Q(sealed_number="") & ~Q(sealed_number__startswith=ring().mark)
    return _sealed(older, told)


def _sealed(which: Q, told: Callable[[int], None] = lambda _: None) -> int:
    total = 0
    for party_ids in _batches(which):
        total += seal_numbers(actor=system_person(), party_ids=party_ids)
        told(total)
    return total


def _batches(which: Q) -> Iterator[list[UUID]]:
    rows, last = Party.objects.filter(which).order_by("id").values_list("id", flat=True), None
    while ids := list((rows if last is None else rows.filter(id__gt=last))[:BATCH]):
        last = ids[-1]
        yield ids
