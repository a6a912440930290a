"""C2SP tlog-proof: one text that proves, off line, that an entry stands in a log.

Our own content of its `extra` line is `ProofExtra`: the entry itself and time stamps, so that
one file is enough. Not for choosing trusted keys or for what the entry says.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.kernel import canonical
from liuhen.kernel.refusals import Refused
from liuhen.tlog.checkpoints import OpenedCheckpoint, open_checkpoint
from liuhen.tlog.hashing import HASH_SIZE, MAX_SIZE, leaf_hash
from liuhen.tlog.notes import MAX_NOTE_BYTES, NoteKey
from liuhen.tlog.strict import (
    base64_bytes,
    base64_text,
    decimal,
    hash_line,
    refused,
    utf8_text,
)
from liuhen.tlog.tiles import MAX_ENTRY_BYTES
from liuhen.tlog.verification import verify_inclusion

FIRST_LINE = "c2sp.org/tlog-proof@v1"
MAX_PATH = 63
_CODE = "proof.malformed"
_MAX_BYTES = 2 * MAX_NOTE_BYTES


@dataclass(frozen=True)
class EntryProof:
    """A proof as text: zero-based index, inclusion path, the checkpoint's signed note, extra.

    Raises:
        Refused: `proof.malformed`, with `what`.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.index < MAX_SIZE:
            raise refused(_CODE, "index", self.index)
        if len(self.path) > MAX_PATH:
            raise refused(_CODE, "path length", len(self.path))
        if any(len(value) != HASH_SIZE for value in self.path):
            raise refused(_CODE, "hash length")
        if self.extra == b"":
            raise refused(_CODE, "empty extra")

    @property
    def text(self) -> str:
        """The file's content, usually kept as `*.tlog-proof`."""
        lines = [FIRST_LINE]
        if self.extra is not None:
            lines.append(f"extra {base64_text(self.extra)}")
        lines.append(f"index {self.index}")
        lines.extend(base64_text(value) for value in self.path)
        return "\n".join(lines) + "\n\n" + self.checkpoint


@dataclass(frozen=True)
class ProofExtra:
    """What our proofs carry besides: the entry's stored bytes, RFC 3161 time stamps (DER).

    Nothing here is authenticated by being here: the entry is, through its leaf hash.
    """

    entry: bytes
    stamps: tuple[bytes, ...] = ()

    def encode(self) -> bytes:
        """Canonical JSON with the members v, entry (as text) and stamps (base64)."""
        stamps = [base64_text(stamp) for stamp in self.stamps]
        return canonical.dumps({"v": 1, "entry": self.entry.decode("utf-8"), "stamps": stamps})


@dataclass(frozen=True)
class ProvedEntry:
    """An entry shown to stand at `index` of the log that signed `opened`."""

    index: int
    entry: bytes
    opened: OpenedCheckpoint


def parse_proof(raw: bytes | str) -> EntryProof:
    """Read a tlog-proof without verifying it.

    Raises:
        Refused: `proof.malformed`, with `what`.
    """
    whole = utf8_text(raw, _CODE, _MAX_BYTES)
    head, blank, checkpoint = whole.partition("\n\n")
    if not blank:
        raise refused(_CODE, "no blank line before the checkpoint")
    lines = head.split("\n")
    if lines.pop(0) != FIRST_LINE:
        raise refused(_CODE, "first line", head[: len(FIRST_LINE)])
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = base64_bytes(lines.pop(0).removeprefix("extra "), "extra", _CODE)
    if not lines or not lines[0].startswith("index "):
        raise refused(_CODE, "index", lines[0] if lines else None)
    index = decimal(lines.pop(0).removeprefix("index "), "index", _CODE)
    path = tuple(hash_line(line, "path hash", _CODE) for line in lines)
    return EntryProof(index, path, checkpoint, extra)


def parse_extra(raw: bytes | None) -> ProofExtra:
    """Read the extra line of one of our own proofs.

    Raises:
        Refused: `proof.malformed`, with `what`.
    """
    try:
        value = json.loads(raw or b"")
        extra = ProofExtra(
            value["entry"].encode("utf-8"),
            tuple(base64_bytes(stamp, "time stamp", _CODE) for stamp in value["stamps"]),
        )
        is_ours = extra.encode() == raw and len(extra.entry) <= MAX_ENTRY_BYTES
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        is_ours = False
    if not is_ours:
        raise refused(_CODE, "extra")
    return extra


def verify_proof(
    raw: bytes | str,
    *,
    origin: str,
    keys: Sequence[NoteKey],
    witnesses: Sequence[NoteKey] = (),
    entry: bytes | None = None,
) -> ProvedEntry:
    """Check a proof as tlog-proof lays down: checkpoint, signatures, inclusion of the entry.

    Args:
        raw: the proof's text.
        origin: the log's name; `keys` are its public keys, from elsewhere than the proof.
        witnesses: keys whose cosignatures are verified; how many suffice is the caller's.
        entry: the entry's bytes; without them, those in the extra line are proved.

    Raises:
        Refused: `proof.malformed`, `inclusion.wrong`, `note.*`, `checkpoint.*`;
            `proof.other_entry` when `entry` is given and differs from the one carried along.
    """
    proof = parse_proof(raw)
    if entry is None:
        entry = parse_extra(proof.extra).entry
    elif proof.extra is not None and parse_extra(proof.extra).entry != entry:
        raise Refused("proof.other_entry", index=proof.index)
    opened = open_checkpoint(proof.checkpoint, origin=origin, keys=keys, witnesses=witnesses)
    found = opened.checkpoint
    verify_inclusion(leaf_hash(entry), proof.index, found.size, proof.path, found.root)
    return ProvedEntry(proof.index, entry, opened)
