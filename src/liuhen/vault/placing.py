"""Whether every machine of an installation agrees where originals come in. Reads only.

A machine that keeps them on its own disk where the others look in the bucket would acknowledge
what nobody else can read. Not for moving them (`recovery.moving_originals`).
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Entry
from liuhen.vault.keeping import first_store
from liuhen.vault.models import Copy, Original
from liuhen.vault.store import S3, STORE

# The event of `liuhen move` with `LIUHEN_STORE=s3`.
MOVED = "originals.moved"


def not_in(store: str) -> QuerySet[Original]:
    """Originals, not destroyed, that a store was never entered to hold."""
    held = Copy.objects.filter(original=OuterRef("pk"), store=store)
    return Original.objects.filter(~Exists(held), destruction=None)


def refuse_other_store() -> None:
    """Refuse settings that contradict where the installation's originals are.

    Raises:
        Refused: `storage.elsewhere`: they come into the bucket first, and `LIUHEN_STORE` doesn't
            say so. `storage.not_moved`: it does, and some are not there yet.
    """
    if first_store() == STORE:
        if Entry.objects.filter(event=MOVED).exists() or not_in(STORE).exists():
            raise Refused("storage.elsewhere")
    elif (count := not_in(S3).count()) > 0:
        raise Refused("storage.not_moved", count=count)
