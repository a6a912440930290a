"""Holds what a replica stores against its own verified checkpoint. Reads all of it; streams.

Not for what the primary has (`pulling`).
"""

from __future__ import annotations

from collections.abc import Iterator

from liuhen.kernel.refusals import Refused
from liuhen.replica import evidence
from liuhen.replica.folder import ReplicaFolder, State
from liuhen.replica.images import is_image_of, paired
from liuhen.replica.pulling import ORIGINALS
from liuhen.replica.tree import Tree, bundles
from liuhen.tlog.entry import parse_entry
from liuhen.tlog.frontier import Frontier
from liuhen.tlog.hashing import leaf_hash


def differences(folder: ReplicaFolder) -> Iterator[dict[str, str]]:
    """Entries give the checkpoint's root, images the entries' digests, originals their names."""
    state, tree = folder.state(), Tree(folder.log_dir, folder.images_dir)
    yield from _log(state, tree)
    yield from _images_and_originals(folder, state, tree)


def _log(state: State, tree: Tree) -> Iterator[dict[str, str]]:
    frontier = Frontier()
    try:
        for entry in tree.entries(0, state.size):
            frontier.append(leaf_hash(entry))
    except Refused as refused:
        yield evidence.difference("entry.missing", f"log/{frontier.size}", str(refused))
        return
    if frontier.root.hex() != state.root:
        what = "副本保存的条目与它核验过的检查点不符"
        yield evidence.difference("log.root", f"log/{state.size}", what)


def _images_and_originals(
    folder: ReplicaFolder, state: State, tree: Tree
) -> Iterator[dict[str, str]]:
    latest: dict[tuple[str, str], str] = {}
    for bundle in bundles(0, state.images):
        path = tree.images_path(bundle)
        try:
            entries = [parse_entry(one) for one in tree.bundle(bundle)]
            for _, listed, body in paired(entries, path.read_bytes()):
                record, row = f"{listed.table}/{listed.row}", (listed.table, listed.row)
                if latest.get(row) != listed.previous:
                    yield evidence.difference("image.chain", record, "行映像没有接着上一份")
                latest[row] = listed.sha256
                if body is not None and not is_image_of(listed, body):
                    yield evidence.difference("image.altered", record, "行映像与其散列不符")
                if listed.table == ORIGINALS:
                    yield from _original(folder, state, listed.row)
        except (Refused, OSError) as error:
            yield evidence.difference("image.missing", path.name, str(error))


def _original(folder: ReplicaFolder, state: State, sha256: str) -> Iterator[dict[str, str]]:
    found = folder.store.digest(sha256)
    if sha256 in state.destroyed:
        if found is not None:
            what = "主系统依批准的处置已经销毁的原件，副本中还有文件"
            yield evidence.difference("original.back", f"{ORIGINALS}/{sha256}", what)
        return
    is_told = sha256 in state.missing or sha256 in state.ordered
    if found == sha256 or (found is None and is_told):
        return
    code = "original.missing" if found is None else "original.altered"
    what = "副本中没有这份原件" if found is None else f"副本中的内容被改动，现为 {found}"
    yield evidence.difference(code, f"{ORIGINALS}/{sha256}", what)
