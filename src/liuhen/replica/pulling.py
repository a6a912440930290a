"""Pulls from the primary: the log first, then row images, then originals; each verified first.

Order of trust: a checkpoint signed by a key in force; entries whose tree, grown from our own, has
exactly its root; images with the digests those entries list; originals with the digests those
images name. Whatever does not agree is kept as evidence, and what we hold stays as it was. A pull
that breaks off anywhere goes on from what is verified. Not for answering as a witness.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from liuhen.host.disk import refusing
from liuhen.kernel import clock
from liuhen.kernel.digests import is_sha256
from liuhen.kernel.refusals import Refused, explain
from liuhen.replica import evidence
from liuhen.replica.folder import ReplicaFolder, State
from liuhen.replica.images import is_image_of, paired
from liuhen.replica.keys import is_signed_in_force, learn_keys, open_signed
from liuhen.replica.orders import told_in
from liuhen.replica.source import Primary
from liuhen.replica.tree import Tree, bundles
from liuhen.replica.witness import advance, witnessed
from liuhen.tlog.checkpoints import Checkpoint, OpenedCheckpoint
from liuhen.tlog.entry import parse_entry
from liuhen.tlog.frontier import Frontier
from liuhen.tlog.growth import grow_tree
from liuhen.tlog.hashing import leaf_hash
from liuhen.tlog.tiles import TILE_WIDTH, BundleId, decode_bundle

ORIGINALS = "vault_original"
_BATCH = 64 * TILE_WIDTH
_CONFIRMED_AT_ONCE = 150
_GONE_AT_ONCE = 80


@dataclass
class Pulled:
    """What one pull brought: numbers of entries, images and originals, and what didn't agree."""

    entries: int = 0
    images: int = 0
    originals: int = 0
    differences: list[dict[str, str]] = field(default_factory=list)


def pull(folder: ReplicaFolder, primary: Primary) -> Pulled:
    """Bring the replica up to the primary's newest checkpoint, and report to it.

    Raises:
        Refused: `primary.*`, `replica.busy`, `host.*`. What disagrees is not a refusal but a
            difference in the result, in the state and, for checkpoints, kept evidence. The
            primary is told of a disk that takes no more.
    """
    with refusing(folder.path), folder.alone("pull"):
        work = _Pull(folder, primary)
        try:
            with refusing(folder.path):
                work.bring_up()
        except Refused as refused:
            if refused.code.startswith("host."):
                work.tell_trouble(refused)
            raise
        work.report()
        return work.pulled


class _Pull:
    """One pull under way."""

    def __init__(self, folder: ReplicaFolder, primary: Primary) -> None:
        self.folder, self.primary = folder, primary
        self.state: State = folder.state()
        self.tree = Tree(folder.log_dir, folder.images_dir)
        self.pulled = Pulled()
        self.seen: Checkpoint | None = None

    def bring_up(self) -> None:
        """Take what is new; how far that went is kept, whatever it broke off with."""
        try:
            self._run()
        finally:
            self.folder.keep_state(self.state)

    def _run(self) -> None:
        # Read before the primary is asked: what we cosign meanwhile is no contradiction.
        self.seen = witnessed(self.folder)
        newest = self.primary.checkpoint()
        for raw in self._bridges(newest):
            opened = self._opened(raw)
            if opened is not None and opened.checkpoint.size > self.state.size:
                self._take_log(opened)
        opened = self._opened(newest)
        if opened is not None and self._is_extension(opened):
            self._take_log(opened)
        self._take_images()
        self._take_originals()
        self.folder.keep_unbound(self.primary.unbound())
        # Contradictions stay; what a later pull may mend is told anew by each.
        lasting = [one for one in self.state.differences if one["code"].startswith("log.")]
        self.state.differences = _each_once([*lasting, *self.pulled.differences])
        self.state.pulled_at = clock.iso(clock.now())

    # --- the log

    def _bridges(self, newest: bytes) -> list[bytes]:
        """The checkpoints across which the log changed its key, if the newest one needs them."""
        try:
            open_signed(self.folder, self.state, newest)
        except Refused:
            return [note.encode() for note in self.primary.bridges()]
        return []

    def _opened(self, raw: bytes) -> OpenedCheckpoint | None:
        try:
            opened = open_signed(self.folder, self.state, raw)
        except Refused as refused:
            text = raw.decode("utf-8", "replace")
            self._contradiction(evidence.UNSIGNED, text, refused=refused.code)
            return None
        self.state.primary_size = opened.checkpoint.size
        return opened

    def _is_extension(self, opened: OpenedCheckpoint) -> bool:
        """Whether it says more than we hold; less, or otherwise, is kept as evidence."""
        found = opened.checkpoint
        if self.seen is not None and found.size < self.seen.size:
            self._contradiction(evidence.SHORTENED, opened.note, witnessed=self.seen.text)
        elif found.size < self.state.size:
            self._contradiction(evidence.SHORTENED, opened.note)
        elif found.size <= self.state.size and self.tree.root(found.size) != found.root:
            self._contradiction(evidence.FORKED, opened.note)
        return found.size > self.state.size

    def _take_log(self, opened: OpenedCheckpoint) -> None:
        found = opened.checkpoint
        if not self._fetch_entries(found) or not self._agrees_with_witnessed(found):
            self._contradiction(evidence.FORKED, opened.note)
            return
        before = self.state.size
        keys = learn_keys(self.state.keys, self.tree.entries(before, found.size), before)
        if not is_signed_in_force(keys, opened):
            self._contradiction(evidence.UNSIGNED, opened.note, refused="checkpoint.old_key")
            return
        self._grow(found)
        state = self.state
        state.size, state.root, state.note = found.size, found.root.hex(), opened.note
        state.keys = keys
        self.folder.keep_state(state)
        self.pulled.entries += found.size - before
        with self.folder.alone("witness"):
            last = witnessed(self.folder)
            if last is None or last.size < found.size:
                advance(self.folder, opened)

    def _fetch_entries(self, found: Checkpoint) -> bool:
        """Fetch what is new; whether our tree with it has the checkpoint's root."""
        frontier = Frontier.of(self.state.size, self.tree.read_tile)
        for bundle in bundles(self.state.size, found.size):
            raw = self._bundle(bundle)
            first = bundle.index * TILE_WIDTH
            for place, entry in enumerate(decode_bundle(raw, bundle.width), start=first):
                if place >= self.state.size:
                    frontier.append(leaf_hash(entry))
        if frontier.root == found.root:
            return True
        for bundle in bundles(self.state.size, found.size):
            self.tree.bundle_path(bundle).unlink(missing_ok=True)
        return False

    def _bundle(self, bundle: BundleId) -> bytes:
        path = self.tree.bundle_path(bundle)
        if not path.exists():
            self.tree.write_bundle(bundle, self.primary.bundle(bundle))
        return path.read_bytes()

    def _agrees_with_witnessed(self, found: Checkpoint) -> bool:
        """Whether the log to come holds the checkpoint we last cosigned."""
        seen = self.seen
        if seen is None or not self.state.size < seen.size <= found.size:
            return True
        frontier = Frontier.of(self.state.size, self.tree.read_tile)
        for entry in self.tree.entries(self.state.size, seen.size):
            frontier.append(leaf_hash(entry))
        return frontier.root == seen.root

    def _grow(self, found: Checkpoint) -> None:
        size, root = self.state.size, bytes.fromhex(self.state.root)
        while size < found.size:
            end = min(found.size, size + _BATCH)
            leaves = (leaf_hash(entry) for entry in self.tree.entries(size, end))
            growth = grow_tree(size, self.tree.read_tile, leaves, old_root=root)
            for tile in growth.tiles:
                self.tree.write_tile(tile.level, tile.index, tile.hashes)
            size, root = growth.size, growth.root

    # --- what the entries speak of

    def _take_images(self) -> None:
        """Fetch the images of all entries whose images are not held yet, bundle by bundle."""
        for bundle in bundles(self.state.images, self.state.size):
            raw = self.primary.images(bundle)
            wrong = list(self._wrong_images(bundle, raw))
            self.pulled.differences += wrong
            if wrong:
                return
            self.tree.write_images(bundle, raw)
            self.state.images = bundle.index * TILE_WIDTH + bundle.width

    def _wrong_images(self, bundle: BundleId, raw: bytes) -> Iterator[dict[str, str]]:
        entries = [parse_entry(one) for one in self.tree.bundle(bundle)]
        try:
            for entry, listed, body in paired(entries, raw):
                if body is not None and not is_image_of(listed, body):
                    record = f"{listed.table}/{listed.row}"
                    what = f"条目 {entry.id} 所列的行映像与主系统给出的内容不符"
                    yield evidence.difference("image.altered", record, what)
                self.pulled.images += body is not None
        except Refused:
            record, what = bundle.path, "主系统给出的行映像与条目所列的数目不符"
            yield evidence.difference("image.missing", record, what)

    def _take_originals(self) -> None:
        """Fetch every original that a held image names; one that fails is tried by each pull."""
        self._destroy_ordered()
        for sha256 in list(self.state.missing):
            self._take(sha256)
        for bundle in bundles(self.state.originals, self.state.images):
            for sha256 in self._named(bundle):
                self._take(sha256)
            self.state.originals = bundle.index * TILE_WIDTH + bundle.width
            self.folder.keep_state(self.state)

    def _destroy_ordered(self) -> None:
        """Destroy what was ordered and has waited, before anything is fetched."""
        state, now = self.state, clock.now()
        for bundle in bundles(state.originals, state.images):
            told = told_in(self.tree, bundle)
            for disposal in told.approved:
                state.approved.setdefault(disposal, clock.iso(now))
            state.ordered |= {one: of for one, of in told.orders if one not in state.destroyed}
        waits = dt.timedelta(days=self.folder.facts.waits_days)
        for sha256, disposal in list(state.ordered.items()):
            held_since = state.approved.setdefault(disposal, clock.iso(now))
            if now - clock.parse_iso(held_since) >= waits:
                state.destroyed.append(sha256)
                del state.ordered[sha256]
        for sha256 in state.destroyed[state.destroyed_told :]:
            self.folder.store.remove(sha256)
            (self.folder.intake_dir / sha256).unlink(missing_ok=True)
            if sha256 in state.missing:
                state.missing.remove(sha256)
        self.folder.keep_state(state)

    def _named(self, bundle: BundleId) -> Iterator[str]:
        entries = [parse_entry(one) for one in self.tree.bundle(bundle)]
        if not any(one.table == ORIGINALS for entry in entries for one in entry.images):
            return
        raw = self.tree.images_path(bundle).read_bytes()
        for _, listed, _body in paired(entries, raw):
            if listed.table == ORIGINALS and is_sha256(listed.row):
                yield listed.row

    def _take(self, sha256: str) -> None:
        store, target = self.folder.store, self.folder.intake_dir / sha256
        if sha256 in self.state.destroyed:
            return
        if sha256 in self.state.ordered and not store.has(sha256):
            return
        if not store.has(sha256):
            problem = self._fetched(sha256)
            if problem is not None:
                self.pulled.differences.append(problem)
                if sha256 not in self.state.missing:
                    self.state.missing.append(sha256)
                return
            store.adopt(target, sha256)
            self.pulled.originals += 1
        if sha256 in self.state.missing:
            self.state.missing.remove(sha256)

    def _fetched(self, sha256: str) -> dict[str, str] | None:
        target, record = self.folder.intake_dir / sha256, f"{ORIGINALS}/{sha256}"
        try:
            found = self.primary.fetch_original(sha256, target)
        except Refused as refused:
            if refused.code != "primary.refused":
                raise
            return evidence.difference("original.missing", record, "主系统给不出这份原件")
        if found == sha256:
            return None
        target.unlink()
        what = f"主系统给出的内容与登记的摘要不符，现为 {found}"
        return evidence.difference("original.altered", record, what)

    # --- telling the primary

    def report(self) -> None:
        """Confirm copies not confirmed yet and tell how we stand."""
        held = self._unconfirmed()
        for start in range(0, len(held), _CONFIRMED_AT_ONCE):
            self.primary.post("/copies", {"sha256s": held[start : start + _CONFIRMED_AT_ONCE]})
        self.state.confirmed = self.state.originals
        self.folder.keep_state(self.state)
        self._tell_destroyed()
        self._tell()

    def tell_trouble(self, refused: Refused) -> None:
        """Say at the primary why nothing more is kept here; one that is away hears it later."""
        with suppress(Refused):
            self._tell(explain(refused).message)

    def _tell(self, trouble: str = "") -> None:
        state = self.state
        self.primary.post(
            "/report",
            {
                "size": state.size,
                "originals": self.folder.held_originals(),
                "missing": len(state.missing),
                "differences": state.differences,
                "drilled_at": state.drilled_at,
                "drill": state.drill,
                "trouble": trouble,
            },
        )

    def _tell_destroyed(self) -> None:
        """Say which copies are gone, each looked for once more."""
        state = self.state
        while new := state.destroyed[state.destroyed_told :][:_GONE_AT_ONCE]:
            if any(self.folder.store.has(sha256) for sha256 in new):
                return
            self.primary.post("/copies/gone", {"sha256s": new})
            state.destroyed_told += len(new)
            self.folder.keep_state(state)

    def _unconfirmed(self) -> list[str]:
        new = [
            sha256
            for bundle in bundles(self.state.confirmed, self.state.originals)
            for sha256 in self._named(bundle)
        ]
        return [one for one in dict.fromkeys(new) if self.folder.store.has(one)]

    def _contradiction(self, code: str, found: str, **more: str) -> None:
        one = evidence.keep_notes(self.folder, code, self.state.note, found, **more)
        self.pulled.differences.append(one)


def _each_once(differences: list[dict[str, str]]) -> list[dict[str, str]]:
    return list({(one["code"], one["record"]): one for one in differences}.values())
