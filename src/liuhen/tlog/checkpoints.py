"""C2SP tlog-checkpoint: a log's signed size and root. Not for when or how often to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liuhen.kernel.refusals import Refused
from liuhen.tlog.hashing import EMPTY_ROOT, HASH_SIZE, MAX_SIZE
from liuhen.tlog.notes import (
    NoteKey,
    NoteSigner,
    VerifiedSignature,
    check_text,
    open_note,
    sign_note,
)
from liuhen.tlog.strict import base64_text, decimal, hash_line, refused

_CODE = "checkpoint.malformed"


@dataclass(frozen=True)
class Checkpoint:
    """What a log says of itself: origin, number of leaves, root (32 bytes), further lines.

    Raises:
        Refused: `checkpoint.malformed`, with `what`.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_line(self.origin, "origin", _CODE)
        if not 0 <= self.size <= MAX_SIZE:
            raise refused(_CODE, "size", self.size)
        if len(self.root) != HASH_SIZE:
            raise refused(_CODE, "root", len(self.root))
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise refused(_CODE, "root of the empty tree", self.root.hex())
        for line in self.extensions:
            check_line(line, "extension line", _CODE)

    @property
    def text(self) -> str:
        """The note text, as it is signed."""
        lines = (self.origin, str(self.size), base64_text(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True)
class OpenedCheckpoint:
    """A checkpoint its log signed, with the cosignatures of the witnesses that were asked for."""

    checkpoint: Checkpoint
    note: str
    signatures: tuple[VerifiedSignature, ...]
    cosignatures: tuple[VerifiedSignature, ...]

    def is_signed_by(self, key: NoteKey) -> bool:
        """Whether `key` is one of the log's keys whose signature was verified."""
        named = (key.name, key.key_id)
        return any((s.line.name, s.line.key_id) == named for s in self.signatures)


def check_line(line: str, what: str, code: str) -> None:
    """Refuse a line that is empty or could not stand alone in a note."""
    if not line or "\n" in line:
        raise refused(code, what, line)
    try:
        check_text(line + "\n")
    except Refused:
        raise refused(code, what, line) from None


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a note text as a checkpoint; only the one canonical spelling is accepted.

    Raises:
        Refused: `checkpoint.malformed`, with `what`.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        raise refused(_CODE, "fewer than three lines")
    return Checkpoint(
        origin=lines[0],
        size=decimal(lines[1], "size", _CODE),
        root=hash_line(lines[2], "root", _CODE),
        extensions=tuple(lines[3:-1]),
    )


def sign_checkpoint(checkpoint: Checkpoint, *signers: NoteSigner) -> str:
    """The signed note. A log must never sign two checkpoints that contradict each other."""
    return sign_note(checkpoint.text, *signers)


def open_checkpoint(
    raw: bytes | str,
    *,
    origin: str,
    keys: Sequence[NoteKey],
    witnesses: Sequence[NoteKey] = (),
) -> OpenedCheckpoint:
    """Read a checkpoint of the log `origin`, signed by one of its `keys`.

    A witness alone never suffices. How many of `witnesses` must have signed is the caller's.

    Raises:
        Refused: `note.malformed`, `note.signature_wrong`, `note.unsigned` (also when only
            witnesses signed), `checkpoint.malformed`, `checkpoint.foreign` for another origin.
    """
    opened = open_note(raw, [*keys, *witnesses])
    signatures = opened.signatures_of(keys)
    if not signatures:
        raise Refused("note.unsigned", keys=[s.line.name for s in opened.verified])
    checkpoint = parse_checkpoint(opened.text)
    if checkpoint.origin != origin:
        raise Refused("checkpoint.foreign", expected=origin, found=checkpoint.origin)
    note = raw if isinstance(raw, str) else raw.decode("utf-8")
    cosignatures = opened.signatures_of(witnesses)
    return OpenedCheckpoint(checkpoint, note, signatures, cosignatures)
