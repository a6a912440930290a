"""SM3 digests of originals, taken after their intake and entered each for itself.

The office's cryptography rules ask for SM3 (GB/T 39786); the log and the vault know an original by
its SHA-256. So the bytes are read once for both, and an SM3 digest is entered only of bytes that
still meet their SHA-256. Not for finding altered originals: that is `verify` and the scrub.
"""

from __future__ import annotations

import logging

from liuhen.actions.act import Draft, act
from liuhen.kernel import clock
from liuhen.kernel.digests import sha256_and_sm3_file
from liuhen.kernel.refusals import Refused
from liuhen.people.models import Person
from liuhen.people.queries import system_person
from liuhen.vault.keeping import local_store
from liuhen.vault.models import Original, Sm3, StoreState
from liuhen.vault.queries import alarmed_originals, behind, waiting_for, without_sm3
from liuhen.vault.store import SM3

log = logging.getLogger(__name__)
BATCH = 64


def take_missing_digests() -> int:
    """Take the SM3 digests of all originals that lack one; returns how many were entered.

    An original that is lost or altered gets none, is told in the log and keeps no other waiting;
    while the scrub's alarm about it stands it is not read again.
    """
    taken, rows = 0, without_sm3()
    waiting = rows.count()
    while batch := list(rows[:BATCH]):
        alarmed = alarmed_originals(one.sha256 for one in batch)
        taken += sum(_take(one.sha256) for one in batch if one.sha256 not in alarmed)
        # what waits is looked for once at the beginning and once at the end, or the many that come
        # with an archive would be counted for each batch of it
        _note(waiting=max(waiting - taken, 0), oldest_at=batch[-1].received_at)
        rows = behind(without_sm3(), batch[-1])
    _note(**waiting_for(without_sm3()))
    return taken


def _note(**told: object) -> None:
    """Keep for the operator how far it is."""
    StoreState.objects.update_or_create(store=SM3, defaults={"tried_at": clock.now(), **told})


def _take(sha256: str) -> bool:
    try:
        found, sm3 = sha256_and_sm3_file(local_store().place(sha256))
    except OSError as error:
        log.error("no SM3 digest of %s: %s", sha256[:12], error)
        return False
    if found != sha256:
        log.error("no SM3 digest of %s: its bytes do not meet their SHA-256", sha256[:12])
        return False
    try:
        enter_sm3_digest(actor=system_person(), sha256=sha256, digest=sm3)
    except Refused:  # another worker was quicker
        return False
    return True


@act(permission="original.digest", event="original.digested")
def enter_sm3_digest(draft: Draft, *, actor: Person, sha256: str, digest: str) -> Sm3:
    """Enter the SM3 digest of an original.

    Raises:
        Refused: `original.has_sm3` when it has one.
    """
    original = Original.objects.get(sha256=sha256)
    taken, is_new = Sm3.objects.get_or_create(
        original=original, defaults={"digest": digest, "taken_at": draft.at}
    )
    if not is_new:
        raise Refused("original.has_sm3", digest=sha256[:12])
    draft.about(original)
    draft.note(sha256=sha256, sm3=digest)
    return taken
