"""C2SP signed-note: a text and the signatures under it. Not for keys or what a text means.

A key is anything that fits `NoteKey`, so other signature algorithms join without a change here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from liuhen.kernel.refusals import Refused
from liuhen.tlog.strict import base64_bytes, base64_text, has_control, refused, utf8_text

MAX_NOTE_BYTES = 1_000_000
MAX_SIGNATURES = 100
_DASH = "— "
_KEY_ID_BYTES = 4


class NoteKey(Protocol):
    """A known public key: its name and id pick its signature lines, then it judges them."""

    @property
    def name(self) -> str: ...

    @property
    def key_id(self) -> int: ...

    def is_valid(self, text: str, signature: bytes) -> bool:
        """Whether `signature` (without key id) is this key's over `text` (with last newline)."""

    def timestamp(self, signature: bytes) -> int | None:
        """POSIX seconds inside a valid signature of a kind that carries them."""


class NoteSigner(Protocol):
    """A private key that makes signature lines."""

    def sign(self, text: str) -> SignatureLine: ...


@dataclass(frozen=True)
class SignatureLine:
    """One line under a note: key name, 32-bit key id, signature bytes without the id."""

    name: str
    key_id: int
    signature: bytes

    def __str__(self) -> str:
        raw = self.key_id.to_bytes(_KEY_ID_BYTES, "big") + self.signature
        return f"{_DASH}{self.name} {base64_text(raw)}\n"


@dataclass(frozen=True)
class Note:
    """A note as read: its text, ending in a newline, and its lines. Nothing is verified yet."""

    text: str
    lines: tuple[SignatureLine, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.lines))


@dataclass(frozen=True)
class VerifiedSignature:
    """A signature that a known key made; `timestamp` in POSIX seconds where the kind has one."""

    key: NoteKey
    line: SignatureLine
    timestamp: int | None


@dataclass(frozen=True)
class OpenedNote:
    """A note with at least one verified signature; lines of unknown keys are only kept."""

    text: str
    verified: tuple[VerifiedSignature, ...]
    unknown: tuple[SignatureLine, ...]

    def signatures_of(self, keys: Iterable[NoteKey]) -> tuple[VerifiedSignature, ...]:
        """The verified signatures that one of `keys` made."""
        wanted = {(key.name, key.key_id) for key in keys}
        return tuple(s for s in self.verified if (s.line.name, s.line.key_id) in wanted)


def check_key_name(name: str) -> None:
    """Refuse a name that signed-note forbids (empty, Unicode space, plus, control character).

    Raises:
        Refused: `key.malformed`.
    """
    forbidden = not name or "+" in name or has_control(name) or any(c.isspace() for c in name)
    if forbidden or not _is_encodable(name):
        raise refused("key.malformed", "name", name)


def check_text(text: str) -> None:
    """Refuse a text that can't stand in a note.

    Raises:
        Refused: `note.malformed`.
    """
    utf8_text(text, "note.malformed", MAX_NOTE_BYTES)
    if not text.endswith("\n"):
        raise refused("note.malformed", "text does not end in a newline")
    if has_control(text.replace("\n", "")):
        raise refused("note.malformed", "control character")


def sign_note(text: str, *signers: NoteSigner) -> str:
    """The signed note: text, blank line, one line per signer.

    Raises:
        Refused: `note.malformed` for a text without last newline or with control characters,
            or without any signer.
    """
    check_text(text)
    if not signers:
        raise refused("note.malformed", "no signatures")
    return str(Note(text, tuple(signer.sign(text) for signer in signers)))


def parse_note(raw: bytes | str) -> Note:
    """Read a note without verifying it; everything but the one written form is refused.

    Raises:
        Refused: `note.malformed`, with `what`.
    """
    whole = utf8_text(raw, "note.malformed", MAX_NOTE_BYTES)
    if has_control(whole.replace("\n", "")):
        raise refused("note.malformed", "control character")
    cut = whole.rfind("\n\n")
    if cut < 0:
        raise refused("note.malformed", "no blank line before the signatures")
    return Note(whole[: cut + 1], parse_signature_lines(whole[cut + 2 :]))


def parse_signature_lines(raw: str) -> tuple[SignatureLine, ...]:
    """Read signature lines alone, as a witness answers them.

    Raises:
        Refused: `note.malformed`, with `what`.
    """
    if not raw.endswith("\n"):
        raise refused("note.malformed", "no signatures" if not raw else "cut-off signature line")
    lines = raw[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise refused("note.malformed", "number of signatures", len(lines))
    return tuple(_parsed_line(line) for line in lines)


def add_signatures(raw: bytes | str, lines: Iterable[SignatureLine]) -> str:
    """The note with further signature lines, each only once."""
    note = parse_note(raw)
    added = [line for line in dict.fromkeys(lines) if line not in note.lines]
    return str(Note(note.text, (*note.lines, *added)))


def open_note(raw: bytes | str, keys: Sequence[NoteKey]) -> OpenedNote:
    """Read a note and verify every signature of a known key; unknown keys are ignored.

    Raises:
        Refused: `note.malformed`; `note.signature_wrong` when a known key's signature does not
            verify (the whole note is refused then); `note.unsigned` when no known key signed.
    """
    note = parse_note(raw)
    known = {(key.name, key.key_id): key for key in keys}
    verified: list[VerifiedSignature] = []
    unknown: list[SignatureLine] = []
    for line in note.lines:
        key = known.get((line.name, line.key_id))
        if key is None:
            unknown.append(line)
        elif key.is_valid(note.text, line.signature):
            verified.append(VerifiedSignature(key, line, key.timestamp(line.signature)))
        else:
            raise Refused("note.signature_wrong", key=line.name)
    if not verified:
        raise Refused("note.unsigned", keys=[line.name for line in unknown])
    return OpenedNote(note.text, tuple(verified), tuple(unknown))


def _parsed_line(line: str) -> SignatureLine:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH):
        raise refused("note.malformed", "signature line", line)
    try:
        check_key_name(name)
    except Refused:
        raise refused("note.malformed", "key name", name) from None
    raw = base64_bytes(encoded, "signature", "note.malformed")
    if len(raw) <= _KEY_ID_BYTES:
        raise refused("note.malformed", "signature", encoded)
    key_id = int.from_bytes(raw[:_KEY_ID_BYTES], "big")
    return SignatureLine(name, key_id, raw[_KEY_ID_BYTES:])


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
