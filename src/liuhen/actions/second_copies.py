"""Copies of originals in the store on other disks: made, proved, entered. Originals stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from liuhen.actions.act import Draft, act
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import system_person
from liuhen.vault.keeping import local_store, second_store
from liuhen.vault.models import Copy
from liuhen.vault.queries import without_copy
from liuhen.vault.store import SECOND, LocalStore, relative_path

BATCH = 64


def make_second_copies(digests: Iterable[str]) -> int:
    """Copy originals to the second store, read back against their digests; returns how many.

    What is there already is left alone; what was copied before the disk was full is entered.

    Raises:
        Refused: `storage.second` when there is no second store, `storage.full`.
        Fault: an original is gone or altered.
    """
    wanted = dict.fromkeys(digests)
    store = second_store()
    if store is None:
        raise Refused("storage.second")
    there = Copy.objects.filter(store=SECOND, original__in=list(wanted))
    held = set(there.values_list("original_id", flat=True))
    missing = [sha256 for sha256 in wanted if sha256 not in held]
    for first in range(0, len(missing), BATCH):
        _copy(store, missing[first : first + BATCH])
    return len(missing)


def _copy(store: LocalStore, digests: Sequence[str]) -> None:
    done, here = list[str](), local_store()
    try:
        for sha256 in digests:
            if store.digest(sha256) != sha256:
                store.copy_from(here.place(sha256), sha256, store.folder / f".{new_id()}.part")
            done.append(sha256)
    finally:
        if done:
            enter_copies(actor=system_person(), store=SECOND, digests=done)


def make_missing_copies() -> int:
    """Copy the next originals that the second store lacks; 0 when it lacks none or is away."""
    if second_store() is None:
        return 0
    return make_second_copies(one.sha256 for one in without_copy(SECOND)[:BATCH])


@act(permission="copy.keep", event="copy.kept")
def enter_copies(draft: Draft, *, actor: Person, store: str, digests: Sequence[str]) -> None:
    """Enter copies that lie, proved by their digests, in the second store or the bucket."""
    Copy.objects.bulk_create(
        [
            Copy(original_id=one, store=store, path=relative_path(one), stored_at=draft.at)
            for one in digests
        ],
        ignore_conflicts=True,
    )
    draft.note(store=store, digests=list(digests))
