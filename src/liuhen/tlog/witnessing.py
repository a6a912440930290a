"""C2SP tlog-witness: the `add-checkpoint` request as text. Not for sending or answering it."""

from __future__ import annotations

from dataclasses import dataclass

from liuhen.tlog.entry_proof import MAX_PATH
from liuhen.tlog.notes import MAX_NOTE_BYTES
from liuhen.tlog.strict import base64_text, decimal, hash_line, refused, utf8_text

SIZE_TYPE = "text/x.tlog.size"
"""Content type of a 409: the size the witness cosigned last, in decimal, and a newline."""

MAX_REQUEST_BYTES = MAX_NOTE_BYTES
_CODE = "witness.request_malformed"
_OLD = "old "


@dataclass(frozen=True)
class AddCheckpoint:
    """What a log asks of a witness: the size cosigned before, the way from it, the signed note.

    Raises:
        Refused: `witness.request_malformed`, for more than 63 hashes.
    """

    old_size: int
    path: tuple[bytes, ...]
    note: str

    def __post_init__(self) -> None:
        if len(self.path) > MAX_PATH:
            raise refused(_CODE, "path length", len(self.path))

    @property
    def text(self) -> str:
        """The body of the POST."""
        lines = [f"{_OLD}{self.old_size}", *map(base64_text, self.path)]
        return "\n".join(lines) + "\n\n" + self.note


def parse_add_checkpoint(raw: bytes) -> AddCheckpoint:
    """Read the body of a request; the note in it is not verified here.

    Raises:
        Refused: `witness.request_malformed`, with `what`.
    """
    head, blank, note = utf8_text(raw, _CODE, MAX_REQUEST_BYTES).partition("\n\n")
    if not blank:
        raise refused(_CODE, "no blank line before the checkpoint")
    first, *hashes = head.split("\n")
    if not first.startswith(_OLD):
        raise refused(_CODE, "old size", first)
    old_size = decimal(first.removeprefix(_OLD), "old size", _CODE)
    return AddCheckpoint(old_size, tuple(hash_line(one, "path", _CODE) for one in hashes), note)
