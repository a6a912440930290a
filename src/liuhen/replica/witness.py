"""The replica as a witness (C2SP tlog-witness): answers `add-checkpoint`, signs only what holds.

A checkpoint is cosigned when it is signed by a key in force, continues the one cosigned last, and
does not contradict the tree we hold. One that contradicts is kept as evidence beside ours. Not
for HTTP itself (`application`).
"""

from __future__ import annotations

from dataclasses import dataclass

from liuhen.host.secret_files import write_durably
from liuhen.kernel import clock
from liuhen.kernel.refusals import Refused
from liuhen.replica import evidence
from liuhen.replica.folder import ReplicaFolder, State
from liuhen.replica.keys import is_signed_in_force, open_signed
from liuhen.replica.tree import Tree
from liuhen.tlog.checkpoints import Checkpoint, OpenedCheckpoint, parse_checkpoint
from liuhen.tlog.notes import add_signatures, parse_note
from liuhen.tlog.verification import verify_consistency
from liuhen.tlog.witnessing import SIZE_TYPE, AddCheckpoint, parse_add_checkpoint

TEXT = "text/plain; charset=utf-8"
_FILE = "witnessed"


@dataclass(frozen=True)
class Answer:
    """What is answered: HTTP status, content type, body."""

    status: int
    body: str = ""
    content_type: str = TEXT


def witnessed(folder: ReplicaFolder) -> Checkpoint | None:
    """The checkpoint we cosigned last, None when there is none."""
    note = witnessed_note(folder)
    return parse_checkpoint(parse_note(note).text) if note else None


def witnessed_note(folder: ReplicaFolder) -> str:
    """That checkpoint with the log's signatures and ours; empty when there is none."""
    try:
        return (folder.path / _FILE).read_text("utf-8")
    except FileNotFoundError:
        return ""


def advance(folder: ReplicaFolder, opened: OpenedCheckpoint) -> str:
    """Cosign a checkpoint that was verified and is larger than, or the same as, the last one.

    Returns our signature line. The caller holds the lock `witness`.
    """
    text = parse_note(opened.note).text
    line = folder.cosigner().cosign(text, int(clock.now().timestamp()))
    ours = [signature.line for signature in opened.signatures]
    note = text + "\n" + "".join(map(str, ours))
    write_durably(folder.path / _FILE, add_signatures(note, [line]).encode())
    return str(line)


def answer(folder: ReplicaFolder, body: bytes) -> Answer:
    """Answer one `add-checkpoint` as the specification lays down."""
    try:
        asked = parse_add_checkpoint(body)
        told = parse_checkpoint(parse_note(asked.note).text)
    except Refused as refused:
        # An empty tree with another root has a status of its own.
        is_empty_root = refused.data.get("what") == "root of the empty tree"
        return Answer(422 if is_empty_root else 400, f"{refused}\n")
    if told.origin != folder.facts.origin:
        return Answer(404)
    state = folder.state()
    try:
        opened = open_signed(folder, state, asked.note)
    except Refused as refused:
        return Answer(403, f"{refused.code}\n")
    if asked.old_size > told.size:
        return Answer(400, "old size\n")
    with folder.alone("witness"):
        return _answered(folder, state, asked, opened)


def _answered(
    folder: ReplicaFolder, state: State, asked: AddCheckpoint, opened: OpenedCheckpoint
) -> Answer:
    seen, found = witnessed(folder), opened.checkpoint
    if not _agrees_with_tree(folder, state, found):
        evidence.keep_notes(folder, evidence.FORKED, state.note, opened.note)
        return Answer(422, "it contradicts the log we hold\n")
    known = seen.size if seen is not None else 0
    if asked.old_size != known:
        return Answer(409, f"{known}\n", SIZE_TYPE)
    if seen is not None:
        try:
            verify_consistency(seen.size, seen.root, found.size, found.root, asked.path)
        except Refused as refused:
            evidence.keep_notes(folder, evidence.FORKED, witnessed_note(folder), opened.note)
            return Answer(422, f"{refused.data.get('what', '')}\n")
    elif asked.path:
        return Answer(422, "a proof from the empty tree is empty\n")
    if not is_signed_in_force(state.keys, opened):
        return Answer(403, "checkpoint.old_key\n")
    return Answer(200, advance(folder, opened))


def _agrees_with_tree(folder: ReplicaFolder, state: State, found: Checkpoint) -> bool:
    """Whether our own verified tree, where it reaches so far, has the same root at that size."""
    if found.size > state.size:
        return True
    return Tree(folder.log_dir, folder.images_dir).root(found.size) == found.root
