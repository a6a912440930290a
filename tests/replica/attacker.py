"""The hands of one who owns the database: switches triggers off and writes what they like."""

from __future__ import annotations

import psycopg

from liuhen.ledger.models import Checkpoint, Entry, Sequenced, Tile
from liuhen.ledger.signing import origin, signer
from liuhen.tlog.checkpoints import Checkpoint as Told
from liuhen.tlog.checkpoints import sign_checkpoint
from liuhen.tlog.growth import grow_tree
from liuhen.tlog.tiles import tile_width

TABLES = (
    *("ledger_entry", "ledger_rowimage", "ledger_sequenced", "ledger_checkpoint"),
    *("ledger_cosignature", "ledger_stamp"),
)


def unguarded(owner: psycopg.Connection, statement: str, *values: object) -> None:
    """One statement with every trigger of the ledger switched off."""
    for table in TABLES:
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    owner.execute(statement, values)
    for table in TABLES:
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def cut_to(owner: psycopg.Connection, size: int) -> None:
    """Put back an old state of the log: what came after `size` was never there."""
    unguarded(owner, "DELETE FROM ledger_cosignature WHERE checkpoint_id > %s", size)
    unguarded(owner, "DELETE FROM ledger_checkpoint WHERE size > %s", size)
    unguarded(owner, 'DELETE FROM ledger_sequenced WHERE "index" >= %s', size)
    rebuild_tiles(owner)


def rebuild_tiles(owner: psycopg.Connection) -> None:
    """Make tiles anew from what the sequence says now."""
    owner.execute("DELETE FROM ledger_tile")
    leaves = Sequenced.objects.order_by("index").values_list("entry__leaf_hash", flat=True)
    growth = grow_tree(0, lambda *_: b"", [bytes(leaf) for leaf in leaves])
    for tile in growth.tiles:
        assert tile.width == tile_width(tile.level, tile.index, growth.size)
        Tile.objects.create(level=tile.level, index=tile.index, hashes=tile.hashes)


def sign_anew(owner: psycopg.Connection) -> None:
    """With the log's key in hand: one checkpoint over what the rows say now, no other left."""
    unguarded(owner, "DELETE FROM ledger_cosignature")
    unguarded(owner, "DELETE FROM ledger_checkpoint")
    rebuild_tiles(owner)
    leaves = Sequenced.objects.order_by("index").values_list("entry__leaf_hash", flat=True)
    growth = grow_tree(0, lambda *_: b"", [bytes(leaf) for leaf in leaves])
    note = sign_checkpoint(Told(origin(), growth.size, growth.root), signer())
    last = Entry.objects.latest("recorded_at").recorded_at
    Checkpoint.objects.create(size=growth.size, root=growth.root, note=note, signed_at=last)
