"""Holds the sequenced log against its tiles and every signed checkpoint, in portions. Reads only.

Not for entries' contents or rows (`ledger.verifying`).
"""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import F

from liuhen.kernel.refusals import Refused
from liuhen.ledger.models import Checkpoint, Entry, Sequenced
from liuhen.ledger.queries import read_tile
from liuhen.ledger.signing import log_keys, origin, rotations, sm2_key, vkey_at
from liuhen.ledger.stamping import roots
from liuhen.ledger.trust import policy
from liuhen.ledger.verifying import CHUNK, Difference, Portion, Position, touch_of
from liuhen.tlog.checkpoints import open_checkpoint
from liuhen.tlog.edges import full_root
from liuhen.tlog.frontier import Frontier
from liuhen.tlog.hashing import HASH_SIZE
from liuhen.tlog.notes import NoteKey, parse_note, parse_signature_lines
from liuhen.tlog.stamps import verified_instant
from liuhen.tlog.tiles import TILE_WIDTH, tile_width


def log(after: Position = None) -> Iterator[Portion]:
    """Indices have no hole, leaves stand in their tiles, every checkpoint's root follows.

    The position is the last good checkpoint's size and the tree's frontier there.
    """
    if after == BROKEN:
        return
    keys, walk = _Keys(), _Walk(after)
    if after is None:
        yield Portion(walk.position, 0, tuple(keys.unknown()))
    while not walk.is_broken:
        batch = walk.next_checkpoints()
        if not batch:
            return
        before = walk.tree.size
        found: list[Difference] = []
        for checkpoint in batch:
            found += keys.differences(checkpoint)
            found += walk.up_to(checkpoint)
            if walk.is_broken:
                break
        yield Portion(walk.position, walk.tree.size - before, tuple(found))


def unsigned(after: Position = None) -> Iterator[Portion]:
    """Nothing is sequenced beyond the newest checkpoint."""
    if after is not None:
        return
    newest = Checkpoint.objects.order_by("-size").first()
    size = newest.size if newest else 0
    found = []
    if Sequenced.objects.filter(index__gte=size).exists():
        what = "有条目排入账本却没有签名检查点"
        found.append(Difference("log.unsigned", f"ledger_sequenced/{size}", what, _at(size)))
    yield Portion(True, 1, tuple(found))


def tiles(after: Position = None) -> Iterator[Portion]:
    """Every tile of hashes of subtrees holds the roots of the tiles below it; none is missing.

    Leaves are held against their tiles by `log`.
    """
    newest = Checkpoint.objects.order_by("-size").first()
    size = newest.size if newest else 0
    level, index = after or (1, 0)
    while width := tile_width(level, index, size):
        stored = read_tile(level, index, width)
        below = index * TILE_WIDTH
        roots = [_root_below(level - 1, below + place) for place in range(width)]
        index += 1
        yield Portion([level, index], width, tuple(_tile(level, index - 1, stored, roots)))
        if not tile_width(level, index, size):
            level, index = level + 1, 0


def _root_below(level: int, index: int) -> bytes:
    """The root of a full tile; nothing when it is not whole."""
    hashes = read_tile(level, index, TILE_WIDTH)
    return full_root(hashes) if len(hashes) == TILE_WIDTH * HASH_SIZE else b""


def _tile(level: int, index: int, stored: bytes, roots: list[bytes]) -> Iterator[Difference]:
    record = f"ledger_tile/{level}/{index}"
    for place, root in enumerate(roots):
        if stored[place * HASH_SIZE : (place + 1) * HASH_SIZE] != root:
            below = f"{level - 1} 级第 {index * TILE_WIDTH + place} 片"
            what = f"树片的第 {place} 个散列不是下一级树片（{below}）的根"
            yield Difference("tile.altered", record, what)
            return


class _Walk:
    """A tree grown along the stored sequence, from one checkpoint to the next."""

    def __init__(self, after: Position) -> None:
        size, peaks = after or (0, [])
        self.tree = Frontier(size, map(bytes.fromhex, peaks))
        self.good_size = size
        self.is_broken = False

    @property
    def position(self) -> Position:
        frontier = [self.good_size, [peak.hex() for peak in self.tree.peaks]]
        return BROKEN if self.is_broken else frontier

    def next_checkpoints(self) -> list[Checkpoint]:
        """Those that follow: so many as do not lie too far ahead, at least one."""
        following = Checkpoint.objects.filter(size__gt=self.good_size).order_by("size")
        batch = list(following.prefetch_related("cosignatures", "stamps")[:CHECKPOINTS])
        near = [one for one in batch if one.size <= self.good_size + LEAVES]
        return near or batch[:1]

    def up_to(self, checkpoint: Checkpoint) -> Iterator[Difference]:
        """Take in the leaves that the checkpoint covers and hold the root against it."""
        hashes = b""
        for index, leaf, entry_id in _leaves(self.tree.size, checkpoint.size):
            if index != self.tree.size:
                break
            if index % TILE_WIDTH == 0 or not hashes:
                hashes = read_tile(0, index // TILE_WIDTH, TILE_WIDTH)
            yield from _leaf(index, leaf, entry_id, hashes)
            self.tree.append(leaf)
        good, size = self.good_size, self.tree.size
        self.is_broken = size < checkpoint.size or self.tree.root != bytes(checkpoint.root)
        if size < checkpoint.size:
            what = f"序号{size}的条目不在账本中"
            yield Difference("log.hole", f"ledger_sequenced/{size}", what, _at(good))
        elif self.is_broken:
            what = f"账本第{good}条至第{size - 1}条之间被改动：根散列与签名检查点不符"
            yield Difference("log.root", f"ledger_checkpoint/{size}", what, _at(good))
        else:
            self.good_size = size


def _at(size: int) -> dict[str, object]:
    return {"checkpoint_size": size}


def _leaves(start: int, end: int) -> Iterator[tuple[int, bytes, object]]:
    rows = (
        Sequenced.objects.filter(index__gte=start, index__lt=end)
        .order_by("index")
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
        yield Difference("entry.replaced", f"ledger_entry/{entry_id}", what, good, touch_of(entry))


# Beyond a break nothing that follows can be held against a root.
BROKEN = "broken"
CHECKPOINTS = 200
LEAVES = 8192


class _Keys:
    """What checkpoints are held against: the log's keys by size, witnesses, stamping roots."""

    def __init__(self) -> None:
        self.changes = rotations()
        self.log = log_keys()
        self.witnesses = policy().witness_keys
        self.sm2 = sm2_key()
        self.roots = roots() if settings.TSA_ROOTS else []

    def unknown(self) -> Iterator[Difference]:
        """Keys the ledger names and the trust policy, outside the database, does not know."""
        known = {key.vkey for key in self.log}
        for one in self.changes:
            for vkey in {one.old, one.new} - known:
                what = "账本记有更换签名密钥，但这把公钥不在信任清单（trust.policy）中"
                yield Difference("key.unknown", f"log_key/{vkey}", what)

    def differences(self, checkpoint: Checkpoint) -> Iterator[Difference]:
        """What does not hold of one checkpoint's signatures, cosignatures and stamps."""
        record = f"ledger_checkpoint/{checkpoint.size}"
        keys: list[NoteKey] = [*self.log, *([self.sm2] if self.sm2 is not None else [])]
        try:
            opened = open_checkpoint(checkpoint.note, origin=origin(), keys=keys)
        except Refused as refused:
            code = "checkpoint.signature"
            yield Difference(code, record, f"检查点签名不成立（{refused.code}）")
            return
        told = opened.checkpoint
        if (told.size, told.root) != (checkpoint.size, bytes(checkpoint.root)):
            yield Difference("checkpoint.columns", record, "检查点的列与签名内容不符")
        in_force = vkey_at(checkpoint.size, self.changes)
        signed = {key.vkey for key in self.log if opened.is_signed_by(key)}
        if in_force not in signed:
            what = "检查点没有用当时有效的密钥签名，而是用了已经停用或者尚未启用的密钥"
            yield Difference("checkpoint.old_key", record, what, {"in_force": in_force})
        yield from self._attested(checkpoint, parse_note(checkpoint.note).text)

    def _attested(self, checkpoint: Checkpoint, text: str) -> Iterator[Difference]:
        record = f"ledger_checkpoint/{checkpoint.size}"
        known = {(key.name, key.key_id): key for key in self.witnesses}
        for row in checkpoint.cosignatures.all():
            (line,) = parse_signature_lines(row.line)
            key = known.get((line.name, line.key_id))
            if key is not None and not key.is_valid(text, line.signature):
                what = f"见证方 {row.witness} 的签名与检查点不符"
                yield Difference("cosignature.wrong", record, what)
        for stamp in checkpoint.stamps.all() if self.roots else ():
            try:
                instant = verified_instant(bytes(stamp.token), text, self.roots)
            except Refused as refused:
                what = f"时间戳不成立（{refused.data.get('what', '')}）"
                yield Difference("stamp.wrong", record, what)
                continue
            if instant != stamp.stamped_at:
                yield Difference("stamp.columns", record, "时间戳的列与其内容不符")
