"""Gives entries their index, grows the tree and signs checkpoints.

One sequencer works at a time, by a lock of the database; any number may stand by. Not for
writing entries (`ledger.recording`) or proofs (`ledger.queries`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection, transaction

from liuhen.kernel import clock
from liuhen.ledger.models import Checkpoint, Entry, Pending, Sequenced, Tile
from liuhen.ledger.queries import latest_checkpoint, read_tile
from liuhen.ledger.signing import checkpoint_signers, origin
from liuhen.tlog.checkpoints import Checkpoint as SignedCheckpoint
from liuhen.tlog.checkpoints import sign_checkpoint
from liuhen.tlog.growth import grow_tree
from liuhen.tlog.tiles import Tile as GrownTile

# An arbitrary constant of ours: the advisory lock that makes the sequencer the only one.
_LOCK = 0x4C48_5345
BATCH = 2000


def sequence_batch(limit: int = BATCH, *, is_patient: bool = False) -> int:
    """Sequence up to `limit` waiting entries in the order they were recorded.

    Entries, tiles and the signed checkpoint are committed together.

    Returns:
        How many entries got their index; 0 when none waits, and when another sequencer is at
        work, unless one is patient and waits for it to end its batch.
    """
    with transaction.atomic(durable=True):
        if not _only_one(is_patient):
            return 0
        waiting = list(Pending.objects.order_by("number")[:limit])
        if not waiting:
            return 0
        ids = [row.entry_id for row in waiting]
        hashes = dict(Entry.objects.filter(id__in=ids).values_list("id", "leaf_hash"))
        _append([(entry_id, bytes(hashes[entry_id])) for entry_id in ids])
        Pending.objects.filter(number__in=[row.number for row in waiting]).delete()
    return len(waiting)


def _only_one(is_patient: bool) -> bool:
    """Whether this transaction is the only sequencer until it ends."""
    with connection.cursor() as cursor:
        if is_patient:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        return bool(cursor.fetchone()[0])


def _append(entries: Sequence[tuple[UUID, bytes]]) -> None:
    before = latest_checkpoint()
    size = before.size if before else 0
    Sequenced.objects.bulk_create(
        Sequenced(index=size + place, entry_id=entry_id)
        for place, (entry_id, _) in enumerate(entries)
    )
    growth = grow_tree(
        size,
        read_tile,
        (leaf for _, leaf in entries),
        old_root=bytes(before.root) if before else None,
    )
    store_tiles(growth.tiles)
    told = SignedCheckpoint(origin(), growth.size, growth.root)
    note = sign_checkpoint(told, *checkpoint_signers(size, growth.size))
    Checkpoint.objects.create(size=growth.size, root=growth.root, note=note, signed_at=clock.now())


def store_tiles(tiles: Iterable[GrownTile]) -> None:
    """Store tiles, each in the place of a narrower one."""
    Tile.objects.bulk_create(
        (Tile(level=t.level, index=t.index, hashes=t.hashes) for t in tiles),
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["hashes"],
    )


def sequence_all() -> int:
    """Sequence until nothing waits, here or elsewhere; returns the number of entries of here.

    What was recorded before the call has its index afterwards.
    """
    total = 0
    while done := sequence_batch(is_patient=True):
        total += done
    return total
