"""Holds the sequenced log against its tiles and every signed checkpoint. Reads only; streams.

Not for entries' contents or rows (`ledger.verifying`).
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F

from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Checkpoint, Entry, Sequenced
from liuhen.ledger.queries import read_tile
from liuhen.ledger.signing import origin, signer
from liuhen.ledger.verifying import CHUNK, Difference, touch_of
from liuhen.tlog.checkpoints import open_checkpoint
from liuhen.tlog.edges import folded
from liuhen.tlog.hashing import HASH_SIZE, node_hash
from liuhen.tlog.tiles import TILE_WIDTH


class _Frontier:
    """The full subtrees of a growing tree, largest first: all that a root needs."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        self._peaks.append(leaf)
        self.size += 1
        for _ in range((self.size & -self.size).bit_length() - 1):
            right = self._peaks.pop()
            self._peaks[-1] = node_hash(self._peaks[-1], right)

    @property
    def root(self) -> bytes:
        return folded(self._peaks)


def log() -> Iterator[Difference]:
    """Indices have no hole, leaves stand in their tiles, every checkpoint's root follows."""
    tree, leaves, good_size = _Frontier(), _leaves(), 0
    exhausted, hashes = False, b""
    for checkpoint in Checkpoint.objects.order_by("size").iterator(CHUNK):
        yield from _signature(checkpoint)
        while tree.size < checkpoint.size and not exhausted:
            index, leaf, entry_id = next(leaves, (None, b"", None))
            if index is None or index != tree.size:
                exhausted = True
                what = f"序号{tree.size}的条目不在账本中"
                yield Difference("log.hole", f"ledger_sequenced/{tree.size}", what, _at(good_size))
                break
            if index % TILE_WIDTH == 0:
                hashes = read_tile(0, index // TILE_WIDTH, TILE_WIDTH)
            yield from _leaf(index, leaf, entry_id, hashes)
            tree.append(leaf)
        if exhausted:
            return
        if tree.root != bytes(checkpoint.root):
            what = (
                f"账本第{good_size}条至第{checkpoint.size - 1}条之间被改动：根散列与签名检查点不符"
            )
            yield Difference(
                "log.root", f"ledger_checkpoint/{checkpoint.size}", what, _at(good_size)
            )
            return
        good_size = checkpoint.size
    if next(leaves, None) is not None:
        what = "有条目排入账本却没有签名检查点"
        yield Difference("log.unsigned", f"ledger_sequenced/{tree.size}", what, _at(good_size))


def _at(size: int) -> dict[str, object]:
    return {"checkpoint_size": size}


def _leaves() -> Iterator[tuple[int | None, bytes, object]]:
    rows = (
        Sequenced.objects.order_by("index")
        .annotate(leaf=F("entry__leaf_hash"))
        .values_list("index", "leaf", "entry_id")
    )
    for index, leaf, entry_id in rows.iterator(CHUNK):
        yield index, bytes(leaf), entry_id


def _leaf(index: int, leaf: bytes, entry_id: object, hashes: bytes) -> Iterator[Difference]:
    place = index % TILE_WIDTH
    stored = hashes[place * HASH_SIZE : (place + 1) * HASH_SIZE]
    if stored != leaf:
        entry = Entry.objects.filter(id=str(entry_id)).first()
        what = f"序号{index}的条目与入账时的散列不符"
        good = {"leaf_hash": stored.hex(), "index": index}
        yield Difference("entry.replaced", f"ledger_entry/{entry_id}", what, good, _touch(entry))


def _touch(entry: Entry | None) -> dict[str, object] | None:
    try:
        return touch_of(entry)
    except (ValueError, KeyError):
        return None


def _signature(checkpoint: Checkpoint) -> Iterator[Difference]:
    record = f"ledger_checkpoint/{checkpoint.size}"
    try:
        opened = open_checkpoint(checkpoint.note, origin=origin(), keys=[signer().verifier])
    except Refused as refused:
        yield Difference("checkpoint.signature", record, f"检查点签名不成立（{refused.code}）")
        return
    told = opened.checkpoint
    if (told.size, told.root) != (checkpoint.size, bytes(checkpoint.root)):
        yield Difference("checkpoint.columns", record, "检查点的列与签名内容不符")
