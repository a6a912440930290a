"""Copies of originals in the store on other disks: made, proved, entered. Originals stay."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence

from liuhen.actions.act import Draft, act
from liuhen.kernel import clock
from liuhen.kernel.ids import new_id
from liuhen.kernel.refusals import Fault, Refused, explain
from liuhen.people.models import Person
from liuhen.people.queries import system_person
from liuhen.vault.keeping import copying, local_store, second_store
from liuhen.vault.models import Copy, StoreState
from liuhen.vault.queries import waiting_for, without_copy
from liuhen.vault.store import SECOND, LocalStore, relative_path

BATCH = 64
log = logging.getLogger(__name__)


def make_second_copies(digests: Iterable[str]) -> list[str]:
    """Copy originals to the second store, read back; returns what the vault lacks of them.

    What is there already is left alone; what was copied before the disk was full is entered.

    Raises:
        Refused: `storage.second` when there is no second store, `storage.full`.
    """
    wanted = dict.fromkeys(digests)
    store = second_store()
    if store is None:
        raise Refused("storage.second")
    there = Copy.objects.filter(store=SECOND, original__in=list(wanted))
    held = set(there.values_list("original_id", flat=True))
    missing = [sha256 for sha256 in wanted if sha256 not in held]
    lost = []
    for first in range(0, len(missing), BATCH):
        lost += _copy(store, missing[first : first + BATCH])
    return lost


def _copy(store: LocalStore, digests: Sequence[str]) -> list[str]:
    """Copy and enter one batch; returns what is missing or altered in the vault."""
    done, lost = list[str](), list[str]()
    with copying() as may_begin:
        try:
            for sha256 in filter(may_begin, digests):
                (done if _copy_one(store, sha256) else lost).append(sha256)
        finally:
            if done:
                enter_copies(actor=system_person(), store=SECOND, digests=done)
    return lost


def _copy_one(store: LocalStore, sha256: str) -> bool:
    """Have one original in the second store; false where the vault lacks it."""
    part = store.folder / f".{new_id()}.part"
    try:
        if store.digest(sha256) != sha256:
            store.copy_from(local_store().place(sha256), sha256, part)
    except Fault as fault:
        # the scrub raises the alarm; the others must not wait for it
        log.error("no second copy: %s", fault)
        return False
    return True


def make_missing_copies() -> int:
    """Copy what the second store lacks, oldest first; returns how many copies were made.

    0 where there is no second store. How it went is noted for the operator.

    Raises:
        Refused: `storage.full`.
    """
    if second_store() is None:
        return 0
    made, lost = 0, list[str]()
    try:
        while batch := without_copy(SECOND).exclude(sha256__in=lost)[:BATCH]:
            lost_now = make_second_copies(one.sha256 for one in batch)
            lost += lost_now
            made += len(batch) - len(lost_now)
    except Refused as refused:
        note_store(SECOND, explain(refused).message, is_through=False)
        raise
    note_store(SECOND, trouble_of(lost))
    return made


def trouble_of(lost: Sequence[str]) -> str:
    """What an operator reads of originals that could be copied nowhere; empty without any."""
    if not lost:
        return ""
    return f"{len(lost)} 份原件在本机缺失或者受损，先用 liuhen repair 修复：{lost[0][:12]}…"


def note_store(store: str, trouble: str, *, is_through: bool = True) -> None:
    """Keep for the operator how it went and what waits; never in the way of the work.

    A run that did not come through all that waited settles nothing.
    """
    now, told = clock.now(), waiting_for(without_copy(store))
    if not is_through:
        del told["settled_until"]
    told |= {"tried_at": now, "trouble": trouble[:500]}
    if not trouble:
        told["well_at"] = now
    StoreState.objects.update_or_create(store=store, defaults=told)


@act(permission="copy.keep", event="copy.kept")
def enter_copies(draft: Draft, *, actor: Person, store: str, digests: Sequence[str]) -> None:
    """Enter copies that lie, proved by their digests, in the second store or the bucket.

    Also of what was ordered destroyed while it was on its way: it is left until it is proven gone.
    """
    Copy.objects.bulk_create(
        [
            Copy(original_id=one, store=store, path=relative_path(one), stored_at=draft.at)
            for one in digests
        ],
        ignore_conflicts=True,
    )
    draft.note(store=store, digests=list(digests))
